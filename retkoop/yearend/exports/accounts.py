"""What leaves the house at the end of a year: one page for the conseil d'école, and one that pupils can read."""

from collections.abc import Sequence

from retkoop.core import clock, sheets
from retkoop.core.dates import format_long
from retkoop.core.money import format_euros
from retkoop.core.pdf import Letterhead
from retkoop.core.tables import Cell, Column, Table
from retkoop.identity.models import Cooperative
from retkoop.ledger.queries.actions import ActionState
from retkoop.yearend.queries.archives import Accounts, Amount

MOST_ACTIONS = 10
OTHER_IN, OTHER_OUT = "d’autres façons", "pour d’autres dépenses"
PUPILS_IN = {
    "family_contributions": "des familles",
    "activity_income": "de nos fêtes et de nos activités",
    "resale_sales": "de ce que nous avons vendu",
    "public_grants": "de la mairie, du département ou de l’État",
    "association_gifts": "d’associations et de personnes généreuses",
}
PUPILS_OUT = {
    "activities": "pour nos sorties, nos livres et nos activités",
    "resale_purchases": "pour acheter ce que nous avons vendu",
    "durable_goods": "pour du matériel qui va durer",
    "insurance": "pour être protégés en cas d’accident",
    "occe_dues": "pour faire partie de l’OCCE, avec les autres écoles",
}


def council_pdf(cooperative: Cooperative, accounts: Accounts) -> bytes:
    """« Comptes pour le conseil d'école »: the year on one page, in the field's words, and where it stands."""
    blocks: list[sheets.Block] = [
        sheets.Paragraph(accounts.story, "strong"),
        sheets.Heading("Compte de fonctionnement"),
        sheets.TwoColumns(
            [_side("Charges", accounts.charges, accounts.charges_cents)],
            [_side("Produits", accounts.incomes, accounts.incomes_cents)],
        ),
        sheets.Paragraph(_result(accounts)),
        sheets.Heading("Bilan simplifié au 31 août"),
        sheets.TwoColumns([_held(accounts)], [_owed(accounts)]),
    ]
    actions = _few(accounts.actions)
    if actions:
        blocks.append(_actions_table("Les actions de l’année", ("Action", "Recettes (€)", "Dépenses (€)"), actions))
    title = "Comptes pour le conseil d’école"
    return sheets.sheet_pdf(title, blocks, _head(cooperative, accounts), subtitle=_period(accounts))


def pupils_pdf(cooperative: Cooperative, accounts: Accounts) -> bytes:
    """The same year for those whose money it is: what came in, what went out, what was done; no accounting word."""
    blocks: list[sheets.Block] = [
        sheets.Paragraph(
            f"Le 1er septembre {accounts.end.year - 1}, nous avions {format_euros(accounts.brought_forward_cents)}.", "strong"
        ),
        _told("L’argent que nous avons reçu", "Il est venu", accounts.incomes, PUPILS_IN, OTHER_IN),
        _told("L’argent que nous avons dépensé", "Il est parti", accounts.charges, PUPILS_OUT, OTHER_OUT),
    ]
    actions = _few(accounts.actions)
    if actions:
        blocks.append(_actions_table("Nos projets", ("Projet", "Argent reçu (€)", "Argent dépensé (€)"), actions))
    blocks.append(sheets.Paragraph(f"{_when(cooperative, accounts)} {format_euros(accounts.closing_cents)}.", "strong"))
    title = "L’argent de notre coopérative"
    return sheets.sheet_pdf(title, blocks, _head(cooperative, accounts), subtitle=f"Année scolaire {accounts.slug}")


def _when(cooperative: Cooperative, accounts: Accounts) -> str:
    if clock.today(cooperative.association.time_zone) <= accounts.end:
        return "Aujourd’hui, nous avons"
    return f"Le 31 août {accounts.end.year}, il nous restait"


def _head(cooperative: Cooperative, accounts: Accounts) -> Letterhead:
    association = cooperative.association
    return Letterhead(
        name=cooperative.name,
        number=f"Coopérative {cooperative.identifier} · {association.name}",
        year=f"Année {accounts.slug}",
        printed_on=clock.today(association.time_zone),
    )


def _period(accounts: Accounts) -> str:
    return f"Du 1er septembre {accounts.end.year - 1} au {format_long(accounts.end)}"


def _side(title: str, amounts: Sequence[Amount], total: int) -> Table:
    rows: list[list[Cell]] = [[f"{row.code} {row.label}", row.cents] for row in amounts if row.cents]
    return Table(title, [Column("Compte", width=34), Column("Somme (€)", "cents")], rows, totals=["Total", total])


def _result(accounts: Accounts) -> str:
    cents = accounts.result_cents
    if cents == 0:
        return "Les produits et les charges sont égaux."
    word = "excédent" if cents > 0 else "déficit"
    return f"Résultat de l’année : {word} de {format_euros(abs(cents))}."


def _held(accounts: Accounts) -> Table:
    rows: list[list[Cell]] = [[f"{row.code} {row.label}", row.cents] for row in accounts.treasuries if row.cents]
    columns = [Column("Ce que possède la coopérative", width=34), Column("Somme (€)", "cents")]
    return Table("Actif", columns, rows, totals=["Total", accounts.closing_cents])


def _owed(accounts: Accounts) -> Table:
    result = accounts.result_cents
    rows: list[list[Cell]] = [
        ["Report à nouveau (début de l’année)", accounts.brought_forward_cents],
        ["Résultat de l’année", result],
    ]
    columns = [Column("D’où cela vient", width=34), Column("Somme (€)", "cents")]
    return Table("Passif", columns, rows, totals=["Total", accounts.brought_forward_cents + result])


def _few(actions: Sequence[ActionState]) -> list[tuple[str, int, int]]:
    """Name, received, spent: the largest first, what is beyond ten told together, so that the page stays one."""
    ranked = sorted(actions, key=lambda state: (-(abs(state.income_cents) + abs(state.expense_cents)), state.action.name))
    told = [(state.action.name, state.income_cents, state.expense_cents) for state in ranked]
    if len(told) <= MOST_ACTIONS:
        return told
    rest = told[MOST_ACTIONS - 1 :]
    together = (f"{len(rest)} autres", sum(row[1] for row in rest), sum(row[2] for row in rest))
    return [*told[: MOST_ACTIONS - 1], together]


def _actions_table(title: str, heads: tuple[str, str, str], actions: Sequence[tuple[str, int, int]]) -> Table:
    columns = [Column(heads[0], width=40), Column(heads[1], "cents"), Column(heads[2], "cents")]
    return Table(title, columns, [list(row) for row in actions])


def _told(title: str, head: str, amounts: Sequence[Amount], words: dict[str, str], other: str) -> Table:
    sums: dict[str, int] = {}
    for row in amounts:
        said = words.get(row.key, other)
        sums[said] = sums.get(said, 0) + row.cents
    order = [*words.values(), other]
    rows: list[list[Cell]] = [[said, sums[said]] for said in order if sums.get(said)]
    return Table(title, [Column(head, width=50), Column("Combien (€)", "cents")], rows, totals=["En tout", sum(sums.values())])
