"""The guards look at all rows of a statement: one forbidden row takes back the whole of it."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from apps.cases.models import Record, State
from tests import factories
from tests.cases.support import database_digest

pytestmark = pytest.mark.django_db

COLUMNS = (
    "uid, position, sounds, version, flags, updated_at, updated_by_id, roster, year, rank, title,"
    " organisation, certificate_number, credit_code, revision_id, list_place"
)


def _run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def _refused(match, statement, *values):
    before = database_digest()
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        _run(statement, *values)
    assert database_digest() == before


@pytest.fixture
def rows():
    """Return the rows of a list that is open and of one that is reported."""
    reported = factories.submitted_case("roster-entries", 3)
    return factories.records_of(factories.open_list("roster-entries", 3)), factories.records_of(
        reported
    )


@pytest.mark.parametrize("code", ["open", "reported"])
def test_statement_over_both_is_taken_back_for_the_sake_of_one_row(rows, code):
    opened, reported = rows
    keys = [*(row.pk for row in opened), reported[0].pk]
    if code == "open":
        keys = [*(row.pk for row in reported), opened[0].pk]

    _refused(
        "cannot be written",
        "UPDATE enterprises_rosterentry SET title = 'x' WHERE id = ANY(%s)",
        keys,
    )
    _refused("cannot be written", "DELETE FROM enterprises_rosterentry WHERE id = ANY(%s)", keys)
    _refused("cannot be written", "DELETE FROM cases_mention WHERE record_uid IS NOT NULL")
    _refused("cannot be written", "UPDATE cases_mention SET position = position + 100")


def _copies(changed, place="0"):
    return (
        f"INSERT INTO enterprises_rosterentry ({COLUMNS}) SELECT"
        f" {COLUMNS.replace('uid', 'gen_random_uuid()', 1).replace('revision_id', changed).replace('list_place', place)}"
        " FROM enterprises_rosterentry WHERE id = ANY(%s)"
    )


def test_rows_cannot_be_added_to_a_reported_list_among_others(rows):
    opened, reported = rows
    keys = [*(row.pk for row in opened), reported[0].pk]

    _refused("cannot be written", _copies("revision_id"), keys)
    assert _run(_copies("revision_id"), keys[:-1]) == 3


def test_rows_of_two_drafts_cannot_change_places(rows):
    one = rows[0][0]
    other = factories.records_of(factories.open_list("roster-entries", 1))[0]

    _refused(
        "cannot move",
        "UPDATE enterprises_rosterentry SET revision_id = CASE revision_id WHEN %s THEN %s::bigint"
        " ELSE %s END WHERE id = ANY(%s)",
        one.revision_id,
        other.revision_id,
        one.revision_id,
        [one.pk, other.pk],
    )


def test_statement_that_closes_a_revision_cannot_write_in_it(rows):
    row = rows[0][0]

    _refused(
        "cannot be written|violates",
        "WITH closed AS (UPDATE cases_revision SET state = 'submitted' WHERE id = %s)"
        " UPDATE enterprises_rosterentry SET title = 'x' WHERE id = %s",
        row.revision_id,
        row.pk,
    )


def test_row_cannot_take_the_place_of_another_list(rows):
    opened, _reported = rows
    keys = [row.pk for row in opened]

    _refused("place of a list", _copies("revision_id", "1"), keys)
    _refused("place of a list", _copies("revision_id", "list_place + 1"), keys)
    assert _run(_copies("revision_id", "list_place"), keys) == 3


def test_case_says_the_place_that_the_database_writes(rows):
    row = type(rows[0][0]).objects.select_related("revision__case").get(pk=rows[0][0].pk)

    assert row.list_place == row.revision.case.list_place


@pytest.mark.parametrize("state", sorted(set(State) - {"draft", "returned", "checking"}))
def test_guards_hold_in_every_other_state(state):
    with factories.kind_with_notice("roster-entries"):
        revision = factories.case_in(state, "roster-entries")
    row = factories.records_of(revision)[0]

    _refused("cannot", "UPDATE enterprises_rosterentry SET title = 'x' WHERE id = %s", row.pk)
    _refused("cannot", "DELETE FROM enterprises_rosterentry WHERE id = %s", row.pk)
    _refused("cannot", _copies("revision_id"), [row.pk])


def test_no_trigger_runs_before_rows_are_changed():
    # With one, PostgreSQL computes the columns of the search anew at every UPDATE.
    tables = [m._meta.db_table for m in apps.get_models() if issubclass(m, Record)]
    with connection.cursor() as cursor:
        cursor.execute(
            # Bits of tgtype: 1 for each row, 2 before, 16 at UPDATE.
            "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE relname = ANY(%s) AND NOT tgisinternal AND tgtype & 19 = 19",
            [tables],
        )
        assert cursor.fetchall() == []
