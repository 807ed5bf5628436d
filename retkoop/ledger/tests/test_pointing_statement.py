"""The monthly screen: a statement typed once, its lines ticked, « Bravo ! » at zero."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest

from retkoop.core.clock import travel
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.invariants import check
from retkoop.ledger.models import Posting, Statement
from retkoop.ledger.services import closing, pointing
from retkoop.ledger.tests.books import Desk
from retkoop.ledger.tests.cahier_desk import TODAY, Counter, cahier_desk

pytestmark = pytest.mark.django_db
KEYS = (f"{number:032x}" for number in range(1, 10_000))


@pytest.fixture
def desk(cast) -> Iterator[Desk]:
    with travel(TODAY):
        yield cahier_desk(cast)


def typed(client, desk: Desk, day: str, balance: str) -> Statement:
    answer = client.post("/pointage/", {"treasury": "banque", "ends_on": day, "closing": balance, "operation_key": next(KEYS)})
    assert answer.status_code == 303
    return Statement.objects.get(pk=int(answer["Location"].split("/")[2]))


def saved(client, statement: Statement, ticked: list[Posting], shown: list[Posting], **more: str):
    return client.post(
        f"/pointage/{statement.pk}/",
        {"line": [row.pk for row in ticked], "shown": [row.pk for row in shown], "operation_key": next(KEYS), **more},
    )


def verdict(page: str) -> tuple[str, int]:
    """The state of the control « pointage », and the gap in cents."""
    state = re.search(r'data-control="pointage" data-state="(\w+)"', page)
    gap = re.search(r'id="ecart" data-cents="(-?\d+)"', page)
    return (state[1] if state else "", int(gap[1]) if gap else 0)


def carried(desk: Desk) -> Posting:
    return Posting.objects.get(item_label="Librairie")


def test_a_statement_is_typed_ticked_and_praised_at_zero(desk, mandataire_a):
    client = signed_in(mandataire_a)
    bus = desk.bank_line(desk.pay(1_000, "Bus", dt.date(2024, 9, 12)))
    late = desk.bank_line(desk.pay(700, "Goûter", dt.date(2024, 9, 20)))
    statement = typed(client, desk, "30/09/2024", "940,00")
    page = client.get(f"/pointage/{statement.pk}/").content.decode()
    assert verdict(page) == ("ko", -6_000)
    answer = saved(client, statement, [bus, carried(desk)], [bus, late, carried(desk)])
    assert (answer.status_code, answer["Location"]) == (303, f"/pointage/{statement.pk}/")
    page = client.get(f"/pointage/{statement.pk}/").content.decode()
    assert verdict(page) == ("ok", 0)
    assert "Bravo\u202f! Le relevé est pointé." in page
    assert list(check(desk.cooperative)) == []


def test_unpointed_lines_up_to_the_statement_come_first_and_the_later_ones_are_folded(desk, mandataire_a):
    client = signed_in(mandataire_a)
    desk.pay(1_000, "Avant", dt.date(2024, 9, 12))
    desk.pay(700, "Après", dt.date(2024, 10, 2))
    statement = typed(client, desk, "30/09/2024", "1000")
    page = client.get(f"/pointage/{statement.pk}/").content.decode()
    boxes, _, folded = page.partition('<details class="fold"')
    assert re.findall(r'<label for="c\d+">([^<]+)', boxes) == ["Librairie", "Avant"]
    assert "1 ligne datée d’après ce relevé" in folded and "Après" in folded


def test_a_gap_names_the_lines_worth_it_or_half_of_it(desk, mandataire_a):
    client = signed_in(mandataire_a)
    wrong = desk.bank_line(desk.receive(1_500, "Remise", dt.date(2024, 9, 3)))
    missing = desk.pay(3_000, "Photographe", dt.date(2024, 9, 4))
    statement = typed(client, desk, "30/09/2024", "985")
    saved(client, statement, [wrong], [wrong, desk.bank_line(missing)])
    page = client.get(f"/pointage/{statement.pk}/").content.decode()
    assert verdict(page) == ("ko", -3_000)
    hints = re.findall(r'<li><a href="#l\d+">([^<]+)</a>[^:]*: ([^<]+)</li>', page)
    assert hints == [
        ("Remise, 03/09/2024", "la moitié de l’écart, une entrée est peut-être écrite en sortie"),
        ("Photographe, 04/09/2024", "juste l’écart, elle n’est pas pointée"),
    ]


def test_tick_all_points_every_line_shown(desk, mandataire_a):
    client = signed_in(mandataire_a)
    lines = [desk.bank_line(desk.pay(100, str(number), dt.date(2024, 9, number))) for number in range(1, 11)]
    statement = typed(client, desk, "30/09/2024", "990")
    saved(client, statement, [], lines, all="1")
    assert verdict(client.get(f"/pointage/{statement.pk}/").content.decode()) == ("ok", 0)


def test_each_tick_is_saved_at_once_and_answers_with_the_state(desk, mandataire_a):
    client = signed_in(mandataire_a)
    bus = desk.bank_line(desk.pay(1_000, "Bus", dt.date(2024, 9, 12)))
    statement = typed(client, desk, "30/09/2024", "990")
    url = f"/pointage/{statement.pk}/ligne/{bus.pk}/"
    answer = client.post(url, {"pointed": "1", "operation_key": next(KEYS)}, headers={"HX-Request": "true"})
    assert 'data-control="pointage" data-state="ok"' in answer.content.decode()
    client.post(url, {"pointed": "0", "operation_key": next(KEYS)}, headers={"HX-Request": "true"})
    bus.refresh_from_db()
    assert bus.statement is None


def test_a_line_on_another_statement_is_neither_shown_nor_taken(desk, mandataire_a):
    client = signed_in(mandataire_a)
    bus = desk.bank_line(desk.pay(1_000, "Bus", dt.date(2024, 9, 12)))
    first = typed(client, desk, "30/09/2024", "990")
    second = typed(client, desk, "31/10/2024", "990")
    saved(client, first, [bus], [bus])
    saved(client, second, [bus], [bus])
    bus.refresh_from_db()
    assert bus.statement == first
    assert client.post(f"/pointage/{second.pk}/ligne/{bus.pk}/", {"operation_key": next(KEYS)}).status_code == 404
    assert f'name="line" value="{bus.pk}"' not in client.get(f"/pointage/{second.pk}/").content.decode()


def test_the_list_says_how_each_statement_stands(desk, mandataire_a):
    client = signed_in(mandataire_a)
    bus = desk.bank_line(desk.pay(1_000, "Bus", dt.date(2024, 9, 12), tick=False))
    saved(client, typed(client, desk, "30/09/2024", "990"), [bus], [bus])
    typed(client, desk, "31/10/2024", "995,00")
    desk.pay(300, "Pointée au cahier", dt.date(2024, 11, 5), tick=True)
    page = client.get("/pointage/").content.decode()
    rows = re.findall(r"<li><a[^>]*>Relevé du ([^<]+)</a>.*?<span class=\"tag[^>]*>(.*?)</span>\s*</li>", page, re.S)
    told = [(day, " ".join(re.sub(r"<[^>]+>", "", words).split())) for day, words in rows]
    assert told == [("31 mai 2025", "solde à saisir"), ("31 octobre 2024", "écart 5,00 €"), ("30 septembre 2024", "Bravo !")]


def test_a_new_statement_says_what_is_missing_and_keeps_what_was_typed(desk, mandataire_a):
    client = signed_in(mandataire_a)
    answer = client.post(
        "/pointage/", {"treasury": "banque", "ends_on": "31/02/2025", "closing": "1.000", "operation_key": next(KEYS)}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="31/02/2025"' in page and 'value="1.000"' in page
    assert "Le 31 février 2025 n’est pas au calendrier." in page and "se lit de deux façons" in page


def test_a_statement_is_corrected_with_its_version(desk, mandataire_a):
    client = signed_in(mandataire_a)
    statement = typed(client, desk, "30/09/2024", "990")
    url, facts = f"/pointage/{statement.pk}/releve/", {"ends_on": "30/09/2024", "closing": "1000", "version": "1"}
    assert client.post(url, facts | {"operation_key": next(KEYS)}).status_code == 303
    assert client.post(url, facts | {"closing": "7", "operation_key": next(KEYS)}).status_code == 409
    statement.refresh_from_db()
    assert statement.closing_cents == 100_000


def test_the_same_form_twice_is_one_statement_and_another_content_is_refused(desk, mandataire_a):
    client = signed_in(mandataire_a)
    facts = {"treasury": "banque", "ends_on": "30/09/2024", "closing": "990", "operation_key": next(KEYS)}
    first, again = client.post("/pointage/", facts), client.post("/pointage/", facts)
    assert first["Location"] == again["Location"]
    assert client.post("/pointage/", facts | {"closing": "991"}).status_code == 409


def test_after_the_closing_the_carried_item_is_ticked_in_the_new_year(desk, mandataire_a):
    client = signed_in(mandataire_a)
    entry = desk.pay(1_000, "Juin", dt.date(2025, 6, 1))
    with travel(dt.date(2025, 10, 3)):
        closing.close_year(year=desk.year, author=desk.teacher)
        client = signed_in(mandataire_a)
        statement = typed(client, desk, "30/09/2025", "940")
        page = client.get(f"/pointage/{statement.pk}/").content.decode()
        assert re.findall(r'<label for="c\d+">([^<]+)</label>', page) == ["Librairie", "Juin"]
        lines = list(Posting.objects.filter(item_date__isnull=False, year__start=dt.date(2025, 9, 1)))
        saved(client, statement, lines, lines)
        assert verdict(client.get(f"/pointage/{statement.pk}/").content.decode()) == ("ok", 0)
        old = client.post(f"/pointage/ligne/{desk.bank_line(entry).pk}/", {"pointed": "1", "operation_key": next(KEYS)})
    assert old.status_code == 422
    assert list(check(desk.cooperative)) == []


def test_lines_of_an_unclosed_year_before_are_ticked_in_the_new_one(desk, mandataire_a):
    entry = desk.pay(1_000, "Juin", dt.date(2025, 6, 1))
    with travel(dt.date(2025, 10, 3)):
        client = signed_in(mandataire_a)
        statement = typed(client, desk, "30/09/2025", "940")
        lines = [desk.bank_line(entry), carried(desk)]
        saved(client, statement, lines, lines)
        assert verdict(client.get(f"/pointage/{statement.pk}/").content.decode()) == ("ok", 0)
    assert desk.bank_line(entry).statement == statement


def test_a_reader_looks_and_cannot_tick(desk, mandataire_a, reader_a):
    statement = typed(signed_in(mandataire_a), desk, "30/09/2024", "990")
    reader = signed_in(reader_a)
    page = reader.get(f"/pointage/{statement.pk}/").content.decode()
    assert 'name="line"' not in page and "Enregistrer le pointage" not in page
    assert saved(reader, statement, [], []).status_code == 403


def test_another_cooperatives_statement_does_not_exist(desk, mandataire_a, mandataire_b):
    statement = typed(signed_in(mandataire_a), desk, "30/09/2024", "990")
    stranger = signed_in(mandataire_b)
    for path in ("", "dossier.pdf"):
        assert stranger.get(f"/pointage/{statement.pk}/{path}").status_code == 404
    assert saved(stranger, statement, [], []).status_code == 404


def test_the_number_of_queries_does_not_follow_the_number_of_lines(desk, mandataire_a):
    client = signed_in(mandataire_a)
    statement = typed(client, desk, "30/09/2024", "990")
    counts = set()
    for number in (1, 2, 20):
        for each in range(number):
            desk.pay(100, f"{number}-{each}", dt.date(2024, 9, 5))
        with Counter() as counter:
            client.get(f"/pointage/{statement.pk}/")
        counts.add(counter.count)
    assert len(counts) == 1


def test_pointing_never_touches_the_entry(desk, mandataire_a):
    client = signed_in(mandataire_a)
    entry = desk.pay(1_000, "Bus", dt.date(2024, 9, 12))
    line = desk.bank_line(entry)
    statement = typed(client, desk, "30/09/2024", "990")
    saved(client, statement, [line], [line])
    entry.refresh_from_db()
    assert (entry.version, desk.bank_line(entry).pk) == (1, line.pk)
    pointing.set_tick(posting=line, ticked=False, author=desk.teacher)
    assert desk.bank_line(entry).statement is None
