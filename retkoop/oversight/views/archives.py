"""`/ad/archives/`: the past reports of the cooperatives that join, typed or imported by their AD (guide 000)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.access import answering_replays, association_view, operation, see_other
from retkoop.identity.audit import Author, refuse_known
from retkoop.identity.identifiers import Kind, parse
from retkoop.identity.models import AuditEvent, Cooperative
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import live_cooperatives
from retkoop.identity.requests import AssociationRequest
from retkoop.ledger.forms.pieces import refused, whole
from retkoop.yearend.forms.past import PastReportForm
from retkoop.yearend.models import PastReport
from retkoop.yearend.past_file import MAX_BYTES, Reading, model_csv, read_past
from retkoop.yearend.queries.past import past_report_of, past_reports_of
from retkoop.yearend.services.past_reports import (
    PastRow,
    import_past_reports,
    remove_past_report,
    type_past_report,
)

PAGE = "/ad/archives/"
_NONE = "Choisissez un fichier : un tableau enregistré en CSV ou en .xlsx, fait sur le modèle."
_HEAVY = f"Ce fichier pèse plus de {MAX_BYTES // 2**20} Mo : vérifiez que c’est le bon."


def _page(_: AuditEvent) -> str:
    return PAGE


@association_view(Permission.AD_READ)
def archives(request: AssociationRequest) -> HttpResponse:
    """The past reports known, and the two ways of adding some."""
    return _listed(request)


@association_view(Permission.AD_WRITE, methods=("GET",))
def model(request: AssociationRequest) -> HttpResponse:
    """An empty table to fill in."""
    answer = HttpResponse(model_csv(request.association, _current(request).first - 1), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="anciens-comptes-rendus-{request.association.code}.csv"'
    return answer


@association_view(Permission.AD_WRITE, methods=("POST",))
def preview(request: AssociationRequest) -> HttpResponse:
    """What a file holds, line by line; nothing is written."""
    upload = request.FILES.get("fichier")
    if upload is None:
        return _listed(request, _NONE)
    if (upload.size or 0) > MAX_BYTES:
        return _listed(request, _HEAVY)
    try:
        reading = read_past(upload.read(), request.association, _current(request))
    except Refusal as refusal:
        return _listed(request, refusal.message)
    return _previewed(request, reading)


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_page)
def keep(request: AssociationRequest) -> HttpResponse:
    """The file that was shown, kept whole or not at all."""
    key, author = operation(request), _author(request)
    refuse_known(key, None, author)
    try:
        reading = read_past(request.POST.get("contenu", "").encode(), request.association, _current(request))
        if not reading.ready:
            return _previewed(request, reading, status=422)
        rows = [line.row for line in reading.good]
        count = import_past_reports(association=request.association, rows=rows, author=author, operation=key)
    except Refusal as refusal:
        return _listed(request, refusal.message)
    several = count > 1
    messages.success(
        request, f"{count} anciens comptes-rendus enregistrés." if several else "Un ancien compte-rendu enregistré."
    )
    return see_other(PAGE)


@association_view(Permission.AD_WRITE)
@answering_replays(_page)
def add(request: AssociationRequest) -> HttpResponse:
    """A past report to type (`?cooperative=` fills it in)."""
    if request.method == "POST":
        return _typed(request, None)
    return _form_page(request, _form(request, initial={"cooperative": request.GET.get("cooperative", "")[:12]}), None)


@association_view(Permission.AD_READ, post=Permission.AD_WRITE)
@answering_replays(_page)
def change(request: AssociationRequest, pk: int) -> HttpResponse:
    """One past report, to change."""
    past = _own(request, pk)
    if request.method == "POST":
        return _typed(request, past)
    return _form_page(request, _form(request, initial=PastReportForm.showing(past)), past)


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_page)
def remove(request: AssociationRequest, pk: int) -> HttpResponse:
    """Take a report out, or put it back (`remettre`)."""
    past, back = _own(request, pk), "remettre" in request.POST
    try:
        remove_past_report(past=past, author=_author(request), operation=operation(request), back=back)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        named = f"{past.cooperative.identifier}, {SchoolYear(past.first).slug}"
        messages.success(request, f"Le compte-rendu de {named} est {'remis' if back else 'retiré'}.")
    return see_other(PAGE)


def _author(request: AssociationRequest) -> Author:
    return Author(request.actor.person, on_behalf=request.association)


def _current(request: AssociationRequest) -> SchoolYear:
    return SchoolYear.of(clock.today(request.association.time_zone))


def _own(request: AssociationRequest, pk: int) -> PastReport:
    found = past_report_of(request.association, pk)
    if found is None:
        raise Http404
    return found


def _form(request: AssociationRequest, **kwargs: Any) -> PastReportForm:
    return PastReportForm(
        request.POST if request.method == "POST" else None,
        association=request.association,
        current=_current(request),
        **kwargs,
    )


def _typed(request: AssociationRequest, past: PastReport | None) -> HttpResponse:
    key = operation(request)
    form = _form(request, initial=PastReportForm.showing(past) if past else {})
    cooperative = past.cooperative if past else _named(request, form)
    if form.is_valid() and cooperative is not None:
        row = PastRow(cooperative, SchoolYear.parse(form.cleaned_data["year"]).first, form.figures())
        version = (whole(request.POST.get("version", "")) or 0) if past else None
        try:
            type_past_report(row=row, author=_author(request), operation=key, past=past, version=version)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            named = f"{cooperative.identifier}, {form.cleaned_data['year']}"
            messages.success(request, f"Le compte-rendu de {named} est enregistré. La coopérative le voit dans ses archives.")
            return see_other(PAGE)
    return _form_page(request, form, past, status=422)


def _named(request: AssociationRequest, form: PastReportForm) -> Cooperative | None:
    """The cooperative that the form names, among the AD's own; else the form says so."""
    who = parse(request.POST.get("cooperative", ""))
    found = None
    if who.kind is Kind.COOPERATIVE and who.code == request.association.code:
        found = live_cooperatives(request.association).filter(number=who.number).select_related("association").first()
    if found is None and form.is_valid():
        form.add_error("cooperative", "Ce n’est pas l’identifiant d’une de vos coopératives : écrivez-le comme 085-099.")
    return found


def _form_page(
    request: AssociationRequest, form: PastReportForm, past: PastReport | None, *, status: int = 200
) -> HttpResponse:
    return render(request, "oversight/archives/typed.html", {"form": form, "past": past}, status=status)


def _listed(request: AssociationRequest, refusal: str = "") -> HttpResponse:
    known = past_reports_of(request.association)
    context = {
        "reports": [(row, SchoolYear(row.first).slug) for row in known if row.removed_at is None],
        "removed": [(row, SchoolYear(row.first).slug) for row in known if row.removed_at is not None],
        "refusal": refusal,
    }
    return render(request, "oversight/archives/list.html", context, status=422 if refusal else 200)


def _previewed(request: AssociationRequest, reading: Reading, *, status: int = 200) -> HttpResponse:
    return render(request, "oversight/archives/preview.html", {"reading": reading}, status=status)
