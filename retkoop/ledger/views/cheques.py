"""« Chèque perdu, annulé ou périmé »: the guided act that gives the money back to the book."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.audit import refuse_known
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.chart import chart_for
from retkoop.ledger.models import AccountClass, FiscalYear
from retkoop.ledger.queries.cheques import OpenCheque, open_cheque
from retkoop.ledger.queries.years import year_containing
from retkoop.ledger.services.cheques import REASONS, close_cheque, contrary_of
from retkoop.ledger.web import years_in_view

_QUESTIONS = {
    "lost": "Il est perdu, ou on ne me l’a jamais rendu",
    "cancelled": "Je l’ai annulé (raturé, remplacé, opposition)",
    "outdated": "Il est trop vieux : la banque ne le paiera plus",
}


@cooperative_view(Permission.BOOK_WRITE)
@answering_replays(lambda event: f"/ecritures/{event.subject_id}/?enregistree")
def lost_cheque(request: HouseRequest, posting_id: int) -> HttpResponse:
    """What will be written, then writing it."""
    if request.method == "POST":
        refuse_known(operation(request), request.cooperative.pk, author(request))
    cheque = open_cheque(request.cooperative, posting_id)
    if cheque is None:
        raise Http404
    today = clock.today(request.cooperative.association.time_zone)
    years = years_in_view(request)
    year = year_containing(years, today) or years[-1]
    cheque.posting.year = next(row for row in years if row.pk == cheque.posting.year_id)
    outdated = cheque.payable_until < today
    reason = request.POST.get("reason", "outdated" if outdated else "")
    if request.method != "POST":
        return _page(request, cheque, year, reason, outdated=outdated)
    if reason not in REASONS:
        said = "Dites ce qui est arrivé à ce chèque."
        return _page(request, cheque, year, "", outdated=outdated, refusal=said)
    try:
        entry = close_cheque(
            posting=cheque.posting,
            reason=reason,
            year=year,
            label=cheque.label,
            cheque=cheque.cheque,
            author=author(request),
            operation=operation(request),
        )
    except Refusal as refusal:
        return _page(request, cheque, year, reason, outdated=outdated, refusal=refusal.message)
    return see_other(f"/ecritures/{entry.pk}/?enregistree")


def _page(
    request: HouseRequest, cheque: OpenCheque, year: FiscalYear, reason: str, *, outdated: bool, refusal: str = ""
) -> HttpResponse:
    chart = chart_for(request.cooperative.association_id, year.first)
    contrary = contrary_of(cheque.posting, cheque.label, cheque.cheque, reason or "cancelled", year)
    context = {
        "cheque": cheque,
        "year": year,
        "outdated": outdated,
        "same_year": cheque.posting.year_id == year.pk and cheque.posting.item_date is None,
        "choices": [(key, words, key == reason) for key, words in _QUESTIONS.items()],
        "lines": [
            (chart.by_key[line.account].title, _shown(chart.by_key[line.account].kind, line.cents)) for line in contrary.lines
        ],
        "refusal": refusal,
    }
    return render(request, "ledger/entry_cheque.html", context, status=422 if refusal else 200)


def _shown(kind: str, cents: int) -> int:
    """As on every screen: an income is shown positive."""
    return -cents if kind == AccountClass.INCOME else cents
