"""The scan of a statement, and the « Dossier du mois »."""

from django.http import HttpResponse

from retkoop.core.refusal import Refusal
from retkoop.documents.services import Refused, prepared_uploads
from retkoop.documents.uploads import received, refused, uploads_of
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.audit import refuse_known
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.exports.dossier import dossier_name, dossier_pdf
from retkoop.ledger.queries.statements import statement_page, year_of
from retkoop.ledger.services.statement_scans import attach_scan, remove_scan
from retkoop.ledger.views._downloads import pdf_answer
from retkoop.ledger.views.pointing import own_statement, shown, statement_path
from retkoop.ledger.web import years_in_view


def _page(event: AuditEvent) -> str:
    return statement_path(event.subject_id)


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def scan(request: HouseRequest, pk: int) -> HttpResponse:
    """The statement in photo or PDF; another one takes its place."""
    found = own_statement(request, pk)
    uploads = uploads_of(request)
    try:
        refuse_known(operation(request), request.cooperative.pk, author(request))  # before the slow work, not after it
        with prepared_uploads(uploads) as ready:
            document = attach_scan(statement=found, ready=ready[0], author=author(request), operation=operation(request))
    except Refused as refusal:
        return refused(request, refusal, statement_path(pk))
    document.cooperative = request.cooperative
    return received(request, [document], statement_path(pk))


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def unscan(request: HouseRequest, pk: int) -> HttpResponse:
    """Take the scan off; the file stays among the documents."""
    found = own_statement(request, pk)
    try:
        remove_scan(statement=found, author=author(request), operation=operation(request))
    except Refusal as refusal:
        return shown(request, found, refusal=refusal.message, status=422)
    return see_other(statement_path(pk))


@cooperative_view(Permission.BOOK_READ)
def dossier(request: HouseRequest, pk: int) -> HttpResponse:
    """« Dossier du mois »: one PDF for the binder."""
    found = own_statement(request, pk)
    page = statement_page(found, year_of(found, years_in_view(request)))
    return pdf_answer(dossier_pdf(page), dossier_name(found))
