"""`/ad/cooperatives/nouvelle/` and `/ad/cooperatives/importer/`: cooperatives created one by one or from a table."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, association_view, operation, see_other
from retkoop.identity.audit import Author, refuse_known
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import AssociationRequest
from retkoop.interchange.new_cooperatives import Reading, model_csv, read_cooperatives
from retkoop.interchange.services.new_cooperatives import import_cooperatives
from retkoop.ledger.forms.pieces import refused
from retkoop.membership.forms.creation import NewSchoolForm
from retkoop.membership.models import CreationBatch
from retkoop.membership.queries.creation import batch_of, batches_of, next_number, standing_of
from retkoop.membership.services.creation import create_school, undo_batch
from retkoop.yearend.past_file import MAX_BYTES

LIST, IMPORT = "/ad/cooperatives/", "/ad/cooperatives/importer/"
_NONE = "Choisissez un fichier : un tableau enregistré en CSV ou en .xlsx, fait sur le modèle."
_HEAVY = f"Ce fichier pèse plus de {MAX_BYTES // 2**20} Mo : vérifiez que c’est le bon."


def _list(_: AuditEvent) -> str:
    return LIST


def _batch_page(event: AuditEvent) -> str:
    return f"/ad/cooperatives/imports/{event.subject_id}/"


def _author(request: AssociationRequest) -> Author:
    return Author(request.actor.person, on_behalf=request.association)


@association_view(Permission.AD_WRITE)
@answering_replays(_list)
def new(request: AssociationRequest) -> HttpResponse:
    """One cooperative, whose number is proposed."""
    if request.method != "POST":
        form = NewSchoolForm(initial={"number": next_number(request.association)}, association=request.association)
        return render(request, "oversight/cooperatives/new.html", {"form": form})
    form, key = NewSchoolForm(request.POST, association=request.association), operation(request)
    if form.is_valid():
        try:
            made = create_school(association=request.association, new=form.school(), author=_author(request), operation=key)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(
                request,
                f"La coopérative {made.identifier}, {made.name}, est créée. Il reste à ouvrir l’accès de son mandataire.",
            )
            return see_other(f"{LIST}?q={made.identifier}")
    return render(request, "oversight/cooperatives/new.html", {"form": form}, status=422)


@association_view(Permission.AD_WRITE)
def choose(request: AssociationRequest) -> HttpResponse:
    """The imports so far, and the file to choose; posted, what it holds, line by line: nothing is written."""
    if request.method != "POST":
        return _chosen(request)
    upload = request.FILES.get("fichier")
    if upload is None:
        return _chosen(request, _NONE)
    if (upload.size or 0) > MAX_BYTES:
        return _chosen(request, _HEAVY)
    try:
        reading = read_cooperatives(upload.read(), request.association)
    except Refusal as refusal:
        return _chosen(request, refusal.message)
    return _previewed(request, reading, upload.name or "")


@association_view(Permission.AD_WRITE, methods=("GET",))
def model(request: AssociationRequest) -> HttpResponse:
    """An empty table to fill in."""
    answer = HttpResponse(model_csv(request.association), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="cooperatives-{request.association.code}.csv"'
    return answer


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_batch_page)
def create(request: AssociationRequest) -> HttpResponse:
    """The file that was shown, created whole or not at all."""
    key, author, name = operation(request), _author(request), request.POST.get("fichier", "")[:120]
    refuse_known(key, None, author)
    try:
        reading = read_cooperatives(request.POST.get("contenu", "").encode(), request.association)
        if not reading.ready:
            return _previewed(request, reading, name, status=422)
        batch = import_cooperatives(
            association=request.association, lines=reading.good, file_name=name, author=author, operation=key
        )
    except Refusal as refusal:
        return _chosen(request, refusal.message)
    several = len(batch.made) > 1
    messages.success(request, f"{len(batch.made)} coopératives créées." if several else "Une coopérative créée.")
    return see_other(f"/ad/cooperatives/imports/{batch.pk}/")


@association_view(Permission.AD_READ)
def batch(request: AssociationRequest, pk: int) -> HttpResponse:
    """What an import made, and what of it can still be undone."""
    return _batch(request, _own(request, pk))


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_batch_page)
def undo(request: AssociationRequest, pk: int) -> HttpResponse:
    """Undo an import: every cooperative in which nothing was done since; the others stay, each with its reason."""
    found = _own(request, pk)
    undone, kept = undo_batch(batch=found, author=_author(request), operation=operation(request))
    if undone:
        messages.success(request, f"{undone} création{'s' if undone > 1 else ''} annulée{'s' if undone > 1 else ''}.")
    if kept:
        messages.warning(
            request, f"{kept} coopérative{'s' if kept > 1 else ''} gardée{'s' if kept > 1 else ''} : voyez pourquoi."
        )
    return see_other(f"/ad/cooperatives/imports/{found.pk}/")


def _own(request: AssociationRequest, pk: int) -> CreationBatch:
    found = batch_of(request.association, pk)
    if found is None:
        raise Http404
    return found


def _chosen(request: AssociationRequest, refusal: str = "") -> HttpResponse:
    context = {"batches": batches_of(request.association), "refusal": refusal}
    return render(request, "oversight/cooperatives/import.html", context, status=422 if refusal else 200)


def _previewed(request: AssociationRequest, reading: Reading, name: str, *, status: int = 200) -> HttpResponse:
    context = {"reading": reading, "name": name}
    return render(request, "oversight/cooperatives/preview.html", context, status=status)


def _batch(request: AssociationRequest, found: CreationBatch) -> HttpResponse:
    lines = standing_of(found)
    context = {
        "batch": found,
        "lines": lines,
        "left": sum(not line.withdrawn for line in lines),
        "undoable": sum(not line.withdrawn and not line.reason for line in lines),
    }
    return render(request, "oversight/cooperatives/batch.html", context)
