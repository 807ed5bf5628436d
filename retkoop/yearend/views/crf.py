"""`/compte-rendu/crf/`: the compte-rendu financier, read from the books or typed as totals."""

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django_htmx.http import HttpResponseClientRedirect

from retkoop.core import clock
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.controls import Control
from retkoop.ledger.forms.pieces import refused, whole
from retkoop.ledger.models import YearMode
from retkoop.ledger.solver import Hypothesis
from retkoop.yearend.book_warnings import book_warnings
from retkoop.yearend.controls import controls
from retkoop.yearend.forms.totals import TotalsForm
from retkoop.yearend.queries.figures import Figures
from retkoop.yearend.queries.from_totals import figures_of_totals
from retkoop.yearend.queries.hypotheses import hypotheses_of
from retkoop.yearend.queries.membership import called_of
from retkoop.yearend.queries.totals import BANKS, totals_of
from retkoop.yearend.services.totals import Saved, save_totals
from retkoop.yearend.views._crf_page import Bank, sections_of
from retkoop.yearend.web import Desk, desk_of, page_context

PAGE = "/compte-rendu/crf/"
NEXT = "/compte-rendu/quitus/"
SHOWN = 3  # of the most probable errors


PARTS = (
    "crf-cles",
    "vivant-a",
    "vivant-b",
    *(f"vivant-c-{key}" for key in BANKS),
    "vivant-d",
    "vivant-e",
    "vivant-fin",
    "vivant-pistes",
)
BUTTON = mark_safe(
    'hx-post="/compte-rendu/crf/" hx-vals=\'{"je": "bouton"}\' hx-trigger="click" hx-target="#contenu" hx-select="#contenu"'
    ' hx-select-oob="unset" hx-swap="outerHTML show:none" hx-sync="closest form:queue last"'
)


def _page(_: AuditEvent) -> str:
    return PAGE


def _here(desk: Desk, path: str = PAGE) -> str:
    return f"{path}?{urlencode({'annee': desk.year.slug})}"


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_page)
def crf(request: HouseRequest) -> HttpResponse:
    """Books: everything to read, nothing to type. Totals only: one form, as long as the report may be changed."""
    desk = desk_of(request)
    if request.method == "POST":
        return _typed(request, desk)
    if desk.year.mode != YearMode.TOTALS or not desk.editable or not request.actor.may_write:
        return _read(request, desk)
    form = TotalsForm(year=desk.year, today=_today(request), initial=TotalsForm.showing(totals_of(desk.year, desk.report)))
    return _form_page(request, desk, form)


@cooperative_view(Permission.BOOK_READ)
def checks(request: HouseRequest) -> HttpResponse:
    """`/compte-rendu/crf/verifications/`: what is odd in the year's book; fetched after the page, or opened alone."""
    desk = desk_of(request)
    muted = set(request.association.muted_warnings)
    found = book_warnings(desk.year) if desk.year.mode != YearMode.TOTALS else []
    context = page_context(request, desk, "crf") | {"found": [warning for warning in found if warning.id not in muted]}
    return render(request, "yearend/crf_checks.html", context)


def _today(request: HouseRequest) -> dt.date:
    return clock.today(request.association.time_zone)


def _read(request: HouseRequest, desk: Desk, status: int = 200) -> HttpResponse:
    context = page_context(request, desk, "crf") | {
        "sections": sections_of(desk.figures, desk.verdicts, request.association.muted_warnings, called_of(desk.year)),
        "figures": desk.figures,
        "hypotheses": _probable(desk, desk.figures, desk.verdicts),
        "next_path": _here(desk, NEXT),
    }
    return render(request, "yearend/crf.html", context, status=status)


def _form_page(request: HouseRequest, desk: Desk, form: TotalsForm, status: int = 200, saved: str = "") -> HttpResponse:
    """The form, with the figures as they would be were it stored."""
    stored = not form.is_bound or saved == "yes"
    figures = desk.figures if stored else figures_of_totals(desk.year, form.totals())
    verdicts = desk.verdicts if stored else controls(figures, desk.rules)
    sections = sections_of(figures, verdicts, request.association.muted_warnings, called_of(desk.year))
    context = page_context(request, desk, "crf") | {
        "sections": sections,
        "figures": figures,
        "hypotheses": _probable(desk, figures, verdicts),
        "form": form,
        "rules": desk.rules,
        "banks": [_form_bank(form, bank) for bank in sections.banks],
        "live": ",".join(f"#{name}" for name in (*PARTS, *form.told)),
        "button": BUTTON,
        "saved": saved,
        "version": desk.report.version if desk.report else 0,
    }
    return render(request, "yearend/crf_totals.html", context, status=status)


def _probable(desk: Desk, figures: Figures, verdicts: Sequence[Control]) -> list[Hypothesis]:
    """The first three errors that may be behind the controls that do not agree."""
    return hypotheses_of(desk.year, figures, verdicts)[:SHOWN]


def _form_bank(form: TotalsForm, bank: Bank) -> dict[str, object]:
    key = bank.treasury.key
    return {
        "bank": bank,
        "statement": form.box(f"s_{key}"),
        "rows": form.items(key),
        "open": key == BANKS[0] or bank.treasury.used,
    }


def _typed(request: HouseRequest, desk: Desk) -> HttpResponse:
    """What was typed: stored when it can be read, shown again with what is missing when it cannot.

    As one types (`je=auto`) and by a button (`je=bouton`) the page stays: it is answered instead of a redirection.
    What is kept as one types presses no button, even when the browser sends the last one with it.
    """
    form = TotalsForm(request.POST, year=desk.year, today=_today(request))
    readable, way = form.is_valid(), request.POST.get("je", "")
    pressed = set() if way == "auto" else {"add_rows", "suite"} & set(request.POST)
    if "add_rows" in pressed:
        return _form_page(request, desk, form)
    if not readable:
        return _form_page(request, desk, form, 200 if way == "auto" else 422, saved="no")
    totals = form.totals()
    leaves = not way or "suite" in pressed
    sent = operation(request) if leaves else None  # the page stays with its key: its version already guards it
    try:
        kept = save_totals(year=desk.year, totals=totals, author=author(request), version=_version(request), operation=sent)
    except StaleVersion:
        if not way:
            raise
        return _form_page(request, desk, form, saved="stale")
    except Refusal as refusal:
        if desk.year.mode != YearMode.TOTALS or not desk.editable:
            messages.error(request, refusal.message)
            return _read(request, desk, 422)
        refused(form, refusal)
        return _form_page(request, desk, form, 422)
    for notice in form.notices:
        messages.warning(request, notice)
    if not leaves and not form.notices:
        return _form_page(request, _after(desk, kept), _with_ids(request, desk, form, kept), saved="yes")
    if not way and not form.notices and "suite" not in pressed:
        messages.success(request, "Vos totaux sont enregistrés.")
    path = _here(desk, NEXT if "suite" in pressed and not form.notices else PAGE)
    return HttpResponseClientRedirect(path) if way else see_other(path)


def _after(desk: Desk, kept: Saved) -> Desk:
    return Desk(desk.year, kept.report, desk.rules, figures_of_totals(desk.year, kept.totals))


def _with_ids(request: HouseRequest, desk: Desk, form: TotalsForm, kept: Saved) -> TotalsForm:
    """The same fields, each row now bearing the id under which it is stored."""
    data = request.POST.copy()
    for name, pk in form.ids(kept.totals).items():
        data[name] = str(pk)
    again = TotalsForm(data, year=desk.year, today=form.today)
    again.is_valid()
    return again


def _version(request: HouseRequest) -> int:
    """That of the report when the page was shown; a form that does not say is as stale as can be."""
    known = whole(request.POST.get("version", ""))
    return -1 if known is None else known
