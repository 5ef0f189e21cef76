"""A returned case: only what an item names is open for writing, for the rest of its life."""

import pytest
from django.utils import timezone

from apps.accounts.models import Role
from apps.cases.domain.findings import check_case, decide, explain
from apps.cases.domain.records import add_records, remove_record, restore_record, save_record
from apps.cases.errors import Locked, Refused
from apps.cases.kinds import record_kinds
from apps.cases.models import FindingStatus, State
from apps.cases.scope import open_items, row_is_named
from apps.registry.working_days import add_working_days
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


# An explanation that the city refused


TWICE = ["黄毅", "黄毅"]


def _refused(text="两人同名，单位不同。", **values):
    """Return a returned list of two rows, of which the first one's explanation was refused."""
    revision = factories.open_award_list(
        [factories.award_values(1, people=TWICE, **values), factories.award_values(2)]
    )
    (finding,) = factories.run_rules(revision)
    explain(factories.filler_of(revision), finding.pk, text)
    revision = factories.advance(revision, State.REVIEWING)
    decide(
        factories.staff(Role.CITY_REVIEWER), finding.pk, FindingStatus.REJECTED, "请附单位证明。"
    )
    finding.refresh_from_db()
    return factories.take("return", revision), finding


def test_refused_explanation_goes_back_as_an_item_with_a_day():
    revision, finding = _refused()
    first, second = factories.records_of(revision)

    assert open_items(revision) == [finding]
    assert finding.deadline == add_working_days(timezone.localdate(), 5)
    assert _save(revision, first, people=["黄毅", "王五"]).people == ["黄毅", "王五"]
    with pytest.raises(Locked):
        _save(revision, second)


def test_refused_explanation_is_not_reported_again_as_it_stands():
    revision, finding = _refused()
    editor = factories.staff(Role.CITY_EDITOR)

    with pytest.raises(Refused) as unanswered:
        factories.take("submit", revision)
    with pytest.raises(Refused) as repeated:
        explain(editor, finding.pk, "两人同名， 单位不同。")

    assert str(unanswered.value).startswith(
        "1 returned item was neither changed nor answered: A name stands twice"
    )
    assert str(repeated.value) == (
        "The city did not accept this explanation. Say what is new, or correct the value."
    )
    assert factories.fresh(revision).state == State.RETURNED


def test_new_explanation_lets_the_case_be_reported_and_opens_nothing_later():
    revision, finding = _refused()
    explain(factories.staff(Role.CITY_EDITOR), finding.pk, "证明已附，两人单位不同。")

    revision = factories.advance(revision, State.REVIEWING)

    finding.refresh_from_db()
    assert (finding.status, finding.deadline) == (FindingStatus.EXPLAINED, None)
    assert open_items(revision) == []


def test_row_of_a_refused_explanation_is_changed_and_changed_again():
    revision, finding = _refused()
    first, _second = factories.records_of(revision)
    row = _save(revision, first, people=["黄毅", "王五"])
    check_case(factories.filler_of(revision), revision.pk)

    finding.refresh_from_db()
    assert finding.status == FindingStatus.CLOSED
    assert _save(revision, row, people=["黄毅", "王伍"]).people == ["黄毅", "王伍"]
    assert factories.take("submit", revision).state == State.SUBMITTED


def test_refusal_that_is_taken_back_before_the_return_is_no_item():
    revision, finding = _refused()
    explain(factories.staff(Role.CITY_EDITOR), finding.pk, "证明已附，两人单位不同。")
    revision = factories.advance(revision, State.REVIEWING)
    reviewer = factories.staff(Role.CITY_REVIEWER)
    decide(reviewer, finding.pk, FindingStatus.REJECTED, "证明看不清。")
    decide(reviewer, finding.pk, FindingStatus.ACCEPTED)

    finding.refresh_from_db()
    assert finding.deadline is None
    with pytest.raises(Refused, match="Name at least one item"):
        factories.take("return", revision)


def test_refused_answer_to_an_item_is_answered_anew():
    revision, first, _second = _returned_for_the_first_row()
    (item,) = open_items(revision)
    _save(revision, first)
    revision = factories.advance(revision, State.REVIEWING)
    decide(factories.staff(Role.CITY_REVIEWER), item.pk, FindingStatus.REJECTED, "等级仍不对。")
    revision = factories.take("return", revision)

    with pytest.raises(Refused, match="neither changed nor answered"):
        factories.take("submit", revision)
    first.refresh_from_db()
    _save(revision, first, grade="二等奖")

    assert factories.take("submit", revision).state == State.SUBMITTED


def test_refused_explanation_of_a_missing_figure_lets_it_be_added_and_nothing_else_be_changed():
    beilun = factories.district("beilun")
    figures = [factories.figure_values(number, beilun, period="2022") for number in (1, 2)]
    factories.advance(factories.open_return(beilun, figures, year=2022), State.PUBLISHED)
    revision = factories.open_return(beilun, [factories.figure_values(1, beilun)])
    [missing] = [f for f in factories.run_rules(revision) if f.rule == "figure_missing"]
    for finding in revision.findings.filter(severity="explain"):
        explain(factories.filler_of(revision), finding.pk, "该项指标口径待核，暂不填报。")
    revision = factories.advance(revision, State.REVIEWING)
    decide(factories.staff(Role.CITY_REVIEWER), missing.pk, FindingStatus.REJECTED, "请补报。")
    revision = factories.take("return", revision)
    [first] = factories.records_of(revision)

    with pytest.raises(Locked):
        _save(revision, first, value=99)
    added = factories.save_figure(revision, figures[1]["indicator"].code, "7")
    again = factories.save_figure(revision, figures[1]["indicator"].code, "8")

    assert (again.uid, again.value) == (added.uid, 8)
    assert factories.take("hand_over", revision).state == State.CHECKING
