"""Rows by fixed SQL: the same objects and the same rows as the ORM makes, on both databases."""

import datetime as dt

import pytest

from retkoop.core import sql
from retkoop.identity.models import Association, AuditEvent, Cooperative, Federation

NOON = dt.datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=dt.UTC)


def event(number: int) -> AuditEvent:
    return AuditEvent(at=NOON, verb="tried", seq=number, payload=f"« {number} »", payload_sha="p", hash=f"h{number}")


def test_inserted_rows_are_those_that_the_orm_reads_and_each_knows_its_id(db):
    rows = [event(number) for number in range(150)]
    sql.insert(rows)
    read = AuditEvent.objects.filter(verb="tried").order_by("seq")
    assert [(row.pk, row.seq, row.payload, row.at) for row in read] == [(row.pk, row.seq, row.payload, NOON) for row in rows]
    assert {row._state.adding for row in rows} == {False}


def test_inserting_nothing_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        sql.insert([])


def test_a_reader_makes_the_objects_of_the_orm_with_their_dates_and_lists(db):
    federation = Federation.objects.create(name="Fédération")
    Association.objects.create(federation=federation, code="085", name="AD", muted_warnings=["future-date"])
    association = Association.objects.get()
    Cooperative.objects.create(association=association, number="001", name="École", created_on=dt.date(2020, 9, 1))
    reader, other = sql.Reader(Association, "a"), sql.Reader(Cooperative, "c")
    statement = f"SELECT {reader.columns}, {other.columns} FROM {reader.table} JOIN {other.table} ON c.association_id = a.id"
    row = sql.fetch(statement)[0]
    assert (reader.read(row), reader.read(row).muted_warnings) == (association, ["future-date"])
    cooperative = other.read(row, reader.width)
    assert (cooperative, cooperative.created_on) == (Cooperative.objects.get(), dt.date(2020, 9, 1))


def test_a_reader_gives_instants_with_their_zone(db):
    sql.insert([event(1)])
    reader = sql.Reader(AuditEvent, "e")
    assert reader.all(f"SELECT {reader.columns} FROM {reader.table}")[0].at == NOON


@pytest.mark.parametrize("given", [dt.date(2026, 3, 1), "2026-03-01"])
def test_a_day_is_a_date_whatever_the_database_gives(given):
    assert sql.day(given) == dt.date(2026, 3, 1)


def test_a_moment_compares_as_the_orm_compares_it(db):
    sql.insert([event(1)])
    count = "SELECT count(*) FROM identity_auditevent WHERE at = %s"
    assert sql.fetch(count, [sql.moment(NOON)]) == [(1,)]
    assert sql.fetch(count, [sql.moment(NOON + dt.timedelta(microseconds=1))]) == [(0,)]


def test_a_statement_says_how_many_rows_it_touched(db):
    Federation.objects.create(name="Fédération")
    assert sql.execute("UPDATE identity_federation SET name = %s", ["Autre"]) == 1
    assert sql.execute("UPDATE identity_federation SET name = %s WHERE id = %s", ["Autre", 0]) == 0
