"""Rows of one cell, and rows that stand twice: marked where they may be no rows."""

import pytest

from apps.intake.finding import find_tables
from apps.intake.finding.alone import lonely
from apps.intake.grid import Row, Table
from apps.intake.readers.text import read_text

HEADER = ("序号", "项目名称", "完成单位", "完成人")
WHOLE = [(str(n), f"项目{n}", f"{n}公司", "张三") for n in range(1, 7)]
NAME = ("", "", "另一公司", "")


def codes_of(rows, header=HEADER):
    table = Table("名单", header, tuple(Row(at, cells) for at, cells in enumerate(rows, 2)))
    return [[mark.code for mark in row.marks] for row in lonely(table).rows]


def test_row_of_one_cell_among_others_is_marked_and_so_is_the_one_above():
    assert codes_of([*WHOLE[:2], NAME, *WHOLE[2:]]) == [
        [],
        ["part-below"],
        ["row-alone"],
        *[[]] * 4,
    ]


def test_many_rows_of_one_cell_are_marked_where_the_others_have_much_more():
    rows = [WHOLE[0], NAME, NAME, WHOLE[1], NAME, WHOLE[2]]

    assert codes_of(rows) == [
        ["part-below"],
        ["row-alone"],
        ["row-alone"],
        ["part-below"],
        ["row-alone"],
        [],
    ]


def test_row_of_one_cell_in_the_first_column_is_no_part_of_the_one_above():
    rows = [(f"{name}公司", "东区") for name in "甲乙丙丁戊"]

    assert codes_of([*rows, ("己公司", "")], ("企业名称", "区县")) == [*[[]] * 5, ["row-alone"]]


def test_many_rows_without_a_remark_are_rows():
    rows = [("甲公司", ""), ("乙公司", "新增"), ("丙公司", ""), ("丁公司", "新增")]

    assert codes_of(rows, ("企业名称", "备注")) == [[]] * 4


def test_headings_are_no_rows_and_what_stands_under_another_is_not_the_same():
    rows = [("一、一等奖", "", "", ""), WHOLE[0], ("二、二等奖", "", "", ""), WHOLE[0], WHOLE[0]]

    assert codes_of(rows) == [[], [], [], [], ["row-twice"]]


def test_row_of_one_cell_at_the_top_has_none_above():
    assert codes_of([NAME, *WHOLE]) == [["row-alone"], *[[]] * 6]


@pytest.mark.parametrize("rows", [[WHOLE[0], *[WHOLE[1]] * 5], [("甲",), ("乙",)]])
def test_what_nearly_every_row_is_says_nothing(rows):
    header = HEADER if len(rows) > 2 else ("企业名称",)

    assert codes_of(rows, header) == [[]] * len(rows)


def test_rows_under_headings_are_looked_at_without_the_column_of_headings():
    lines = ["2023年名单", "项目\t单位\t负责人", "一、一等奖\t\t"]
    lines += [f"项目{n}\t{n}公司\t张三" for n in range(1, 5)]
    (table,) = find_tables(read_text("\n".join([*lines, "\t另一公司\t", "项目5\t5公司\t张三"])))

    assert [[mark.code for mark in row.marks] for row in table.rows] == [
        *[[]] * 3,
        ["part-below"],
        ["row-alone"],
        [],
    ]
