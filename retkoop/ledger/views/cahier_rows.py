"""The table of the cahier, written as strings: 300 rows through a template would cost more than the whole page.

Every text goes through `escape`. Bytes are counted (docs/performance.md): short
classes, and words that CSS can add are left to CSS.
"""

from dataclasses import dataclass, replace
from html import escape
from urllib.parse import quote

from django.utils.safestring import SafeString, mark_safe

from retkoop.core.dates import format_day, month_label
from retkoop.core.money import format_amount, format_euros
from retkoop.ledger.forms.cahier import query_of
from retkoop.ledger.models import Means
from retkoop.ledger.queries.cahier import Book, CarriedItem, Choice, Column, Page, Row

RECEIPTS = {"present": "joint", "missing": "manquant", "none": "non attendu"}
MEANS = {value: label for value, label in Means.choices if value not in {Means.CHEQUE, Means.OTHER}}
_CLASSES = {"in": "i", "out": "o", "balance": "b", "charge": "v", "income": "v"}
_FIRST_AMOUNT = 7


@dataclass(frozen=True)
class Desk:
    """How the table is shown: may one write, where a link comes back to, which « annee= » the links keep."""

    book: Book
    page: Page
    carried: tuple[CarriedItem, ...]
    may_write: bool
    annee: str
    back: str

    @property
    def tail(self) -> str:
        """The query of every link that leaves the cahier."""
        parts = [self.annee] if self.annee else []
        if self.back:
            parts.append(f"retour={quote(self.back, safe='/?=')}")
        return f"?{escape('&'.join(parts))}" if parts else ""


def table_html(desk: Desk) -> SafeString:
    """`<table class="ledger cahier">`, its caption, head, rows and totals."""
    page = desk.page
    parts = ['<table class="ledger cahier"><caption class="visually-hidden">', escape(_caption(desk)), "</caption>"]
    parts.append(_colgroup(desk))
    parts.append(_head(desk))
    parts.append("<tbody>")
    if page.first and not page.choice.filtered:
        parts.append(_opening(desk))
    parts += [_carried(desk, item) for item in desk.carried]
    row_of = _Rows(desk)
    parts += [row_of(row) for row in page.rows]
    parts.append("</tbody>")
    if page.rows or not page.choice.filtered:
        parts.append(_foot(desk))
    parts.append("</table>")
    return mark_safe("".join(parts))  # noqa: S308 - every text went through escape()


def _caption(desk: Desk) -> str:
    count = desk.page.count
    return f"Cahier {desk.book.year.slug} : {count} écriture{'s' if count > 1 else ''}"


def _colgroup(desk: Desk) -> str:
    """The widths, so that the browser measures no cell; the blue of the bank and the green of the cash box behind them."""
    sides = ["" if not column.treasury_id else " c" if column.cash else " k" for column in desk.page.columns]
    cols = [f'<col class="w-{column.kind}{side}">' for column, side in zip(desk.page.columns, sides, strict=True)]
    return f'<colgroup>{"".join(cols)}<col class="w-acts"></colgroup>'


def _head(desk: Desk) -> str:
    """A link to sort on each column; the one that sorts is marked, and turns the other way."""
    choice = desk.page.choice
    cells = []
    for column in desk.page.columns:
        letter = f'<span class="letter">{column.letter}</span> ' if column.letter else ""
        if column.kind == "balance":
            cells.append(f'<th scope="col" class="{_side(column)} b">{escape(column.label)}</th>')
            continue
        here = choice.sort == column.key
        other = here and not choice.descending
        query = query_of(replace(choice, sort=column.key, descending=other, page=1), annee=desk.annee)
        state = f' aria-sort="{"descending" if choice.descending else "ascending"}"' if here else ""
        link = f'<a href="/cahier/{"?" if query else ""}{escape(query)}">{escape(column.label)}</a>'
        cells.append(f'<th scope="col"{_class(column)}{state}>{letter}{link}</th>')
    cells.append('<th scope="col"><span class="visually-hidden">Modifier ou supprimer</span></th>')
    return f"<thead><tr>{''.join(cells)}</tr></thead>"


def _side(column: Column) -> str:
    if not column.treasury_id:
        return "num"
    return "cash-col num" if column.cash else "bank-col num"


def _class(column: Column) -> str:
    if column.kind == "piece":
        return ' class="stick"'
    if column.kind == "label":
        return ' class="label"'
    return f' class="{_side(column)}"' if column.is_amount else ""


def _styles(desk: Desk) -> list[tuple[str, str]]:
    """For each column of amounts: its key, and the opening of its cells up to the amount."""
    several = len(desk.book.banks) > 1
    found = []
    for column in desk.page.columns[_FIRST_AMOUNT:]:
        side = "" if not column.treasury_id else "c" if column.cash else "k"
        named = column.kind in {"charge", "income"} or (several and side == "k")
        label = f' data-label="{escape(column.label)}"' if named else ""
        found.append((column.key, f"<td class={side}{_CLASSES[column.kind]}{label} data-cents="))
    return found


class _Rows:
    """Writes a row; what does not change from one to the next is prepared once."""

    def __init__(self, desk: Desk) -> None:
        self.tail = desk.tail
        self.points = Points(desk)
        styles = _styles(desk)
        self.treasury = [(key, style) for key, style in styles if style[10] in "kc"]
        self.operating = {key: (rank, style) for rank, (key, style) in enumerate(styles[len(self.treasury) :])}
        self.may_write = desk.may_write

    def __call__(self, row: Row) -> str:
        pk, amounts = row.id, row.amounts
        url = self._quoted(f"/ecritures/{pk}/{self.tail}")
        label = escape(row.label)
        kind = " class=cancelled" if row.cancelled else ""
        action = f"<span class=tag>{escape(row.action)}</span>" if row.action else ""
        head = (
            f"<tr id=e{pk}{kind}>{_piece(row.piece)}"
            f"<td>{self._receipt(row, pk)}</td>"
            f"<td class=day>{row.date[8:]}/{row.date[5:7]}/{row.date[:4]}</td>"
            f"<td class=label><a href={url}>{label}</a></td>"
            f"<td>{escape(row.cheque) or MEANS.get(row.means, '')}</td><td>{action}</td><td>{self.points.cell(row)}</td>"
        )
        cells = [head]
        for key, style in self.treasury:
            cents = amounts.get(key)
            cells.append("<td></td>" if cents is None else f"{style}{cents}>{format_amount(cents)}</td>")
        self._ventilation(cells, amounts)
        cells.append(self._acts(row, url))
        return "".join(cells)

    def _receipt(self, row: Row, pk: int) -> str:
        words = RECEIPTS[row.receipt]
        if row.receipt == "none":
            return f"<span class=rn>{words}</span>"
        return f"<a class=r{row.receipt[0]} href={self._quoted(f'/ecritures/{pk}/justificatifs/{self.tail}')}>{words}</a>"

    def _ventilation(self, cells: list[str], amounts: dict[str, int]) -> None:
        """The charges and products: most cells of a row are empty, and a run of them is one cell."""
        done = 0
        found = sorted((*self.operating[key], cents) for key, cents in amounts.items() if key in self.operating)
        for rank, style, cents in found:
            cells.append(_blank(rank - done))
            cells.append(f"{style}{cents}>{format_amount(cents)}</td>")
            done = rank + 1
        cells.append(_blank(len(self.operating) - done))

    def _acts(self, row: Row, url: str) -> str:
        if row.cancelled:
            restore = f"<a href={url}>Annuler la suppression</a>" if self.may_write else ""
            return f"<td>{restore}</td></tr>"
        if not self.may_write:
            return f"<td><a href={url}>Voir en portrait</a></td></tr>"
        edit, cross = (self._quoted(f"/ecritures/{row.id}/{act}/{self.tail}") for act in ("modifier", "supprimer"))
        return f"<td><a href={edit}>Modifier en portrait</a> <a class=x href={cross}>Supprimer</a></td></tr>"

    def _quoted(self, url: str) -> str:
        return f'"{url}"' if self.tail else url


def _piece(piece: str) -> str:
    """The row's heading; a line without a piece has none."""
    return f"<th scope=row class=stick>{escape(piece)}</th>" if piece else "<td class=stick></td>"


def _blank(count: int) -> str:
    if count < 2:
        return "<td></td>" * count
    return f"<td colspan={count}></td>"


class Points:
    """Column H: a symbol for each bank line, a button while one may write."""

    def __init__(self, desk: Desk) -> None:
        self.may_write = desk.may_write
        self.banks = {state.treasury.pk: state.treasury.label for state in desk.book.banks}

    def cell(self, row: Row) -> str:
        """The symbols of an entry."""
        if row.cancelled:
            return ""
        lines = [line for line in row.lines if line.treasury_id in self.banks]
        several = len(lines) > 1
        return "".join(
            point_html(
                line.posting_id,
                line.statement,
                may_write=self.may_write,
                bank=self.banks[line.treasury_id] if several else "",
            )
            for line in lines
        )


def point_html(posting_id: int, statement: str | None, *, may_write: bool, bank: str = "") -> SafeString:
    """The symbol of one bank line: « – » to point it, a tick once pointed. `statement`: its day, ISO."""
    words = f"Pointée au {statement[8:]}/{statement[5:7]}/{statement[:4]}" if statement else "À pointer"
    words = f"{escape(bank)} : {words}" if bank else words
    on, sign = ("p1", "✓") if statement else ("p0", "–")
    if may_write:
        html = f'<button class={on} formaction=/pointage/ligne/{posting_id}/ aria-label="{words}">{sign}</button>'
    else:
        html = f'<span class={on} title="{words}"><span class=visually-hidden>{words}</span>{sign}</span>'
    return mark_safe(html)  # noqa: S308 - a number, a date, and a name that went through escape()


def _opening(desk: Desk) -> str:
    """The report à nouveau, first row."""
    book = desk.book
    if book.opening.provisional:
        words = 'Report à nouveau de l’année précédente <span class="tag tag-warn">provisoire</span>'
    elif book.opening.written:
        words = "Report à nouveau de l’année précédente"
    else:
        words = (
            f'Report à nouveau : <a href="/ouverture/{escape("?" + desk.annee if desk.annee else "")}">saisir l’ouverture</a>'
        )
    day = format_day(book.opening.on or book.year.start)
    return (
        '<tr class="opening" id="report"><th scope="row" class="stick"><span class="visually-hidden">Report</span></th>'
        f'<td></td><td class="day">{day}</td><td class="label">{words}</td><td></td><td></td><td></td>'
        f"{_amounts(desk, book.opening_amounts)}<td></td></tr>"
    )


def _carried(desk: Desk, item: CarriedItem) -> str:
    """A bank line of the year before, still to be pointed: its amount is already in the report à nouveau."""
    label = escape(item.label)
    way = "entrée" if item.cents > 0 else "sortie"
    note = f"<small>dont {format_euros(abs(item.cents))} en {way}, repris de l’année précédente</small>"
    point = point_html(item.posting_id, item.statement, may_write=desk.may_write)
    rest = _blank(len(desk.page.columns) - _FIRST_AMOUNT + 1)
    return (
        f'<tr class="carried" id="p{item.posting_id}" data-cents="{item.cents}">{_piece("")}<td></td>'
        f'<td class="day">{format_day(item.date)}</td><td class="label">{label} {note}</td>'
        f"<td>{escape(item.cheque)}</td><td></td><td>{point}</td>{rest}</tr>"
    )


def _foot(desk: Desk) -> str:
    return (
        f'<tfoot><tr><th scope="row" class="stick" colspan="4">{escape(_totals_words(desk))}</th>{_blank(_FIRST_AMOUNT - 4)}'
        f"{_amounts(desk, desk.page.totals)}<td></td></tr></tfoot>"
    )


def _totals_words(desk: Desk) -> str:
    choice: Choice = desk.page.choice
    if not choice.filtered:
        return f"Totaux {desk.book.year.slug}"
    if choice.month and replace(choice, month=None).filtered is False:
        name = month_label(choice.month)
        return f"Totaux {'d’' if name[0] in 'ao' else 'de '}{name}"
    return "Totaux de ce filtre"


def _amounts(desk: Desk, amounts: dict[str, int]) -> str:
    cells = []
    for key, style in _styles(desk):
        cents = amounts.get(key)
        cells.append("<td></td>" if cents is None else f"{style}{cents}>{format_amount(cents)}</td>")
    return "".join(cells)
