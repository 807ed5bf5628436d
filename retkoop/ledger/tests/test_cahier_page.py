"""The cahier on screen: its rows, its balances, its sort and filter, for those who may see it."""

import datetime as dt
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from retkoop.core.clock import travel
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import YearMode
from retkoop.ledger.services import entries, pointing, treasuries
from retkoop.ledger.tests.books import Desk
from retkoop.ledger.tests.cahier_desk import SEPTEMBER, TODAY, cahier_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast) -> Iterator[Desk]:
    with travel(TODAY):
        yield cahier_desk(cast)


class Cells(HTMLParser):
    """The table's body as lists of texts, one list a row, by row id; a cell that spans counts as many."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: dict[str, list[str]] = {}
        self.heads: list[str] = []
        self.foot: list[str] = []
        self._into: list[str] | None = None
        self._text: list[str] | None = None
        self._span = 1
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "tr":
            self._into = self.rows.setdefault(found["id"], []) if "id" in found else []
        elif tag in {"thead", "tfoot"}:
            self._where = tag
        elif tag in {"td", "th"}:
            self._text, self._span = [], int(found.get("colspan") or 1)

    def handle_endtag(self, tag):
        if tag in {"td", "th"} and self._into is not None:
            self._into += [" ".join("".join(self._text or []).split())] + [""] * (self._span - 1)
            self._text = None
        elif tag in {"thead", "tfoot"}:
            setattr(self, "heads" if tag == "thead" else "foot", self._into)

    def handle_data(self, data):
        if self._text is not None:
            self._text.append(data)


def shown(desk: Desk, person, query: str = "") -> Cells:
    response = signed_in(person).get(f"/cahier/{query}")
    assert response.status_code == 200
    return Cells(response.content.decode())


def labels(cells: Cells) -> list[str]:
    return [row[3] for name, row in cells.rows.items() if name.startswith("e")]


def test_the_columns_bear_the_letters_of_the_guides(desk, mandataire_a):
    desk.pay(1_000)
    assert shown(desk, mandataire_a).heads[:13] == [
        "B Pièce", "Justif.", "D Date", "E Libellé", "F N° chèque", "G Action", "H Pointage",
        "K Entrée banque", "O Sortie banque", "Solde banque", "Q Entrée caisse", "R Sortie caisse", "Solde caisse",
    ]  # fmt: skip


def test_the_first_row_is_the_report_a_nouveau_and_balances_run_from_it(desk, mandataire_a):
    desk.pay(1_000, "Bus", dt.date(2024, 10, 2), piece="D1", cheque="4000114")
    desk.receive(30_000, "Familles", dt.date(2024, 10, 1), piece="R1")
    cells = shown(desk, mandataire_a)
    assert cells.rows["report"][2:13] == [
        "01/09/2024", "Report à nouveau de l’année précédente", "", "", "",
        "950,00", "", "950,00", "20,00", "", "20,00",
    ]  # fmt: skip
    rows = [row for name, row in cells.rows.items() if name.startswith("e")]
    assert [row[0:10] for row in rows] == [
        ["R1", "manquant", "01/10/2024", "Familles", "", "", "–", "300,00", "", "1 250,00"],
        ["D1", "manquant", "02/10/2024", "Bus", "4000114", "", "–", "", "10,00", "1 240,00"],
    ]
    assert cells.foot[0] == "Totaux 2024-2025"
    assert cells.foot[7:13] == ["1 250,00", "10,00", "1 240,00", "20,00", "0,00", "20,00"]


def test_a_carried_item_is_listed_under_the_report_and_counts_only_in_the_pointed_balance(desk, mandataire_a):
    item = desk.cooperative.postings.get(item_label="Librairie")
    assert shown(desk, mandataire_a).rows[f"p{item.pk}"][3] == "Librairie dont 50,00 € en sortie, repris de l’année précédente"
    page = signed_in(mandataire_a).get("/cahier/").content.decode()
    assert re.findall(r'id="(solde-\w+)" data-cents="(-?\d+)"', page) == [
        ("solde-banque", "95000"), ("solde-caisse", "2000"), ("solde-pointe", "100000"),
    ]  # fmt: skip


def test_a_refund_is_shown_negative_under_its_account(desk, mandataire_a):
    lines = (Line("bank", 2_000, desk.bank.pk), Line("activities", -2_000))
    entries.record_entry(year=desk.year, content=EntryContent(TODAY, "Remboursement", lines), author=desk.teacher)
    cells = shown(desk, mandataire_a)
    title = next(head for head in cells.heads if head.startswith("6"))
    row = next(row for name, row in cells.rows.items() if name.startswith("e"))
    assert row[cells.heads.index(title)] == "−20,00"


def test_a_search_finds_words_without_accents_amounts_and_cheques(desk, mandataire_a):
    desk.pay(15_000, "Musée des élèves", cheque="4000777")
    desk.pay(900, "Goûter")
    for asked in ("musee", "ELEVES des", "150", "150,00", "4000777"):
        assert labels(shown(desk, mandataire_a, f"?q={asked}")) == ["Musée des élèves"], asked
    assert labels(shown(desk, mandataire_a, "?q=absent")) == []


def test_filters_leave_what_they_name(desk, mandataire_a):
    desk.pay(1_000, "Pointée", dt.date(2024, 10, 2), tick=True, receipt_expected=False, action="Musée")
    desk.receive(500, "En attente", dt.date(2024, 11, 2), receipt_expected=True)
    cancelled = desk.pay(700, "Annulée", dt.date(2024, 11, 3))
    entries.cancel_entry(entry=cancelled, version=1, author=desk.teacher)
    action = desk.cooperative.actions.get().pk
    assert {
        query: labels(shown(desk, mandataire_a, query))
        for query in ("", "?mois=2024-10", "?pointage=non", "?justificatif=manquant", f"?action={action}", "?annulees=oui")
    } == {
        "": ["Pointée", "En attente"],
        "?mois=2024-10": ["Pointée"],
        "?pointage=non": ["En attente"],
        "?justificatif=manquant": ["En attente"],
        f"?action={action}": ["Pointée"],
        "?annulees=oui": ["Pointée", "En attente", "Annulée"],
    }


def test_totals_of_a_filter_are_those_of_its_lines(desk, mandataire_a):
    desk.pay(1_000, day=dt.date(2024, 10, 2))
    desk.pay(250, day=dt.date(2024, 10, 9))
    desk.pay(777, day=dt.date(2024, 11, 9))
    foot = shown(desk, mandataire_a, "?mois=2024-10").foot
    assert (foot[0], foot[8]) == ("Totaux d’octobre 2024", "12,50")


def test_pieces_sort_naturally_and_empty_cells_come_last_either_way(desk, mandataire_a):
    for piece in ("D10", "D2", "", "D1"):
        desk.pay(100, piece or "sans", piece=piece)
    assert labels(shown(desk, mandataire_a, "?tri=piece")) == ["D1", "D2", "D10", "sans"]
    assert labels(shown(desk, mandataire_a, "?tri=piece&sens=desc")) == ["D10", "D2", "D1", "sans"]


def test_amounts_sort_with_the_number_as_tie_break(desk, mandataire_a):
    for cents, label in ((500, "a"), (100, "b"), (500, "c")):
        desk.pay(cents, label)
    assert labels(shown(desk, mandataire_a, "?tri=sortie-banque")) == ["b", "a", "c"]
    assert labels(shown(desk, mandataire_a, "?tri=sortie-banque&sens=desc")) == ["a", "c", "b"]


def test_links_keep_the_sort_and_filter_and_only_a_cahier_path_is_followed_back(desk, mandataire_a):
    entry = desk.pay(1_000, "Bus")
    client = signed_in(mandataire_a)
    page = client.get("/cahier/?q=bus&tri=piece").content.decode()
    assert f'"/ecritures/{entry.pk}/modifier/?retour=/cahier/?q=bus%26tri=piece"' in page
    line = f"/pointage/ligne/{desk.bank_line(entry).pk}/"
    back = client.get(line, {"retour": "/cahier/?q=bus&tri=piece"}).content.decode()
    assert 'href="/cahier/?q=bus&amp;tri=piece" data-back-to-book' in back
    assert "//ailleurs" not in client.get(line, {"retour": "//ailleurs/cahier/"}).content.decode()


def test_the_next_year_opens_with_a_provisional_report_marked_so(desk, mandataire_a):
    desk.pay(1_000, "Juin", dt.date(2025, 6, 1))
    with travel(dt.date(2025, 9, 15)):
        cells = shown(desk, mandataire_a)
    assert cells.rows["report"][3] == "Report à nouveau de l’année précédente provisoire"
    assert cells.rows["report"][9] == "940,00"


def test_a_reader_sees_the_book_without_anything_to_press(desk, reader_a):
    entry = desk.pay(1_000)
    page = signed_in(reader_a).get("/cahier/").content.decode()
    assert "Voir en portrait" in page
    assert f"/ecritures/{entry.pk}/supprimer/" not in page
    assert "/pointage/ligne/" not in page


def test_another_cooperative_sees_its_own_book_only(desk, mandataire_b):
    desk.pay(1_000, "Secret de A")
    page = signed_in(mandataire_b).get("/cahier/").content.decode()
    assert "Secret de A" not in page


def test_a_label_cannot_write_in_the_page(desk, mandataire_a):
    desk.pay(1_000, "<script>alert(1)</script>", piece='"><b>', cheque="<i>", action="<u>")
    page = signed_in(mandataire_a).get("/cahier/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<i>" not in page and "<u>" not in page and "<b>" not in page.replace("<b>Retkoop</b>", "")


def test_one_click_points_and_unpoints_touching_nothing_else(desk, mandataire_a):
    entry = desk.pay(1_000, "Bus", dt.date(2025, 4, 2))
    client, line = signed_in(mandataire_a), f"/pointage/ligne/{desk.bank_line(entry).pk}/"
    before = (entry.version, entry.label)
    answer = client.post(line, {"pointed": "1", "operation_key": "k" * 32, "retour": "/cahier/?q=bus"})
    assert (answer.status_code, answer["Location"]) == (303, f"/cahier/?q=bus#e{entry.pk}")
    assert desk.bank_line(entry).statement.ends_on == dt.date(2025, 5, 31)
    entry.refresh_from_db()
    assert (entry.version, entry.label) == before
    client.post(line, {"pointed": "0", "operation_key": "l" * 32})
    assert desk.bank_line(entry).statement is None


def test_without_scripts_the_symbol_leads_to_a_page_with_confirmation(desk, mandataire_a):
    entry = desk.pay(1_000, "Bus", dt.date(2025, 4, 2))
    page = signed_in(mandataire_a).get(f"/pointage/ligne/{desk.bank_line(entry).pk}/").content.decode()
    assert '<button class="btn btn-main" type="submit">Confirmation</button>' in page
    assert '<option value="2025-05-31" selected>' in page


def test_another_statement_may_be_chosen_and_one_before_the_entry_is_refused(desk, mandataire_a):
    entry = desk.pay(1_000, "Bus", dt.date(2025, 4, 2))
    client, line = signed_in(mandataire_a), f"/pointage/ligne/{desk.bank_line(entry).pk}/"
    refused = client.post(line, {"pointed": "1", "releve": "2025-03-31", "operation_key": "k" * 32})
    assert (refused.status_code, desk.bank_line(entry).statement) == (422, None)
    client.post(line, {"pointed": "1", "releve": "2025-04-30", "operation_key": "k" * 32})
    assert desk.bank_line(entry).statement.ends_on == dt.date(2025, 4, 30)


def test_a_click_on_a_line_of_the_summer_in_the_new_year_uses_the_new_years_statement(desk, mandataire_a):
    entry = desk.pay(1_000, "Bus", dt.date(2025, 6, 28))
    with travel(dt.date(2025, 10, 10)):
        client, line = signed_in(mandataire_a), f"/pointage/ligne/{desk.bank_line(entry).pk}/"
        client.post(line, {"pointed": "1", "operation_key": "k" * 32})
    assert desk.bank_line(entry).statement.ends_on == dt.date(2025, 9, 30)


def test_a_line_of_another_cooperative_does_not_exist(desk, mandataire_b):
    entry = desk.pay(1_000)
    client = signed_in(mandataire_b)
    assert client.get(f"/pointage/ligne/{desk.bank_line(entry).pk}/").status_code == 404
    assert client.get("/pointage/ligne/999999/").status_code == 404


def test_two_bank_lines_have_a_symbol_each(desk, mandataire_a):
    second = treasuries.open_treasury(
        cooperative=desk.cooperative, account="postal_bank", label="Postale", opened=SEPTEMBER, author=desk.teacher
    )
    lines = (Line("bank", -1_000, desk.bank.pk), Line("postal_bank", 1_000, second.pk))
    entries.record_entry(year=desk.year, content=EntryContent(TODAY, "Changement de banque", lines), author=desk.teacher)
    cells = shown(desk, mandataire_a)
    assert next(row for name, row in cells.rows.items() if name.startswith("e"))[6] == "––"
    assert [head for head in cells.heads if head.startswith(("K", "O"))] == [
        "K Entrée Banque", "O Sortie Banque", "K Entrée Postale", "O Sortie Postale",
    ]  # fmt: skip
    pointing.set_tick(posting=desk.cooperative.postings.get(treasury=second), ticked=True, author=desk.teacher)
    cells = shown(desk, mandataire_a)
    assert next(row for name, row in cells.rows.items() if name.startswith("e"))[6] == "–✓"


def test_a_year_kept_elsewhere_says_so_and_offers_nothing_to_write(cooperative_b, mandataire_b):
    with travel(TODAY):
        client = signed_in(mandataire_b)
        client.get("/cahier/")
        cooperative_b.years.update(mode=YearMode.TOTALS)
        page = client.get("/cahier/").content.decode()
    assert "se tient ailleurs\u202f: ici, seulement ses totaux" in page
    assert "Création d’une nouvelle écriture comptable" not in page
