"""Rows changed or removed by one statement: each has its own entry, and none gets past."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from apps.audit.models import Entry
from apps.audit.verification import verify
from apps.registry.models import CalendarDay
from tests import factories

pytestmark = pytest.mark.django_db


def _run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_each_row_that_a_statement_changes_is_an_entry_and_no_other() -> None:
    revision = factories.open_award_list(rows=5)
    rows = factories.records_of(revision)
    changed = {str(row.pk) for row in rows[1:4]}
    before = Entry.objects.count()

    _run(
        "UPDATE awards_award SET grade = CASE WHEN id = ANY(%s) THEN '三等奖' ELSE grade END"
        " WHERE revision_id = %s",
        [row.pk for row in rows[1:4]],
        revision.pk,
    )

    entries = list(Entry.objects.order_by("-id")[: Entry.objects.count() - before])
    of_rows = [entry for entry in entries if entry.table_name == "awards_award"]
    assert {entry.row_id for entry in of_rows} == changed
    assert len(of_rows) == 3
    for entry in of_rows:
        assert (entry.operation, entry.old, entry.new) == (
            "U",
            {"grade": "一等奖"},
            {"grade": "三等奖"},
        )
        assert (entry.case_id, entry.person_id) == (revision.case_id, rows[0].updated_by_id)
    assert {entry.row_uid for entry in of_rows} == {row.uid for row in rows[1:4]}
    assert list(verify()) == []


def test_statement_that_changes_nothing_is_no_entry() -> None:
    factories.open_award_list(rows=3)
    before = Entry.objects.count()

    _run("UPDATE awards_award SET grade = grade")
    _run("UPDATE awards_award SET grade = 'x' WHERE false")
    _run("DELETE FROM awards_award WHERE false")

    assert Entry.objects.count() == before


def test_each_row_that_a_statement_removes_is_an_entry() -> None:
    revision = factories.open_award_list(rows=4)
    rows = factories.records_of(revision)

    _run("DELETE FROM awards_award WHERE revision_id = %s AND id <> %s", revision.pk, rows[0].pk)

    entries = Entry.objects.filter(table_name="awards_award", operation="D")
    assert {entry.row_id for entry in entries} == {str(row.pk) for row in rows[1:]}
    assert {entry.old["title"] for entry in entries} == {row.title for row in rows[1:]}
    assert {(entry.new, entry.digest, entry.case_id) for entry in entries} == {
        (None, None, revision.case_id)
    }
    assert list(verify()) == []


@pytest.mark.parametrize("days", [1, 100], ids=["into the next row's", "into new ones"])
def test_keys_cannot_be_changed_however_many_at_once(days: int) -> None:
    for day in (3, 2, 1):
        CalendarDay.objects.create(date=dt.date(2024, 10, day), is_working=False)

    with pytest.raises(IntegrityError, match="key of a row"), transaction.atomic():
        _run("UPDATE registry_calendarday SET date = date + %s", days)


def test_changed_rows_are_never_brought_together_by_a_nested_loop() -> None:
    # A session keeps the plan it made for a single row: a list would be gone through once a row.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE tgoldtable IS NOT NULL AND tgnewtable IS NOT NULL"
            " AND coalesce(array_to_string(proconfig, ' '), '') NOT LIKE '%enable_nestloop=off%'"
        )
        assert cursor.fetchall() == []
