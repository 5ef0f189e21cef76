"""No word lost or doubled, and running numbers: what must hold for every table."""

import pytest

from apps.intake.candidates import candidate
from apps.intake.finding import find_tables
from apps.intake.finding.bodies import HEADING
from apps.intake.finding.checks import conserved, numbered
from apps.intake.grid import WHOLE_ROW, Aside, Row, Table
from apps.intake.readers.text import read_text


def codes_of(table):
    return [[mark.code for mark in row.marks] for row in table.rows]


def table_of(*rows, header=("序号", "名称"), **more):
    lines = (Row(number, cells) for number, cells in enumerate(rows, 2))
    return Table("名单", header, tuple(lines), **more)


def source_of(table):
    return [Row(1, table.header), *table.rows]


def test_table_that_holds_every_word_is_left_alone():
    table = table_of(("1", "甲"), ("2", "乙"), heads=frozenset({1}))

    assert conserved(source_of(table), [table]) == [table]
    assert conserved([Row(1, ("甲",))], []) == []


def test_words_of_a_row_that_landed_nowhere_mark_it():
    table = table_of(("1", "甲"), ("2", "乙"), heads=frozenset({1}))
    source = [*source_of(table)[:2], Row(3, ("2", "乙", "丙"))]

    (found,) = conserved(source, [table])

    assert codes_of(found) == [[], ["words-left-over"]]
    assert found.rows[1].marks[0].column == WHOLE_ROW


def test_words_used_twice_mark_the_row():
    table = table_of(("1", "甲"), ("2", "乙"), heads=frozenset({1}))
    twice = table_of(("1", "甲"), heads=frozenset({1}))

    first, second = conserved(source_of(table), [table, twice])

    assert codes_of(first) == [["words-twice"], []]
    assert codes_of(second) == [["words-twice"]]


def test_line_of_which_nothing_landed_is_set_aside_and_marks_the_row_before():
    table = table_of(("1", "甲"), ("2", "乙"), heads=frozenset({1}))
    source = [*source_of(table), Row(4, ("3", "丙")), Row(5, ("4", "丁"))]

    (found,) = conserved(source, [table])

    assert codes_of(found) == [[], ["words-left-over"]]
    assert found.aside == (
        Aside("3 丙", "left-over", 4, ("3", "丙")),
        Aside("4 丁", "left-over", 5, ("4", "丁")),
    )
    assert found.aside[0].cells == ("3", "丙")


def test_first_line_of_a_grid_may_be_the_one_that_is_lost():
    table = table_of(("1", "甲"))

    (found,) = conserved([Row(1, ("x", "y")), *table.rows], [table])

    assert codes_of(found) == [[]]
    assert [each.text for each in found.aside] == ["x y"]


def test_words_set_aside_are_not_lost():
    text = "名单\n序号\t企业名称\t序号\t企业名称\n1\t甲公司\t2\t乙公司\n合计\t\t\t2家\n注：按序\t\t\t\n"

    (table,) = find_tables(read_text(text))

    assert codes_of(table) == [[], []]


def test_row_wider_than_its_part_beside_another_is_marked():
    # The second part has a column more than its header says.
    text = (
        "名单\n序号\t企业名称\t序号\t企业名称\n1\t甲公司\t2\t乙公司\t多余\n3\t丙公司\t4\t丁公司\n"
    )

    (table,) = find_tables(read_text(text))

    assert [row.cells[0] for row in table.rows if row.marks] == ["1", "2"]


@pytest.mark.parametrize(
    ("numbers", "odd"),
    [
        ("1 2 3 4 5 6", {}),
        ("1. 2、 ３ (4)", {}),
        ("1 2 4 5 6 7", {1: "number-gap", 2: "number-gap"}),
        ("1 2 2 3 4 5", {1: "number-repeated", 2: "number-repeated"}),
        ("1 2 3 1 2 3", {2: "number-repeated", 3: "number-repeated"}),
        ("3 4 5 6", {0: "number-gap"}),
        ("1 2 - 3 4 5", {1: "part-below", 2: "number-missing"}),
        ("3 7 12 40 41 77", {}),
        ("1 2", {}),
        ("1 - - - 2 - 3", {}),
    ],
)
def test_running_numbers(numbers, odd):
    table = table_of(
        *((number.replace("-", ""), f"甲{at}") for at, number in enumerate(numbers.split()))
    )

    found = numbered(table)

    assert {at: row.marks[0].code for at, row in enumerate(found.rows) if row.marks} == odd


def test_numbers_begin_again_under_another_heading_or_group():
    rows = [
        ("1", "甲", "一等奖"),
        ("2", "乙", "一等奖"),
        ("1", "丙", "二等奖"),
        ("2", "丁", "二等奖"),
    ]

    for header in ("等级", HEADING):
        table = table_of(*rows, header=("序号", "名称", header))

        assert numbered(table) == table


def test_column_of_numbers_may_stand_anywhere_or_have_no_header():
    last = table_of(("甲", "1"), ("乙", "2"), ("丙", "4"), header=("名称", "序号"))
    bare = table_of(("1", "甲"), ("2", "乙"), ("4", "丙"), header=())
    deep = table_of(("甲", "1"), ("乙", "2"), ("丙", "4"), header=("名称", "情况/序号"))
    assert codes_of(numbered(deep)) == [[], ["number-gap"], ["number-gap"]]
    none = table_of(("甲", "1"), ("乙", "2"), ("丙", "4"), header=("名称", "年份"))

    assert codes_of(numbered(last)) == [[], ["number-gap"], ["number-gap"]]
    assert codes_of(numbered(bare)) == [[], ["number-gap"], ["number-gap"]]
    assert numbered(none) == none


def test_doubt_about_a_row_is_shown_at_what_the_row_is_called_by():
    rows = [("1", "甲公司"), ("2", "乙公司"), ("4", "丁公司")]
    table = table_of(*rows, header=("序号", "企业名称"))

    found = candidate(numbered(table), "roster-entries")

    assert [
        [doubt for doubt in record.doubts if doubt[1] == "number-gap"] for record in found.records
    ] == [[], [("organisation", "number-gap")], [("organisation", "number-gap")]]
