"""`/ecritures/<id>/justificatifs/`: the receipts of an entry, on open and closed years alike."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.core.refusal import Refusal
from retkoop.documents.models import Document
from retkoop.documents.services import Refused, prepared_uploads
from retkoop.documents.uploads import by_script, received, refused, uploads_of
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, safe_path, see_other
from retkoop.identity.audit import Replay, refuse_known
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.models import Attachment, Entry, EntryKind
from retkoop.ledger.queries.receipts import receipts_of
from retkoop.ledger.services.receipts import attach_receipts, expect_receipt, remove_receipt, restore_receipt
from retkoop.ledger.views._entry_page import own_entry


def receipts_path(entry_id: int | None) -> str:
    """The page of an entry's receipts."""
    return f"/ecritures/{entry_id}/justificatifs/"


def _page(event: AuditEvent) -> str:
    return receipts_path(event.subject_id)


def _back(request: HouseRequest) -> str:
    """Where « Retour au cahier de comptabilité » leads when the visitor came from a sorted or filtered cahier, else ""."""
    asked = safe_path(request.GET.get("retour") or request.POST.get("retour"))
    return asked if asked.startswith("/cahier/") else ""


def _after(request: HouseRequest, entry: Entry, query: str = "") -> str:
    back = _back(request)
    parts = [part for part in (query, f"retour={quote(back)}" if back else "") if part]
    return receipts_path(entry.pk) + (f"?{'&'.join(parts)}" if parts else "")


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_page)
def receipts(request: HouseRequest, entry_id: int) -> HttpResponse:
    """The page, and the files that it sends: several photos make one document, each PDF stays itself."""
    entry = own_entry(request, entry_id, opening=True)
    if request.method == "POST":
        return _attached(request, entry)
    return _shown(request, entry)


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def replace(request: HouseRequest, attachment_id: int) -> HttpResponse:
    """Another file in the place of this one, which is taken off in the same act."""
    attachment = _own(request, attachment_id)
    return _attached(request, attachment.entry, attachment)


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def remove(request: HouseRequest, attachment_id: int) -> HttpResponse:
    """Take a receipt off; the page then offers « Annuler »."""
    attachment = _own(request, attachment_id)
    remove_receipt(attachment=attachment, author=author(request), operation=operation(request))
    return see_other(_after(request, attachment.entry, f"retire={attachment.pk}"))


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def restore(request: HouseRequest, attachment_id: int) -> HttpResponse:
    """« Annuler » a removal."""
    attachment = _own(request, attachment_id)
    try:
        restore_receipt(attachment=attachment, author=author(request), operation=operation(request))
    except Refusal as refusal:
        return _shown(request, attachment.entry, refusal=refusal.message)
    messages.success(request, "Le justificatif est de nouveau joint à l’écriture.")
    return see_other(_after(request, attachment.entry))


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def expect(request: HouseRequest, entry_id: int) -> HttpResponse:
    """« Pas de justificatif attendu », or expected after all; while the year is open."""
    entry = own_entry(request, entry_id)
    expected = request.POST.get("expected") == "on"
    version = request.POST.get("version", "")
    try:
        expect_receipt(
            entry=entry,
            expected=expected,
            version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1,
            author=author(request),
            operation=operation(request),
        )
    except Refusal as refusal:
        return _shown(request, entry, refusal=refusal.message)
    said = "Un justificatif est attendu pour cette écriture." if expected else "C’est noté : aucun justificatif n’est attendu."
    messages.success(request, said)
    return see_other(_after(request, entry))


def _own(request: HouseRequest, attachment_id: int) -> Attachment:
    """The cooperative's receipt, with its entry as the request knows it. Raises Http404."""
    attachment: Attachment = get_object_or_404(request.cooperative.attachments.all(), pk=attachment_id)
    attachment.cooperative = request.cooperative
    attachment.entry = own_entry(request, attachment.entry_id, opening=True)
    return attachment


def _attached(request: HouseRequest, entry: Entry, replaces: Attachment | None = None) -> HttpResponse:
    to = _after(request, entry)
    try:
        refuse_known(operation(request), request.cooperative.pk, author(request))  # before the slow work, not after it
        with prepared_uploads(uploads_of(request)) as ready:
            attached = attach_receipts(
                entry=entry, ready=ready, author=author(request), operation=operation(request), replaces=replaces
            )
    except Refused as refusal:
        return refused(request, refusal, to) if by_script(request) else _shown(request, entry, refusal=refusal.message)
    except Refusal as refusal:
        return _shown(request, entry, refusal=refusal.message)
    except Replay:
        if not by_script(request):
            raise
        return received(request, [_named(receipt.attachment, entry) for receipt in receipts_of(entry)[:1]], to)
    return received(request, [_named(row, entry) for row in attached], to)


def _named(attachment: Attachment, entry: Entry) -> Document:
    """The document of a receipt that was just attached."""
    document = attachment.document
    assert document is not None
    document.cooperative = entry.cooperative
    return document


def _shown(request: HouseRequest, entry: Entry, *, refusal: str = "") -> HttpResponse:
    context = receipts_context(request, entry) | {"refusal": refusal, "year": entry.year, "replaceable": True}
    return render(request, "ledger/receipts.html", context, status=422 if refusal else 200)


def receipts_context(request: HouseRequest, entry: Entry) -> dict[str, Any]:
    """What `ledger/receipts/_list.html` reads, on this page and on the entry's own."""
    removed = receipts_of(entry, removed=True)
    just = request.GET.get("retire", "")
    return {
        "entry": entry,
        "receipts": receipts_of(entry),
        "removed_receipts": removed,
        "just_removed": next((row for row in removed if str(row.pk) == just), None),
        "receipts_url": receipts_path(entry.pk),
        "receipts_here": _after(request, entry),
        "retour": _back(request),
        "cahier_url": _back(request),
        "may_attach": request.actor.may_write,
        "may_expect": request.actor.may_write and not entry.year.closed and entry.kind == EntryKind.ORDINARY,
    }
