"""`/importation/`: a whole book from a file, shown before anything is written, then all of it or nothing."""

import json

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.audit import refuse_known
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.interchange import waiting
from retkoop.interchange.exports import model_csv
from retkoop.interchange.services.incoming import MAX_BYTES, Imported, import_file, preview, year_named
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.web import with_year, year_in_view, years_in_view

PAGE = "/importation/"
_GONE = "Ce fichier n’est plus gardé (il l’est une heure, et un seul à la fois) : choisissez-le de nouveau."
_NONE = "Choisissez un fichier : un cahier exporté par Retkoop, ou un tableau enregistré en CSV."
_HEAVY = f"Ce fichier pèse plus de {MAX_BYTES // 2**20} Mo : un cahier est bien plus léger. Vérifiez que c’est le bon."


def _imported(event: AuditEvent) -> str:
    """Where the first confirmation led."""
    year = json.loads(event.payload or "{}").get("year", "")
    return f"/cahier/?annee={year}" if year else "/cahier/"


@cooperative_view(Permission.BOOK_WRITE)
def choose(request: HouseRequest) -> HttpResponse:
    """The file to choose; posted, it is kept an hour and shown."""
    year = year_in_view(request)
    if request.method != "POST":
        return _chooser(request, year)
    upload = request.FILES.get("fichier")
    if upload is None:
        return _chooser(request, year, _NONE)
    if (upload.size or 0) > MAX_BYTES:
        return _chooser(request, year, _HEAVY)
    data = upload.read()
    named = year_named(data)
    year = next((known for known in years_in_view(request) if known.slug == named), year)
    try:
        preview(year=year, data=data, author=author(request))
    except Refusal as refusal:
        return _chooser(request, year, refusal.message)
    digest = waiting.keep(request.cooperative, request.actor.person, data)
    return see_other(with_year(f"{PAGE}{digest}/", request, year))


@cooperative_view(Permission.BOOK_WRITE)
@answering_replays(_imported)
def confirm(request: HouseRequest, digest: str) -> HttpResponse:
    """What the file holds, and its import into the year in view."""
    year = year_in_view(request)
    if request.method == "POST":
        refuse_known(operation(request), request.cooperative.pk, author(request))
    data = waiting.find(request.cooperative, request.actor.person, digest)
    if data is None:
        if request.method == "POST":
            return _chooser(request, year, _GONE)
        messages.info(request, _GONE)
        return HttpResponseRedirect(with_year(PAGE, request, year))
    if request.method != "POST":
        return _shown(request, year, data)
    try:
        done = import_file(
            year=year,
            data=data,
            author=author(request),
            operation=operation(request),
            bad_as_drafts="brouillons" in request.POST,
        )
    except Refusal as refusal:
        return _shown(request, year, data, refusal.message)
    waiting.forget(request.cooperative, request.actor.person)
    messages.success(request, _said(done, year))
    return see_other(with_year("/cahier/", request, year))


@cooperative_view(Permission.BOOK_WRITE, methods=("GET",))
def model(request: HouseRequest) -> HttpResponse:
    """An empty table with the headings that this cooperative may use."""
    year = year_in_view(request)
    answer = HttpResponse(model_csv(year), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="modele-{request.cooperative.identifier}-{year.slug}.csv"'
    return answer


def _chooser(request: HouseRequest, year: FiscalYear, refusal: str = "") -> HttpResponse:
    return render(request, "interchange/choose.html", {"year": year, "refusal": refusal}, status=422 if refusal else 200)


def _shown(request: HouseRequest, year: FiscalYear, data: bytes, refusal: str = "") -> HttpResponse:
    try:
        shown = preview(year=year, data=data, author=author(request))
    except Refusal as problem:  # another year is in view than the one that was chosen, or its chart has changed
        return _chooser(request, year, problem.message)
    context = {"year": year, "preview": shown, "refusal": refusal or shown.refusal}
    return render(request, "interchange/preview.html", context, status=422 if refusal else 200)


def _said(done: Imported, year: FiscalYear) -> str:
    said = (
        f"{done.entries} écriture{'s' if done.entries > 1 else ''} importée{'s' if done.entries > 1 else ''} dans {year.slug}."
    )
    if not done.drafts:
        return said
    kept = "1 ligne est gardée" if done.drafts == 1 else f"{done.drafts} lignes sont gardées"
    return f"{said} {kept} en brouillon : corrigez-{'la' if done.drafts == 1 else 'les'} dans « Brouillons »."
