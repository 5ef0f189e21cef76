"""What changed: against the published revision, and since the return."""

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from apps.accounts.models import EventKind, Role, SecurityEvent
from apps.cases.changes import Diff, Side
from apps.cases.desk.forms import holds_a_figure
from apps.cases.desk.values import words
from apps.cases.domain.records import add_records, remove_record, save_record
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
        filler, revision.pk, kind, {"people": ["李四", "王五"], "position": 35}, uid=first.uid
    )
    remove_record(filler, revision.pk, kind, second.uid)
    save_record(filler, revision.pk, kind, f.award_values(4))
    return published, revision


def test_case_page_marks_rows_and_shows_changes() -> None:
    _published, revision = corrected()

    page = signed_in(f.filler_of(revision)).get(f"/desk/cases/{revision.case_id}/")

    body = page.content.decode()
    assert "1 new, 1 changed, 1 removed" in said(page)
    assert (body.count("is-new"), body.count("is-changed")) == (1, 1)
    # Where the page of changes is one link away, its rows are not read here.
    assert f"/desk/cases/{revision.case_id}/2/changes/?against=1" in body


def test_change_taken_back_is_no_change() -> None:
    published = f.published_case()
    revision = f.successor_of(published)
    [row] = f.records_of(revision)
    for title in ("别的题目", row.title):
        revision = f.change_first_row(revision, title=title)

    assert Diff(Side(published), Side(revision)).total == 0
    page = signed_in(f.filler_of(revision)).get(f"/desk/cases/{revision.case_id}/")
    assert "No row is changed yet." in said(page)


def changes_url(revision: Any) -> str:
    """Return the page that compares a revision."""
    return f"/desk/cases/{revision.case_id}/{revision.number}/changes/"


def test_page_of_changes_shows_each_row_name_by_name() -> None:
    _published, revision = corrected()

    page = signed_in(f.filler_of(revision)).get(changes_url(revision))

    body = page.content.decode()
    assert page.context["comparison"].against == "1"
    assert "1 new, 1 changed, 1 removed, 1 at another place" in said(page)
    assert "<del>张三</del>、李四" in body
    assert "李四、<ins>王五</ins>" in body


def test_page_of_changes_filters_and_is_cut_into_pages() -> None:
    published = f.published_case(rows=1)
    revision = f.successor_of(published)
    filler = f.filler_of(revision)
    kind = revision.case.kind_spec.records[0]
    add_records(filler, revision.pk, kind, [f.award_values(n) for n in range(2, 62)])
    [row, *_rest] = f.records_of(revision)
    save_record(filler, revision.pk, kind, {"title": "别的题目"}, uid=row.uid)
    client = signed_in(filler)

    pages = {
        query: client.get(f"{changes_url(revision)}?{query}").context
        for query in ("", "page=2", "what=changed", "what=removed", "what=nonsense")
    }

    assert {query: len(context["rows"]) for query, context in pages.items()} == {
        "": 50,
        "page=2": 11,
        "what=changed": 1,
        "what=removed": 0,
        "what=nonsense": 50,
    }
    assert [(sort["count"], sort["current"]) for sort in pages["what=changed"]["sorts"]] == [
        (61, False),
        (60, False),
        (1, True),
    ]


@pytest.mark.parametrize("rows", [1, 100])
def test_page_of_changes_takes_the_same_queries_at_any_size(
    rows: int, django_assert_num_queries: Any
) -> None:
    published = f.published_case(rows=rows)
    revision = f.successor_of(published)
    filler = f.filler_of(revision)
    for row in f.records_of(revision):
        save_record(filler, revision.pk, row.record_kind, {"title": f"{row.title}甲"}, uid=row.uid)
    client = signed_in(filler)

    client.get(changes_url(revision))

    # Session, account, messages with bureau, revisions, the keys, the rows before and after.
    with django_assert_num_queries(7):
        page = client.get(changes_url(revision))

    assert page.context["comparison"].diff.total == rows


def test_any_two_revisions_are_compared() -> None:
    first = f.published_case(rows=1)
    second = f.advance(f.change_first_row(f.successor_of(first), title="第二"), State.PUBLISHED)
    third = f.change_first_row(f.successor_of(second), title="第三")
    client = signed_in(f.filler_of(third))

    against_first = client.get(changes_url(third), {"against": "1"})
    backwards = client.get(changes_url(first), {"against": "3"})
    led = client.get(changes_url(third), {"against": "1", "to": "2"})
    unknown = client.get(changes_url(third), {"against": "9"})
    itself = client.get(changes_url(third), {"against": "3"})
    not_returned = client.get(changes_url(third), {"against": "returned"})
    nowhere = client.get(f"/desk/cases/{first.case_id}/9/changes/")

    [row] = against_first.context["rows"]
    assert [(change.before, change.after) for change in row.fields] == [
        (f.award_values(1)["title"], "第三")
    ]
    [row] = backwards.context["rows"]
    assert [change.after for change in row.fields] == [f.award_values(1)["title"]]
    assert led.url == f"/desk/cases/{first.case_id}/2/changes/?against=1"
    assert [r.status_code for r in (unknown, itself, not_returned, nowhere)] == [404] * 4


def test_comparison_is_handed_out_as_a_file() -> None:
    _published, revision = corrected()

    response = signed_in(f.filler_of(revision)).get(changes_url(revision), {"_export": "xlsx"})

    book = load_workbook(BytesIO(b"".join(response.streaming_content)))
    front, rows = book.worksheets
    assert [cell.value for cell in front["B"]][2:4] == ["As published", "Revision 2"]
    assert [cell.value for cell in front[front.max_row]] == ["awards", 1, 1, 1, 1]
    told = "".join(rows.cell(line, 1).value for line in range(2, rows.max_row + 1))
    assert [told.count(word) for word in ("removed", "changed", "added", "another")] == [1] * 4
    noted = SecurityEvent.objects.get(kind=EventKind.DATA_EXPORTED)
    assert noted.detail["case"] == revision.case_id


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

    client = signed_in(f.staff(Role.CITY_REVIEWER))
    page = client.get(changes_url(revision), {"against": "returned"})
    case = client.get(f"/desk/cases/{revision.case_id}/")

    assert page.context["comparison"].title == "Changed since it was returned"
    assert case.context["comparison"].against == "returned"
    assert [(row.what, row.title) for row in page.context["rows"]] == [
        ("changed", "改后的题目"),
        ("removed", second.title),
        ("added", f.award_values(4)["title"]),
    ]
    [title] = page.context["rows"][0].fields
    assert (title.before, title.after) == (first.title, "改后的题目")
    assert third.uid not in {row.uid for row in page.context["rows"]}


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
        (0, False),
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
