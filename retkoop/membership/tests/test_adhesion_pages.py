"""`/adhesion/` and its pages, along the chapters « adhésion » and « engagement » of guide 004."""

import datetime as dt
import re
import uuid

import pytest

from retkoop.core.clock import travel
from retkoop.identity.models import AuditEvent, Mandate
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger import chart
from retkoop.membership.models import Engagement, HeadCount, Sheet, Tariff
from retkoop.membership.queries.adhesions import OTHERS, Declared
from retkoop.membership.services.adhesions import start_amendment, take_back_sheet
from retkoop.membership.tests.adhesion_desk import FIRST, TEXT, TODAY, make_adhesion_desk, make_tariff

TYPED = {
    "c_0_label": "CP", "c_0_in": "on", "c_0_pupils": "24", "c_0_teachers": "1", "c_0_adults": "",
    "c_1_label": "CE1", "c_1_in": "on", "c_1_pupils": "26", "c_1_teachers": "1", "c_1_adults": "1", "others": "2",
}  # fmt: skip


@pytest.fixture
def desk(cast):
    chart.load()
    with travel(TODAY):
        yield make_adhesion_desk(cast.cooperative_a, cast.mandataire_a)


@pytest.fixture
def browser(desk):
    return signed_in(desk.person)


def post(browser, path="/adhesion/", version=0, **fields):
    sent = {"operation_key": uuid.uuid4().hex, "annee": "2025-2026", "version": version, **fields}
    return browser.post(path, {name: value for name, value in sent.items() if value is not None})


def page(browser, path="/adhesion/") -> str:
    return str(browser.get(path).content.decode())


def parts(html: str) -> dict[str, int]:
    """The amounts of « Ce que cela coûte », in cents."""
    return {name: int(cents) for name, cents in re.findall(r'data-part="(\w+)">.*?data-cents="(-?\d+)"', html, re.S)}


def test_the_table_opens_with_last_years_heads_and_says_so(desk, browser):
    cp = desk.school_class("CP")
    with travel(dt.date(2024, 10, 1)):
        last = make_adhesion_desk(desk.cooperative, desk.person, 2024)
        last.validated(last.fill((Declared("CP", 24, 1, class_id=cp.pk), Declared(OTHERS, adults=2)), first=2024))
    html = page(browser)
    assert "Ce sont les effectifs de l’année passée" in html
    assert re.search(r'name="c_0_pupils" value="24"', html)
    assert re.search(r'name="others" value="2"', html)
    assert parts(html) == {"membership": 27 * 205, "insurance": 27 * 25, "review": 0, "total": 27 * 230}
    assert Sheet.objects.filter(adhesion__first=FIRST).count() == 0


def test_the_tariff_is_said_in_plain_words(desk, browser):
    Tariff.objects.update(adult_cents=800, minimum_cents=3_000)
    text = re.sub(r"<[^>]+>", "", page(browser)).replace("\u202f", " ").replace("\xa0", " ")
    for words in (
        "2,05 € par élève, dont 1,19 € à la fédération", "8,00 € par adulte, dont 1,19 € à la fédération",
        "30,00 € de cotisation au moins", "0,25 € par élève ou adulte", "au plus tard le 10 novembre 2025",
    ):  # fmt: skip
        assert words in text


def test_what_is_typed_is_kept_by_the_button_and_leads_on_to_the_engagement(desk, browser):
    answer = post(browser, **TYPED)
    assert (answer.status_code, answer["Location"]) == (303, "/adhesion/?annee=2025-2026")
    html = page(browser)
    assert parts(html)["total"] == 55 * 230
    answer = post(browser, version=2, suite="1", **{**TYPED, "c_0_in": None, "review_copies": "2", "supplement": "5 + 5"})
    assert answer["Location"] == "/adhesion/engagement/?annee=2025-2026"
    html = page(browser)
    assert parts(html) == {"membership": 30 * 205 + 1_000, "insurance": 30 * 25, "review": 6_600, "total": 30 * 230 + 7_600}
    assert "ses effectifs ne comptent pas" in html
    assert HeadCount.objects.get(label="CP").member is False


def test_as_one_types_the_page_keeps_and_answers_with_the_new_total(desk, browser):
    answer = post(browser, je="auto", **TYPED)
    html = answer.content.decode()
    assert (answer.status_code, parts(html)["total"]) == (200, 55 * 230)
    assert 'data-saved="yes"' in html
    assert 'name="version" value="2"' in html
    assert 'data-saved="stale"' in post(browser, je="auto", version=1, **TYPED).content.decode()
    assert post(browser, version=1, **TYPED).status_code == 409
    unread = post(browser, je="auto", version=2, **{**TYPED, "c_0_pupils": "vingt"})
    assert (unread.status_code, 'data-saved="no"' in unread.content.decode()) == (200, True)
    assert HeadCount.objects.get(label="CP").pupils == 24


def test_what_cannot_be_read_is_said_beside_it_and_nothing_typed_is_lost(desk, browser):
    wrong = {
        **TYPED,
        "c_0_pupils": "vingt",
        "c_1_label": "",
        "c_2_label": "Autres adultes",
        "c_2_pupils": "3",
        "supplement": "-5",
    }
    answer = post(browser, **wrong)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r'name="c_0_pupils" value="vingt"', html)
    told = re.findall(r'id="id_(\w+)_error"', html)
    assert sorted(told) == ["c_0_pupils", "c_1_label", "c_2_label", "supplement"]
    twice = post(browser, **{**TYPED, "c_1_label": "cp"}).content.decode()
    assert re.findall(r'id="id_(\w+)_error"', twice) == ["c_1_label"]
    assert Sheet.objects.count() == 0


def test_more_lines_may_be_asked_for_and_are_members_from_the_start(desk, browser):
    html = post(browser, add_rows="3", **TYPED).content.decode()
    assert len(re.findall(r'name="c_\d+_label"', html)) == 5
    assert len(re.findall(r'name="c_\d+_in"[^>]*checked', html)) == 5
    assert Sheet.objects.count() == 0


def test_the_mandataire_ticks_yes_reads_the_text_and_engages(desk, browser):
    desk.fill()
    first = page(browser, "/adhesion/engagement/")
    assert "Je m’engage à être mandataire</button>" not in first
    assert "Cochez «" in page(browser, "/adhesion/engagement/?demande=1")
    html = page(browser, "/adhesion/engagement/?demande=1&oui=oui")
    assert TEXT in html
    assert "Je m’engage à être mandataire</button>" in html
    (sha,) = re.findall(r'name="text" value="(\w{64})"', html)
    Tariff.objects.update(engagement="Un autre texte")
    assert post(browser, "/adhesion/engagement/", text=sha).status_code == 409
    Tariff.objects.update(engagement=TEXT)
    assert post(browser, "/adhesion/engagement/", text=sha)["Location"] == "/adhesion/engagement/?annee=2025-2026"
    assert Engagement.objects.get().person_id == desk.person.pk
    assert f'data-engaged="{desk.person.pk}"' in page(browser, "/adhesion/engagement/")
    assert post(browser, "/adhesion/engagement/", text=sha).status_code == 422


def test_the_others_are_told_who_must_engage_and_have_no_button(desk, cast):
    desk.fill()
    for client in (signed_in(cast.reader_a), signed_in(cast.ad_accountant, cast.cooperative_a)):
        html = page(client, "/adhesion/engagement/?oui=oui")
        assert "Anne Maret" in html
        assert "Je m’engage à être mandataire</button>" not in html
        assert post(client, "/adhesion/engagement/").status_code == 403
    Mandate.objects.filter(person=desk.person).update(ended_at=dt.datetime(2025, 9, 1, tzinfo=dt.UTC))
    assert "n’a pas de mandataire" in page(signed_in(cast.reader_a), "/adhesion/engagement/")


def test_sending_says_what_the_guide_says_and_leads_to_the_identity(desk, browser):
    desk.fill()
    html = page(browser, "/adhesion/transmettre/")
    assert 'data-lack="engagement"' in html
    assert "Transmettre l’adhésion à l’AD" in html
    fields = dict(re.findall(r'name="(version|total)" value="(\d+)"', html))
    assert post(browser, "/adhesion/transmettre/", version=2, total="1").status_code == 409
    assert post(browser, "/adhesion/transmettre/", **fields)["Location"] == "/adhesion/?annee=2025-2026"
    html = page(browser)
    assert "OCCE de la Vendée reçoit directement les informations" in html
    assert 'href="/identite/?adhesion=1"' in html
    assert "n’est pas définitive" in html
    assert browser.get("/adhesion/transmettre/").status_code == 303
    assert post(browser, version=desk.standing().version, **TYPED).status_code == 422
    assert post(browser, "/adhesion/reprendre/", version=desk.standing().version).status_code == 303
    assert desk.standing().state == "filling"


def test_a_final_adhesion_offers_its_two_papers_and_an_amendment(desk, browser):
    desk.validated()
    assert "attestation.pdf" not in page(browser)
    desk.engage()
    html = page(browser)
    assert 'href="/archives/adhesions/2025/attestation.pdf"' in html
    assert 'href="/archives/adhesions/2025/certificat.pdf"' in html
    assert post(browser, "/adhesion/avenant/", version=desk.standing().version).status_code == 303
    html = page(browser)
    assert parts(html) == {
        "membership": 55 * 205, "insurance": 55 * 25, "review": 0, "total": 55 * 230, "before": 55 * 230, "call": 0,
    }  # fmt: skip
    version = desk.standing().version
    assert post(browser, "/adhesion/avenant/abandonner/", version=version).status_code == 303
    assert (desk.standing().state, desk.standing().open_sheet) == ("validated", None)


def test_the_states_without_a_table_say_why(desk, browser, cast):
    assert "n’est pas encore transmise" in page(signed_in(cast.reader_a))
    Tariff.objects.all().delete()
    assert "n’est pas encore fixé" in page(browser)
    assert post(browser, **TYPED).status_code == 422
    make_tariff(desk.cooperative.association, FIRST + 1)
    with travel(dt.date(2026, 6, 2)):
        assert "Adhésion 2026-2027</h1>" in page(signed_in(desk.person), "/adhesion/?annee=2026-2027")
    assert "Adhésion 2025-2026</h1>" in page(browser, "/adhesion/?annee=2026-2027")
    for path in ("engagement", "reprendre", "avenant", "avenant/abandonner", "transmettre"):
        assert post(browser, f"/adhesion/{path}/").status_code in {303, 422}
    assert Sheet.objects.count() == 0


def test_an_ad_member_fills_in_with_the_opened_book_and_a_reader_may_not(desk, cast):
    helper = signed_in(cast.ad_accountant, cast.cooperative_a)
    assert post(helper, **TYPED).status_code == 303
    event = AuditEvent.objects.get(verb="adhesion.filled")
    assert (event.actor_id, event.on_behalf_id) == (cast.ad_accountant.pk, cast.ad_085.pk)
    reader = signed_in(cast.reader_a)
    assert 'name="c_0_pupils"' not in page(reader)
    for path in ("", "transmettre/", "reprendre/", "avenant/", "avenant/abandonner/"):
        assert post(reader, f"/adhesion/{path}").status_code == 403


def test_a_reader_sees_what_was_declared_even_while_it_is_taken_back(desk, cast):
    take_back_sheet(sheet=desk.send(), author=desk.author)
    assert "CE1-CE2" in page(signed_in(cast.reader_a))


def test_an_amendment_on_its_way_is_said(desk, browser):
    desk.validated()
    second = start_amendment(cooperative=desk.cooperative, first=FIRST, author=desk.author)
    desk.fill((Declared("CP", 10, 1),))
    desk.send(Sheet.objects.get(pk=second.pk))
    html = page(browser)
    assert "data-waiting" in html
    assert f'data-cents="{11 * 230}"' in html
    assert f'data-cents="{(11 - 55) * 230}"' in html


def test_the_home_page_says_where_the_adhesion_stands_and_what_comes_next(desk, browser):
    assert 'data-adhesion="not_begun"' in page(browser, "/accueil/")
    desk.fill()
    html = page(browser, "/accueil/")
    assert 'data-adhesion="filling"' in html
    assert 'href="/adhesion/engagement/?annee=2025-2026"' in html
    desk.engage()
    assert 'href="/adhesion/transmettre/?annee=2025-2026"' in page(browser, "/accueil/")
    desk.validated(desk.standing().open_sheet)
    assert "attestation.pdf" in page(browser, "/accueil/")
