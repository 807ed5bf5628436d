"""Soft warnings before an entry is recorded: what is odd, and may yet be right.

None is a refusal: one tick accepts them all, and the history keeps which. An
AD switches each off by its id (`Association.muted_warnings`). What is counted
is read in at most three queries, plus one or two for a 7410 or a 6800 line.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from retkoop.core.dates import format_day
from retkoop.core.money import format_euros
from retkoop.core.text import natural_key
from retkoop.ledger import ventilation, words
from retkoop.ledger.chart import DURABLE_GOODS, PUBLIC_GRANTS, Chart
from retkoop.ledger.content import EntryContent
from retkoop.ledger.models import AccountClass, FiscalYear, Posting, Treasury, TreasuryKind
from retkoop.ledger.queries import desk
from retkoop.ledger.queries.details import detailed_grants_cents, grants_total_cents, has_free_inventory_line

CHEQUE_WINDOW = 12
DEPOSITS_BEFORE_WARNING = 2


class WarningKind(NamedTuple):
    """What an AD reads before it switches a warning off."""

    title: str
    explanation: str


WARNINGS: dict[str, WarningKind] = {
    "duplicate-entry": WarningKind(
        "Même date, même somme, même sens", "Une autre écriture du jour a la même somme : c’est peut-être la même."
    ),
    "cheque-reused": WarningKind(
        "Numéro de chèque déjà utilisé", "Un chèque ne sert qu’une fois, l’année d’avant comprise : il a pu être reporté."
    ),
    "cheque-skipped": WarningKind("Numéro de chèque sauté", "Le chèque précédent du chéquier n’est dans aucune écriture."),
    "piece-reused": WarningKind("Numéro de pièce déjà utilisé", "Une autre écriture de l’année porte ce numéro de pièce."),
    "future-date": WarningKind("Date après aujourd’hui", "L’écriture est datée d’un jour qui n’est pas encore arrivé."),
    "cash-negative": WarningKind(
        "Caisse sous zéro", "À un moment de l’année, il sortirait de la caisse plus d’argent qu’elle n’en contient."
    ),
    "cash-ceiling": WarningKind("Caisse au-dessus du plafond", "Il y aurait en caisse plus que la somme fixée par l’AD."),
    "bank-overdrawn": WarningKind("Banque à découvert", "À un moment de l’année, le compte en banque passerait sous zéro."),
    "grant-without-detail": WarningKind(
        "Subvention sans détail", "Chaque subvention publique (7410) a sa ligne de détail : qui, pour quoi, combien."
    ),
    "inventory-missing": WarningKind(
        "Bien durable sans ligne d’inventaire", "Chaque achat en 6800 a sa ligne au cahier d’inventaire."
    ),
    "gift-in-grants": WarningKind(
        "Argent d’une association en subvention publique",
        "Un don, ou l’argent d’une association (APE, sou des écoles), n’est pas une subvention publique.",
    ),
    "third-cash-deposit": WarningKind(
        "Troisième dépôt d’espèces", "La banque fait souvent payer les dépôts d’espèces au guichet après le deuxième."
    ),
    "forbidden-purchase": WarningKind(
        "Achat qui n’est pas permis", "Le libellé parle d’un achat que la coopérative ne doit pas payer."
    ),
}


@dataclass(frozen=True)
class Warning:
    """One thing to look at: `id` is a key of WARNINGS, `field` the form's field beside which it stands."""

    id: str
    message: str
    field: str

    @property
    def title(self) -> str:
        return WARNINGS[self.id].title


@dataclass(frozen=True)
class Surroundings:
    """What the warnings compare the entry with. `own`: the live postings of the entry when it is being changed."""

    year: FiscalYear
    years: Sequence[FiscalYear]
    chart: Chart
    treasuries: Sequence[Treasury]
    today: dt.date
    entry_id: int | None = None
    own: Sequence[Posting] = ()

    def treasury(self, treasury_id: int | None) -> Treasury:
        return next(row for row in self.treasuries if row.pk == treasury_id)


def find(around: Surroundings, content: EntryContent) -> list[Warning]:
    """The warnings that the entry raises, in the order of the form, without those that the AD switched off."""
    muted = set(around.year.cooperative.association.muted_warnings)
    found = [*_lookalikes(around, content), *_dates(around, content), *_treasury(around, content), *_words(around, content)]
    return [warning for warning in found if warning.id not in muted]


def unaccepted(found: Iterable[Warning], accepted: Iterable[str]) -> list[Warning]:
    """The warnings that the author has not ticked yet."""
    known = set(accepted)
    return [warning for warning in found if warning.id not in known]


def _lookalikes(around: Surroundings, content: EntryContent) -> list[Warning]:
    number = content.cheque if _writes_cheque(around, content) else ""
    deposit = _is_deposit(around, content)
    known = desk.lookalikes(around.year, content, cheques=_neighbours(number), deposit=deposit, without=around.entry_id)
    found = []
    for row in known:
        if row.why == "piece":
            found.append(
                Warning(
                    "piece-reused",
                    f"Le n° de pièce {content.piece} est déjà celui de « {row.label} » du {format_day(row.date)}.",
                    "piece",
                )
            )
        elif row.why == "same":
            said = f"« {row.label} » a déjà la même date, la même somme et le même sens : est-ce la même écriture ?"
            found.append(Warning("duplicate-entry", said, "treasury"))
    cheques = [row for row in known if row.why == "cheque"]
    found += _cheque_warnings(number, cheques)
    deposits = [row for row in known if row.why == "deposit"]
    if deposit and len(deposits) >= DEPOSITS_BEFORE_WARNING:
        said = (
            f"C’est le dépôt d’espèces n° {len(deposits) + 1} de l’année : demandez à votre banque ce qu’il coûte, "
            "et regroupez-les si vous pouvez."
        )
        found.append(Warning("third-cash-deposit", said, "treasury"))
    return _once(found)


def _once(found: Iterable[Warning]) -> list[Warning]:
    """One warning of each kind says enough."""
    kept: dict[str, Warning] = {}
    for warning in found:
        kept.setdefault(warning.id, warning)
    return list(kept.values())


def _writes_cheque(around: Surroundings, content: EntryContent) -> bool:
    """Is it a cheque of the cooperative's own chequebook?"""
    return bool(content.cheque) and any(
        line.cents < 0 and around.treasury(line.treasury_id).kind == TreasuryKind.BANK for line in content.treasury_lines
    )


def _is_deposit(around: Surroundings, content: EntryContent) -> bool:
    moves = {around.treasury(line.treasury_id).kind: line.cents for line in content.treasury_lines}
    return moves.get(TreasuryKind.CASH, 0) < 0 < moves.get(TreasuryKind.BANK, 0)


def _neighbours(number: str) -> list[str]:
    """The cheque itself and those just before it in the chequebook."""
    if not number:
        return []
    digits = number[len(number.rstrip("0123456789")) :]
    if not digits:
        return [number]
    prefix = number[: len(number) - len(digits)]
    first = max(int(digits) - CHEQUE_WINDOW, 0)
    return [number, *(f"{prefix}{value:0{len(digits)}d}" for value in range(first, int(digits)))]


def _cheque_warnings(number: str, known: Sequence[desk.Lookalike]) -> list[Warning]:
    used = [row for row in known if row.text == number]
    if used:
        first = used[0]
        said = f"Le chèque {number} est déjà inscrit le {format_day(first.date)[:5]} : « {first.label} »."
        return [Warning("cheque-reused", said, "cheque")]
    before = sorted((row.text for row in known), key=natural_key)
    neighbours = _neighbours(number)
    if not before or len(neighbours) < 2 or before[-1] == neighbours[-1]:
        return []
    said = (
        f"Le dernier chèque inscrit avant celui-ci est le {before[-1]} : il manque le {neighbours[-1]}. "
        "S’il est annulé ou perdu, gardez-le dans le chéquier."
    )
    return [Warning("cheque-skipped", said, "cheque")]


def _dates(around: Surroundings, content: EntryContent) -> list[Warning]:
    if content.date <= around.today:
        return []
    return [Warning("future-date", f"Le {format_day(content.date)} est après aujourd’hui.", "date")]


def _treasury(around: Surroundings, content: EntryContent) -> list[Warning]:
    """Balances at every date from the entry's on, as they would be with it."""
    added: dict[int, int] = {line.treasury_id or 0: line.cents for line in content.treasury_lines}
    watched = {pk for pk, cents in added.items() if cents < 0 or around.treasury(pk).kind == TreasuryKind.CASH}
    if not watched:
        return []
    now = desk.present_balances(around.year, around.years)
    for posting in around.own:
        if posting.treasury_id:
            now[posting.treasury_id] = now.get(posting.treasury_id, 0) - posting.cents
    moves = desk.daily_moves(around.year, content.date, around.entry_id)
    found = []
    for treasury_id in sorted(watched):
        treasury, cents = around.treasury(treasury_id), added[treasury_id]
        balances = _balances_from(content.date, now.get(treasury_id, 0) + cents, moves.get(treasury_id, {}))
        found += _below_zero(treasury, balances, cents) + _above_ceiling(around, treasury, balances[0], cents)
    return found


def _balances_from(day: dt.date, end_cents: int, later: dict[dt.date, int]) -> list[tuple[dt.date, int]]:
    """(day, balance at its end) from `day` on, knowing the balance at the end of the year."""
    running = end_cents - sum(later.values())
    balances = [(day, running)]
    for when in sorted(later):
        running += later[when]
        balances.append((when, running))
    return balances


def _below_zero(treasury: Treasury, balances: Sequence[tuple[dt.date, int]], cents: int) -> list[Warning]:
    below = next(((day, balance) for day, balance in balances if balance < 0), None)
    if below is None or cents > 0:
        return []
    day, balance = below
    if treasury.kind == TreasuryKind.CASH:
        said = f"Il manquerait {format_euros(-balance)} en caisse le {format_day(day)} : avez-vous oublié une entrée ?"
        return [Warning("cash-negative", said, "treasury")]
    if treasury.kind == TreasuryKind.BANK:
        said = f"« {treasury.label} » serait à découvert de {format_euros(-balance)} le {format_day(day)}."
        return [Warning("bank-overdrawn", said, "treasury")]
    return []


def _above_ceiling(around: Surroundings, treasury: Treasury, on_the_day: tuple[dt.date, int], cents: int) -> list[Warning]:
    ceiling = around.year.cooperative.association.cash_ceiling_cents
    if treasury.kind != TreasuryKind.CASH or cents < 0 or on_the_day[1] <= ceiling:
        return []
    said = (
        f"Il y aurait {format_euros(on_the_day[1])} en caisse : votre AD demande de ne pas dépasser "
        f"{format_euros(ceiling)}. Pensez à déposer des espèces à la banque."
    )
    return [Warning("cash-ceiling", said, "treasury")]


def _words(around: Surroundings, content: EntryContent) -> list[Warning]:
    """What the ventilation and the label say together."""
    found = []
    cents = {line.account: line.cents for line in content.operating_lines}
    grants = -cents.get(PUBLIC_GRANTS, 0)
    if grants > 0:
        found += _grant_warnings(around, content, grants)
    if cents.get(DURABLE_GOODS, 0) > 0 and not has_free_inventory_line(
        around.year.cooperative, cents[DURABLE_GOODS], around.entry_id
    ):
        title = around.chart.by_key[DURABLE_GOODS].title
        said = f"{title} : ajoutez aussi cet objet au cahier d’inventaire, avec le nom de la coopérative dessus."
        found.append(Warning("inventory-missing", said, "ventilation"))
    charges = any(around.chart.by_key[key].kind == AccountClass.CHARGE and value > 0 for key, value in cents.items())
    hit = words.forbidden_purchase(content.label) if charges else None
    if hit is not None:
        found.append(Warning("forbidden-purchase", _forbidden(hit), "label"))
    return found


def _grant_warnings(around: Surroundings, content: EntryContent, grants: int) -> list[Warning]:
    found = []
    title = around.chart.by_key[PUBLIC_GRANTS].title
    hit = words.association_money(f"{content.label} {content.counterparty}")
    if hit is not None:
        said = f"« {hit.phrase} » fait penser à un don ou à l’argent d’une association : ce n’est pas {title}."
        found.append(Warning("gift-in-grants", said, "ventilation"))
    account = around.chart.by_key[PUBLIC_GRANTS].id
    own = -sum(posting.cents for posting in around.own if posting.account_id == account)
    missing = grants_total_cents(around.year, account) - own + grants - detailed_grants_cents(around.year)
    if missing > 0:
        said = f"Le détail des subventions ne dit pas encore d’où viennent {format_euros(missing)} : complétez-le après."
        found.append(Warning("grant-without-detail", said, "ventilation"))
    return found


def _forbidden(hit: words.Hit) -> str:
    example = ventilation.examples().get(hit.example)
    note = example.note if example and example.note else "Voyez l’aide à la ventilation, ou demandez à votre AD."
    return f"« {hit.phrase} » n’est pas une dépense permise à une coopérative. {note}"
