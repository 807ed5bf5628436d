"""The AD's side of an adhésion: validated, given back, paid. The books are told after each act, one cooperative at a time.

Validating freezes into the sheet the names that its attestation will bear; the
triggers then keep everything but the payment. Telling the books never undoes
the act: a failure is logged, and mended by the next call (`tell_the_untold`).
"""

import datetime as dt
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from retkoop.core import canonical, clock
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity import audit
from retkoop.identity.models import Association, Cooperative
from retkoop.ledger.services.membership import tell_call
from retkoop.membership import mails
from retkoop.membership.models import Payer, PaymentWay, Sheet, SheetState
from retkoop.membership.queries.adhesions import Standing, StandingState, standing_of
from retkoop.membership.queries.campaign import untold_sheets

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Payment:
    """How a sheet is paid; `way` and `on` are empty while nobody knows. `payer_name`: which town hall or parents."""

    payer: str = Payer.COOPERATIVE
    payer_name: str = ""
    way: str = ""
    on: dt.date | None = None
    reference: str = ""


def validate_sheet(
    *,
    sheet: Sheet,
    author: audit.Author,
    version: int | None = None,
    payment: Payment | None = None,
    operation: audit.Operation | None = None,
) -> Sheet:
    """Validate an adhésion that was sent, or an amendment; its mandataires get a mail and its books the call.

    `payment` is recorded with it when the cooperative itself pays. Raises Refusal
    (not sent, validated already, résiliée), StaleVersion.
    """
    _refuse_others(author, sheet)
    try:
        with audit.act(sheet.cooperative, author, "adhesion.validated", operation=operation) as act:
            standing, current = _sent(sheet, version)
            if standing.state == StandingState.RESIGNED:
                message = f"La coopérative a résilié : elle n’adhère pas en {standing.slug}."
                raise Refusal(message)
            assert standing.tariff is not None
            current.tariff = canonical.dumps(
                json.loads(current.tariff) | {"printed": _printed(current.cooperative, standing.tariff.insurance_contract)}
            )
            current.state, current.validated_at, current.validated_by = SheetState.VALIDATED, clock.now(), author.person
            if payment is not None and current.payer == Payer.COOPERATIVE:
                _set_payment(current, payment)
            current.save()
            _grow(current)
            _tell(act, current)
            mails.validated(current, engaged=bool(standing.engagements))
    except audit.Replay as replay:
        current = Sheet.objects.select_related("adhesion", "cooperative__association").get(pk=replay.subject_id)
    tell_books(current)
    return current


def _printed(cooperative: Cooperative, contract: str) -> dict[str, str]:
    """What the attestation and the certificat name, as it was on that day."""
    return {
        "identifier": cooperative.identifier,
        "name": cooperative.name,
        "town": cooperative.town,
        "association": cooperative.association.name,
        "contract": contract,
    }


@dataclass(frozen=True)
class Refused:
    """A sheet that could not be validated, and why."""

    sheet: Sheet
    message: str


def validate_sheets(
    *,
    association: Association,
    sheets: Sequence[Sheet],
    author: audit.Author,
    payment: Payment | None = None,
    operation: audit.Operation | None = None,
) -> tuple[list[Sheet], list[Refused]]:
    """« Valider les adhésions cochées »: each in its own act, in the order of the cooperatives; what cannot be is told.

    `payment` is recorded with those that the cooperative itself pays. Raises
    Replay when the same form was carried out already, Refusal when none was
    chosen or the payment cannot be.
    """
    if operation is not None:
        audit.refuse_known(operation, None, author)
    if not sheets:
        message = "Cochez au moins une adhésion transmise."
        raise Refusal(message)
    if payment is not None:
        _refuse_payment(payment, clock.today(association.time_zone))
    done, refused = [], []
    for sheet in sorted(sheets, key=lambda row: (row.cooperative_id, row.pk)):
        try:
            done.append(validate_sheet(sheet=sheet, author=author, payment=payment))
        except Refusal as refusal:
            refused.append(Refused(sheet, refusal.message))
    with audit.general_act(author, "adhesions.validated", operation=operation) as act:
        act.about("association", association.pk)
        act.payload = {"sheets": [row.pk for row in done], "refused": {str(row.sheet.pk): row.message for row in refused}}
    tell_the_untold(association)
    return done, refused


def return_sheet(
    *, sheet: Sheet, reason: str, author: audit.Author, version: int, operation: audit.Operation | None = None
) -> Sheet:
    """« Rendre à la coopérative », with what is to be mended; it fills it in again. Raises Refusal, StaleVersion."""
    _refuse_others(author, sheet)
    told = " ".join(reason.split())
    if not told:
        message = "Écrivez ce qui est à corriger : la coopérative le lira dans l’e-mail."
        raise Refusal(message, "reason")
    if len(told) > 500:
        message = "Gardez l’essentiel : 500 caractères au plus."
        raise Refusal(message, "reason")
    try:
        with audit.act(sheet.cooperative, author, "adhesion.returned", operation=operation, reason=told) as act:
            _, current = _sent(sheet, version)
            current.state, current.sent_at, current.sent_by, current.tariff = SheetState.FILLING, None, None, ""
            current.pupils = current.adults = 0
            current.membership_cents = current.insurance_cents = current.review_cents = current.federal_cents = 0
            current.save()
            _grow(current)
            _tell(act, current)
            mails.returned(current, told)
    except audit.Replay as replay:
        return Sheet.objects.get(pk=replay.subject_id)
    return current


def record_payment(
    *,
    sheet: Sheet,
    payment: Payment,
    author: audit.Author,
    version: int | None = None,
    operation: audit.Operation | None = None,
) -> Sheet:
    """Record how a sheet is paid, or who else pays it; before or after it is validated. Raises Refusal, StaleVersion."""
    _refuse_others(author, sheet)
    _refuse_payment(payment, clock.today(sheet.cooperative.association.time_zone))
    try:
        with audit.act(sheet.cooperative, author, "adhesion.paid", operation=operation) as act:
            _, current = _current(sheet, version)
            if current.state not in {SheetState.SENT, SheetState.VALIDATED}:
                message = "La coopérative n’a pas encore transmis cette adhésion."
                raise Refusal(message)
            _set_payment(current, payment)
            current.save(update_fields=["payer", "payer_name", "payment", "paid_on", "payment_reference"])
            _grow(current)
            _tell(act, current)
    except audit.Replay as replay:
        current = Sheet.objects.select_related("adhesion", "cooperative__association").get(pk=replay.subject_id)
    if current.state == SheetState.VALIDATED:
        tell_books(current)
    return current


def _set_payment(sheet: Sheet, payment: Payment) -> None:
    sheet.payer, sheet.payer_name = payment.payer, payment.payer_name.strip()
    sheet.payment, sheet.paid_on, sheet.payment_reference = payment.way, payment.on, payment.reference.strip()


def _refuse_payment(payment: Payment, today: dt.date) -> None:
    if payment.payer not in Payer.values:
        message = "Choisissez qui paie : la coopérative, la mairie ou l’association de parents."
        raise Refusal(message, "payer")
    if payment.payer != Payer.COOPERATIVE and not payment.payer_name.strip():
        message = "Écrivez le nom de qui paie, par exemple « Mairie de Challans »."
        raise Refusal(message, "payer_name")
    if payment.way and payment.way not in PaymentWay.values:
        message = "Choisissez comment : prélèvement, chèque ou virement."
        raise Refusal(message, "way")
    if payment.on is not None and payment.on > today:
        message = "Cette date n’est pas encore passée : laissez-la vide tant que rien n’est encaissé."
        raise Refusal(message, "on")
    if payment.on is not None and not payment.way:
        message = "Dites comment l’adhésion est payée : prélèvement, chèque ou virement."
        raise Refusal(message, "way")


def tell_books(sheet: Sheet) -> None:
    """Tell the cooperative's books what a validated sheet calls. Never raises."""
    cooperative = sheet.cooperative
    assert sheet.validated_at is not None
    called_on = clock.day_of(sheet.validated_at, cooperative.association.time_zone)
    try:
        tell_call(
            cooperative=cooperative,
            first=sheet.adhesion.first,
            ref=f"sheet-{sheet.pk}",
            on=sheet.paid_on or called_on,
            membership_cents=sheet.membership_cents,
            insurance_cents=sheet.insurance_cents,
            review_cents=sheet.review_cents,
            payer=sheet.payer,
            payer_name=sheet.payer_name,
            means=sheet.payment or PaymentWay.DEBIT,
            amendment=sheet.number > 1,
        )
    except Exception:  # noqa: BLE001 - whatever it is, the sheet is validated and stays so
        _LOG.exception("the books were not told of sheet %s", sheet.pk)


def tell_the_untold(association: Association) -> None:
    """Mend what a stopped process left out."""
    for sheet in untold_sheets(association):
        tell_books(sheet)


def _refuse_others(author: audit.Author, sheet: Sheet) -> None:
    if author.on_behalf is None or author.on_behalf.pk != sheet.cooperative.association_id:
        message = "Seule l’AD de la coopérative fait ce pas."
        raise Refusal(message)


def _current(sheet: Sheet, version: int | None) -> tuple[Standing, Sheet]:
    """The adhésion and the sheet, read again inside the act. Raises StaleVersion."""
    standing = standing_of(sheet.cooperative, sheet.adhesion.first)
    current = next((each for each in standing.sheets if each.pk == sheet.pk), None)
    if current is None:
        message = "Cet avenant a été abandonné par la coopérative."
        raise Refusal(message)
    if version is not None and current.adhesion.version != version:
        raise StaleVersion
    current.cooperative = sheet.cooperative
    return standing, current


def _sent(sheet: Sheet, version: int | None) -> tuple[Standing, Sheet]:
    """As `_current`, for a sheet that waits for the AD. Raises Refusal otherwise."""
    standing, current = _current(sheet, version)
    if current.state == SheetState.VALIDATED:
        message = "Cette adhésion est déjà validée."
        raise Refusal(message)
    if current.state != SheetState.SENT:
        message = "La coopérative a repris sa saisie : elle n’est plus transmise."
        raise Refusal(message)
    return standing, current


def _grow(sheet: Sheet) -> None:
    sheet.adhesion.version += 1
    sheet.adhesion.save(update_fields=["version"])


def _tell(act: audit.Act, sheet: Sheet) -> None:
    act.about("sheet", sheet.pk)
    act.payload = {
        "year": SchoolYear(sheet.adhesion.first).slug,
        "number": sheet.number,
        "state": str(sheet.state),
        "pupils": sheet.pupils,
        "adults": sheet.adults,
        "membership_cents": sheet.membership_cents,
        "insurance_cents": sheet.insurance_cents,
        "review_cents": sheet.review_cents,
        "federal_cents": sheet.federal_cents,
        "payer": sheet.payer,
        "payer_name": sheet.payer_name,
        "payment": sheet.payment,
        "paid_on": sheet.paid_on.isoformat() if sheet.paid_on else "",
        "reference": sheet.payment_reference,
    }
