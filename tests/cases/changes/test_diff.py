"""Which rows differ between two states, whatever the kind; and the same as a file."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from apps.cases.changes import Diff, Side
from apps.cases.changes.diff import longest_rise
from apps.cases.changes.sheet import write_sheet
from apps.cases.domain.records import add_records, remove_record, save_record
from apps.cases.kinds import kinds, record_kinds
from tests import factories as f

KINDS = sorted(kinds)


@given(st.lists(st.integers(min_value=0, max_value=30), max_size=12, unique=True))
def test_longest_rise_rises_and_none_is_longer(places: list[int]) -> None:
    kept = longest_rise(places)

    rising = [places[index] for index in sorted(kept)]
    assert rising == sorted(rising)
    best = [0] * len(places)
    for i, place in enumerate(places):
        best[i] = 1 + max((best[j] for j in range(i) if places[j] < place), default=0)
    assert len(kept) == max(best, default=0)


def pair(kind: str, rows: int = 4) -> tuple[Any, Any, list[Any]]:
    """Return a published case of any kind, its correction in draft, and the correction's rows."""
    published = f.published_case(kind, rows)
    revision = f.successor_of(published)
    return published, revision, f.records_of(revision)


@pytest.mark.django_db
@pytest.mark.parametrize("code", KINDS)
def test_rows_of_every_kind_are_told_apart(code: str, django_assert_num_queries: Any) -> None:
    published, revision, rows = pair(code)
    filler, kind = f.filler_of(revision), revision.case.kind_spec.records[0]
    f.change_first_row(revision)
    remove_record(filler, revision.pk, kind, rows[1].uid)
    save_record(filler, revision.pk, kind, {"position": rows[2].position + 15}, uid=rows[2].uid)
    values = f.rows_of(code, 5, revision.case.bureau)[-1]
    [new] = add_records(filler, revision.pk, kind, [values])
    diff = Diff(Side(published), Side(revision))

    # The keys, the order; the rows before and after.
    with django_assert_num_queries(4):
        found = diff.rows(diff.of(kind))

    told = {row.uid: (row.what, row.moved) for row in found}
    assert told[rows[0].uid] == ("changed", False)
    assert told[rows[1].uid] == ("removed", False)
    assert told[new.uid] == ("added", False)
    # Of two rows that changed places either may have moved; one of them did.
    moved = {uid for uid, (_what, moved) in told.items() if moved}
    assert moved < {rows[2].uid, rows[3].uid}
    assert len(moved) == 1
    assert diff.counts(kind) == {"added": 1, "removed": 1, "changed": 1, "moved": 1}
    assert diff.marks[kind.code, str(rows[1].uid)] == "removed"


@pytest.mark.django_db
def test_counting_the_places_anew_moves_nothing() -> None:
    published, revision, rows = pair("awards")
    for number, row in enumerate(rows):
        save_record(
            f.filler_of(revision), revision.pk, row.record_kind, {"position": number}, uid=row.uid
        )

    assert Diff(Side(published), Side(revision)).total == 0
    assert Diff(Side(published), Side(revision), moves=False).total == 0


@pytest.mark.django_db
def test_digits_of_a_figure_are_a_change() -> None:
    published, revision, rows = pair("city-figures", 1)
    save_record(
        f.filler_of(revision),
        revision.pk,
        rows[0].record_kind,
        {"value": Decimal("13.500")},
        uid=rows[0].uid,
    )
    diff = Diff(Side(published), Side(revision))

    [row] = diff.rows(diff.entries)

    assert [(change.name, change.before, change.after) for change in row.fields] == [
        ("value", "13.50", "13.500")
    ]


@pytest.mark.django_db(transaction=True)
def test_earlier_moments_of_one_revision_are_compared() -> None:
    revision = f.open_award_list(3)
    filler = f.filler_of(revision)
    first, second, third = f.records_of(revision)
    kind = first.record_kind
    remove_record(filler, revision.pk, kind, third.uid)
    moment = timezone.now()
    save_record(filler, revision.pk, kind, {"title": "改后"}, uid=first.uid)
    remove_record(filler, revision.pk, kind, second.uid)
    later = timezone.now()
    save_record(filler, revision.pk, kind, {"title": "再改"}, uid=first.uid)

    now = Diff(Side(revision, moment), Side(revision))
    then = Diff(Side(revision, moment), Side(revision, later))

    assert [(row.what, row.title) for row in now.rows(now.entries)] == [
        ("changed", "再改"),
        ("removed", second.title),
    ]
    assert [(row.what, row.title) for row in then.rows(then.entries)] == [
        ("changed", "改后"),
        ("removed", second.title),
    ]


@pytest.mark.django_db
def test_file_holds_both_values_in_colour_and_no_formula(in_english: None) -> None:
    published, revision, rows = pair("district-returns", 3)
    filler = f.filler_of(revision)
    figures, sections = (record_kinds[c] for c in ("indicator-values", "narrative-sections"))
    save_record(
        filler,
        revision.pk,
        figures,
        {"value": rows[0].value + 1, "comparison": "=1+1|见下"},
        uid=rows[0].uid,
    )
    save_record(filler, revision.pk, figures, {"value": None, "blank": "withheld"}, uid=rows[2].uid)
    remove_record(filler, revision.pk, figures, rows[1].uid)
    add_records(filler, revision.pk, sections, [{"heading": "=cmd()", "text": "+1"}])
    diff = Diff(Side(published), Side(revision))

    with write_sheet(diff, [("Case", "=1"), ("Now", "2")], say_flag=str.upper) as file:
        book = load_workbook(file)

    front, figure_sheet, section_sheet, _statements = book.worksheets
    assert [cell.value for cell in front["A"]] == [
        "Case",
        "Now",
        None,
        "Rows",
        "figures",
        "narrative sections",
        "statements on the lists",
    ]
    head = [cell.value for cell in figure_sheet[1]]
    changed, removed, withheld = (
        dict(zip(head, line, strict=True)) for line in figure_sheet.iter_rows(min_row=2)
    )
    assert changed["Change"].value == "changed"
    assert (changed["Value, before"].value, changed["Value, now"].value) == (13.5, 14.5)
    assert changed["Value, now"].number_format == "0.00"
    assert changed["Comparison, now"].value == "=1+1；见下"
    assert changed["Value, before"].fill.fgColor.rgb == "FFFBE3DE"
    assert changed["Value, now"].fill.fgColor.rgb == "FFDFF0E0"
    assert changed["Unit, now"].fill.fill_type is None
    assert removed["Change"].value == "removed"
    assert (removed["Value, before"].value, removed["Value, now"].value) == (14.5, None)
    assert (withheld["Value, before"].value, withheld["Value, now"].value) == (15.5, None)
    added = dict(
        zip(
            [cell.value for cell in section_sheet[1]],
            [cell.value for cell in section_sheet[2]],
            strict=True,
        )
    )
    assert (added["Heading, now"], added["Text, now"]) == ("=cmd()", "+1")
    cells = [cell for sheet in book.worksheets for line in sheet.iter_rows() for cell in line]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
