"""`/ad/cooperatives/lettres/`: the accesses of the mandataires who cannot enter yet, by letter or by e-mail."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from retkoop.identity.access import answering_replays, association_view, operation, see_other
from retkoop.identity.audit import Author
from retkoop.identity.exports.letters import Letter, letters_pdf
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import AssociationRequest
from retkoop.identity.services import letter_token
from retkoop.identity.services.links import LinkRefused
from retkoop.ledger.forms.pieces import whole
from retkoop.ledger.views._downloads import pdf_answer
from retkoop.membership.queries.creation import batch_of
from retkoop.membership.queries.doors import Door, closed_doors
from retkoop.membership.services.letters import prepare_letters, send_accesses

PAGE = "/ad/cooperatives/lettres/"
SHOWN = 5  # of those who could not be served


def _page(_: AuditEvent) -> str:
    return PAGE


@association_view(Permission.AD_WRITE)
@answering_replays(_page)
def letters(request: AssociationRequest) -> HttpResponse:
    """Who cannot enter yet: letters to prepare, e-mails to send. « ?import= » shows those of an import."""
    doors, query = _doors(request)
    if request.method == "POST":
        return _started(request, doors, query)
    ready = _ready(doors)
    context = {
        "paper": [door for door in doors if door.on_paper],
        "mail": [door for door in doors if not door.on_paper],
        "ready": len(ready),
        "query": query,
    }
    return render(request, "oversight/cooperatives/letters.html", context)


@association_view(Permission.AD_WRITE, methods=("GET",))
def letters_file(request: AssociationRequest) -> HttpResponse:
    """The letters that were prepared and can still serve, one page each."""
    doors, query = _doors(request)
    ready = _ready(doors)
    if not ready:
        messages.warning(request, "Aucune lettre n’est prête : préparez-les d’abord.")
        return see_other(f"{PAGE}{query}")
    answer = pdf_answer(letters_pdf(request.association, ready), f"lettres-{request.association.code}.pdf")
    add_never_cache_headers(answer)
    return answer


def _doors(request: AssociationRequest) -> tuple[list[Door], str]:
    """Those of the import that the address names, else all; and that part of the address. Raises Http404."""
    told = request.GET.get("import", "")
    if not told:
        return closed_doors(request.association), ""
    batch = batch_of(request.association, whole(told) or 0)
    if batch is None:
        raise Http404
    return closed_doors(request.association, [line["cooperative"] for line in batch.made]), f"?import={batch.pk}"


def _ready(doors: list[Door]) -> list[Letter]:
    found = []
    for door in doors:
        if door.link is not None and door.on_paper:
            try:
                found.append(Letter(door.mandate, door.link, letter_token(door.link)))
            except LinkRefused:  # a link that the command line gave, which no letter can tell again
                continue
    return found


def _started(request: AssociationRequest, doors: list[Door], query: str) -> HttpResponse:
    chosen = {whole(text) for text in request.POST.getlist("mandat")}
    by_mail = request.POST.get("faire") == "courriels"
    mandates = [door.mandate for door in doors if door.mandate.pk in chosen and door.on_paper != by_mail]
    start = send_accesses if by_mail else prepare_letters
    done, refused = start(
        association=request.association,
        mandates=mandates,
        author=Author(request.actor.person, on_behalf=request.association),
        operation=operation(request),
    )
    several = "s" if done > 1 else ""
    what = f"{done} e-mail{several} envoyé{several}." if by_mail else f"{done} lettre{several} prête{several} : imprimez-les."
    if done:
        messages.success(request, what)
    elif not refused:
        messages.warning(request, "Cochez au moins une personne.")
    for text in refused[:SHOWN]:
        messages.warning(request, text)
    return see_other(f"{PAGE}{query}")
