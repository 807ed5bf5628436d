"""A gap between account 7410 and its lines of detail (E5)."""

from collections.abc import Iterator

from retkoop.ledger.solver import kinds
from retkoop.ledger.solver.evidence import Evidence, Grant, GrantEntry
from retkoop.ledger.solver.hypotheses import Hypothesis
from retkoop.ledger.solver.lines import PERCENT, SURE, Suspect
from retkoop.ledger.solver.misprints import MILLION, meant_by
from retkoop.ledger.solver.words import alike, day, euros

PAGE = "/subventions/"


def grant_suspects(evidence: Evidence) -> list[Suspect]:
    """What may explain that the details do not make the account, each with its weight."""
    gap = evidence.grants_gap_cents
    found = [*_of_entries(evidence, gap), *_mistyped(evidence, gap)]
    found += _twins(evidence, gap) if gap < 0 else []
    found += _elsewhere(evidence, gap) if gap < 0 else []
    what = "n’ont pas de ligne de détail" if gap > 0 else "sont en trop dans le détail"
    return [
        *found,
        (PERCENT // 10, _told(kinds.GRANT_DETAIL, gap, f"{euros(gap)} de subventions {what}.", PAGE, "Revoir le détail")),
    ]


def _told(kind: str, gap: int, sentence: str, path: str, words: str, entry_id: int | None = None) -> Hypothesis:
    return Hypothesis(kind, "E5", sentence, gap, 0, path, words, "public_grants", entry_id)


def _of_entries(evidence: Evidence, gap: int) -> Iterator[Suspect]:
    """An entry without detail, or whose detail says another amount."""
    for entry in evidence.grant_entries:
        if not entry.public:
            continue
        own = [grant for grant in evidence.grants if grant.entry_id == entry.entry_id]
        left = entry.cents - sum(grant.cents for grant in own)
        if left == 0 or entry.cents <= 0:
            continue
        weight = SURE if left == gap else PERCENT
        if not own:
            words = f"« {entry.label} » du {day(entry.day)}, {euros(entry.cents)} : dites qui a versé cette subvention."
            path = f"{PAGE}?ecriture={entry.entry_id}"
            yield weight, _told(kinds.GRANT_DETAIL, left, words, path, "Détailler cette subvention", entry.entry_id)
        elif len(own) == 1:
            yield weight, _other_amount(own[0], entry, left)


def _other_amount(grant: Grant, entry: GrantEntry, left: int) -> Hypothesis:
    kind, _ = meant_by(grant.cents).get(entry.cents, (kinds.GRANT_DETAIL, 0))
    words = f"« {grant.funder} » est détaillée pour {euros(grant.cents)}, l’écriture dit {euros(entry.cents)}."
    return _told(kind, left, words, f"{PAGE}{grant.id}/", "Corriger ce détail", entry.entry_id)


def _mistyped(evidence: Evidence, gap: int) -> Iterator[Suspect]:
    """A line of detail that no entry holds, and whose amount may be mistyped."""
    for grant in evidence.grants:
        true = grant.cents + gap
        kind, share = meant_by(grant.cents).get(true, ("", 0)) if true > 0 else ("", 0)
        if grant.entry_id is None and kind:
            words = f"« {grant.funder} » est détaillée pour {euros(grant.cents)} : ce serait {euros(true)}."
            yield 10 * PERCENT * share // MILLION, _told(kind, gap, words, f"{PAGE}{grant.id}/", "Corriger ce détail")


def _twins(evidence: Evidence, gap: int) -> Iterator[Suspect]:
    """The same subsidy detailed twice."""
    seen: list[Grant] = []
    for grant in evidence.grants:
        if any(other.cents == grant.cents and alike(other.funder, grant.funder) for other in seen) and grant.cents == -gap:
            words = f"« {grant.funder} », {euros(grant.cents)}, est détaillée deux fois."
            yield 90 * PERCENT, _told(kinds.TWIN_ENTRY, gap, words, f"{PAGE}{grant.id}/", "Retirer le doublon", grant.entry_id)
        seen.append(grant)


def _elsewhere(evidence: Evidence, gap: int) -> Iterator[Suspect]:
    """The subsidy is in the book under another account."""
    for entry in evidence.grant_entries:
        if not entry.public and entry.cents == -gap:
            words = f"« {entry.label} » du {day(entry.day)}, {euros(entry.cents)}, n’est pas sous 7410 : est-ce la subvention ?"
            path = f"/ecritures/{entry.entry_id}/modifier/"
            yield 50 * PERCENT, _told(kinds.GRANT_DETAIL, gap, words, path, "Changer le compte", entry.entry_id)
