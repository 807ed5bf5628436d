"""`/quitus/<token>/`: the page of one vérificateur, who has no account. It reads the books and never writes in them.

An unknown link, an expired one, a replaced one and one of a quitus that was
taken back are answered alike. After the answer the link shows that answer,
and nothing of the books any more.
"""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.documents.views import page_answer
from retkoop.identity import devices
from retkoop.identity.access import operation, public_view, see_other
from retkoop.identity.audit import OperationConflict, Replay
from retkoop.identity.operations import conflict
from retkoop.identity.requests import VisitorRequest
from retkoop.identity.services import Throttled
from retkoop.ledger.chart import ChartAccount, chart_for
from retkoop.ledger.follow import piece_label
from retkoop.ledger.forms.pieces import refused
from retkoop.ledger.models import AccountClass, FiscalYear
from retkoop.yearend.forms.quitus import DecisionForm, QuestionForm
from retkoop.yearend.models import Verifier, VerifierDecision
from retkoop.yearend.queries.digest import digest_of, short_digest
from retkoop.yearend.queries.quitus import (
    Piece,
    QuitusState,
    drawn_pieces,
    last_statements,
    quitus_state,
    shown_documents,
)
from retkoop.yearend.services.verifiers import ask_question, decide, mark_seen, open_link, send_code

View = Callable[..., HttpResponse]


def _by_link(view: View) -> View:
    """Open the link first; a repeated form leads back to the page, other content under its key is a conflict."""

    @wraps(view)
    def opened(request: VisitorRequest, token: str, **kwargs: int) -> HttpResponse:
        verifier = open_link(token=token, address=devices.address(request))
        if verifier is None:
            return closed_link(request)
        try:
            return view(request, verifier, **kwargs)
        except Replay:
            messages.info(request, "Ce formulaire avait déjà été reçu : rien n’a été enregistré deux fois.")
            return see_other(_home(request))
        except OperationConflict:
            return conflict(request, stale=False)

    return opened


def closed_link(request: VisitorRequest) -> HttpResponse:
    """The one answer to every link that opens nothing."""
    return render(request, "yearend/quitus/closed_link.html", status=404)


def _home(request: VisitorRequest) -> str:
    """The vérificateur's own page, whichever of its addresses was asked."""
    _, _, token, *_ = request.path.split("/")
    return f"/quitus/{token}/"


@public_view(methods=("GET",))
@_by_link
def page(request: VisitorRequest, verifier: Verifier) -> HttpResponse:
    """What the vérificateur checks; after the answer, the answer alone."""
    return _shown(request, verifier)


@public_view(methods=("POST",))
@_by_link
def seen(request: VisitorRequest, verifier: Verifier) -> HttpResponse:
    """« Enregistrer ce que j'ai vu »."""
    try:
        mark_seen(verifier=verifier, seen=request.POST.getlist("vu"), operation=operation(request))
    except Refusal as refusal:
        return _shown(request, verifier, refusal=refusal.message)
    messages.success(request, "C’est noté : vous pouvez continuer maintenant ou plus tard, par le même lien.")
    return see_other(f"{_home(request)}#pieces")


@public_view(methods=("POST",))
@_by_link
def question(request: VisitorRequest, verifier: Verifier) -> HttpResponse:
    """A question on a piece."""
    key = operation(request)
    form = QuestionForm(request.POST)
    if form.is_valid():
        try:
            asked = ask_question(
                verifier=verifier, number=form.cleaned_data["number"], text=form.cleaned_data["text"], operation=key
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, "Votre question est partie. La réponse s’affichera ici, et un message vous le dira.")
            return see_other(f"{_home(request)}#question-{asked.pk}")
    return _shown(request, verifier, question_form=form)


@public_view(methods=("POST",))
@_by_link
def code(request: VisitorRequest, verifier: Verifier) -> HttpResponse:
    """« Recevoir mon code »."""
    try:
        send_code(verifier=verifier, operation=operation(request))
    except Refusal as refusal:
        return _shown(request, verifier, refusal=refusal.message)
    except Throttled as throttled:
        minutes = -(-throttled.seconds // 60)
        words = f"Plusieurs codes vous ont déjà été envoyés : attendez {minutes} minute{'s' if minutes > 1 else ''}."
        return _shown(request, verifier, refusal=words)
    messages.success(request, f"Un code part vers {verifier.email}. Il sert pendant 15 minutes.")
    return see_other(f"{_home(request)}#repondre")


@public_view(methods=("POST",))
@_by_link
def decision(request: VisitorRequest, verifier: Verifier) -> HttpResponse:
    """« Je donne quitus », or not."""
    key = operation(request)
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            decide(
                verifier=verifier,
                code=form.cleaned_data["code"],
                gives="refuser" not in request.POST,
                observations=form.cleaned_data["observations"],
                operation=key,
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return see_other(_home(request))
    return _shown(request, verifier, decision_form=form)


@public_view(methods=("GET",))
@_by_link
def document(request: VisitorRequest, verifier: Verifier, pk: int, number: int) -> HttpResponse:
    """A page of a drawn piece's receipt or of the last statement; anything else does not exist."""
    state = quitus_state(verifier.quitus, digest_of(verifier.quitus.report.year))
    shown = pk in shown_documents(verifier.quitus) and not state.outdated
    if not shown or verifier.decision != VerifierDecision.WAITING:
        return closed_link(request)
    return page_answer(get_object_or_404(verifier.cooperative.documents.all(), pk=pk), number)


def _shown(
    request: VisitorRequest,
    verifier: Verifier,
    *,
    refusal: str = "",
    question_form: QuestionForm | None = None,
    decision_form: DecisionForm | None = None,
) -> HttpResponse:
    bad = bool(refusal or question_form or decision_form)
    quitus = verifier.quitus
    year = quitus.report.year
    context: dict[str, Any] = {
        "verifier": verifier,
        "quitus": quitus,
        "year": year,
        "school": verifier.cooperative,
        "zone": verifier.cooperative.association.time_zone,
        "digest": short_digest(quitus.digest),
        "home_path": _home(request),
    }
    if verifier.decision != VerifierDecision.WAITING:
        return render(request, "yearend/quitus/answer.html", context, status=422 if bad else 200)
    state = quitus_state(quitus, digest_of(year))
    context |= {"state": state, "refusal": refusal} | _to_check(verifier, state, question_form)
    context["decision_form"] = decision_form or DecisionForm()
    context["code_live"] = bool(decision_form) or _code_live(verifier)
    return render(request, "yearend/quitus/verifier.html", context, status=422 if bad else 200)


def _code_live(verifier: Verifier) -> bool:
    return bool(verifier.code_sha and verifier.code_expires_at and verifier.code_expires_at > clock.now())


def _to_check(verifier: Verifier, state: QuitusState, typed: QuestionForm | None) -> dict[str, Any]:
    """The pieces, the statements and the questions; nothing once the books have changed."""
    if state.outdated:
        return {"pieces": [], "statements": [], "questions": []}
    year = verifier.quitus.report.year
    chart = chart_for(verifier.cooperative.association_id, year.first)
    questions = list(verifier.questions.select_related("entry").order_by("pk"))
    number = typed.data.get("number", "") if typed else ""
    rows = []
    for piece in drawn_pieces(verifier.quitus):
        accounts = [(chart.by_key[key].title, _as_told(chart.by_key[key], cents)) for key, cents in piece.accounts]
        moved = [(f"{'Entrée' if cents > 0 else 'Sortie'}, {label}", abs(cents)) for label, cents in piece.moved]
        own = str(piece.entry.number)
        form = typed if number == own else _question_form(piece.entry.number)
        asked = [row for row in questions if row.entry_id == piece.entry.pk]
        rows.append(
            {"piece": piece, "accounts": accounts, "moved": moved, "form": form, "questions": asked, "files": _files(piece)}
        )
    return {
        "pieces": rows,
        "statements": _statements(year),
        "questions": [row for row in questions if row.entry_id is None],
        "question_form": typed if number == "0" else _question_form(0),
        **_figures(verifier.quitus.printed),
    }


def _figures(printed: dict[str, Any]) -> dict[str, Any]:
    cash = printed["cash"]
    return {
        "printed": printed,
        "accounts_shown": [
            ("Charges", printed["charges"], printed["charges_cents"]),
            ("Produits", printed["incomes"], printed["incomes_cents"]),
        ],
        "has_cash": cash["counted_cents"] is not None,
        "cash_day": dt.date.fromisoformat(cash["on"]) if cash["on"] else None,
        "cash_pieces": ", ".join(f"{number} × {piece_label(value)}" for value, number in cash["pieces"]),
    }


def _statements(year: FiscalYear) -> list[dict[str, Any]]:
    return [
        {
            "ends_on": row.ends_on,
            "treasury": row.treasury,
            "document": row.document,
            "document_id": row.document_id,
            "pages": range(1, row.document.pages + 1 if row.document else 1),
        }
        for row in last_statements(year)
    ]


def _as_told(account: ChartAccount, cents: int) -> int:
    """A charge as it was spent, an income as it was earned: both are positive on the screens."""
    return -cents if account.kind == AccountClass.INCOME else cents


def _question_form(number: int) -> QuestionForm:
    return QuestionForm(initial={"number": number}, auto_id=f"question-{number}-%s")


def _files(piece: Piece) -> list[tuple[int, str, range]]:
    """(document, its name, its pages) of each receipt whose file is here."""
    return [
        (row.document.pk, row.document.name, range(1, row.document.pages + 1))
        for row in piece.receipts
        if row.document is not None
    ]
