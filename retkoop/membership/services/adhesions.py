"""The cooperative's own acts on its adhésion: fill in, engage, send, take back, amend. Nothing validated is overwritten.

A sheet is filled in as often as one likes, then sent: its prices and amounts
are frozen into it, and its classes become classes of the school. The AD
validates (`services/validation.py`); afterwards only an amendment adds.
"""

from collections.abc import Sequence

from retkoop.core import canonical, clock
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity import audit
from retkoop.identity.models import Cooperative, Mandate, Role
from retkoop.identity.queries import is_live
from retkoop.membership import mails
from retkoop.membership.amounts import Prices
from retkoop.membership.models import Adhesion, Engagement, HeadCount, SchoolClass, Sheet, SheetState
from retkoop.membership.queries.adhesions import (
    Declared,
    Standing,
    added_up,
    called,
    opening_of,
    rows_of,
    standing_of,
)
from retkoop.membership.services.adhesion_rules import (
    refuse_closed,
    refuse_engagement,
    refuse_sent,
    refuse_stale,
    refuse_validated,
    refuse_values,
)


def start_adhesion(
    *, cooperative: Cooperative, first: int, author: audit.Author, operation: audit.Operation | None = None
) -> Sheet:
    """Begin the adhésion of a school year with last year's rows; the sheet that is already there if it has begun.

    Raises Refusal without a tariff, after a résiliation, once the year is over.
    """
    try:
        with audit.act(cooperative, author, "adhesion.started", operation=operation) as act:
            standing = standing_of(cooperative, first)
            sheet = standing.open_sheet or (standing.sheets[-1] if standing.sheets else None)
            if sheet is None:
                sheet = _begin(cooperative, standing)
            act.about("sheet", sheet.pk)
            act.payload = _told(sheet)
    except audit.Replay as replay:
        return _sheet(replay.subject_id)
    return sheet


def fill_sheet(
    *,
    cooperative: Cooperative,
    first: int,
    rows: Sequence[Declared],
    supplement_cents: int,
    review_copies: int,
    author: audit.Author,
    version: int | None = None,
    operation: audit.Operation | None = None,
) -> Sheet:
    """Keep what was typed in the sheet that is being filled in; the adhésion begins with it if need be.

    `version`: the adhésion's when the page was shown, 0 before it began.
    Raises StaleVersion; Refusal once sent or validated, or for what cannot be declared.
    """
    try:
        with audit.act(cooperative, author, "adhesion.filled", operation=operation) as act:
            standing = standing_of(cooperative, first)
            refuse_stale(standing, version)
            sheet = standing.open_sheet
            if sheet is None:
                refuse_validated(standing)
                sheet = _begin(cooperative, standing, rows=())
                act.also("adhesion.started", "sheet", sheet.pk, {"year": standing.slug, "number": 1})
            refuse_sent(sheet)
            refuse_closed(cooperative, standing)
            refuse_values(cooperative, standing, rows, supplement_cents, review_copies)
            sheet.supplement_cents, sheet.review_copies = supplement_cents, review_copies
            sheet.save(update_fields=["supplement_cents", "review_copies"])
            _write_rows(sheet, rows)
            _grow(sheet)
            act.about("sheet", sheet.pk)
            act.payload = _told(sheet)
    except audit.Replay as replay:
        return _sheet(replay.subject_id)
    return sheet


def engage(
    *,
    cooperative: Cooperative,
    first: int,
    mandate: Mandate,
    author: audit.Author,
    text_sha: str | None = None,
    operation: audit.Operation | None = None,
) -> Engagement:
    """« Je m’engage à être mandataire »: dated, with the text of the AD as it was read (`text_sha`) and its SHA-256.

    Only under a live mandate as mandataire of this very cooperative, by its own person.
    Raises Refusal; StaleVersion when the AD changed the text since it was shown.
    """
    if (
        mandate.role != Role.MANDATAIRE
        or mandate.cooperative_id != cooperative.pk
        or not is_live(mandate)
        or author.on_behalf is not None
        or author.person is None
        or author.person.pk != mandate.person_id
    ):
        message = "Seul le mandataire de la coopérative peut s’engager, sous son propre nom."
        raise Refusal(message)
    try:
        with audit.act(cooperative, author, "adhesion.engaged", operation=operation) as act:
            standing = standing_of(cooperative, first)
            refuse_engagement(standing, mandate)
            assert standing.tariff is not None
            text = standing.tariff.engagement
            sha = canonical.sha256(text)
            if text_sha is not None and text_sha != sha:
                raise StaleVersion
            made = Engagement.objects.create(
                cooperative=cooperative, first=first, person=mandate.person, mandate=mandate, at=clock.now(),
                text=text, text_sha=sha,
            )  # fmt: skip
            act.about("engagement", made.pk)
            act.payload = {"year": standing.slug, "mandate": mandate.pk, "text_sha": sha}
    except audit.Replay as replay:
        return Engagement.objects.get(pk=replay.subject_id)
    return made


def send_sheet(
    *,
    sheet: Sheet,
    author: audit.Author,
    version: int | None = None,
    expected_cents: int | None = None,
    operation: audit.Operation | None = None,
) -> Sheet:
    """« Transmettre l’adhésion à l’AD »: prices and amounts are frozen into the sheet, the AD gets a mail.

    `expected_cents`: the total that the page showed. Raises Refusal (nobody declared, already sent), StaleVersion.
    """
    cooperative = sheet.cooperative
    try:
        with audit.act(cooperative, author, "adhesion.sent", operation=operation) as act:
            standing, current = _current(sheet, version)
            refuse_sent(current)
            refuse_closed(cooperative, standing)
            prices = standing.prices
            assert prices is not None
            _freeze(standing, current, prices)
            if expected_cents is not None and expected_cents != current.total_cents:
                raise StaleVersion
            current.state, current.sent_at, current.sent_by = SheetState.SENT, clock.now(), author.person
            current.save()
            _name_classes(current)
            _grow(current)
            act.about("sheet", current.pk)
            act.payload = _told(current) | {"prices": prices.dump(), "total_cents": current.total_cents}
            mails.sent(current, engaged=bool(standing.engagements))
    except audit.Replay as replay:
        return _sheet(replay.subject_id)
    return current


def _freeze(standing: Standing, sheet: Sheet, prices: Prices) -> None:
    before = added_up(standing.validated)
    told = called(rows_of(sheet), prices, before, supplement_cents=sheet.supplement_cents, review_copies=sheet.review_copies)
    if not told.whole.heads:
        message = "Personne n’est déclaré : écrivez les effectifs d’une classe au moins, puis transmettez."
        raise Refusal(message)
    sheet.tariff = canonical.dumps(prices.dump())
    sheet.pupils, sheet.adults = told.whole.pupils, told.whole.adults
    sheet.membership_cents, sheet.insurance_cents = told.call.membership_cents, told.call.insurance_cents
    sheet.review_cents, sheet.federal_cents = told.call.review_cents, told.call.federal_cents


def take_back_sheet(
    *, sheet: Sheet, author: audit.Author, version: int | None = None, operation: audit.Operation | None = None
) -> Sheet:
    """« Reprendre ma saisie », while the AD has not validated. Raises Refusal, StaleVersion."""
    try:
        with audit.act(sheet.cooperative, author, "adhesion.taken_back", operation=operation) as act:
            _, current = _current(sheet, version)
            if current.state != SheetState.SENT:
                message = "Cette adhésion n’est pas transmise, ou votre AD l’a déjà validée."
                raise Refusal(message)
            current.state, current.sent_at, current.sent_by = SheetState.FILLING, None, None
            current.tariff = ""
            current.pupils = current.adults = 0
            current.membership_cents = current.insurance_cents = current.review_cents = current.federal_cents = 0
            current.save()
            _grow(current)
            act.about("sheet", current.pk)
            act.payload = _told(current)
    except audit.Replay as replay:
        return _sheet(replay.subject_id)
    return current


def start_amendment(
    *,
    cooperative: Cooperative,
    first: int,
    author: audit.Author,
    version: int | None = None,
    operation: audit.Operation | None = None,
) -> Sheet:
    """An « avenant »: a new sheet with the rows of the last one; it will be worth the difference. Raises Refusal."""
    try:
        with audit.act(cooperative, author, "adhesion.amended", operation=operation) as act:
            standing = standing_of(cooperative, first)
            refuse_stale(standing, version)
            if not standing.validated or standing.open_sheet is not None:
                message = "Un avenant se fait sur une adhésion validée, un à la fois."
                raise Refusal(message)
            refuse_closed(cooperative, standing)
            last = standing.validated[-1]
            number = Sheet.objects.filter(adhesion=last.adhesion).latest("number").number + 1
            sheet = Sheet.objects.create(
                cooperative=cooperative, adhesion=last.adhesion, number=number,
                supplement_cents=last.supplement_cents, review_copies=last.review_copies,
            )  # fmt: skip
            _write_rows(sheet, rows_of(last))
            _grow(sheet)
            act.about("sheet", sheet.pk)
            act.payload = _told(sheet)
    except audit.Replay as replay:
        return _sheet(replay.subject_id)
    return sheet


def withdraw_amendment(
    *, sheet: Sheet, author: audit.Author, version: int | None = None, operation: audit.Operation | None = None
) -> Sheet:
    """Give up an amendment that is being filled in; its number is not given again. Raises Refusal, StaleVersion."""
    try:
        with audit.act(sheet.cooperative, author, "adhesion.amendment_withdrawn", operation=operation) as act:
            _, current = _current(sheet, version)
            if current.state != SheetState.FILLING or current.number == 1:
                message = "Seul un avenant en cours de saisie peut être abandonné."
                raise Refusal(message)
            current.state = SheetState.WITHDRAWN
            current.save(update_fields=["state"])
            _grow(current)
            act.about("sheet", current.pk)
            act.payload = _told(current)
    except audit.Replay as replay:
        return _sheet(replay.subject_id)
    return current


def _begin(cooperative: Cooperative, standing: Standing, rows: Sequence[Declared] | None = None) -> Sheet:
    refuse_closed(cooperative, standing)
    if standing.tariff is None:
        message = f"Votre AD n’a pas encore fixé le tarif de l’adhésion {standing.slug}."
        raise Refusal(message)
    opening = opening_of(cooperative, standing.first, None)
    adhesion = Adhesion.objects.create(cooperative=cooperative, first=standing.first, started_at=clock.now())
    sheet = Sheet.objects.create(
        cooperative=cooperative, adhesion=adhesion, number=1, review_copies=opening.review_copies if rows is None else 0
    )
    _write_rows(sheet, opening.rows if rows is None else rows)
    return sheet


def _write_rows(sheet: Sheet, rows: Sequence[Declared]) -> None:
    HeadCount.objects.filter(sheet=sheet).delete()
    HeadCount.objects.bulk_create(
        HeadCount(
            cooperative_id=sheet.cooperative_id, sheet=sheet, school_class_id=row.class_id, label=row.label, position=place,
            member=row.member, pupils=row.pupils, teachers=row.teachers, adults=row.adults,
        )
        for place, row in enumerate(rows, start=1)
    )  # fmt: skip


def _name_classes(sheet: Sheet) -> None:
    """A class that was only typed becomes one of the school's."""
    unnamed = HeadCount.objects.filter(sheet=sheet, school_class__isnull=True)
    live = SchoolClass.objects.filter(cooperative_id=sheet.cooperative_id, removed_at__isnull=True)
    known = {each.name: each for each in live}
    place = max((each.position for each in known.values()), default=0)
    for row in unnamed:
        if Declared(row.label).is_others:
            continue
        if row.label not in known:
            place += 1
            known[row.label] = SchoolClass.objects.create(cooperative_id=sheet.cooperative_id, name=row.label, position=place)
        row.school_class = known[row.label]
        row.save(update_fields=["school_class"])


def _current(sheet: Sheet, version: int | None) -> tuple[Standing, Sheet]:
    """The standing read again inside the act, and the sheet as it now is."""
    cooperative = sheet.cooperative
    standing = standing_of(cooperative, Adhesion.objects.values_list("first", flat=True).get(pk=sheet.adhesion_id))
    refuse_stale(standing, version)
    current = next((each for each in standing.sheets if each.pk == sheet.pk), None)
    if current is None:
        message = "Cet avenant a été abandonné."
        raise Refusal(message)
    current.cooperative = cooperative
    return standing, current


def _sheet(pk: int) -> Sheet:
    return Sheet.objects.select_related("adhesion", "cooperative__association").get(pk=pk)


def _grow(sheet: Sheet) -> None:
    sheet.adhesion.version += 1
    sheet.adhesion.save(update_fields=["version"])


def _told(sheet: Sheet) -> dict[str, object]:
    rows = [[row.label, row.class_id, row.member, row.pupils, row.teachers, row.adults] for row in rows_of(sheet)]
    return {
        "year": SchoolYear(sheet.adhesion.first).slug,
        "number": sheet.number,
        "state": str(sheet.state),
        "rows": rows,
        "supplement_cents": sheet.supplement_cents,
        "review_copies": sheet.review_copies,
    }
