"""Writing rows: what is stored, what is refused, what stays as it was."""

import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Role
from apps.awards.models import Award
from apps.cases.domain.records import (
    STEP,
    add_records,
    remove_record,
    restore_record,
    save_record,
)
from apps.cases.errors import Invalid, Locked, NotAllowed, Refused, StaleRecord
from apps.cases.kinds import record_kinds
from apps.cases.models import Mention, Revision
from apps.gazette.models import ChronicleEntry
from tests import factories
from tests.cases.support import database_digest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

AWARDS, POLICIES = record_kinds["awards"], record_kinds["policies"]
EVENTS, FIGURES = record_kinds["events"], record_kinds["indicator-values"]


@pytest.fixture
def editor():
    return factories.staff(Role.CITY_EDITOR)


def _titles(revision):
    return [row.title for row in factories.records_of(revision)]


def _mentions(revision):
    return [
        (m.field, m.position, m.name.name)
        for m in Mention.objects.filter(revision=revision).select_related("name")
    ]


def test_new_row_stands_behind_the_others(editor):
    revision = factories.open_award_list(rows=2)

    row = save_record(editor, revision.pk, AWARDS, factories.award_values(3))

    assert (row.position, row.version, row.updated_by) == (3 * STEP, 1, editor)
    assert [r.position for r in factories.records_of(revision)] == [STEP, 2 * STEP, 3 * STEP]


def test_row_can_be_put_between_two(editor):
    revision = factories.open_award_list(rows=2)

    save_record(editor, revision.pk, AWARDS, factories.award_values(3, position=15, title="中"))

    assert _titles(revision)[1] == "中"


def test_save_of_a_part_leaves_the_rest(editor):
    revision = factories.open_award_list(rows=1)
    (row,) = factories.records_of(revision)
    colleague = factories.person(Role.CITY_EDITOR)

    saved = save_record(colleague, revision.pk, AWARDS, {"grade": "二等奖"}, uid=row.uid, version=1)

    row.refresh_from_db()
    assert (row.grade, row.title, row.version, row.updated_by) == (
        "二等奖",
        "高端装备关键技术及应用1",
        2,
        colleague,
    )
    assert (saved.pk, saved.uid, saved.updated_at) == (row.pk, row.uid, row.updated_at)


def test_save_that_changes_nothing_leaves_the_row_as_it_is():
    revision = factories.open_award_list(rows=1)
    (row,) = factories.records_of(revision)
    colleague = factories.person(Role.CITY_EDITOR)
    before = database_digest()

    saved = save_record(
        colleague, revision.pk, AWARDS, factories.award_values(1), uid=row.uid, version=1
    )

    assert saved.version == 1
    assert database_digest() == before


def test_save_with_other_digits_is_a_change():
    revision = factories.open_return(rows=[factories.figure_values(value=Decimal("58.8"))])
    (row,) = factories.records_of(revision)
    filler = factories.staff(Role.DISTRICT_FILLER)

    same = save_record(filler, revision.pk, FIGURES, {"value": Decimal("58.8")}, uid=row.uid)
    other = save_record(filler, revision.pk, FIGURES, {"value": Decimal("58.80")}, uid=row.uid)

    assert (same.version, other.version) == (1, 2)
    row.refresh_from_db()
    assert str(row.value) == "58.80"


def test_save_from_an_old_version_is_stale_and_keeps_both_values(editor):
    revision = factories.open_award_list(rows=1)
    (row,) = factories.records_of(revision)
    colleague = factories.person(Role.CITY_EDITOR, full_name="周敏")
    save_record(colleague, revision.pk, AWARDS, {"grade": "二等奖"}, uid=row.uid, version=1)
    before = database_digest()

    with pytest.raises(StaleRecord) as refusal:
        save_record(editor, revision.pk, AWARDS, {"grade": "三等奖"}, uid=row.uid, version=1)

    assert (refusal.value.current.grade, refusal.value.yours) == ("二等奖", {"grade": "三等奖"})
    assert str(refusal.value) == (
        "周敏 saved this row while you were working on it. Choose which values stand."
    )
    assert database_digest() == before


def test_save_of_what_somebody_else_just_saved_is_no_conflict(editor):
    revision = factories.open_award_list(rows=1)
    (row,) = factories.records_of(revision)
    colleague = factories.person(Role.CITY_EDITOR)
    save_record(colleague, revision.pk, AWARDS, {"grade": "二等奖"}, uid=row.uid, version=1)

    saved = save_record(editor, revision.pk, AWARDS, {"grade": "二等奖"}, uid=row.uid, version=1)

    assert (saved.version, saved.updated_by) == (2, colleague)


def test_save_with_several_faults_names_them_all(editor):
    revision = factories.open_award_list(rows=0)
    before = database_digest()

    with pytest.raises(Invalid) as refusal:
        save_record(
            editor,
            revision.pk,
            AWARDS,
            factories.award_values(title="", award_year="二〇二二", organisations=[]),
        )

    assert refusal.value.errors == {
        "title": ["This field cannot be blank."],
        "award_year": ["“二〇二二” value must be an integer."],
        "organisations": ["This field cannot be blank."],
    }
    assert refusal.value.row is None
    assert database_digest() == before


def test_save_of_an_event_that_ends_before_it_begins_is_invalid(editor):
    revision = factories.open_list("events", rows=0)
    values = factories.event_values(5, date_to=factories.event_values(1)["date_to"])

    with pytest.raises(Invalid) as refusal:
        save_record(editor, revision.pk, EVENTS, values)

    assert refusal.value.errors == {
        "date_to": ["The event ends before it begins. Correct one of the days."]
    }
    assert not ChronicleEntry.objects.exists()


@pytest.mark.parametrize("values", [{"value": None}, {"value": 3, "blank": "missing"}])
def test_figure_that_the_database_refuses_is_invalid(values):
    revision = factories.open_return(rows=1)
    filler = factories.staff(Role.DISTRICT_FILLER)
    entered = factories.figure_values(2, **values)
    before = database_digest()

    with pytest.raises(Invalid) as refusal:
        save_record(filler, revision.pk, FIGURES, entered)

    assert refusal.value.errors == {
        "__all__": ["Constraint “figure_has_a_value_or_says_why_not” is violated."]
    }
    assert database_digest() == before


def test_removed_row_is_gone_with_its_mentions(editor):
    revision = factories.open_award_list(rows=2)
    first, second = factories.records_of(revision)

    remove_record(editor, revision.pk, AWARDS, first.uid, version=1)

    assert factories.records_of(revision) == [second]
    assert _mentions(revision) == [
        ("organisations", 0, "宁波大学2"),
        ("organisations", 1, "宁波材料所"),
    ]


def test_removal_from_an_old_version_is_stale(editor):
    revision = factories.change_first_row(factories.open_award_list(rows=1))
    (row,) = factories.records_of(revision)

    with pytest.raises(StaleRecord):
        remove_record(editor, revision.pk, AWARDS, row.uid, version=1)

    assert factories.records_of(revision) == [row]


def test_restored_row_is_as_it_was_with_its_id_and_place(editor):
    revision = factories.open_award_list(
        [factories.award_values(n, flags=["title:doubtful"], source_line=n) for n in (1, 2)]
    )
    first, second = factories.records_of(revision)
    mentions = _mentions(revision)
    remove_record(editor, revision.pk, AWARDS, first.uid)
    colleague = factories.person(Role.CITY_EDITOR)

    restored = restore_record(colleague, revision.pk, AWARDS, first.uid)

    assert factories.records_of(revision) == [restored, second]
    assert [getattr(restored, name) for name in ("uid", "position", "flags", "source_line")] == [
        first.uid,
        first.position,
        first.flags,
        1,
    ]
    assert [getattr(restored, name) for name in AWARDS.fields] == [
        getattr(first, name) for name in AWARDS.fields
    ]
    assert (restored.version, restored.updated_by) == (2, colleague)
    assert _mentions(revision) == mentions


def test_restore_of_a_row_that_stands_changes_nothing(editor):
    revision = factories.open_award_list(rows=1)
    (row,) = factories.records_of(revision)
    before = database_digest()

    assert restore_record(editor, revision.pk, AWARDS, row.uid) == row
    assert database_digest() == before


def test_restore_of_a_figure_keeps_its_digits_and_its_relations():
    revision = factories.open_return(rows=[factories.figure_values(value=Decimal("1.50"))])
    (row,) = factories.records_of(revision)
    filler = factories.staff(Role.DISTRICT_FILLER)
    remove_record(filler, revision.pk, FIGURES, row.uid)

    restored = restore_record(filler, revision.pk, FIGURES, row.uid)

    assert (str(restored.value), restored.indicator, restored.reporting_unit) == (
        "1.50",
        row.indicator,
        row.reporting_unit,
    )


def test_restore_of_a_row_that_never_was_is_unknown(editor):
    revision, other = factories.open_award_list(rows=1), factories.open_award_list(rows=1)

    for uid in (uuid.uuid4(), factories.records_of(other)[0].uid):
        with pytest.raises(Award.DoesNotExist):
            restore_record(editor, revision.pk, AWARDS, uid)


def test_rows_added_keep_their_order_behind_the_present_ones(editor):
    revision = factories.open_award_list(rows=1)

    rows = add_records(
        editor, revision.pk, AWARDS, [factories.award_values(title=t) for t in ("丙", "甲", "乙")]
    )

    assert _titles(revision)[1:] == ["丙", "甲", "乙"]
    assert [row.position for row in rows] == [2 * STEP, 3 * STEP, 4 * STEP]
    assert {row.version for row in rows} == {1}


def test_rows_added_are_all_or_none_and_the_fault_names_its_row(editor):
    revision = factories.open_award_list(rows=1)
    rows = [factories.award_values(1), factories.award_values(2, title=""), {}]
    before = database_digest()

    with pytest.raises(Invalid) as refusal:
        add_records(editor, revision.pk, AWARDS, rows)

    assert refusal.value.row == 2
    assert refusal.value.errors == {"title": ["This field cannot be blank."]}
    assert str(refusal.value) == "Row 2: This field cannot be blank."
    assert database_digest() == before


def test_rows_that_the_database_refuses_are_named_too(editor):
    revision = factories.open_return(rows=0)
    rows = [factories.figure_values(1), factories.figure_values(2, value=None)]
    filler = factories.staff(Role.DISTRICT_FILLER)

    with pytest.raises(Invalid) as refusal:
        add_records(filler, revision.pk, FIGURES, rows)

    assert refusal.value.row == 2
    assert factories.records_of(revision) == []


def test_no_rows_added_is_no_fault(editor):
    revision = factories.open_award_list(rows=0)

    assert add_records(editor, revision.pk, AWARDS, []) == []


def test_rows_are_added_in_a_constant_number_of_queries(editor):
    def queries(count):
        revision = factories.open_award_list(rows=0)
        rows = [factories.award_values(n) for n in range(count)]
        with CaptureQueriesContext(connection) as captured:
            add_records(editor, revision.pk, AWARDS, rows)
        return len(captured)

    queries(2)

    assert queries(3) == queries(100)


# Mentions


def test_mentions_follow_the_printed_names_in_order(editor):
    revision = factories.open_award_list(rows=1)
    (row,) = factories.records_of(revision)

    save_record(
        editor,
        revision.pk,
        AWARDS,
        {"organisations": ["宁波材料所", "镇海炼化", "宁波材料所"]},
        uid=row.uid,
    )

    assert _mentions(revision) == [
        ("organisations", 0, "宁波材料所"),
        ("organisations", 1, "镇海炼化"),
        ("organisations", 2, "宁波材料所"),
    ]


def test_mentions_of_single_names_leave_out_blank_ones(editor):
    kind = record_kinds["laureates"]
    revision = factories.open_list("laureates", [factories.laureate_values(1, nominator="")])

    assert _mentions(revision) == [("employer", 0, "宁波大学1")]
    (row,) = factories.records_of(revision)
    save_record(editor, revision.pk, kind, {"nominator": "宁波市教育局"}, uid=row.uid)
    assert _mentions(revision) == [("employer", 0, "宁波大学1"), ("nominator", 0, "宁波市教育局")]


def test_kind_that_names_nobody_has_no_mentions():
    assert _mentions(factories.open_list("policies", rows=2)) == []


# Who may write, and when


def test_write_by_the_wrong_role_is_refused():
    revision = factories.open_award_list(rows=1)
    auditor = factories.staff(Role.AUDITOR)

    with pytest.raises(NotAllowed) as refusal:
        save_record(auditor, revision.pk, AWARDS, factories.award_values(2))

    assert str(refusal.value) == (
        "Only city editor of Ningbo Science and Technology Bureau may write in this case."
    )


@pytest.mark.parametrize("role", [Role.DISTRICT_SIGNATORY, Role.AUDITOR])
def test_return_is_written_by_its_filler_only(role):
    revision = factories.open_return()

    with pytest.raises(NotAllowed):
        save_record(factories.staff(role), revision.pk, FIGURES, factories.figure_values(2))


def test_city_does_not_write_a_districts_figure():
    revision = factories.reviewing_case("district-returns")
    (row,) = factories.records_of(revision)

    for role in (Role.CITY_REVIEWER, Role.CITY_PUBLISHER):
        with pytest.raises(NotAllowed):
            save_record(factories.staff(role), revision.pk, FIGURES, {"value": 1}, uid=row.uid)


def _writes(actor, revision, row):
    kind = row.record_kind
    number = 2
    return (
        lambda: save_record(actor, revision.pk, kind, factories.ROW_VALUES[kind.code](number)),
        lambda: save_record(actor, revision.pk, kind, {"position": 7}, uid=row.uid),
        lambda: remove_record(actor, revision.pk, kind, row.uid),
        lambda: restore_record(actor, revision.pk, kind, row.uid),
        lambda: add_records(actor, revision.pk, kind, []),
    )


def test_write_out_of_scope_is_unknown():
    revision = factories.open_return()
    (row,) = factories.records_of(revision)
    stranger = factories.person(Role.DISTRICT_FILLER, factories.district("cixi"))

    for write in _writes(stranger, revision, row):
        with pytest.raises(Revision.DoesNotExist):
            write()


@pytest.mark.parametrize(
    ("state", "label"),
    [
        ("submitted", "reported"),
        ("reviewing", "under review"),
        ("approved", "approved"),
        ("published", "published"),
        ("superseded", "corrected"),
        ("withdrawn", "withdrawn"),
    ],
)
def test_write_in_a_locked_state_is_refused(state, label, editor):
    revision = factories.case_in(state)
    row = factories.records_of(revision)[0]
    before = database_digest()

    for write in _writes(editor, revision, row):
        with pytest.raises(Locked) as refusal:
            write()
        assert str(refusal.value) == (
            f"This case is {label} and cannot be written. Ask for it to be sent back first."
        )
    assert database_digest() == before


def test_row_of_another_kind_is_refused(editor):
    revision = factories.open_award_list()

    with pytest.raises(Refused) as refusal:
        save_record(editor, revision.pk, POLICIES, factories.policy_values())

    assert str(refusal.value) == "A case of this kind holds no policies."


def test_row_of_another_revision_is_unknown(editor):
    revision, other = factories.open_award_list(), factories.open_award_list()
    (row,) = factories.records_of(other)

    with pytest.raises(Award.DoesNotExist):
        save_record(editor, revision.pk, AWARDS, {"grade": "二等奖"}, uid=row.uid)
    with pytest.raises(Award.DoesNotExist):
        remove_record(editor, revision.pk, AWARDS, row.uid)


def test_record_knows_its_kind_and_says_what_it_is():
    for code, kind in record_kinds.items():
        record = kind.model(**{kind.title_field: "甲"} if code != "indicator-values" else {})
        assert record.record_kind is kind
