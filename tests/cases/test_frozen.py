"""What the database itself refuses, whoever asks: frozen rows and the audit trail, by raw SQL."""

import pghistory.models
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from apps.accounts.models import Role
from apps.audit.coverage import TRIGGERS
from apps.cases.domain.findings import explain
from apps.cases.domain.records import add_records, remove_record, restore_record, save_record
from apps.cases.kinds import kinds, record_kinds
from apps.cases.models import Record, Revision, State
from tests import factories
from tests.cases.support import database_digest
from tests.districts.lists import support as lists

pytestmark = pytest.mark.django_db

AWARDS = record_kinds["awards"]
# What the triggers and constraints say; an error in the test's own SQL says something else.
REFUSALS = "pgtrigger: Cannot|cannot|violates|duplicate key"
WRITABLE = {"draft", "returned"}
KIND_OF = {
    code: next(k.code for k in kinds.values() if record_kinds[code] in k.records)
    for code in record_kinds
}


def _statement():
    """Return what a district says of a row of the city's lists, in its return."""
    lists.roster(1)
    (said,) = lists.confirm_all(lists.draft())
    return said


def _refused(sql, *params):
    """Run ``sql``, which the database must refuse, and prove that nothing changed."""
    before = database_digest()
    refused = pytest.raises(DatabaseError, match=REFUSALS)
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    assert database_digest() == before


def _done(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def _copy_sql(model, **changed):
    """Return SQL that inserts a copy of one row, with some columns changed."""
    columns = [f.column for f in model._meta.concrete_fields if not f.primary_key]
    values = [changed.get(column, f'"{column}"') for column in columns]
    table, names = model._meta.db_table, ", ".join(f'"{c}"' for c in columns)
    return (
        f'INSERT INTO "{table}" ({names}) SELECT {", ".join(values)} FROM "{table}" WHERE id = %s'
    )


@pytest.mark.parametrize("code", sorted(record_kinds))
def test_rows_of_a_reported_case_cannot_be_written(code):
    if code == "list-statements":
        revision = factories.advance(_statement().revision, "submitted")
    else:
        revision = factories.submitted_case(KIND_OF[code])
    row = factories.records_of(revision, code)[0]
    table = row._meta.db_table

    _refused(f"UPDATE {table} SET position = 99 WHERE id = %s", row.pk)
    _refused(f"DELETE FROM {table} WHERE id = %s", row.pk)
    _refused(_copy_sql(type(row), uid="gen_random_uuid()"), row.pk)


def test_no_setting_of_a_session_switches_a_guard_off():
    row = factories.records_of(factories.submitted_case("awards"))[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(tgname, ',') FROM pg_trigger WHERE tgname LIKE 'pgtrigger%'"
        )
        cursor.execute(f"SET LOCAL pgtrigger.ignore = '{{{cursor.fetchone()[0]}}}'")

    _refused("UPDATE awards_award SET position = 99 WHERE id = %s", row.pk)
    _refused("DELETE FROM awards_award WHERE id = %s", row.pk)
    _refused(_copy_sql(type(row), uid="gen_random_uuid()"), row.pk)


@pytest.mark.parametrize("state", sorted(set(State) - WRITABLE))
def test_rows_and_mentions_are_frozen_in_every_state_but_two(state):
    kind_code = "district-returns" if state == "checking" else "awards"
    with factories.kind_with_notice(kind_code):
        revision = factories.case_in(state, kind_code)
    row = factories.records_of(revision)[0]
    table = row._meta.db_table

    _refused(f"UPDATE {table} SET position = 99 WHERE id = %s", row.pk)
    _refused(f"DELETE FROM {table} WHERE id = %s", row.pk)
    _refused(_copy_sql(type(row), uid="gen_random_uuid()"), row.pk)
    if mention := revision.mentions.first():
        _refused("UPDATE cases_mention SET position = 9 WHERE id = %s", mention.pk)
        _refused("DELETE FROM cases_mention WHERE id = %s", mention.pk)
        _refused(_copy_sql(type(mention), position="position + 9"), mention.pk)


@pytest.mark.parametrize("state", sorted(WRITABLE))
def test_rows_and_mentions_are_open_in_the_two_states(state):
    revision = factories.case_in(state)
    row, mention = factories.records_of(revision)[0], revision.mentions.first()

    assert _done("UPDATE awards_award SET position = 99 WHERE id = %s", row.pk) == 1
    assert _done("UPDATE cases_mention SET position = 9 WHERE id = %s", mention.pk) == 1
    assert _done("DELETE FROM cases_mention WHERE id = %s", mention.pk) == 1
    assert _done("DELETE FROM awards_award WHERE id = %s", row.pk) == 1


def test_row_cannot_move_to_another_revision():
    one, other = factories.open_award_list(), factories.open_award_list()
    row, mention = factories.records_of(one)[0], one.mentions.first()

    _refused("UPDATE awards_award SET revision_id = %s WHERE id = %s", other.pk, row.pk)
    _refused("UPDATE cases_mention SET revision_id = %s WHERE id = %s", other.pk, mention.pk)


def test_published_row_cannot_move_to_a_draft():
    published, draft = factories.published_case(), factories.open_award_list()
    row = factories.records_of(published)[0]

    _refused("UPDATE awards_award SET revision_id = %s WHERE id = %s", draft.pk, row.pk)


def _trail():
    """Return one row of every append-only table, made by a real life of a case."""
    revision = factories.reviewing_case()
    item = factories.raise_item(revision)
    revision = factories.take("return", revision)
    explain(factories.staff(Role.CITY_EDITOR), item.pk, "与原文一致，不改。")
    factories.published_case("awards")
    tables = ["cases_event", "cases_remark", "cases_release", "cases_releaseitem"]
    for year, (code, kind_code) in enumerate(KIND_OF.items(), start=2030):
        if code == "list-statements":
            _statement()
        elif code != "awards":
            factories.open_new(kind_code, year=year)
        tables.append(record_kinds[code].model.pgh_event_model._meta.db_table)
    return tables


def test_every_event_table_is_among_the_tested():
    event_models = {
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, pghistory.models.Event) and model._meta.app_label != "pghistory"
    }

    assert event_models == {
        kind.model.pgh_event_model._meta.db_table for kind in record_kinds.values()
    }


def test_audit_trail_cannot_be_changed_or_deleted():
    for table in _trail():
        key = "pgh_id" if table.endswith("event") and table != "cases_event" else "id"
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT max({key}) FROM "{table}"')
            (pk,) = cursor.fetchone()
        assert pk is not None, table
        _refused(f'UPDATE "{table}" SET {key} = {key} WHERE {key} = %s', pk)
        _refused(f'DELETE FROM "{table}" WHERE {key} = %s', pk)
        _refused(f'DELETE FROM "{table}"')


MAY_CHANGE = {"state", "version", "superseded_at", "withdrawn_at"}
OTHER_VALUE = {
    "CharField": "'x'",
    "TextField": "'x'",
    "DateTimeField": "now() + interval '1 day'",
    "PositiveIntegerField": "9",
    "PositiveSmallIntegerField": "9",
}


@pytest.mark.parametrize("state", ["published", "superseded", "withdrawn"])
def test_ended_revision_keeps_every_column(state):
    revision = factories.case_in(state)
    stranger = factories.person(Role.AUDITOR)
    other = factories.open_award_list()
    relations = {"User": stranger.pk, "Case": other.case_id, "Revision": other.pk}

    for field in Revision._meta.concrete_fields:
        if field.name in MAY_CHANGE or field.primary_key:
            continue
        value = (
            relations[field.related_model.__name__]
            if field.is_relation
            else OTHER_VALUE[field.get_internal_type()]
        )
        _refused(f"UPDATE cases_revision SET {field.column} = {value} WHERE id = %s", revision.pk)


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("published", "state = 'draft'"),
        ("published", "state = 'returned'"),
        ("published", "superseded_at = now()"),
        ("published", "withdrawn_at = now()"),
        ("superseded", "state = 'published'"),
        ("superseded", "state = 'draft'"),
        ("superseded", "state = 'withdrawn'"),
        ("superseded", "superseded_at = now() + interval '1 day'"),
        ("superseded", "withdrawn_at = now()"),
        ("withdrawn", "state = 'published'"),
        ("withdrawn", "state = 'superseded'"),
        ("withdrawn", "withdrawn_at = NULL"),
    ],
)
def test_ended_revision_has_no_way_back(state, change):
    revision = factories.case_in(state)

    _refused(f"UPDATE cases_revision SET {change} WHERE id = %s", revision.pk)


@pytest.mark.parametrize(
    "state", ["checking", "submitted", "reviewing", "returned", "approved", "published"]
)
def test_reported_revision_cannot_be_deleted(state):
    revision = factories.case_in(state, "district-returns")

    _refused("DELETE FROM cases_revision WHERE id = %s", revision.pk)


def test_recalled_revision_cannot_be_deleted():
    revision = factories.take("recall", factories.submitted_case())

    _refused("DELETE FROM cases_revision WHERE id = %s", revision.pk)


def test_identity_of_case_and_revision_cannot_change():
    revision, other = factories.open_award_list(), factories.open_award_list()

    _refused("UPDATE cases_revision SET number = 2 WHERE id = %s", revision.pk)
    _refused(
        "UPDATE cases_revision SET case_id = %s, number = 7 WHERE id = %s",
        other.case_id,
        revision.pk,
    )
    for change in ("kind = 'policies'", "year = 2022", "subject = 'x'", "bureau_id = -1"):
        _refused(f"UPDATE cases_case SET {change} WHERE id = %s", revision.case_id)


@pytest.mark.parametrize(
    "change",
    [
        "published_by_id = approved_by_id",
        "approved_by_id = submitted_by_id",
        "handed_over_by_id = submitted_by_id",
        "state = 'published'",
        "state = 'published', published_at = now(), approved_hash = ''",
    ],
)
def test_duties_stay_apart_in_the_database_too(change):
    revision = factories.approved_case("district-returns")

    _refused(f"UPDATE cases_revision SET {change} WHERE id = %s", revision.pk)


def test_case_has_one_open_and_one_published_revision():
    published = factories.published_case()
    successor = factories.successor_of(published)

    _refused(_copy_sql(Revision, number="9"), successor.pk)
    _refused(_copy_sql(Revision, number="9"), published.pk)


# Every write of a row has its history in the same transaction


def _history(revision, kind=AWARDS):
    return list(
        kind.model.pgh_event_model.objects.filter(revision_id=revision.pk)
        .order_by("pgh_id")
        .values_list("pgh_label", "uid", "title", "version", "updated_by_id")
    )


def test_every_write_of_a_row_is_kept():
    revision = factories.open_award_list(rows=0)
    first, second = factories.person(Role.CITY_EDITOR), factories.person(Role.CITY_EDITOR)

    row = save_record(first, revision.pk, AWARDS, factories.award_values(title="甲"))
    save_record(second, revision.pk, AWARDS, {"title": "乙"}, uid=row.uid, version=1)
    remove_record(first, revision.pk, AWARDS, row.uid)
    restore_record(second, revision.pk, AWARDS, row.uid)
    add_records(first, revision.pk, AWARDS, [factories.award_values(title="丙")])

    added = factories.records_of(revision)[-1]
    assert _history(revision) == [
        ("insert", row.uid, "甲", 1, first.pk),
        ("update", row.uid, "乙", 2, second.pk),
        ("delete", row.uid, "乙", 2, second.pk),
        ("insert", row.uid, "乙", 3, second.pk),
        ("insert", added.uid, "丙", 1, first.pk),
    ]


def test_history_names_the_person_in_its_context():
    revision = factories.open_award_list(rows=1)
    (row,) = factories.records_of(revision)
    editor, other = factories.staff(Role.CITY_EDITOR), factories.person(Role.CITY_EDITOR)

    remove_record(other, revision.pk, AWARDS, row.uid)

    contexts = [
        event.pgh_context.metadata
        for event in AWARDS.model.pgh_event_model.objects.filter(uid=row.uid).order_by("pgh_id")
    ]
    assert contexts == [{"user": editor.pk}, {"user": other.pk, "removed_by": other.pk}]


def test_write_that_is_rolled_back_leaves_no_history():
    revision = factories.open_award_list(rows=1)
    before = database_digest()

    with transaction.atomic():
        factories.change_first_row(revision)
        transaction.set_rollback(True)

    assert database_digest() == before


def test_raw_write_is_kept_too():
    revision = factories.open_award_list(rows=1)
    (row,) = factories.records_of(revision)

    _done("UPDATE awards_award SET title = '手改' WHERE id = %s", row.pk)

    assert [(label, title) for label, _uid, title, *_ in _history(revision)] == [
        ("insert", row.title),
        ("update", "手改"),
    ]


def test_copied_rows_keep_their_saver_in_the_successors_history():
    published = factories.published_case(rows=2)
    editor = factories.staff(Role.CITY_EDITOR)

    successor = factories.successor_of(published)

    assert [(label, saver) for label, *_, saver in _history(successor)] == [
        ("insert", editor.pk),
        ("insert", editor.pk),
    ]


@pytest.mark.parametrize("model", [m for m in apps.get_models() if issubclass(m, Record)])
def test_every_record_model_is_guarded_and_tracked(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
            [model._meta.db_table],
        )
        names = {name for (name,) in cursor.fetchall()}

    own = {name.removeprefix("pgtrigger_").rsplit("_", 1)[0] for name in names if "pgt" in name}
    assert own == {
        "writable_revision_insert",
        "writable_revision_update",
        "writable_revision_delete",
        "list_place",
        "list_place_is_right",
        "insert_insert",
        "update_update",
        "delete_delete",
    }
    assert {name for name in names if "pgt" not in name} == set(TRIGGERS)
