"""`/compte-rendu/quitus/`: the page to print, the signed page that comes back, and the quitus without paper."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.exports.letterhead import file_name
from retkoop.ledger.forms.pieces import refused
from retkoop.ledger.views._downloads import pdf_answer
from retkoop.ledger.views._receipts import FormReceipts, receipts_from
from retkoop.ledger.web import years_in_view
from retkoop.yearend.exports.quitus import quitus_pdf
from retkoop.yearend.forms.quitus import AnswerForm, SignedForm, SignersForm
from retkoop.yearend.models import PaperKind, Question, Quitus, QuitusKind, Report, Verifier
from retkoop.yearend.queries.digest import digest_of, short_digest
from retkoop.yearend.queries.figures import known_figures
from retkoop.yearend.queries.news import asked_again
from retkoop.yearend.queries.papers import Need
from retkoop.yearend.queries.quitus import QuitusState, drawn_entries, quitus_state, quitus_states, verifiers_of
from retkoop.yearend.queries.reports import rules_of
from retkoop.yearend.services.quitus import make_quitus, sign_on_paper, withdraw_quitus
from retkoop.yearend.services.verifiers import answer_question, invite, replace_link
from retkoop.yearend.web import Desk, desk_of, page_context, report_year

PAGE = "/compte-rendu/quitus/"


def quitus_page(year_slug: str) -> str:
    """The page of that year's quitus."""
    return f"{PAGE}?annee={year_slug}"


def pdf_path(quitus_id: int | None) -> str:
    """The printed page of a quitus."""
    return f"{PAGE}{quitus_id}/quitus.pdf"


def _page(_: AuditEvent) -> str:
    return PAGE


def _pdf(event: AuditEvent) -> str:
    return pdf_path(event.subject_id)


@cooperative_view(Permission.BOOK_READ)
def quitus(request: HouseRequest) -> HttpResponse:
    """Where the quitus stands, and both ways to have it."""
    return _shown(request, desk_of(request))


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_pdf)
def printed(request: HouseRequest) -> HttpResponse:
    """« Imprimer cette page Quitus »: makes it on the figures of now, and leads to its PDF."""
    kind = QuitusKind.COMMISSION if "commission" in request.POST else QuitusKind.PAPER
    try:
        made = make_quitus(year=report_year(request), kind=kind, author=author(request), operation=operation(request))
    except Refusal as refusal:
        return _shown(request, desk_of(request), refusal=refusal.message)
    return see_other(pdf_path(made.pk))


@cooperative_view(Permission.BOOK_READ)
def as_pdf(request: HouseRequest, quitus_id: int) -> HttpResponse:
    """The page as it was made, void or not: it says so."""
    row = own_quitus(request, quitus_id)
    state = quitus_state(row, digest_of(row.report.year))
    body = quitus_pdf(row, rules_of(request.association), state.changed_words)
    return pdf_answer(body, file_name("quitus", request.cooperative, row.report.year, "pdf"))


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def signed(request: HouseRequest, quitus_id: int) -> HttpResponse:
    """The signed page comes back, with the names and qualities of those who signed."""
    row = own_quitus(request, quitus_id)
    receipts = receipts_from(request)
    form = _signed_form(request, row, request.POST)
    valid = form.is_valid()
    if valid and not receipts.asked and not receipts.refusal:
        try:
            if len(receipts.documents) > 1:
                message = "Un seul document : un PDF, ou une ou plusieurs photos envoyées ensemble."
                raise Refusal(message, "documents")
            sign_on_paper(
                quitus=row,
                signed=form.signed(),
                document=receipts.documents[0] if receipts.documents else None,
                by_post=form.cleaned_data["received_on"] if request.actor.is_association else None,
                author=author(request),
                operation=operation(request),
            )
        except Refusal as refusal:
            if refusal.field == "documents":
                receipts.refusal = refusal.message
            else:
                refused(form, Refusal(refusal.message, form.place_of(refusal.field)))
        else:
            messages.success(request, "Le quitus signé est enregistré. Il vaut tant que les comptes ne changent pas.")
            return see_other(quitus_page(row.report.year.slug))
    status = 200 if receipts.asked and not receipts.refusal else 422
    if receipts.asked:
        form = _signed_form(request, row, request.POST, keep_quiet=True)
    return _shown(request, _desk(request, row), signed_form=form, receipts=receipts, status=status)


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def withdrawn(request: HouseRequest, quitus_id: int) -> HttpResponse:
    """« Retirer ce quitus »."""
    row = own_quitus(request, quitus_id)
    try:
        withdraw_quitus(quitus=row, author=author(request), operation=operation(request))
    except Refusal as refusal:
        return _shown(request, _desk(request, row), refusal=refusal.message)
    messages.success(request, "Ce quitus est retiré. Vous pouvez en préparer un autre.")
    return see_other(quitus_page(row.report.year.slug))


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def invited(request: HouseRequest) -> HttpResponse:
    """The vérificateurs are named; each gets a link."""
    desk = desk_of(request)
    form = SignersForm(request.POST, rules=desk.rules, by_mail=True)
    if form.is_valid():
        try:
            made = invite(year=desk.year, signers=form.signers(), author=author(request), operation=operation(request))
        except Refusal as refusal:
            refused(form, Refusal(refusal.message, form.place_of(refusal.field)))
        else:
            names = " et ".join(row.name for row in verifiers_of(made))
            messages.success(request, f"Un lien personnel part par e-mail vers {names}.")
            return see_other(quitus_page(desk.year.slug))
    return _shown(request, desk, invite_form=form, status=422)


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def another_link(request: HouseRequest, verifier_id: int) -> HttpResponse:
    """« Envoyer un autre lien »."""
    row: Verifier = get_object_or_404(request.cooperative.verifiers.select_related("quitus__report"), pk=verifier_id)
    own_quitus(request, row.quitus_id)
    row.cooperative = request.cooperative
    try:
        replace_link(verifier=row, author=author(request), operation=operation(request))
    except Refusal as refusal:
        return _shown(request, _desk(request, own_quitus(request, row.quitus_id)), refusal=refusal.message)
    messages.success(request, f"Un autre lien part vers {row.name}. L’ancien n’ouvre plus rien.")
    return see_other(PAGE)


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def answered(request: HouseRequest, question_id: int) -> HttpResponse:
    """The answer to a vérificateur's question."""
    row: Question = get_object_or_404(request.cooperative.verifier_questions.select_related("verifier"), pk=question_id)
    row.cooperative = request.cooperative
    made = own_quitus(request, row.verifier.quitus_id)
    form = AnswerForm(request.POST, auto_id=f"reponse-{row.pk}-%s")
    if form.is_valid():
        try:
            answer_question(
                question=row, text=form.cleaned_data["answer"], author=author(request), operation=operation(request)
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, f"Votre réponse est envoyée à {row.verifier.name}.")
            return see_other(quitus_page(made.report.year.slug))
    return _shown(request, _desk(request, made), answer_forms={row.pk: form}, status=422)


def own_quitus(request: HouseRequest, quitus_id: int) -> Quitus:
    """The cooperative's quitus, with its year as the request knows it. Raises Http404."""
    row: Quitus = get_object_or_404(request.cooperative.quitus.select_related("report", "document"), pk=quitus_id)
    row.cooperative = row.report.cooperative = request.cooperative
    row.report.year = next(year for year in years_in_view(request) if year.pk == row.report.year_id)
    return row


def _desk(request: HouseRequest, row: Quitus) -> Desk:
    """The desk of the quitus's own year, whichever the address names."""
    year, report = row.report.year, row.report
    return Desk(year, report, rules_of(request.association), known_figures(year, report))


def _signed_form(request: HouseRequest, row: Quitus, typed: Any = None, *, keep_quiet: bool = False) -> SignedForm:
    """`keep_quiet`: what was typed is shown again without a word of what is missing."""
    form = SignedForm(
        None if keep_quiet else typed,
        rules=rules_of(request.association),
        year=row.report.year,
        today=clock.today(request.association.time_zone),
        auto_id="signe-%s",
        initial={name: typed.get(name, "") for name in typed} if keep_quiet else None,
    )
    if not request.actor.is_association:
        form.fields["received_on"].widget = forms.HiddenInput()
    return form


def _states(report: Report | None) -> list[QuitusState]:
    return quitus_states(report) if report is not None else []


def _shown(
    request: HouseRequest,
    desk: Desk,
    *,
    refusal: str = "",
    signed_form: SignedForm | None = None,
    invite_form: SignersForm | None = None,
    receipts: FormReceipts | None = None,
    answer_forms: dict[int, AnswerForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    states = _states(desk.report)
    given = next((state for state in states if state.stands), next((state for state in states if state.void), None))
    waiting = next((state for state in states if not state.given), None)
    paper = waiting if waiting and waiting.quitus.kind != QuitusKind.ELECTRONIC else None
    electronic = waiting if waiting and waiting.quitus.kind == QuitusKind.ELECTRONIC else None
    may = request.actor.may_write and (desk.editable or (request.actor.is_association and not _frozen(desk)))
    if paper and signed_form is None:
        paper.quitus.report = desk.report or paper.quitus.report
        paper.quitus.report.year = desk.year
        signed_form = _signed_form(request, paper.quitus)
    context = page_context(request, desk, "quitus") | {
        "rules": desk.rules,
        "given": given,
        "given_by": verifiers_of(given.quitus) if given else [],
        "paper": paper,
        "electronic": electronic,
        "verifiers": verifiers_of(electronic.quitus) if electronic else [],
        "questions": _questions(electronic, answer_forms or {}),
        "draw": _draw(electronic, desk),
        "refused_by": _refused_by(desk.report, states),
        "digest": short_digest(waiting.quitus.digest) if waiting else "",
        "again": asked_again(_need(desk), desk.asked),
        "refused_paper": _need(desk).refusal,
        "given_digest": short_digest(given.quitus.digest) if given else "",
        "signed_form": signed_form,
        "invite_form": invite_form or SignersForm(rules=desk.rules, by_mail=True, auto_id="invite-%s"),
        "refusal": refusal,
        "may": may,
        **(receipts or FormReceipts()).context,
    }
    return render(request, "yearend/quitus/page.html", context, status=422 if refusal else status)


def _need(desk: Desk) -> Need:
    """The quitus among the papers of the report: what the AD asks of it, or why it refused it."""
    return next(need for need in desk.known.needs if need.kind == PaperKind.QUITUS)


def _frozen(desk: Desk) -> bool:
    return desk.report is not None and desk.report.frozen


def _questions(state: QuitusState | None, typed: dict[int, AnswerForm]) -> list[tuple[Question, AnswerForm]]:
    if state is None:
        return []
    rows = state.quitus.cooperative.verifier_questions.filter(verifier__quitus=state.quitus, verifier__replaced_at=None)
    return [
        (row, typed.get(row.pk) or AnswerForm(auto_id=f"reponse-{row.pk}-%s"))
        for row in rows.select_related("verifier", "entry").order_by("pk")
    ]


def _draw(state: QuitusState | None, desk: Desk) -> list[Any]:
    if state is None:
        return []
    state.quitus.report.year = desk.year
    return drawn_entries(state.quitus)


def _refused_by(report: Report | None, states: list[QuitusState]) -> Verifier | None:
    """Who last did not give quitus, while nothing has been begun since."""
    if report is None or states:
        return None
    last = report.quitus.order_by("-pk").first()
    return last.verifiers.filter(decision="refused").first() if last is not None else None
