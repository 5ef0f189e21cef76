"""What changed: against the published revision, and since the return."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import Role
from apps.cases.desk.changes import changes_between
from apps.cases.desk.forms import holds_a_figure
from apps.cases.desk.values import words
from apps.cases.domain.records import remove_record, save_record
from apps.cases.models import State
from tests import factories as f
from tests.cases.desk.pages import said, signed_in

pytestmark = pytest.mark.django_db


def corrected() -> tuple[Any, Any]:
    """Return a published list of three and its correction: one changed, one gone, one new."""
    published = f.published_case(rows=3)
    revision = f.successor_of(published)
    filler = f.filler_of(revision)
    first, second, _third = f.records_of(revision)
    kind = first.record_kind
    save_record(
        filler, revision.pk, kind, {"people": ["李四", "王五"], "position": 25}, uid=first.uid
    )
    remove_record(filler, revision.pk, kind, second.uid)
    save_record(filler, revision.pk, kind, f.award_values(4))
    return published, revision


def test_changes_are_told_row_by_row_and_name_by_name() -> None:
    published, revision = corrected()

    changes = changes_between(published, revision)

    assert (changes.added, changes.changed, changes.removed) == (1, 1, 1)
    [changed] = [row for row in changes.rows if row.what == "changed"]
    [people] = changed.fields
    assert changed.moved
    assert [(name.text, name.is_kept) for name in people.names_before] == [
        ("张三", False),
        ("李四", True),
    ]
    assert [(name.text, name.is_kept) for name in people.names_after] == [
        ("李四", True),
        ("王五", False),
    ]


def test_case_page_marks_rows_and_shows_changes() -> None:
    _published, revision = corrected()

    page = signed_in(f.filler_of(revision)).get(f"/desk/cases/{revision.case_id}/")

    body = page.content.decode()
    assert "1 new, 1 changed, 1 removed" in said(page)
    assert (body.count("is-new"), body.count("is-changed")) == (1, 1)
    assert "<del>张三</del>" in body
    assert "<ins>王五</ins>" in body


def test_change_taken_back_is_no_change() -> None:
    published = f.published_case()
    revision = f.successor_of(published)
    [row] = f.records_of(revision)
    for title in ("别的题目", row.title):
        revision = f.change_first_row(revision, title=title)

    assert changes_between(published, revision).rows == ()
    page = signed_in(f.filler_of(revision)).get(f"/desk/cases/{revision.case_id}/")
    assert "No row is changed yet." in said(page)


def test_long_comparison_goes_on_on_a_page_of_its_own() -> None:
    published = f.published_case(rows=1)
    revision = f.successor_of(published)
    filler = f.filler_of(revision)
    [row] = f.records_of(revision)
    for number in range(2, 25):
        save_record(filler, revision.pk, row.record_kind, f.award_values(number))
    client = signed_in(filler)

    case = client.get(f"/desk/cases/{revision.case_id}/")
    whole = client.get(f"/desk/cases/{revision.case_id}/2/changes/")

    assert "Show the other 3 changes" in said(case)
    assert len(whole.context["comparisons"][0].rows) == 23


def test_first_revision_has_nothing_to_compare() -> None:
    revision = f.open_award_list()

    page = signed_in(f.filler_of(revision)).get(f"/desk/cases/{revision.case_id}/1/changes/")

    assert "all of it is new" in said(page)


# The history's clock stands still within a transaction.
@pytest.mark.django_db(transaction=True)
def test_reviewer_sees_what_changed_since_the_return() -> None:
    revision = f.returned(f.reviewing_case(rows=3))
    filler = f.filler_of(revision)
    first, second, third = f.records_of(revision)
    kind = first.record_kind
    save_record(filler, revision.pk, kind, {"title": "改后的题目"}, uid=first.uid)
    remove_record(filler, revision.pk, kind, second.uid)
    save_record(filler, revision.pk, kind, f.award_values(4))
    revision = f.take("accept", f.take("submit", revision))

    page = signed_in(f.staff(Role.CITY_REVIEWER)).get(f"/desk/cases/{revision.case_id}/")

    [comparison] = page.context["comparisons"]
    assert comparison.title == "Changed since it was returned"
    assert (comparison.rows[0].what, comparison.rows[0].uid) == ("changed", first.uid)
    assert {(row.what, row.title) for row in comparison.rows} == {
        ("changed", "改后的题目"),
        ("added", f.award_values(4)["title"]),
        ("removed", second.title),
    }
    assert third.uid not in {row.uid for row in comparison.rows}


def test_earlier_revision_says_that_it_is_one_and_leads_to_histories_only() -> None:
    published, revision = corrected()
    f.advance(revision, State.PUBLISHED)
    row = f.records_of(published)[0]

    page = signed_in(f.filler_of(revision)).get(f"/desk/cases/{revision.case_id}/1/")

    body = page.content.decode()
    assert "Revision 2 is the latest." in said(page)
    assert f"{row.uid}/history/" in body
    assert f"{row.uid}/remove/" not in body


def test_case_with_several_kinds_of_row_has_a_tab_for_each() -> None:
    revision = f.open_return(rows=2)
    client = signed_in(f.filler_of(revision))

    first = client.get(f"/desk/cases/{revision.case_id}/")
    second = client.get(f"/desk/cases/{revision.case_id}/?rows=narrative-sections")

    assert [(tab["count"], tab["current"]) for tab in first.context["tabs"]] == [
        (2, True),
        (1, False),
    ]
    assert second.context["record_kind"].code == "narrative-sections"
    assert "第1节" in said(second)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        ("", "—"),
        ([], "—"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (["甲", "乙"], "甲、乙"),
        (Decimal("3.50"), "3.50"),
        (dt.date(2023, 1, 5), "2023-01-05"),
    ],
)
def test_words_of_a_value(value: Any, text: str) -> None:
    assert words(value) == text


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("请核对。", False),
        ("应为15.3亿元", True),
        ("按2024年1月5日的口径", False),
        ("第3行有误", False),
        ("2023-04-01 前补报", False),
        ("1月5日前", False),
        ("共 12 项", True),
    ],
)
def test_figure_in_a_note_is_told_from_a_date(note: str, expected: bool) -> None:
    assert holds_a_figure(note) is expected
