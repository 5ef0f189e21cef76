"""A returned case: only what an item names is open for writing, for the rest of its life."""

import pytest

from apps.accounts.models import Role
from apps.cases.domain.findings import decide
from apps.cases.domain.records import add_records, remove_record, restore_record, save_record
from apps.cases.errors import Locked
from apps.cases.kinds import record_kinds
from apps.cases.models import FindingStatus, State
from apps.cases.scope import open_items, row_is_named
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

AWARDS, FIGURES = record_kinds["awards"], record_kinds["indicator-values"]
SECTIONS = record_kinds["narrative-sections"]
NOT_NAMED = "The case was returned for named items only, and this row is not one of them."


def _returned_for_the_first_row():
    revision = factories.reviewing_case(rows=2)
    first, second = factories.records_of(revision)
    factories.raise_item(revision, record_kind="awards", record_uid=first.uid)
    return factories.take("return", revision), first, second


def _save(revision, row, **values):
    return save_record(
        factories.filler_of(revision),
        revision.pk,
        row.record_kind,
        values or {"grade": "三等奖"},
        uid=row.uid,
        version=row.version,
    )


def test_item_that_names_a_row_opens_that_row_only():
    revision, first, second = _returned_for_the_first_row()
    editor = factories.staff(Role.CITY_EDITOR)

    assert _save(revision, first).grade == "三等奖"
    for write in (
        lambda: _save(revision, second),
        lambda: remove_record(editor, revision.pk, AWARDS, second.uid),
        lambda: restore_record(editor, revision.pk, AWARDS, second.uid),
        lambda: save_record(editor, revision.pk, AWARDS, factories.award_values(3)),
        lambda: add_records(editor, revision.pk, AWARDS, [factories.award_values(3)]),
    ):
        with pytest.raises(Locked) as refusal:
            write()
        assert str(refusal.value) == NOT_NAMED


def test_item_that_names_a_row_lets_it_be_removed_and_put_back():
    revision, first, second = _returned_for_the_first_row()
    editor = factories.staff(Role.CITY_EDITOR)

    remove_record(editor, revision.pk, AWARDS, first.uid)
    restored = restore_record(editor, revision.pk, AWARDS, first.uid)

    assert factories.records_of(revision) == [restored, second]


def test_item_that_names_a_kind_opens_its_rows_and_new_ones():
    revision = factories.reviewing_case("district-returns", rows=1)
    factories.raise_item(revision, record_kind=SECTIONS.code)
    revision = factories.take("return", revision)
    filler = factories.staff(Role.DISTRICT_FILLER)

    (section,) = factories.records_of(revision, SECTIONS.code)
    save_record(filler, revision.pk, SECTIONS, {"text": "补充说明。"}, uid=section.uid, version=1)
    save_record(filler, revision.pk, SECTIONS, factories.section_values(2))

    with pytest.raises(Locked):
        _save(revision, factories.records_of(revision)[0], value=3)
    assert len(factories.records_of(revision, SECTIONS.code)) == 2


def test_item_that_names_nothing_opens_the_whole_case():
    revision = factories.case_in("returned")

    save_record(factories.staff(Role.CITY_EDITOR), revision.pk, AWARDS, factories.award_values(2))

    assert len(factories.records_of(revision)) == 2


@pytest.mark.parametrize("way_back", ["send_back", "recall"])
def test_returned_return_stays_locked_on_its_way_back(way_back):
    revision = factories.reviewing_case("district-returns", rows=2)
    first, second = factories.records_of(revision)
    factories.raise_item(revision, record_kind=FIGURES.code, record_uid=first.uid)
    revision = factories.take("return", revision)
    _save(revision, first, value=99)
    revision = factories.take("hand_over", revision)
    if way_back == "recall":
        revision = factories.take("submit", revision)

    revision = factories.take(way_back, revision)

    assert revision.state == State.DRAFT
    with pytest.raises(Locked):
        _save(revision, second, value=99)
    first.refresh_from_db()
    assert _save(revision, first, value=98).value == 98


def test_settled_item_opens_nothing_any_more():
    revision, first, second = _returned_for_the_first_row()
    _save(revision, first)
    revision = factories.advance(revision, State.REVIEWING)
    reviewer = factories.staff(Role.CITY_REVIEWER)
    decide(reviewer, revision.findings.get(deadline__isnull=False).pk, FindingStatus.ACCEPTED)
    factories.raise_item(revision, "还有一处", record_kind="awards", record_uid=second.uid)

    revision = factories.take("return", revision)

    first.refresh_from_db()
    with pytest.raises(Locked):
        _save(revision, first, grade="二等奖")
    assert _save(revision, second).grade == "三等奖"


def test_open_items_are_the_dated_unsettled_ones_of_a_person():
    revision = factories.reviewing_case()
    factories.raise_item(revision, "只是提醒", deadline=None)
    item = factories.raise_item(revision, "请更正")

    assert open_items(revision) == [item]
    assert row_is_named([item], "awards", None) is True
    assert row_is_named([], "awards", None) is False


def test_correction_of_a_case_that_was_once_returned_is_open_as_a_whole():
    returned = factories.change_first_row(factories.case_in("returned"))
    reviewing = factories.advance(returned, State.REVIEWING)
    reviewer = factories.staff(Role.CITY_REVIEWER)
    decide(reviewer, reviewing.findings.get().pk, FindingStatus.CLOSED)
    published = factories.advance(reviewing, State.PUBLISHED)

    successor = factories.successor_of(published)

    assert factories.change_first_row(successor, grade="三等奖").returned_at is None
