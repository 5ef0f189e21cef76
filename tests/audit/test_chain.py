"""The chain: what is written in it, that nothing gets past it, that nothing in it changes."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from apps.accounts.models import Role
from apps.audit.coverage import (
    NOT_COVERED,
    columns_of_tables,
    cover,
    covered_tables,
    installed,
)
from apps.audit.models import Act, Entry
from apps.audit.verification import verify
from apps.cases.domain.records import save_record
from apps.cases.kinds import record_kinds
from apps.cases.models import Event, State
from apps.registry.models import CalendarDay
from tests import factories
from tests.cases.support import at_once, names_of

pytestmark = pytest.mark.django_db

AWARDS = record_kinds["awards"]


def faults() -> list[str]:
    """Return what the verification finds, in words."""
    return [str(fault) for fault in verify()]


def sql(statement: str, *values: object) -> None:
    """Run SQL as the application could."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def as_owner(statement: str, *values: object) -> None:
    """Run SQL as the owner of the database can: with every trigger switched off."""
    sql("SET LOCAL session_replication_role = replica")
    sql(statement, *values)
    sql("SET LOCAL session_replication_role = origin")


def test_change_of_a_row_is_an_entry_with_what_was_before_and_after() -> None:
    revision = factories.open_award_list(rows=1)
    editor = factories.filler_of(revision)
    (row,) = factories.records_of(revision)

    save_record(editor, revision.pk, AWARDS, {"grade": "二等奖"}, uid=row.uid, version=1)

    entry = Entry.objects.filter(kind="row").latest("id")
    assert (entry.table_name, entry.row_id, entry.operation) == ("awards_award", str(row.pk), "U")
    assert (entry.old["grade"], entry.new["grade"]) == ("一等奖", "二等奖")
    assert set(entry.new) == {"grade", "version", "updated_at"}
    assert (entry.person, entry.case_id, entry.row_uid) == (editor, revision.case_id, row.uid)


def test_step_is_an_entry_of_its_person_and_its_case() -> None:
    revision = factories.case_in(State.REVIEWING)

    entry = Entry.objects.filter(kind="step").latest("id")

    event = Event.objects.filter(revision=revision).latest("pk")
    assert (entry.row_id, entry.person_id, entry.case_id) == (
        str(event.pk),
        event.actor_id,
        revision.case_id,
    )
    assert entry.new["transition"] == "accept"


def test_digits_that_only_print_differently_are_a_change() -> None:
    revision = factories.open_return(rows=1)
    row = factories.records_of(revision)[0]

    sql(
        "UPDATE districts_indicatorvalue SET value = value::text::numeric(24,4) WHERE id = %s",
        row.pk,
    )

    assert Entry.objects.filter(table_name="districts_indicatorvalue", operation="U").count() == 1
    assert faults() == []


def test_password_is_hashed_but_not_kept() -> None:
    person = factories.person(Role.AUDITOR)
    person.set_password("另一个-Password-7")
    person.save()

    entries = Entry.objects.filter(table_name="accounts_user", row_id=str(person.pk))

    assert [entry.operation for entry in entries.order_by("id")] == ["I", "U"]
    assert all("password" not in {**(e.old or {}), **(e.new or {})} for e in entries)
    as_owner("UPDATE accounts_user SET password = 'x' WHERE id = %s", person.pk)
    assert len(faults()) == 1


def test_column_without_meaning_is_no_entry() -> None:
    person = factories.person(Role.AUDITOR)
    before = Entry.objects.count()

    person.last_login = timezone.now()
    person.save(update_fields=["last_login"])

    assert Entry.objects.count() == before
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_acts_are_numbered_and_chained_without_a_gap_when_many_write_at_once() -> None:
    revisions = [factories.open_award_list(rows=1) for _ in range(10)]
    jobs = [
        lambda revision=revision: factories.change_first_row(revision) for revision in revisions
    ]
    before = Act.objects.count()

    outcomes = at_once(jobs)

    assert names_of(outcomes) == {"": 10}
    acts = list(Act.objects.order_by("sequence"))
    assert [act.sequence for act in acts] == list(range(1, before + 11))
    assert [act.previous for act in acts] == [None, *(act.hash for act in acts[:-1])]
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_act() -> None:
    with transaction.atomic():
        CalendarDay.objects.create(date="2024-10-01", is_working=False)
        transaction.set_rollback(True)
    with transaction.atomic():
        with transaction.atomic():
            CalendarDay.objects.create(date="2024-10-02", is_working=False)
            transaction.set_rollback(True)
        CalendarDay.objects.create(date="2024-10-03", is_working=False)

    assert list(Act.objects.values_list("sequence", "entries")) == [(1, 1)]
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_verification_is_clean_while_others_write() -> None:
    revisions = [factories.open_award_list(rows=1) for _ in range(4)]

    def write(revision):
        for _ in range(5):
            factories.change_first_row(revision)

    outcomes = at_once([*(lambda r=r: write(r) for r in revisions), *([faults] * 4)])

    assert names_of(outcomes) == {"": 8}
    assert [value for _name, value in outcomes[4:]] == [[]] * 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET at = at + interval '1 day'",
        "DELETE FROM audit_entry",
        "UPDATE audit_act SET at = at + interval '1 day'",
        "UPDATE audit_act SET sequence = sequence + 1",
        "DELETE FROM audit_act",
        "INSERT INTO audit_act (at) VALUES (now())",
        "INSERT INTO audit_entry SELECT * FROM audit_entry LIMIT 1",
        "TRUNCATE audit_entry",
        "TRUNCATE audit_act",
        "TRUNCATE cases_event CASCADE",
        "TRUNCATE awards_awardevent",
        "UPDATE awards_award SET id = id + 1000",
    ],
)
def test_database_refuses_to_write_past_the_audit(statement: str) -> None:
    factories.open_award_list()
    connection.check_constraints()

    refused = pytest.raises(DatabaseError, match=r"sealed|Cannot|cannot|triggers only|violates")
    with refused, transaction.atomic():
        sql(statement)


def test_write_fails_if_its_audit_fails() -> None:
    sql(
        "ALTER TABLE audit_entry ADD CONSTRAINT full_disk CHECK (table_name <> 'registry_calendarday')"
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(date="2024-10-01", is_working=False)

    assert not CalendarDay.objects.exists()


def test_every_table_of_the_project_is_covered_or_says_why_not() -> None:
    with connection.cursor() as cursor:
        present = installed(cursor)
        columns = columns_of_tables(cursor)

    assert {c.table: (c.arguments(columns[c.table]), True) for c in covered_tables()} == {
        table: found for table, found in present.items() if table not in NOT_COVERED
    }
    assert all(NOT_COVERED.values())


def test_rows_that_were_there_before_are_taken_over() -> None:
    sql("DROP TRIGGER audit_write_added ON registry_calendarday")
    CalendarDay.objects.create(date="2024-10-01", is_working=False)
    assert len(faults()) == 2

    cover(connection)
    cover(connection)

    (entry,) = Entry.objects.filter(table_name="registry_calendarday")
    assert (entry.operation, entry.row_id) == ("T", "2024-10-01")
    assert faults() == []


def test_new_column_is_taken_over_and_an_altered_row_stays_altered() -> None:
    for day in (1, 2):
        CalendarDay.objects.create(date=dt.date(2024, 10, day), is_working=False)
    connection.check_constraints()
    as_owner("UPDATE registry_calendarday SET is_working = true WHERE date = '2024-10-02'")
    sql("ALTER TABLE registry_calendarday ADD COLUMN remark text NOT NULL DEFAULT ''")
    before = {fault.table for fault in verify()}

    cover(connection)

    taken_over = Entry.objects.filter(operation="T").values_list("table_name", "row_id")
    assert before == {"registry_calendarday"}
    assert list(taken_over) == [("registry_calendarday", "2024-10-01")]
    assert [(fault.table, fault.row) for fault in verify()] == [
        ("registry_calendarday", "2024-10-02")
    ]


def test_dropped_column_is_taken_over() -> None:
    CalendarDay.objects.create(date=dt.date(2024, 10, 1), is_working=False)
    connection.check_constraints()
    sql("ALTER TABLE registry_calendarday DROP COLUMN name")

    cover(connection)

    assert faults() == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE cases_event DISABLE TRIGGER audit_write_changed",
        "ALTER TABLE cases_event DISABLE TRIGGER audit_write_removed",
        "ALTER TABLE cases_event DISABLE TRIGGER audit_write_added",
        "ALTER TABLE cases_event DISABLE TRIGGER audit_no_truncate",
        "ALTER TABLE cases_event DISABLE TRIGGER USER",
        "DROP TRIGGER audit_write_changed ON cases_event",
        "DROP TRIGGER audit_write_removed ON cases_event",
        "DROP TRIGGER audit_write_added ON cases_event",
        "ALTER TABLE audit_act DISABLE TRIGGER audit_seal",
    ],
)
def test_trigger_that_is_switched_off_is_a_fault(statement: str) -> None:
    connection.check_constraints()
    sql(statement)

    assert {fault.table for fault in verify()} == {
        statement.split()[-1] if "DROP" in statement else statement.split()[2]
    }
