"""The columns of a French CSV: what a heading means, and how ours are written so that they are read back.

A column is a key: a fact (`piece`, `date`, `label`, `means`, `cheque`,
`action`, `counterparty`, `receipt`, `statement`), `statement:<treasury id>`,
`in:<treasury id>`, `out:<treasury id>` or `account:<account key>`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from retkoop.core.tables import safe_text
from retkoop.core.text import fold
from retkoop.ledger.chart import Chart
from retkoop.ledger.models import Treasury, TreasuryKind

_FACTS = {
    "piece": ("piece", "n° de piece", "no de piece", "numero de piece", "n° pj", "piece jointe", "pj"),
    "date": ("date",),
    "label": ("libelle", "operation", "designation"),
    "cheque": ("n° de cheque", "n° cheque", "cheque", "numero de cheque"),
    "means": ("moyen", "moyen de paiement", "paye par", "reglement"),
    "action": ("action", "regroupement d'actions", "projet"),
    "counterparty": ("autre cooperative", "cooperative"),
    "receipt": ("justificatif", "justif.", "justif"),
    "statement": ("releve", "pointe le", "releve du", "pointage"),
}
_SIDES = (("in", "entree"), ("out", "sortie"))
_WRITTEN = (("in", "Entrée"), ("out", "Sortie"))
_KINDS = {TreasuryKind.BANK.value: "banque", TreasuryKind.CASH.value: "caisse"}


def columns_of(cells: Sequence[str], treasuries: Sequence[Treasury], chart: Chart) -> dict[str, int]:
    """Which of the headings are columns that we know: key → position. The first of two alike counts."""
    columns: dict[str, int] = {}
    places = _treasury_names(treasuries)
    codes = {account.code: account.key for account in chart.operating}
    for index, cell in enumerate(cells):
        name = fold(unarmoured(cell.strip())).replace("’", "'")
        key = next((key for key, names in _FACTS.items() if name in names), None) or places.get(name)
        code = name.split(" ")[0]
        if key is None and code in codes:
            key = f"account:{codes[code]}"
        if key is not None and key not in columns:
            columns[key] = index
    return columns


def treasury_headings(treasuries: Sequence[Treasury]) -> Iterator[tuple[str, str]]:
    """(key, heading) of the amounts of each treasury, then of the statements of each bank, in words that are read back."""
    names = _treasury_names(treasuries)
    banks = [row for row in treasuries if row.kind == TreasuryKind.BANK]
    for row in treasuries:
        for side, word in _WRITTEN:
            key = f"{side}:{row.pk}"
            yield key, _readable(word, key, row, names)
    for row in banks:
        key = f"statement:{row.pk}"
        yield key, "Relevé" if len(banks) == 1 else _readable("Relevé", key, row, names)


def armoured(text: str) -> str:
    """A text that no spreadsheet takes for a formula, and that `unarmoured` gives back as it was."""
    return f"'{text}" if _risky(text) else text


def unarmoured(text: str) -> str:
    """The text without the apostrophe that made it harmless."""
    return text[1:] if text.startswith("'") and _risky(text) else text


def _risky(text: str) -> bool:
    bare = text.lstrip("'")
    return safe_text(bare) != bare


def _readable(word: str, key: str, row: Treasury, names: dict[str, str]) -> str:
    kind = _KINDS.get(row.kind, row.slug)
    choices = (f"{word} {kind}", f"{word} {row.label}", f"{word} {row.slug}", f"{word} [{row.slug}]")
    return next(choice for choice in choices if names.get(fold(choice)) == key)


def _treasury_names(treasuries: Sequence[Treasury]) -> dict[str, str]:
    """Folded heading → key. An account's own label prevails over its stable name, and that over « banque », « caisse »."""
    names: dict[str, str] = {}
    labels = Counter(fold(row.label) for row in treasuries)
    ways = (*_SIDES, ("statement", "releve"), ("statement", "pointage"))
    named = [
        (word, f"{side}:{row.pk}", row)
        for row in treasuries
        for side, word in ways
        if side != "statement" or row.kind == TreasuryKind.BANK
    ]
    for word, key, row in named:
        if row.kind in _KINDS:
            names.setdefault(f"{word} {_KINDS[row.kind]}", key)
            names[f"{word} {_KINDS[row.kind]} ({fold(row.label)})"] = key
    for word, key, row in named:
        names[f"{word} {fold(row.slug)}"] = key
    for word, key, row in named:
        if labels[fold(row.label)] == 1:
            names[f"{word} {fold(row.label)}"] = key
    for word, key, row in named:
        names[f"{word} [{fold(row.slug)}]"] = key
    return names
