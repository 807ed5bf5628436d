"""The résiliation of an adhésion: written by the cooperative, recorded by its AD, taken back when it was a mistake."""

import datetime as dt

from retkoop.core import clock
from retkoop.core.dates import format_long
from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity import audit
from retkoop.identity.models import Cooperative
from retkoop.membership.models import Resignation, SheetState
from retkoop.membership.queries.adhesions import StandingState, standing_of
from retkoop.membership.queries.campaign import last_resignation_day


def resign(
    *,
    cooperative: Cooperative,
    first: int,
    written_on: dt.date,
    received_on: dt.date,
    author: audit.Author,
    reason: str = "",
    operation: audit.Operation | None = None,
) -> Resignation:
    """Record that the cooperative does not belong from the school year of `first` on, as it wrote in time.

    Raises Refusal: written too late (the cotisation is due), sent or validated already, résiliée already.
    """
    try:
        with audit.act(cooperative, author, "adhesion.resigned", operation=operation, reason=reason.strip()[:300]) as act:
            _refuse_days(cooperative, first, written_on, received_on)
            _refuse_standing(cooperative, first)
            row = Resignation.objects.create(
                cooperative=cooperative, first=first, written_on=written_on, received_on=received_on,
                reason=reason.strip()[:300], recorded_at=clock.now(), recorded_by=author.person, on_behalf=author.on_behalf,
            )  # fmt: skip
            _tell(act, row)
    except audit.Replay as replay:
        return Resignation.objects.get(pk=replay.subject_id)
    return row


def cancel_resignation(
    *, resignation: Resignation, author: audit.Author, operation: audit.Operation | None = None
) -> Resignation:
    """The résiliation was a mistake, or is taken back: the cooperative may adhere again. Raises Refusal."""
    try:
        with audit.act(resignation.cooperative, author, "adhesion.resignation_cancelled", operation=operation) as act:
            row = Resignation.objects.get(pk=resignation.pk)
            if row.cancelled_at is not None:
                message = "Cette résiliation est déjà annulée."
                raise Refusal(message)
            row.cancelled_at = clock.now()
            row.save(update_fields=["cancelled_at"])
            _tell(act, row)
    except audit.Replay as replay:
        return Resignation.objects.get(pk=replay.subject_id)
    return row


def _refuse_days(cooperative: Cooperative, first: int, written_on: dt.date, received_on: dt.date) -> None:
    limit, year = last_resignation_day(cooperative.association_id, first), SchoolYear(first)
    if max(written_on, received_on) > clock.today(cooperative.association.time_zone):
        message = "Cette date n’est pas encore passée : écrivez le jour de la lettre, et celui où vous l’avez reçue."
        raise Refusal(message, "written_on" if written_on > received_on else "received_on")
    if received_on < written_on:
        message = "La lettre ne peut pas être reçue avant d’être écrite : vérifiez les deux dates."
        raise Refusal(message, "received_on")
    if written_on > limit:
        message = (
            f"La résiliation pour {year.slug} devait être écrite au plus tard le {format_long(limit)} : "
            f"la cotisation {year.slug} reste due. Elle peut être enregistrée à partir de {SchoolYear(first + 1).slug}."
        )
        raise Refusal(message, "written_on")


def _refuse_standing(cooperative: Cooperative, first: int) -> None:
    standing = standing_of(cooperative, first)
    if standing.state == StandingState.RESIGNED:
        message = f"La coopérative a déjà résilié : elle n’adhère pas en {standing.slug}."
        raise Refusal(message)
    if any(sheet.state == SheetState.VALIDATED for sheet in standing.sheets):
        message = f"L’adhésion {standing.slug} est validée : la cotisation reste due. Choisissez l’année suivante."
        raise Refusal(message, "first")
    if any(sheet.state == SheetState.SENT for sheet in standing.sheets):
        message = f"L’adhésion {standing.slug} est transmise : rendez-la d’abord à la coopérative."
        raise Refusal(message, "first")


def _tell(act: audit.Act, row: Resignation) -> None:
    act.about("resignation", row.pk)
    act.payload = {
        "year": SchoolYear(row.first).slug,
        "written_on": row.written_on.isoformat(),
        "received_on": row.received_on.isoformat(),
        "cancelled": row.cancelled_at is not None,
    }
