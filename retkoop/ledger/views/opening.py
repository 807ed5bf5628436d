"""`/ouverture/`: what the cooperative held on the day it begins here; and `/ouverture/comptes/`, its accounts."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.core import clock
from retkoop.core.dates import DayError, format_day, parse_day
from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.audit import Operation
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import contact_for
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.forms.opening import AccountForm, OpeningForm, add_rows, blank_form, read_opening
from retkoop.ledger.models import FiscalYear, Treasury, TreasuryKind
from retkoop.ledger.queries.balances import treasury_states
from retkoop.ledger.queries.openings import TypedOpening, typed_opening
from retkoop.ledger.services.openings import OpeningContent, OpeningItemContent, type_opening
from retkoop.ledger.services.treasuries import end_treasury, open_treasury
from retkoop.ledger.views.cahier import may_keep
from retkoop.ledger.web import years_in_view

HOME = "/ouverture/"
ACCOUNTS = "/ouverture/comptes/"
KINDS = {"bank": "Une banque (512)", "postal_bank": "La Banque Postale (514)"}


def _home(_: AuditEvent) -> str:
    return HOME


def _accounts(_: AuditEvent) -> str:
    return ACCOUNTS


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_home)
def opening(request: HouseRequest) -> HttpResponse:
    """The form of the first year; read only once there are entries, but for the AD."""
    year = years_in_view(request)[0]
    known = typed_opening(year)
    form = blank_form(year, _today(request), known.on, known.accounts)
    if not known.accounts:
        form.accounts = _first_accounts(form)
    if request.method != "POST":
        return _shown(request, known, form)
    read_opening(request.POST.dict(), form)
    if "more" in request.POST:
        add_rows(form)
        form.errors.clear()
        for account in form.accounts:
            account.errors.clear()
        return _shown(request, known, form)
    if _needs_reason(request, year, known) and not form.reason:
        form.errors["reason"] = "Dites pourquoi l’ouverture change : la raison reste dans l’historique."
    if not form.valid:
        return _shown(request, known, form, status=422)
    try:
        _typed(request, year, form)
    except Refusal as refusal:
        form.errors[refusal.field or "on"] = refusal.message
        return _shown(request, known, form, status=422)
    messages.success(request, "L’ouverture est enregistrée. Elle est la première ligne de votre cahier.")
    return see_other(HOME)


def _typed(request: HouseRequest, year: FiscalYear, form: OpeningForm) -> None:
    """Open the accounts of a book that has none yet, then write the opening."""
    key = operation(request)
    treasuries = {row.slug: row for row in request.cooperative.treasuries.all()}
    for account in form.accounts:
        if account.slug not in treasuries:
            kind = request.POST.get("kind", "bank")
            treasuries[account.slug] = open_treasury(
                cooperative=request.cooperative,
                account=(kind if kind in KINDS else "bank") if account.is_bank else "cash",
                label=account.label,
                opened=min(form.on or year.start, year.start),
                author=author(request),
                operation=Operation(f"{key.key[:30]}-{account.slug}"[:40], key.digest),
            )
    type_opening(
        year=year,
        on=form.on or year.start,
        contents=[_content(treasuries[account.slug], account) for account in form.accounts],
        author=author(request),
        operation=key,
        reason=form.reason,
    )


def _content(treasury: Treasury, account: AccountForm) -> OpeningContent:
    items = tuple(OpeningItemContent(item.date, item.label, item.cents, item.cheque) for item in account.items)
    return OpeningContent(treasury, account.cents, account.statement_on, items)


def _first_accounts(form: OpeningForm) -> list[AccountForm]:
    """A book without accounts: one bank and the cash box are opened with the opening."""
    eve = form.year.start - dt.timedelta(days=1)
    bank = AccountForm("banque", "Banque", is_bank=True, statement=format_day(eve))
    first = OpeningForm(form.year, form.today, form.on_text, [bank])
    add_rows(first)
    return [bank, AccountForm("caisse", "Caisse", is_bank=False)]


def _used(year: FiscalYear, known: TypedOpening) -> bool:
    return year.next_number > 1 and known.on is not None


def _needs_reason(request: HouseRequest, year: FiscalYear, known: TypedOpening) -> bool:
    return _used(year, known) and request.actor.is_association


def _shown(request: HouseRequest, known: TypedOpening, form: OpeningForm, status: int = 200) -> HttpResponse:
    used = _used(form.year, known)
    editable = may_keep(request, form.year) and (request.actor.is_association or not used)
    context = {
        "year": form.year,
        "known": known,
        "form": form,
        "editable": editable,
        "used": used,
        "needs_reason": _needs_reason(request, form.year, known),
        "first_time": not known.accounts,
        "kinds": KINDS,
        "kind": request.POST.get("kind", "bank"),
        "contact": contact_for(request.cooperative),
    }
    return render(request, "ledger/opening.html", context, status=status)


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_accounts)
def accounts(request: HouseRequest) -> HttpResponse:
    """The accounts with their dates; posting opens another bank."""
    if request.method != "POST":
        return _accounts_shown(request)
    errors: dict[str, str] = {}
    label = " ".join(request.POST.get("label", "").split())[:60]
    if not label:
        errors["label"] = "Donnez un nom à ce compte, par exemple « Crédit Mutuel »."
    opened = _day_in(request, "opened", errors)
    kind = request.POST.get("kind", "")
    if opened is None or errors or kind not in _kinds(request):
        return _accounts_shown(request, errors)
    open_treasury(
        cooperative=request.cooperative,
        account=kind,
        label=label,
        opened=opened,
        author=author(request),
        operation=operation(request),
    )
    messages.success(request, f"Le compte « {label} » est ouvert : il est proposé pour les écritures.")
    return see_other(ACCOUNTS)


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_accounts)
def end_account(request: HouseRequest, pk: int) -> HttpResponse:
    """The last day of an account."""
    treasury: Treasury = get_object_or_404(request.cooperative.treasuries.all(), pk=pk)
    errors: dict[str, str] = {}
    on = _day_in(request, "on", errors)
    if on is not None:
        try:
            end_treasury(treasury=treasury, on=on, author=author(request), operation=operation(request))
        except Refusal as refusal:
            errors["on"] = refusal.message
    if errors:
        return _accounts_shown(request, {f"on-{pk}": errors["on"]})
    messages.success(request, f"Le compte « {treasury.label} » s’arrête le {format_day(on or treasury.opened)}.")
    return see_other(ACCOUNTS)


def _kinds(request: HouseRequest) -> dict[str, str]:
    """What may still be opened: banks always, the cash box once."""
    boxed = request.cooperative.treasuries.filter(kind=TreasuryKind.CASH).exists()
    return KINDS if boxed else KINDS | {"cash": "Une caisse (530)"}


def _day_in(request: HouseRequest, name: str, errors: dict[str, str]) -> dt.date | None:
    year = years_in_view(request)[-1]
    try:
        return parse_day(request.POST.get(name, ""), start=year.start, end=year.end, today=_today(request))
    except DayError as error:
        errors[name] = str(error)
        return None


def _accounts_shown(request: HouseRequest, errors: dict[str, str] | None = None) -> HttpResponse:
    years = years_in_view(request)
    states = treasury_states(years[-1])
    failed = errors or {}
    context = {
        "states": [(state, failed.get(f"on-{state.treasury.pk}", "")) for state in states],
        "may_end": request.actor.may_write and sum(state.treasury.kind == TreasuryKind.BANK for state in states) > 1,
        "errors": failed,
        "typed": request.POST.dict(),
        "kinds": _kinds(request),
        "may_write": request.actor.may_write,
        "today": _today(request),
    }
    return render(request, "ledger/opening_accounts.html", context, status=422 if failed else 200)


def _today(request: HouseRequest) -> dt.date:
    return clock.today(request.association.time_zone)
