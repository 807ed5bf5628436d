"""`/aide/ventilation/`: everyday examples, searchable and printable; and, for an AD, its own words."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.access import answering_replays, association_view, author, operation, public_view, see_other
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import AssociationRequest
from retkoop.ledger.chart import chart_for
from retkoop.ledger.services.advice import save_advice
from retkoop.ledger.ventilation import VERDICTS, advice_for

_NOBODY = 0


@public_view()
def ventilation(request: HttpRequest) -> HttpResponse:
    """The examples that hold the words of `q`; with `fragment`, the list alone, to stand beside zone 7."""
    association = getattr(request, "association", None)
    first = SchoolYear.of(clock.today()).first
    search = request.GET.get("q", "")[:100]
    owner = association.pk if association else _NOBODY
    found = advice_for(owner, chart_for(owner, first), search)
    actor = getattr(request, "actor", None)
    context = {
        "examples": found,
        "search": search,
        "count": len(found),
        "may_change": bool(actor and actor.may_administer),
    }
    part = "fragment" in request.GET
    return render(request, "ledger/ventilation_list.html" if part else "ledger/ventilation.html", context)


@association_view(Permission.AD_WRITE)
@answering_replays(lambda _event: "/aide/ventilation/")
def own_words(request: AssociationRequest, key: str) -> HttpResponse:
    """The AD's own verdict and words for one example."""
    first = SchoolYear.of(clock.today(request.association.time_zone)).first
    chart = chart_for(request.association.pk, first)
    example = next((row for row in advice_for(request.association.pk, chart) if row.key == key), None)
    if example is None:
        raise Http404
    verdict = request.POST.get("verdict", example.verdict)
    text = request.POST.get("text", example.note)
    refusal = ""
    if request.method == "POST":
        try:
            save_advice(
                association=request.association,
                key=key,
                verdict="" if "remove" in request.POST else verdict,
                text=text,
                author=author(request),
                operation=operation(request),
            )
            return see_other(f"/aide/ventilation/#{key}")
        except Refusal as error:
            refusal = error.message
    context = {
        "example": example,
        "verdicts": [(value, word, value == verdict) for value, (word, _) in VERDICTS.items()],
        "text": text,
        "refusal": refusal,
    }
    return render(request, "ledger/ventilation_own.html", context, status=422 if refusal else 200)
