"""`/compte-rendu/cra/` and `/compte-rendu/cra/projets/`: the compte-rendu d'activité, on pink, kept as one types.

The page sends itself in the background (htmx) a moment after each answer;
without JavaScript its two buttons do the same. Both end in one service.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from retkoop.core import clock
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.audit import Operation
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.forms.pieces import whole
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.web import with_year
from retkoop.yearend.forms.activity import Typed, name_of, typed_answers
from retkoop.yearend.queries.activity import MARKS, ActivityProgress, cra_opens_on, progress_of
from retkoop.yearend.queries.questionnaires import Form
from retkoop.yearend.queries.reports import report_of, rules_of
from retkoop.yearend.questionnaire import TEXT, TICK, WHOLE, Asked, Section, shown
from retkoop.yearend.services.activity import SHEET, save_answers
from retkoop.yearend.services.reports import LOCKED
from retkoop.yearend.web import desk_of, page_context, report_year

CRA, PROJECTS, CRF = "/compte-rendu/cra/", "/compte-rendu/cra/projets/", "/compte-rendu/crf/"
PATHS = {1: CRA, 2: PROJECTS}
NOT_OPEN, READER = "not_open", "reader"
AFTER = {1: PROJECTS, 2: CRF}


def _first_page(_: AuditEvent) -> str:
    return CRA


@dataclass(frozen=True)
class Line:
    """A question as the page shows it. `offered`: (key, words, chosen) of its choices; `open`: the answers call for it."""

    asked: Asked
    text: str
    ticked: bool
    offered: tuple[tuple[str, str, bool], ...]
    mark: str
    open: bool
    left: bool
    error: str

    @property
    def name(self) -> str:
        return name_of(self.asked)

    @property
    def id(self) -> str:
        return f"id_{self.name}"

    @property
    def compulsory(self) -> bool:
        """Said beside a field to fill in; a tick box is answered by validating its page."""
        return self.asked.required and self.asked.kind != TICK

    @property
    def noted(self) -> bool:
        return bool(self.compulsory or self.mark)

    @property
    def described(self) -> str:
        """The ids of what explains the field, in reading order."""
        parts = (("marque", self.noted), ("aide", self.asked.help), ("error", self.error))
        return " ".join(f"{self.id}_{part}" for part, there in parts if there)


@dataclass(frozen=True)
class State:
    """What a page needs to know of its report. `refusal`: why nothing may be written, "" when it may."""

    year: FiscalYear
    progress: ActivityProgress
    refusal: str

    @property
    def writable(self) -> bool:
        return not self.refusal


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_first_page)
def questions(request: HouseRequest) -> HttpResponse:
    """Page 1: the school, how the cooperative worked, its accounts."""
    return _answered(request, 1)


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_first_page)
def projects(request: HouseRequest) -> HttpResponse:
    """Page 2: projects and actions, then what was answered and what is missing."""
    return _answered(request, 2)


def _answered(request: HouseRequest, page: int) -> HttpResponse:
    state = _state(request)
    if request.method != "POST":
        return _shown(request, page, state, Typed())
    key = operation(request)
    typed = typed_answers(state.progress.form.asked, request.POST)
    if request.htmx:
        return _kept(request, page, state, typed, key)
    if typed.errors:
        return _shown(request, page, state, typed, status=422)
    try:
        _save(request, page, state.year, typed, key, validate=True)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return _shown(request, page, state, typed, status=422)
    messages.success(request, "Vos réponses sont enregistrées. Vous pourrez les modifier en revenant sur cette page.")
    return see_other(with_year(AFTER[page] if "suite" in request.POST else PATHS[page], request, state.year))


def _kept(request: HouseRequest, page: int, state: State, typed: Typed, key: Operation) -> HttpResponse:
    """As one types: the readable answers are kept; what is told replaces only what has changed on the page."""
    same_sheet = Operation(f"{key.key[:SHEET]}-{key.digest[:15]}", key.digest)
    try:
        row = _save(request, page, state.year, typed, same_sheet, validate=False)
    except (Refusal, StaleVersion) as refusal:
        said = refusal.message if isinstance(refusal, Refusal) else ""
        return render(request, "yearend/cra/_refused.html", {"said": said}, status=422)
    progress = progress_of(state.year)
    before = {question.key for question in state.progress.shown}
    now = {question.key for question in progress.shown}
    lines = [
        line
        for _, group in _sections(state.progress.form, page, progress, Typed())
        for line in group
        if (line.asked.key in now) != (line.asked.key in before)
    ]
    context = {"version": row.version, "progress": progress, "lines": lines, "errors": list(typed.errors.values())}
    return render(request, "yearend/cra/_kept.html", context | {"at": clock.now()})


def _save(request: HouseRequest, page: int, year: FiscalYear, typed: Typed, key: Operation, *, validate: bool) -> Any:
    return save_answers(
        year=year,
        page=page,
        values=typed.values,
        author=author(request),
        operation=key,
        version=whole(request.POST.get("version", "")) or 0,
        validate=validate,
    )


def _state(request: HouseRequest) -> State:
    year = report_year(request)
    report = report_of(year)
    opens = cra_opens_on(year, rules_of(request.association))
    refusal = ""
    if clock.today(request.association.time_zone) < opens:
        refusal = NOT_OPEN
    elif report is not None and not report.editable:
        refusal = LOCKED[report.state]
    elif not request.actor.may_write:
        refusal = READER
    return State(year, progress_of(year, report), refusal)


def _sections(form: Form, page: int, progress: ActivityProgress, typed: Typed) -> list[tuple[Section, list[Line]]]:
    values = {**progress.values, **typed.values}
    called = {question.key for question in shown(form.asked, values)} if typed.values else {q.key for q in progress.shown}
    left = {question.key for question in progress.unanswered}
    found = []
    for section in form.sections:
        if section.page == page:
            found.append((section, [_line(asked, values, typed, progress, called, left) for asked in section.asked]))
    return found


def _line(
    asked: Asked, values: dict[str, Any], typed: Typed, progress: ActivityProgress, called: set[str], left: set[str]
) -> Line:
    value = values[asked.key]
    chosen = value if isinstance(value, list) else [value]
    written = str(value) if asked.kind in {TEXT, WHOLE} and value is not None else ""
    return Line(
        asked=asked,
        text=typed.texts.get(asked.key, written),
        ticked=value is True,
        offered=tuple((choice.key, choice.text, choice.key in chosen) for choice in asked.choices),
        mark=MARKS.get(progress.marks.get(asked.key, ""), ""),
        open=asked.key in called,
        left=asked.key in left,
        error=typed.errors.get(asked.key, ""),
    )


def _shown(request: HouseRequest, page: int, state: State, typed: Typed, *, status: int = 200) -> HttpResponse:
    progress = state.progress
    sections = _sections(progress.form, page, progress, typed)
    lines = [line for _, group in sections for line in group]
    context = {
        "page": page,
        "path": PATHS[page],
        "after": AFTER[page],
        "sections": sections,
        "asked_keys": " ".join(line.asked.key for line in lines),
        "errors": [line for line in lines if line.error],
        "progress": progress,
        "writable": state.writable,
        "opens": cra_opens_on(state.year, rules_of(request.association)) if state.refusal == NOT_OPEN else None,
        "recap": _recap(progress) if page == max(progress.pages, default=1) else [],
    }
    context |= page_context(request, desk_of(request), "cra")
    return render(request, "yearend/cra.html", context, status=status)


def _recap(progress: ActivityProgress) -> list[tuple[str, list[tuple[str, str]]]]:
    """What was answered, by section, in words; a question not answered yet says so."""
    left = {question.key for question in progress.unanswered}
    called = {question.key for question in progress.shown}

    def words(asked: Asked) -> str:
        return "sans réponse" if asked.key in left else asked.words(progress.values[asked.key])

    return [
        (section.title, [(asked.text, words(asked)) for asked in section.asked if asked.key in called])
        for section in progress.form.sections
    ]
