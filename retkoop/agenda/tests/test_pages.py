"""« Ce qui vous attend » on home, `/calendrier/` and its file, the AD's own calendar, and the preference of a person."""

import datetime as dt
import re
import uuid

import pytest
from django.conf import settings

from retkoop.agenda.models import AgendaRules, DueDate
from retkoop.agenda.tests.tariffs import make_tariff
from retkoop.core import clock
from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.identity.models import AuditEvent, Person
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger import chart
from retkoop.ledger.services.openings import ensure_years
from retkoop.membership.models import SchoolCard
from retkoop.yearend.models import Report, ReviewReason

DAY = dt.date(2026, 10, 20)
RULES = "/ad/reglages/calendrier/"


@pytest.fixture
def october(cast):
    """20 October 2026; cooperative A has kept its book since last year."""
    chart.load()
    ensure_years(cast.cooperative_a, dt.date(2025, 9, 15), Author(None))
    with travel(DAY):
        ensure_years(cast.cooperative_a, DAY, Author(None))
        make_tariff(cast.ad_085, 2026)
        yield cast


def page(client, address="/accueil/"):
    return client.get(address).content.decode()


def shown(html):
    """The steps of a page, in order, with their state."""
    return re.findall(r'data-step="([^"]+)" data-state="([^"]+)"', html)


def sent(**fields):
    return {"operation_key": uuid.uuid4().hex, **fields}


def test_home_shows_what_is_late_first_then_what_is_due_then_what_is_done_folded(october):
    SchoolCard.objects.create(cooperative=october.cooperative_a, confirmed_at=clock.now())
    html = page(signed_in(october.mandataire_a))
    assert shown(html) == [
        ("adhesion:2026", "late"),
        ("report:2026", "late"),
        ("resignation:2026", "now"),
        ("council:2026", "now"),
        ("identity:2026", "done"),
        ("summer:2026", "done"),
        ("point:2026-09", "done"),
    ]
    assert 'href="/compte-rendu/?annee=2025-2026"' in html
    assert "attendu depuis le 30 septembre 2026" in html
    assert "Déjà fait cette année (3)" in html


def test_what_home_says_already_is_not_said_again(october):
    client = signed_in(october.mandataire_a)
    year = october.cooperative_a.years.get(end__year=2026)
    report = Report.objects.create(cooperative=october.cooperative_a, year=year, state="returned", started_at=clock.now())
    assert ("report:2026", "late") in shown(page(client))
    ReviewReason.objects.create(
        cooperative=october.cooperative_a, report=report, field="512", label="Banque", text="Relevé ?", at=clock.now()
    )
    html = page(client)
    assert "à compléter" in html
    assert "report:2026" not in dict(shown(html))
    assert dict(shown(page(client, "/calendrier/")))["report:2026"] == "late"


def test_the_calendar_is_not_dearer_for_a_full_one(october, django_assert_num_queries):
    client = signed_in(october.mandataire_a)
    client.get("/calendrier/")
    with django_assert_num_queries(6) as seen:
        client.get("/calendrier/")
    assert sum("agenda_duedate" in query["sql"] for query in seen.captured_queries) == 1


def test_the_page_tells_the_whole_year_month_by_month(october):
    html = page(signed_in(october.reader_a), "/calendrier/")
    assert re.findall(r'<h2 id="mois-\d+">([^<]+)</h2>', html)[:3] == ["Septembre 2026", "Octobre 2026", "Novembre 2026"]
    assert len(shown(html)) == 21
    assert dict(shown(html))["june_cra:2026"] == "later"


def unfolded(text):
    """A strict reading of an .ics file: CRLF, 75 octets a line, one level of events; each as name → value."""
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    lines = text.split("\r\n")[:-1]
    assert [line for line in lines if len(line.encode()) > 75] == []
    whole: list[str] = []
    for line in lines:
        if line[0] == " ":
            whole[-1] += line[1:]
        else:
            whole.append(line)
    assert whole[0] == "BEGIN:VCALENDAR"
    events: list[dict[str, str]] = []
    current: dict[str, str] | None = None
    for line in whole[1:-1]:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            assert current is None
            current = {}
        elif line == "END:VEVENT":
            assert current is not None
            events.append(current)
            current = None
        elif current is not None:
            assert name not in current
            current[name] = value
    assert current is None
    return events


def plain(value):
    assert re.search(r"(?<!\\)[,;]", value) is None
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def test_the_file_is_a_calendar_without_any_name(october):
    answer = signed_in(october.mandataire_a).get("/calendrier/calendrier.ics")
    assert answer["Content-Disposition"] == 'attachment; filename="calendrier-085-099-2026-2027.ics"'
    text = answer.content.decode()
    events = unfolded(text)
    assert len(events) == 21
    adhesion = next(each for each in events if each["UID"] == "adhesion-2026-085-099@retkoop")
    assert (adhesion["DTSTART;VALUE=DATE"], adhesion["DTEND;VALUE=DATE"]) == ("20260930", "20261001")
    assert plain(adhesion["SUMMARY"]) == "Renseigner l’adhésion de votre coopé pour la nouvelle année scolaire"
    assert plain(adhesion["DESCRIPTION"]).endswith("\nEnviron 10 minutes.")
    assert adhesion["URL"] == f"{settings.BASE_URL}/adhesion/"
    assert [person.full_name for person in Person.objects.all() if person.full_name in text] == []
    assert len({each["UID"] for each in events}) == 21


def fields(client):
    """What the AD's form holds, as a browser would send it."""
    html = page(client, RULES)
    found = dict(re.findall(r'<input type="(?:text|number|hidden)" name="([^"]+)" value="([^"]*)"', html))
    found |= dict.fromkeys(re.findall(r'<input type="checkbox" name="([^"]+)"[^>]* checked', html), "on")
    (found["zone"],) = re.findall(r'<option value="([^"]+)" selected', html)
    return {name: value for name, value in found.items() if name not in {"csrfmiddlewaretoken", "operation_key"}}


def test_an_ad_moves_a_date_and_takes_it_back(october):
    client = signed_in(october.ad_accountant)
    assert fields(client)["zone"] == "B"
    moved = fields(client) | {"date_report": "10 novembre", "date_point": "5"}
    assert client.post(RULES, sent(**moved)).status_code == 303
    assert list(DueDate.objects.order_by("key").values_list("key", "month", "day")) == [("point", 0, 5), ("report", 11, 10)]
    assert dict(shown(page(signed_in(october.mandataire_a))))["report:2026"] == "now"
    html = page(client, RULES)
    assert html.count("différent</span>") == 2
    assert html.count("Revenir à la date nationale") == 2
    assert client.post(RULES, sent(**fields(client), nationale="report")).status_code == 303
    assert [each.key for each in DueDate.objects.all()] == ["point"]
    assert AuditEvent.objects.filter(verb="change_calendar").count() == 2


def test_an_ad_switches_a_step_off_and_the_mails_too(october):
    client = signed_in(october.ad_accountant)
    typed = fields(client) | {"zone": "guadeloupe"}
    del typed["on_council"], typed["mails"]
    assert client.post(RULES, sent(**typed)).status_code == 303
    row = AgendaRules.objects.get()
    assert (row.zone, row.mails, row.version) == ("guadeloupe", False, 1)
    assert "council:2026" not in dict(shown(page(signed_in(october.mandataire_a))))
    html = page(client, RULES)
    assert 'data-holidays="unknown"' in html
    assert "hors du calendrier" in html


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"date_report": "29/02"}, "29"),
        ({"date_report": "31/11"}, "31"),
        ({"date_report": "bientôt"}, "Écrivez la date comme"),
        ({"date_point": "31"}, "Écrivez un jour de 1 à 28"),
        ({"zone": "Z"}, "zone"),
    ],
)
def test_a_date_that_is_none_is_explained_beside_its_field(october, typed, said):
    client = signed_in(october.ad_accountant)
    answer = client.post(RULES, sent(**(fields(client) | typed)))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert DueDate.objects.count() == AgendaRules.objects.count() == 0


def test_two_people_of_an_ad_do_not_overwrite_each_other(october):
    client = signed_in(october.ad_accountant)
    old = fields(client)
    assert client.post(RULES, sent(**old)).status_code == 303
    assert client.post(RULES, sent(**(old | {"date_report": "10/11"}))).status_code == 409
    assert DueDate.objects.count() == 0


def test_a_reader_of_the_ad_sees_the_calendar_and_changes_nothing(october):
    client = signed_in(october.ad_reader)
    html = page(client, RULES)
    assert "Enregistrer le calendrier" not in html
    assert client.post(RULES, sent(zone="A")).status_code == 403


def test_the_date_that_the_tariff_sets_is_shown_and_not_typed(october):
    october.ad_085.tariffs.all().delete()
    make_tariff(october.ad_085, 2026, deadline=dt.date(2026, 11, 30))
    client = signed_in(october.ad_accountant)
    assert "le 30 novembre 2026" in page(client, RULES)
    assert "date_adhesion" not in fields(client)
    assert client.post(RULES, sent(**fields(client))).status_code == 303
    assert dict(shown(page(signed_in(october.mandataire_a))))["adhesion:2026"] == "now"


def test_a_person_stops_the_reminders_and_takes_them_again(october):
    client = signed_in(october.mandataire_a)
    assert re.search(r'name="rappels" value="oui" checked', page(client, "/compte/"))
    assert client.post("/compte/rappels/", sent()).status_code == 303
    assert Person.objects.get(pk=october.mandataire_a.pk).wants_reminders is False
    assert client.post("/compte/rappels/", sent(rappels="oui")).status_code == 303
    assert Person.objects.get(pk=october.mandataire_a.pk).wants_reminders is True
