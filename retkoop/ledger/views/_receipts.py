"""Receipts that come with a form of entries: files received on the way, and those that the form already names."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages

from retkoop.documents.models import Document
from retkoop.documents.queries import received_sentence
from retkoop.documents.services import Refused, receive_all
from retkoop.documents.uploads import uploads_of
from retkoop.identity.access import author, operation
from retkoop.identity.audit import refuse_known
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.models import Draft, Entry
from retkoop.ledger.queries.receipts import documents_named
from retkoop.ledger.services.receipts import attach_documents

FIELD = "documents"
_MOST = 50


@dataclass
class FormReceipts:
    """What a form of entries proves itself with; `refusal` says in French why a file could not be received.

    `asked`: the visitor only pressed « Envoyer l’image »; the form is to be shown again with its files.
    """

    documents: list[Document] = field(default_factory=list)
    refusal: str = ""
    asked: bool = False

    @property
    def context(self) -> dict[str, Any]:
        """What `ledger/receipts/_inside.html` reads."""
        return {"form_documents": self.documents, "form_documents_refusal": self.refusal}

    @property
    def draft_payload(self) -> dict[str, str]:
        """What a draft keeps of them."""
        return {FIELD: " ".join(str(document.pk) for document in self.documents)} if self.documents else {}


def receipts_from(request: HouseRequest) -> FormReceipts:
    """The receipts of a posted form: `documents` (already received) and `fichiers` (received now, kept if the form is refused).

    Raises Replay or OperationConflict first, when the form was already carried out, so that no file comes twice.
    """
    found = FormReceipts(named_documents(request, request.POST.getlist(FIELD)), asked="envoyer_image" in request.POST)
    uploads = uploads_of(request)
    if not uploads:
        if found.asked and not found.documents:
            found.refusal = "Aucun fichier n’a été choisi : choisissez une photo ou un PDF, puis envoyez-le."
        return found
    refuse_known(operation(request), request.cooperative.pk, author(request))
    try:
        received = receive_all(cooperative=request.cooperative, author=author(request), uploads=uploads)
    except Refused as refusal:
        found.refusal = refusal.message
        return found
    for document in received:
        document.cooperative = request.cooperative
    found.documents += received
    return found


def drafted_receipts(request: HouseRequest, draft: Draft) -> FormReceipts:
    """The receipts that a draft keeps until it is finished."""
    return FormReceipts(named_documents(request, str(draft.payload.get(FIELD, "")).split()))


def named_documents(request: HouseRequest, ids: Sequence[str]) -> list[Document]:
    """The cooperative's own documents among ids that a form or an address names; others are left out."""
    known = {int(text) for text in ids[:_MOST] if text.isascii() and text.isdigit() and len(text) < 18}
    return documents_named(request.cooperative, known)


def attach_to(request: HouseRequest, entry: Entry, receipts: FormReceipts) -> None:
    """Attach a recorded form's receipts to its entry, and say so; sent twice, they stay one."""
    if not receipts.documents:
        return
    attach_documents(entry=entry, documents=receipts.documents, author=author(request))
    for document in receipts.documents:
        messages.success(request, received_sentence(document))
