"""When a reminder may leave: the truth table of hours, week-ends, time zones and school holidays."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from retkoop.agenda.holidays import holidays_on, periods, years_known, zone_of_department
from retkoop.agenda.hours import end_of_hours, may_leave
from retkoop.agenda.models import HolidayZone
from retkoop.core.schoolyear import SchoolYear

PARIS, REUNION, MARTINIQUE = "Europe/Paris", "Indian/Reunion", "America/Martinique"


def at(text: str, zone: str = PARIS) -> dt.datetime:
    """« 2026-11-20 17:59 » where the zone is, as an instant in UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("when", "yes"),
    [
        ("2026-11-20 07:59", False),  # Friday
        ("2026-11-20 08:00", True),
        ("2026-11-20 17:59", True),
        ("2026-11-20 18:00", False),
        ("2026-11-21 10:00", False),
        ("2026-11-22 10:00", False),
        ("2026-11-23 07:59", False),
        ("2026-11-23 08:00", True),
        ("2026-11-25 23:00", False),
        ("2027-02-19 17:59", True),  # zone B: holidays from 20 February to 8 March
        ("2027-02-22 10:00", False),
        ("2027-03-05 10:00", False),
        ("2027-03-08 08:00", True),
        ("2026-10-16 12:00", True),
        ("2026-10-19 12:00", False),
        ("2026-10-30 12:00", False),
        ("2026-11-02 08:00", True),
        ("2026-08-31 12:00", False),  # the summer, in the school year that it ends
        ("2026-09-01 08:00", True),
    ],
)
def test_in_zone_b_a_mail_leaves_on_working_days_from_8_to_18(when, yes):
    assert may_leave(at(when), time_zone=PARIS, zone="B") is yes


@pytest.mark.parametrize(
    ("when", "allowed"),
    [
        ("2027-02-12 12:00", {"A", "B"}),  # Friday; zone C left on the 6th
        ("2027-02-15 12:00", {"B"}),
        ("2027-02-22 12:00", {"C"}),
        ("2027-03-01 12:00", {"A", "C"}),
        ("2027-04-05 12:00", {"A", "B"}),
        ("2027-04-26 12:00", {"A", "C"}),
        ("2026-12-21 12:00", set()),
        ("2027-01-04 12:00", {"A", "B", "C"}),
        ("2026-02-10 12:00", {"B", "C"}),
    ],
)
def test_the_three_zones_leave_in_turn(when, allowed):
    assert {zone for zone in "ABC" if may_leave(at(when), time_zone=PARIS, zone=zone)} == allowed


@pytest.mark.parametrize(
    ("when", "zone", "calendar", "yes"),
    [
        ("2026-11-23 08:00", REUNION, "reunion", True),
        ("2026-11-23 07:59", REUNION, "reunion", False),
        ("2026-12-18 17:00", REUNION, "reunion", True),
        ("2027-01-29 12:00", REUNION, "reunion", False),  # the austral summer ends on 1 February
        ("2027-02-01 08:00", REUNION, "reunion", True),
        ("2026-08-17 12:00", REUNION, "reunion", False),
        ("2026-08-18 12:00", REUNION, "reunion", True),
        ("2026-11-20 17:59", MARTINIQUE, "martinique", True),
        ("2026-11-20 18:00", MARTINIQUE, "martinique", False),
        ("2026-02-09 12:00", MARTINIQUE, "martinique", False),  # carnival
        ("2026-02-23 12:00", MARTINIQUE, "martinique", True),
    ],
)
def test_overseas_the_hour_and_the_holidays_are_those_of_the_place(when, zone, calendar, yes):
    assert may_leave(at(when, zone), time_zone=zone, zone=calendar) is yes


def test_friday_evening_in_paris_is_still_friday_noon_in_martinique_and_saturday_nowhere():
    instant = at("2026-11-20 18:30")
    answers = {zone: may_leave(instant, time_zone=zone, zone=HolidayZone.NONE) for zone in (PARIS, REUNION, MARTINIQUE)}
    assert answers == {PARIS: False, REUNION: False, MARTINIQUE: True}


def test_a_year_that_is_not_known_keeps_the_rule_of_the_week_ends():
    assert periods("guadeloupe", 2026) is None
    assert years_known("guadeloupe") == []
    assert may_leave(at("2026-12-22 12:00", "America/Guadeloupe"), time_zone="America/Guadeloupe", zone="guadeloupe")
    assert not may_leave(at("2026-12-26 12:00", "America/Guadeloupe"), time_zone="America/Guadeloupe", zone="guadeloupe")


def test_the_day_of_a_mail_ends_at_18_where_the_ad_lives():
    assert end_of_hours(at("2026-11-20 09:10", REUNION), REUNION) == at("2026-11-20 18:00", REUNION)


def test_every_department_has_one_zone_and_every_period_is_in_order():
    assert [zone_of_department(code) for code in ("085", "038", "075", "02B", "974", "999")] == [
        "B", "A", "C", "corse", "reunion", "none",
    ]  # fmt: skip
    for zone in HolidayZone.values:
        for year in years_known(zone):
            known = periods(zone, year.first)
            assert known is not None
            days = [day for each in known for day in (each.begins, each.resumes)]
            assert days == sorted(set(days))
            assert (days[0] >= year.start, days[-1] <= SchoolYear(year.first + 1).start) == (True, True)
    assert holidays_on("B", dt.date(2026, 12, 24)) == next(each for each in periods("B", 2026) or () if each.name == "Noël")
