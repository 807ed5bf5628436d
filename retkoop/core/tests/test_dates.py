"""Days: read as people type them, the school year giving the missing year."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retkoop.core import dates
from retkoop.core.dates import DayError, parse_day

START, END, TODAY = dt.date(2025, 9, 1), dt.date(2026, 8, 31), dt.date(2026, 3, 20)
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))


def read(text, start=START, end=END, today=TODAY):
    return parse_day(text, start=start, end=end, today=today)


@pytest.mark.parametrize(
    "typed",
    [
        "12/03/2026", "12/3/26", "12-3-2026", "12.03.26", "12 03 2026", "2026-03-12", "12 / 03 / 2026",
        "12 mars 2026", "12 MARS 26", "12 mars", "12 mar.", "12/03", "12.3",
        "12-mars-2026", " 12\u00a0mars\u202f2026 ",
    ],
)  # fmt: skip
def test_one_day_in_its_many_spellings(typed):
    assert read(typed) == dt.date(2026, 3, 12)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("1er mars", dt.date(2026, 3, 1)),
        ("1er octobre", dt.date(2025, 10, 1)),
        ("3 janv.", dt.date(2026, 1, 3)),
        ("3 févr.", dt.date(2026, 2, 3)),
        ("3 fevrier", dt.date(2026, 2, 3)),
        ("3 avr.", dt.date(2026, 4, 3)),
        ("3 juil. 26", dt.date(2026, 7, 3)),
        ("3 juill.", dt.date(2026, 7, 3)),
        ("31 août", dt.date(2026, 8, 31)),
        ("31 aout", dt.date(2026, 8, 31)),
        ("1 sept.", dt.date(2025, 9, 1)),
        ("1/9", dt.date(2025, 9, 1)),
        ("24 déc.", dt.date(2025, 12, 24)),
        ("hier", dt.date(2026, 3, 19)),
        ("Aujourd’hui", TODAY),
    ],
)
def test_the_missing_year_is_that_of_the_window(typed, day):
    assert read(typed) == day


def test_a_complete_date_outside_the_window_is_returned():
    assert read("28/06/2027") == dt.date(2027, 6, 28)


def test_with_two_possible_years_the_latest_past_day_is_meant():
    window = {"start": dt.date(2025, 9, 1), "end": dt.date(2027, 8, 31)}
    assert read("12/03", **window, today=dt.date(2026, 9, 3)) == dt.date(2026, 3, 12)
    assert read("12/03", **window, today=dt.date(2027, 3, 12)) == dt.date(2027, 3, 12)
    assert read("12/03", **window, today=dt.date(2025, 9, 3)) == dt.date(2026, 3, 12)


def test_29_february_is_read_in_a_leap_year_and_refused_in_another():
    assert read("29/02", start=dt.date(2027, 9, 1), end=dt.date(2028, 8, 31)) == dt.date(2028, 2, 29)
    with pytest.raises(DayError) as refused:
        read("29/02")
    assert str(refused.value) == "Le 29 février 2026 n’est pas au calendrier. Écrivez la date comme 28/06/2026."


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Écrivez la date comme 28/06/2026."),
        ("bientôt", "Cette date est illisible. Écrivez la date comme 28/06/2026."),
        ("12", "Cette date est illisible. Écrivez la date comme 28/06/2026."),
        ("28062026", "Cette date est illisible. Écrivez la date comme 28/06/2026."),
        ("03/28/2026", "Il n’y a pas de mois numéro 28. Écrivez la date comme 28/06/2026."),
        ("31/04/2026", "Le 31 avril 2026 n’est pas au calendrier. Écrivez la date comme 28/06/2026."),
        ("3 jui", "«\u202fjui\u202f» peut être juin ou juillet. Écrivez la date comme 28/06/2026."),
        ("3 brumaire", "«\u202fbrumaire\u202f» n’est pas un mois. Écrivez la date comme 28/06/2026."),
        ("12/03/1026", "L’année 1026 est trop lointaine. Écrivez la date comme 28/06/2026."),
        ("12/03-2026", "Cette date est illisible. Écrivez la date comme 28/06/2026."),
    ],
)
def test_a_refusal_says_why_with_an_example(typed, sentence):
    with pytest.raises(DayError) as refused:
        read(typed)
    assert str(refused.value) == sentence


@given(DAYS, st.sampled_from([dates.format_day, dates.format_long, dt.date.isoformat]))
def test_what_is_written_is_read_back(day, written):
    assert read(written(day)) == day


@given(st.text(max_size=60) | st.text(alphabet="0123456789/-. ermasjuinoût", max_size=16))
def test_any_text_gives_a_day_or_a_refusal(text):
    try:
        day = read(text)
    except DayError as refused:
        assert str(refused).endswith("Écrivez la date comme 28/06/2026.")
    else:
        assert type(day) is dt.date


def test_days_are_written_as_the_guides_write_them():
    first, other = dt.date(2026, 8, 1), dt.date(2026, 6, 28)
    assert [
        dates.format_day(other),
        dates.format_long(other),
        dates.format_long(first),
        dates.month_label(other),
    ] == [
        "28/06/2026",
        "28 juin 2026",
        "1er août 2026",
        "juin 2026",
    ]
