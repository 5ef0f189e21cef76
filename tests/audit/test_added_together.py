"""Many rows added by one statement: one entry that names each, and none of them gets past."""

import hashlib
import json
from collections.abc import Sequence

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import translation

from apps.accounts.models import Role
from apps.audit.coverage import cover
from apps.audit.models import AddedRows, Entry
from apps.audit.verification import verify
from apps.cases.domain.bulk import add_rows
from apps.cases.domain.records import remove_record
from apps.cases.models import Mention, Revision
from apps.enterprises.models import RosterEntry
from apps.registry.domain import names_for
from apps.registry.models import CalendarDay
from tests import factories
from tests.audit.test_chain import as_owner, faults, sql

pytestmark = pytest.mark.django_db

ROWS = "enterprises_rosterentry"
HISTORY = "enterprises_rosterentryevent"
MENTIONS = "cases_mention"


@pytest.fixture(autouse=True)
def in_english() -> None:
    """Read every sentence in English."""
    translation.activate("en")


def roster(rows: int = 60) -> Revision:
    """Return a roster in draft whose rows came at once."""
    revision = factories.open_list("roster-entries", rows=0)
    kind = revision.case.kind_spec.records[0]
    filler = factories.filler_of(revision)
    add_rows(filler, revision.pk, kind, map(factories.roster_entry_values, range(rows)))
    return revision


def entries(table: str) -> Sequence[Entry]:
    return list(Entry.objects.filter(table_name=table, operation="A").order_by("pk"))


def test_rows_added_at_once_are_one_entry_with_the_digest_of_each() -> None:
    revision = roster()

    (entry,) = entries(ROWS)
    assert (entry.case_id, entry.person_id) == (revision.case_id, factories.filler_of(revision).pk)
    assert (entry.kind, entry.row_id, entry.old, entry.new) == ("row", "", None, None)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'UTC'")
        cursor.execute(
            "SELECT id::text, to_jsonb(t) - ARRAY['search_text', 'search_index']"
            " FROM enterprises_rosterentry t ORDER BY id"
        )
        rows = dict(cursor.fetchall())
        cursor.execute(
            "SELECT id::text, sha256(convert_to((to_jsonb(t)"
            " - ARRAY['search_text', 'search_index'])::text, 'UTF8'))"
            " FROM enterprises_rosterentry t ORDER BY id"
        )
        digests = {key: bytes(digest) for key, digest in cursor.fetchall()}
    many = entry.added_rows
    assert dict(zip(many.row_ids, map(bytes, many.digests), strict=True)) == digests
    assert len(rows) == 60
    # As docs/canonical.md defines it.
    said = json.dumps([many.row_ids, [f"\\x{bytes(one).hex()}" for one in many.digests]])
    assert bytes(entry.digest) == hashlib.sha256(said.encode()).digest()
    for table in (HISTORY, MENTIONS):
        (hidden,) = entries(table)
        assert (hidden.kind, hidden.case_id, hidden.person_id) == ("", None, None)
        assert len(hidden.added_rows.row_ids) == 60
    assert faults() == []


@pytest.mark.parametrize("table", [ROWS, HISTORY, MENTIONS])
@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE {0} SET position = position + 1 WHERE {1} = %s", "altered"),
        ("DELETE FROM {0} WHERE {1} = %s", "deleted"),
    ],
    ids=["altered", "deleted"],
)
def test_row_of_many_is_named_where_it_was_touched(table: str, statement: str, what: str) -> None:
    roster()
    (entry,) = entries(table)
    row = entry.added_rows.row_ids[7]
    key = "pgh_id" if table == HISTORY else "id"

    as_owner(statement.format(table, key), int(row))

    assert [fault for fault in faults() if fault.startswith(f"{table} ")] == [
        f"{table} {row}: The row was {what} after act {entry.act_id}, the last to write it."
        if what == "altered"
        else f"{table} {row}: The row was deleted; act {entry.act_id} was the last to write it."
    ]


def test_row_inserted_beside_many_is_found() -> None:
    revision = roster()

    as_owner(
        "INSERT INTO cases_mention (revision_id, record_kind, record_uid, field, position, name_id)"
        " SELECT revision_id, record_kind, gen_random_uuid(), field, position, name_id"
        " FROM cases_mention WHERE revision_id = %s LIMIT 1",
        revision.pk,
    )

    last = Mention.objects.order_by("-pk").first()
    assert last is not None
    assert faults() == [f"cases_mention {last.pk}: The row was inserted past the audit."]


def test_what_becomes_of_a_row_of_many_is_its_own_entry() -> None:
    revision = roster()
    first, *_, last = factories.records_of(revision)
    factories.change_first_row(revision)
    kind = revision.case.kind_spec.records[0]
    remove_record(factories.filler_of(revision), revision.pk, kind, last.uid)

    own = Entry.objects.filter(table_name=ROWS).exclude(operation="A").order_by("pk")
    assert [(entry.row_id, entry.operation) for entry in own] == [
        (str(first.pk), "U"),
        (str(last.pk), "D"),
    ]
    assert faults() == []

    as_owner(f"UPDATE {ROWS} SET version = 1 WHERE id = %s", first.pk)
    assert [fault.split(":")[0] for fault in faults()] == [f"{ROWS} {first.pk}"]


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE audit_addedrows SET row_ids = row_ids || '1'::text", "audit_entry"),
        ("UPDATE audit_addedrows SET row_ids = row_ids || NULL::text", "audit_entry"),
        ("UPDATE audit_addedrows SET digests = digests || NULL::bytea", "audit_entry"),
        ("UPDATE audit_addedrows SET digests[1] = digests[2]", "audit_entry"),
        ("DELETE FROM audit_addedrows", "audit_entry"),
        ("UPDATE audit_addedrows SET entry_id = entry_id + 1000000", "audit_addedrows"),
        (
            "INSERT INTO audit_addedrows SELECT min(id), '{}', '{}' FROM audit_entry",
            "audit_entry",
        ),
        ("UPDATE audit_entry SET digest = NULL WHERE operation = 'A'", "audit_entry"),
        ("UPDATE audit_entry SET operation = 'I' WHERE operation = 'A'", "audit_entry"),
        ("DELETE FROM audit_entry WHERE operation = 'A'", "audit_addedrows"),
    ],
)
def test_entry_of_many_rows_cannot_be_altered_unseen(statement: str, table: str) -> None:
    roster()

    as_owner(statement)

    assert any(fault.startswith(f"{table} ") for fault in faults())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_addedrows SET row_ids = '{}'",
        "DELETE FROM audit_addedrows",
        "INSERT INTO audit_addedrows VALUES (1, '{}', '{}')",
        "TRUNCATE audit_addedrows",
    ],
)
def test_database_refuses_to_write_the_rows_of_an_entry(statement: str) -> None:
    roster()

    # The library that writes the guard against UPDATE and DELETE raises what is no constraint.
    with pytest.raises(Exception, match=r"audit|Cannot"), transaction.atomic():
        sql(statement)


def test_few_rows_have_an_entry_each_and_so_has_what_keeps_no_history() -> None:
    roster(49)
    CalendarDay.objects.bulk_create(
        CalendarDay(date=f"2024-{month:02}-{day:02}", is_working=False)
        for month in (1, 3)
        for day in range(1, 31)
    )

    assert not AddedRows.objects.exists()
    assert Entry.objects.filter(table_name=ROWS).count() == 49
    assert Entry.objects.filter(table_name="registry_calendarday").count() == 60


def test_entry_is_of_two_thousand_rows_at_most() -> None:
    revision = factories.open_list("roster-entries", rows=0)
    name = names_for(["甲单位"])["甲单位"]

    sql(
        "INSERT INTO cases_mention (revision_id, record_kind, record_uid, field, position, name_id)"
        " SELECT %s, 'roster-entries', gen_random_uuid(), 'organisation', 0, %s"
        " FROM generate_series(1, 4500)",
        revision.pk,
        name.pk,
    )

    assert sum(len(entry.added_rows.row_ids) for entry in entries(MENTIONS)) == 4500
    assert max(len(entry.added_rows.row_ids) for entry in entries(MENTIONS)) == 2000
    assert faults() == []


def test_rows_of_many_are_taken_over_only_when_their_table_changes() -> None:
    roster()
    connection.check_constraints()
    sql(f"DROP TRIGGER audit_write_added ON {ROWS}")
    cover(connection)
    assert not Entry.objects.filter(operation="T", table_name=ROWS).exists()

    altered = RosterEntry.objects.order_by("pk")[3]
    as_owner(f"UPDATE {ROWS} SET roster = 'x' WHERE id = %s", altered.pk)
    sql(f"ALTER TABLE {ROWS} ADD COLUMN note text NOT NULL DEFAULT ''")
    cover(connection)

    taken = Entry.objects.filter(operation="T", table_name=ROWS)
    assert taken.count() == 59
    found = [fault.split(":")[0] for fault in map(str, verify())]
    assert f"{ROWS} {altered.pk}" in found


def test_auditor_finds_a_figure_among_many_and_reads_how_many_they_were(client: Client) -> None:
    client.force_login(factories.staff(Role.AUDITOR))
    client.cookies["django_language"] = "en"
    revision = factories.open_return(rows=60)
    other = factories.open_return(factories.district("cixi"), rows=1)
    figure = factories.records_of(revision)[30]

    def shown(**questions: object) -> list[str]:
        page = client.get("/desk/audit/", questions)
        return [
            f"{line.entry.get_operation_display()} {line.text} {line.url}"
            for line in page.context["lines"]
        ]

    code = figure.indicator.code
    assert shown(indicator=code, district="beilun", year=2023) == ["added together rows:  → 60 "]
    assert not any("together" in line for line in shown(kind="row", case=other.case_id))
    assert "added together" in client.get("/desk/audit/", {"kind": "row"}).content.decode()


def test_keys_of_rows_are_unique_where_many_are_added() -> None:
    roster()
    (entry,) = entries(ROWS)

    with pytest.raises(IntegrityError, match="key of a row"), transaction.atomic():
        sql(f"UPDATE {ROWS} SET id = id + 1000 WHERE id = %s", int(entry.added_rows.row_ids[0]))
