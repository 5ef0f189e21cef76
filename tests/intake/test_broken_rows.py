"""Rows that a page broke in two."""

import pytest

from apps.intake.finding.broken import glued, whole_rows
from apps.intake.grid import Mark, Place, Row, Table

HEADER = ("序号", "项目名称", "完成单位", "完成人")


def on_pages(*pages, header=HEADER):
    rows = [
        Row(line, cells, place=Place("pdf", page))
        for page, lines in enumerate(pages, 1)
        for line, cells in enumerate(lines, 2)
    ]
    return Table("名单", header, tuple(rows))


def test_half_of_a_row_on_the_next_page_goes_back_to_it_and_is_doubtful():
    table = on_pages(
        [("1", "甲项目", "一公司", "张三"), ("2", "乙项目的", "二", "李四")],
        [("", "后一半", "公司", ""), ("3", "丙项目", "三公司", "王五")],
    )

    found = whole_rows(table)

    assert [row.cells for row in found.rows] == [
        ("1", "甲项目", "一公司", "张三"),
        ("2", "乙项目的后一半", "二公司", "李四"),
        ("3", "丙项目", "三公司", "王五"),
    ]
    assert found.rows[1].marks == (Mark(1, "row-broken"), Mark(2, "row-broken"))


def test_half_with_all_its_columns_is_told_by_numbers_that_run_on():
    half = ("", "之二", "公司", "五")
    first = [("1", "甲", "一公司", "张三"), ("2", "乙", "二", "李")]

    assert len(whole_rows(on_pages(first, [half, ("3", "丙", "三公司", "赵六")])).rows) == 3
    assert len(whole_rows(on_pages(first, [half, ("4", "丙", "三公司", "赵六")])).rows) == 4
    assert len(whole_rows(on_pages(first * 2, [half])).rows) == 4


def test_half_in_the_middle_of_a_page_lacks_what_every_row_has():
    rows = [(str(n), f"项目{n}", "公司", "张三") for n in range(1, 6)]

    found = whole_rows(on_pages([*rows[:3], ("", "与应用", "", ""), *rows[3:]]))

    assert [row.cells[1] for row in found.rows][2] == "项目3与应用"


def test_page_without_numbers_goes_on_with_a_half_where_its_first_cell_is_blank():
    header = ("类别", "项目名称", "完成单位")
    rows = [*[("一等奖", "甲", "一公司")] * 3, ("一等奖", "乙", "二")]
    after = [("一等奖", "丙", "三公司")]

    halves = whole_rows(on_pages(rows, [("", "", "公司"), *after], header=header))
    whole = whole_rows(on_pages(rows, [("", "丁", "四公司"), *after], header=header))

    assert [row.cells[2] for row in halves.rows][3:] == ["二公司", "三公司"]
    assert len(whole.rows) == 6


@pytest.mark.parametrize(
    "row", [("", "合计", "", ""), ("", "注：以上为公示名单", "", ""), ("", "二、二等奖", "", "")]
)
def test_what_is_no_row_is_no_half_of_one(row):
    rows = [(str(n), f"项目{n}", "公司", "张三") for n in range(1, 6)]
    table = on_pages(rows, [row])

    assert whole_rows(table) == table


def test_parts_side_by_side_and_single_rows_are_left_alone():
    table = on_pages([("1", "甲", "一公司", "张三")])
    beside = Table("", HEADER, (*table.rows, Row(2, ("", "乙", "", ""), offset=4)))

    assert whole_rows(table) == table
    assert whole_rows(beside) == beside


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        ("甲公", "司", "甲公司"),
        ("甲公司\n乙公司", "丙公司", "甲公司\n乙公司\n丙公司"),
        ("John", "Smith", "John Smith"),
        ("", "甲", "甲"),
        ("甲", "", "甲"),
    ],
)
def test_glued(before, after, whole):
    assert glued(before, after) == whole


def test_rows_on_several_lines_under_headings_are_put_together():
    rows = [
        ("一、一等奖", "", "", ""),
        ("1", "甲项目", "一公司", "张三"),
        ("", "", "二公司", ""),
        ("", "", "三公司", ""),
        ("二、二等奖", "", "", ""),
        ("2", "乙项目", "四公司", "李四"),
        ("", "", "五公司", ""),
        ("三、三等奖", "", "", ""),
        ("3", "丙项目", "六公司", "王五"),
    ]

    found = whole_rows(on_pages(rows))

    assert [row.cells[2] for row in found.rows if row.cells[2]] == [
        "一公司二公司三公司",
        "四公司五公司",
        "六公司",
    ]


def test_half_above_numbers_that_begin_again_goes_back_to_its_row():
    first = [("1", "甲", "一公司", "张三"), ("2", "乙", "二", "李")]
    half = ("", "之二", "公司", "四")

    found = whole_rows(on_pages(first, [half, ("1", "丙", "三公司", "王五")]))

    assert [row.cells[1] for row in found.rows] == ["甲", "乙之二", "丙"]
