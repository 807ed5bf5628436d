"""The reminders by e-mail: a simulated year, one mail a week and person at most, never at a forbidden time, none once done."""

import datetime as dt
import itertools
import os
from zoneinfo import ZoneInfo

import pytest
from django_tasks_db.models import DBTaskResult

from retkoop.agenda.hours import may_leave
from retkoop.agenda.models import AgendaRules, DueDate, Reminder
from retkoop.agenda.queries import rules_of
from retkoop.agenda.services.reminders import send_reminders
from retkoop.agenda.tests.tariffs import make_tariff
from retkoop.core import clock, mail
from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative, Mandate, Person, Role
from retkoop.identity.services import end_mandate, give_mandate
from retkoop.ledger import chart
from retkoop.ledger.services.openings import ensure_years
from retkoop.membership.models import SchoolCard
from retkoop.yearend.models import Report

PROVE = "RETKOOP_PROVE" in os.environ
END = dt.datetime(2027, 9, 1, tzinfo=dt.UTC) if PROVE else dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
HOURS = range(24) if PROVE else (3, 7, 15, 17)
REUNION = "Indian/Reunion"
PARIS = ZoneInfo("Europe/Paris")
MORNING = dt.datetime(2026, 9, 17, 9, 0, tzinfo=PARIS)  # a Thursday, two weeks before most of September's dates


@pytest.fixture
def network(cast):
    """Three cooperatives with books; the AD of the third lives in La Réunion. Anne keeps A and C."""
    chart.load()
    cast.ad_038.time_zone = REUNION
    cast.ad_038.save()
    AgendaRules.objects.create(association=cast.ad_038, zone="reunion")
    for association in (cast.ad_085, cast.ad_038):
        make_tariff(association, 2026)
    with travel(dt.date(2025, 9, 15)):
        for cooperative in (cast.cooperative_a, cast.cooperative_b, cast.cooperative_c):
            cooperative.association.refresh_from_db()
            ensure_years(cooperative, dt.date(2025, 9, 15), Author(None))
    return cast


def mails():
    """What was recorded to be sent, oldest first."""
    return [job.args_kwargs["kwargs"] for job in DBTaskResult.objects.order_by("enqueued_at")]


def keys_of(person):
    return [key for reminder in person.reminders.order_by("pk") for key in reminder.keys]


def test_in_a_year_nobody_is_written_to_twice_in_seven_days_nor_at_a_forbidden_time(network):
    give_mandate(
        person=network.mandataire_a, role=Role.MANDATAIRE, organisation=network.cooperative_c, starts=dt.date(2020, 9, 1)
    )
    looked: dict[int, dt.date] = {}
    day, done = dt.datetime(2026, 8, 24, tzinfo=dt.UTC), 0
    while day < END:
        for hour in HOURS:
            now = day + dt.timedelta(hours=hour, minutes=20)
            done += send_reminders(now, looked)
        day += dt.timedelta(days=1)
    assert (done, len(mails())) == (Reminder.objects.values("person", "at").distinct().count(), done)
    assert done > 10
    for person in Person.objects.filter(reminders__isnull=False).distinct():
        instants = sorted(set(person.reminders.values_list("at", flat=True)))
        gaps = [later - earlier for earlier, later in itertools.pairwise(instants)]
        assert min(gaps) >= dt.timedelta(days=7), person.full_name
        assert len(gaps) < 40
    for each in Reminder.objects.select_related("cooperative__association"):
        place = each.cooperative.association
        assert may_leave(each.at, time_zone=place.time_zone, zone=rules_of(place, each.at.date()).zone)
    told = {reminder.person.full_name for reminder in Reminder.objects.select_related("person")}
    assert told == {"Anne Maret", "Bruno Phare", "Claire Vercors"}
    assert len(set(keys_of(network.mandataire_b))) > 7


def test_one_mail_lists_all_the_cooperatives_of_a_person_what_is_late_first(network):
    give_mandate(
        person=network.mandataire_a, role=Role.BOOKKEEPER, organisation=network.cooperative_b, starts=dt.date(2020, 9, 1)
    )
    DueDate.objects.create(association=network.ad_085, key="report", month=9, day=10)
    send_reminders(MORNING)
    (mine,) = [sent for sent in mails() if sent["to"] == network.mandataire_a.email]
    text = mine["text"]
    assert text.count("École des Marais") == text.count("École du Phare") == 1
    assert text.index("attendu depuis le 10 septembre 2026") < text.index("pour le 30 septembre 2026")
    assert "/calendrier/" in text and "/compte/#rappels" in mine["html"]
    assert mine["subject"] == "Calendrier de vos coopératives : 8 points, le premier pour le 10 septembre 2026"
    assert mine["until"] == MORNING.replace(hour=18).astimezone(dt.UTC).isoformat()


def test_a_worker_killed_and_started_again_writes_to_nobody_twice(network):
    first = send_reminders(MORNING)
    assert (first, send_reminders(MORNING), send_reminders(MORNING + dt.timedelta(days=4))) == (3, 0, 0)
    assert len(mails()) == 3


def test_an_address_that_cannot_be_written_to_leaves_no_trace_and_silences_nobody_else(network, caplog):
    network.mandataire_a.email = "ceci n’est pas une adresse"
    network.mandataire_a.save()
    assert send_reminders(MORNING) == 2
    assert network.mandataire_a.reminders.count() == 0
    assert [record.message for record in caplog.records] == [
        f"no reminder for person {network.mandataire_a.pk}: the address cannot be written to"
    ]


def test_a_cooperative_whose_creation_was_undone_is_not_spoken_of(network):
    Cooperative.objects.filter(pk=network.cooperative_b.pk).update(withdrawn_at=clock.now())
    send_reminders(MORNING)
    assert sorted(sent["to"] for sent in mails()) == ["anne@exemple.fr", "claire@exemple.fr"]


def test_what_is_done_is_told_no_more_and_nothing_new_is_no_mail(network):
    send_reminders(MORNING)
    later = MORNING + dt.timedelta(days=8)
    assert send_reminders(later) == 0  # the same steps, at the same stage
    late = dt.datetime(2026, 10, 1, 9, 0, tzinfo=PARIS)
    year = network.cooperative_a.years.get(end__year=2026)
    Report.objects.create(cooperative=network.cooperative_a, year=year, state="submitted", started_at=clock.now())
    SchoolCard.objects.create(cooperative=network.cooperative_a, confirmed_at=dt.datetime(2026, 9, 20, tzinfo=dt.UTC))
    send_reminders(late)
    last = network.mandataire_a.reminders.latest("pk").keys
    assert "adhesion:2026:late" in last
    assert [key for key in last if key.startswith(("report", "identity"))] == []


@pytest.mark.parametrize("why", ["ad", "person", "mandate", "address", "asleep"])
def test_nobody_is_written_to_who_or_whose_ad_does_not_want_it(network, why):
    anne = network.mandataire_a
    if why == "ad":
        AgendaRules.objects.create(association=network.ad_085, zone="B", mails=False)
    elif why == "mandate":
        end_mandate(mandate=anne.mandates.get(), author=Author(None))
    else:
        changed: dict[str, dict[str, object]] = {
            "person": {"wants_reminders": False},
            "address": {"email": None},
            "asleep": {"is_active": False},
        }
        Person.objects.filter(pk=anne.pk).update(**changed[why])
    send_reminders(MORNING)
    assert [sent["to"] for sent in mails() if sent["to"] == anne.email] == []
    assert "claire@exemple.fr" in [sent["to"] for sent in mails()]


def test_readers_and_those_whose_mandate_has_not_begun_get_nothing(network):
    Mandate.objects.filter(person=network.mandataire_b).update(starts=dt.date(2026, 10, 1))
    send_reminders(MORNING)
    assert sorted(sent["to"] for sent in mails()) == ["anne@exemple.fr", "claire@exemple.fr"]


def test_a_reminder_that_could_not_leave_in_its_hours_is_dropped(network, mailoutbox):
    send_reminders(MORNING)
    sent = mails()[0]
    with travel(dt.date(2026, 9, 18)):
        mail.deliver.call(**sent)
    assert mailoutbox == []
    with travel(dt.date(2026, 9, 16)):
        mail.deliver.call(**sent)
    assert [message.to for message in mailoutbox] == [[sent["to"]]]


def test_thirty_people_of_an_ad_cost_no_more_reading_than_three(network, django_assert_max_num_queries):
    def asked():
        with django_assert_max_num_queries(200) as seen:
            send_reminders(MORNING)
        return len(
            [query for query in seen.captured_queries if query["sql"].startswith("SELECT") and "LIMIT 21" not in query["sql"]]
        )

    Person.objects.update(wants_reminders=False)
    few = asked()
    assert few == asked()
    Person.objects.update(wants_reminders=True)
    assert asked() <= few + 5 * 2 + 3 * 3
