"""A report typed in totals: its boxes are all that there is, and two controls often tell which one is wrong."""

from collections.abc import Iterator, Sequence

from retkoop.ledger.solver import kinds
from retkoop.ledger.solver.evidence import Box, Grant, Item, Totals
from retkoop.ledger.solver.hypotheses import ControlId, Hypothesis
from retkoop.ledger.solver.lines import PERCENT, SURE, Suspect
from retkoop.ledger.solver.misprints import MILLION, meant_by
from retkoop.ledger.solver.words import alike, euros

_TIMES = (1, 2, 3, 4, 5, 10)


def totals_suspects(totals: Totals) -> list[list[Suspect]]:
    """What may explain the gaps of E2 to E5, a group for each, with its weight; none when there is no gap."""
    left = 0 if totals.brought_forward_cents is None else totals.sheet_gap_cents
    groups: list[list[Suspect]] = []
    for box, statement, items in totals.banks:
        gap = (statement.cents if statement else 0) + sum(item.cents for item in items) - box.cents
        if statement is None or not gap:
            continue
        if left == -gap or (items and gap == sum(item.cents for item in items)):
            left += gap
            groups.append(list(_of_bank(totals, box, items, gap)))
        else:
            groups.append([*_of_items(totals, statement, items, gap), *_mistyped(totals, box, gap, "E3", len(items) + 1)])
    counted = sum(value * number for value, number in totals.pieces.items()) if totals.pieces is not None else None
    cash = totals.cash.cents if totals.cash else 0
    if counted is not None and counted != cash:
        if left == cash - counted and totals.cash is not None:
            left = 0
            groups.append(list(_other(totals, totals.cash, counted, "E4")))
        else:
            groups.append([*_of_count(totals, counted - cash), *_of_cash(totals, counted - cash)])
    public = totals.public_grants
    grants = (public.cents if public else 0) - sum(grant.cents for grant in totals.grants)
    if grants:
        if left == -grants and public is not None:
            left = 0
            groups.append(list(_other(totals, public, public.cents - grants, "E5")))
        else:
            groups.append(list(_of_grants(totals, grants)))
    return [*groups, list(_of_sheet(totals, left))] if left else groups


def _at(totals: Totals, field: str) -> str:
    return f"{totals.page}#{field}"


def _told(totals: Totals, kind: str, control: ControlId, sentence: str, cents: int, field: str, words: str) -> Hypothesis:
    return Hypothesis(kind, control, sentence, cents, 0, _at(totals, field), words, field)


def _other(totals: Totals, box: Box, true: int, control: ControlId) -> Iterator[Suspect]:
    """The box says another amount than the two controls around it."""
    kind, _ = meant_by(abs(box.cents)).get(abs(true), (kinds.MISTYPED_AMOUNT, 0))
    sentence = f"« {box.label} » dit {euros(box.cents)} : les autres chiffres donnent {euros(true)}."
    yield SURE, _told(totals, kind, control, sentence, true - box.cents, box.field, "Corriger cette case")


def _of_bank(totals: Totals, box: Box, items: Sequence[Item], gap: int) -> Iterator[Suspect]:
    """The bank's box is wrong, and by how much is known: most often the statement's balance stands in it."""
    whole = sum(item.cents for item in items)
    if items and gap == whole:
        sentence = (
            f"« {box.label} » reprend le solde du relevé, {euros(box.cents)} : "
            f"il y manque les factures à payer et les produits à recevoir, ce qui donne {euros(box.cents + gap)}."
        )
        yield 2 * SURE, _told(totals, kinds.STATEMENT_FOR_BOOK, "E3", sentence, gap, box.field, "Corriger cette case")
        return
    yield from _other(totals, box, box.cents + gap, "E3")


def _of_items(totals: Totals, statement: Box, items: Sequence[Item], gap: int) -> Iterator[Suspect]:
    """2.c alone is wrong: an item's sign, an item twice or forgotten, its amount, the statement's balance."""
    for index, item in enumerate(items):
        label = f"« {item.label} », {euros(item.cents)}"
        if 2 * item.cents == gap:
            word = "un produit à recevoir" if item.cents < 0 else "une facture à payer"
            sentence = f"{label} : l’écart en est juste le double. C’est peut-être {word}."
            yield 100 * PERCENT, _told(totals, kinds.WRONG_SIDE, "E3", sentence, gap, item.field, "Changer le signe")
        twin = any(other.cents == item.cents and alike(other.label, item.label) for other in items[:index])
        if item.cents == gap:
            kind = kinds.TWIN_ENTRY if twin else kinds.LINE_NOT_ON_STATEMENT
            why = "la même ligne est déjà au-dessus" if twin else "elle égale l’écart. N’est-elle pas déjà sur le relevé"
            yield (
                150 * PERCENT if twin else 50 * PERCENT,
                _told(totals, kind, "E3", f"{label} : {why}{'.' if twin else ' ?'}", gap, item.field, "Retirer cette ligne"),
            )
        yield from _mistyped(totals, Box(item.field, item.label, item.cents), -gap, "E3", len(items) + 1)
    yield from _mistyped(totals, statement, -gap, "E3", len(items) + 1)
    word = "un produit à recevoir" if gap < 0 else "une facture à payer"
    sentence = f"Il manque peut-être {word} de {euros(gap)}, ou une ligne de trop fait l’écart."
    yield 2 * PERCENT, _told(totals, kinds.LINE_MISSING, "E3", sentence, gap, statement.field, "Revoir le rapprochement")


def _mistyped(totals: Totals, box: Box, change: int, control: ControlId, among: int) -> Iterator[Suspect]:
    """`change`: what the box should have more (cents)."""
    true = box.cents + change
    if true * box.cents <= 0:
        return
    kind, share = meant_by(abs(box.cents)).get(abs(true), ("", 0))
    if not kind:
        return
    why = "deux chiffres sont peut-être inversés" if kind == kinds.SWAPPED_DIGITS else "le montant est peut-être mal tapé"
    sentence = f"« {box.label} », {euros(box.cents)} : {why}. Avec {euros(true)}, l’écart disparaît."
    yield (
        100 * PERCENT * share // (MILLION * among),
        _told(totals, kind, control, sentence, change, box.field, "Corriger cette case"),
    )


def _of_count(totals: Totals, gap: int) -> Iterator[Suspect]:
    """The detail of the box does not make its balance, which E2 does not accuse: recount."""
    pieces = totals.pieces or {}
    found = False
    for value, held in pieces.items():
        number, rest = divmod(abs(gap), value)
        true = held - (number if gap > 0 else -number)
        if held and not rest and number in _TIMES and true >= 0:
            found = True
            sentence = f"Recomptez ce qui vaut {euros(value)} : vous en avez {held}, avec {true} la caisse serait juste."
            yield (
                50 * PERCENT // number,
                _told(totals, kinds.CASH_COUNT, "E4", sentence, gap, f"id_n_{value}", "Recompter la caisse"),
            )
    if not found:
        sentence = f"Le détail de la caisse fait {euros(gap)} de {'plus' if gap > 0 else 'moins'} que son solde : recomptez-la."
        yield 10 * PERCENT, _told(totals, kinds.CASH_COUNT, "E4", sentence, gap, "caisse", "Recompter la caisse")


def _of_cash(totals: Totals, gap: int) -> Iterator[Suspect]:
    """The balance of the box, mistyped."""
    if totals.cash is not None:
        yield from _mistyped(totals, totals.cash, gap, "E4", 2)


def _of_grants(totals: Totals, gap: int) -> Iterator[Suspect]:
    """The details of 7410 do not make it, and E2 does not accuse 7410."""
    for grant in totals.grants:
        box = Box(_row(totals, grant), grant.funder, grant.cents)
        yield from _mistyped(totals, box, gap, "E5", len(totals.grants))
    seen: list[tuple[int, str]] = []
    for grant in totals.grants:
        if grant.cents == -gap and any(cents == grant.cents and alike(name, grant.funder) for cents, name in seen):
            sentence = f"« {grant.funder} », {euros(grant.cents)}, est détaillée deux fois."
            yield 100 * PERCENT, _told(totals, kinds.TWIN_ENTRY, "E5", sentence, gap, _row(totals, grant), "Retirer le doublon")
        seen.append((grant.cents, grant.funder))
    what = "n’ont pas de ligne de détail" if gap > 0 else "sont en trop dans le détail"
    yield (
        2 * PERCENT,
        _told(totals, kinds.GRANT_DETAIL, "E5", f"{euros(gap)} de subventions {what}.", gap, "subventions", "Revoir le détail"),
    )


def _of_sheet(totals: Totals, gap: int) -> Iterator[Suspect]:
    """Only the bilan is out of balance: bank and cash are proved, so a charge or a produit is wrong."""
    boxes = [(box, 1) for box in totals.incomes] + [(box, -1) for box in totals.charges]
    for box, sign in boxes:
        change = sign * gap
        if 2 * box.cents == -change:
            word = "charge" if sign > 0 else "produit"
            sentence = (
                f"« {box.label} », {euros(box.cents)} : l’écart en est juste le double. Est-ce un{'e' * (sign > 0)} {word} ?"
            )
            yield 50 * PERCENT, _told(totals, kinds.WRONG_SIDE, "E2", sentence, change, box.field, "Revoir cette case")
        if box.cents and box.cents == -change:
            sentence = f"« {box.label} », {euros(box.cents)}, égale l’écart : cette somme est peut-être comptée deux fois."
            yield 30 * PERCENT, _told(totals, kinds.TWIN_ENTRY, "E2", sentence, change, box.field, "Revoir cette case")
        for term in box.terms:
            if len(box.terms) > 1 and abs(term) == abs(gap):
                sentence = f"Dans « {box.label} », {euros(term)} égale l’écart : est-ce compté deux fois, ou de l’autre côté ?"
                yield 50 * PERCENT, _told(totals, kinds.TWIN_ENTRY, "E2", sentence, change, box.field, "Revoir cette case")
        yield from _mistyped(totals, box, change, "E2", len(boxes))
    word = "produit" if gap > 0 else "charge"
    sentence = f"Il manque un{'' if gap > 0 else 'e'} {word} de {euros(gap)}, ou une somme de trop est de l’autre côté."
    yield (
        PERCENT // 5,
        _told(totals, kinds.LINE_MISSING, "E2", sentence, gap, "fonctionnement", "Revoir les charges et les produits"),
    )


def _row(totals: Totals, grant: Grant) -> str:
    """The amount of a line of 2.e."""
    return f"id_g_{totals.grants.index(grant)}_amount"
