"""`/archives/`: all past years, their figures and PDFs, and the pages for the conseil d'école and for the pupils."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.documents.services import Refused, prepared_uploads
from retkoop.documents.uploads import by_script, received, uploads_of
from retkoop.documents.uploads import refused as upload_refused
from retkoop.identity.access import answering_replays, author, cooperative_view, operation
from retkoop.identity.audit import Replay, refuse_known
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import contact_for
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.views._downloads import pdf_answer
from retkoop.ledger.web import years_in_view
from retkoop.yearend.exports.accounts import council_pdf, pupils_pdf
from retkoop.yearend.queries.archives import Accounts, accounts_of, archives_of, past_of
from retkoop.yearend.services.past_reports import attach_past_document

PAGE = "/archives/"


def _page(_: AuditEvent) -> str:
    return PAGE


@cooperative_view(Permission.BOOK_READ)
def archives(request: HouseRequest) -> HttpResponse:
    """Every year that has ended, the latest first."""
    today = clock.today(request.association.time_zone)
    known = archives_of(request.cooperative, years_in_view(request), today)
    context = {"archives": known, "contact": contact_for(request.cooperative)}
    return render(request, "yearend/archives/archives.html", context)


@cooperative_view(Permission.BOOK_READ)
def archive(request: HouseRequest, slug: str) -> HttpResponse:
    """The figures of one year."""
    return _shown(request, _known(request, slug))


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def document(request: HouseRequest, slug: str) -> HttpResponse:
    """The report of that time, as a file, beside the figures that the AD typed of it."""
    accounts = _known(request, slug)
    past = past_of(request.cooperative, SchoolYear.parse(accounts.slug).first) if accounts.source == "past" else None
    if past is None:
        raise Http404
    past.cooperative = request.cooperative
    try:
        refuse_known(operation(request), request.cooperative.pk, author(request))  # before the slow work, not after it
        with prepared_uploads(uploads_of(request)) as ready:
            if len(ready) != 1:
                raise Refusal("Un seul document : choisissez un PDF, ou une ou plusieurs photos.")
            kept = attach_past_document(past=past, ready=ready[0], author=author(request), operation=operation(request))
    except Refusal as refusal:
        if by_script(request):
            return upload_refused(request, Refused(refusal.message), archive_page(slug))
        return _shown(request, accounts, refusal.message)
    except Replay as replay:  # what the first sending kept is told again
        kept = get_object_or_404(request.cooperative.past_reports, pk=replay.subject_id)
    stored = kept.document
    assert stored is not None
    stored.cooperative = request.cooperative
    return received(request, [stored], archive_page(slug))


@cooperative_view(Permission.BOOK_READ)
def council(request: HouseRequest, slug: str) -> HttpResponse:
    """« Comptes pour le conseil d'école », one page."""
    body = council_pdf(request.cooperative, _known(request, slug))
    return pdf_answer(body, f"comptes-conseil-d-ecole-{request.cooperative.identifier}-{slug}.pdf")


@cooperative_view(Permission.BOOK_READ)
def pupils(request: HouseRequest, slug: str) -> HttpResponse:
    """The pupils' version."""
    body = pupils_pdf(request.cooperative, _known(request, slug))
    return pdf_answer(body, f"notre-argent-{request.cooperative.identifier}-{slug}.pdf")


def archive_page(slug: str) -> str:
    """The page of that year."""
    return f"/archives/{slug}/"


def _shown(request: HouseRequest, accounts: Accounts, refusal: str = "") -> HttpResponse:
    may = request.actor.may_write and accounts.source == "past" and (accounts.old is None or request.actor.is_association)
    context = {"accounts": accounts, "may": may, "refusal": refusal, "here": archive_page(accounts.slug)}
    return render(request, "yearend/archives/archive.html", context, status=422 if refusal else 200)


def _known(request: HouseRequest, slug: str) -> Accounts:
    """Raises Http404 for a year of which nothing is known."""
    known = accounts_of(request.cooperative, years_in_view(request), slug)
    if known is None:
        raise Http404
    return known
