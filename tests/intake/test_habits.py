"""What offices do around a table: who signed, running heads, sums in other words, copies."""

import pytest

from apps.intake.candidates import candidates
from apps.intake.finding.rows import is_signed, is_total
from apps.intake.finding.titles import bare_title, title_of
from apps.intake.grid import Row
from apps.intake.readers.text import read_text

TITLE = "2023年度温州市高新技术企业名单"
HEAD = "序号\t企业名称\t所属区县"
FIRST = "1\t甲海有限公司\t东山区\n2\t乙山有限公司\t东山区\n3\t丙江有限公司\t南江区"
LAST = "4\t丁河有限公司\t南江区\n5\t戊湖有限公司\t西海区"


def found(text):
    return candidates(read_text(text))


def names(candidate):
    return [record.values["organisation"] for record in candidate.records]


@pytest.mark.parametrize(
    "cells",
    [
        ("合计", "12"),
        ("", "东山区小计：2家", ""),
        ("以上共计3家", "", ""),
        ("全市合计", "3家"),
        ("", "共 12 项"),
        ("总计（3项）", ""),
        ("累计", "3项"),
        ("三等奖小计", "3项"),
    ],
)
def test_a_sum_in_any_words(cells):
    assert is_total(Row(1, cells))


@pytest.mark.parametrize(
    "cells",
    [
        ("1", "共青团工作计划"),
        ("1", "合计科技有限公司"),
        ("研发人员折合全时当量合计", "12"),
        ("高新技术企业累计新增", "12"),
        ("甲海会计师事务所", "东山区"),
        ("总计通科技有限公司总部研究院及生产厂区", "东山区"),
    ],
)
def test_a_row_is_no_sum(cells):
    assert not is_total(Row(1, cells))


@pytest.mark.parametrize(
    "cells",
    [
        ("填报人：王芳", "审核人：李强", "日期：2024年1月5日"),
        ("制表：", "复核：", "填报日期：2024.1.5", "（盖章）"),
        ("", "单位负责人（签字）：王芳", "联系电话：0577-88888888"),
    ],
)
def test_who_signed_is_no_row(cells):
    assert is_signed(Row(1, cells))


@pytest.mark.parametrize("cells", [("1", "日期：周报"), ("（2023）", "1"), ("项目：甲", "乙公司")])
def test_a_row_is_not_signed(cells):
    assert not is_signed(Row(1, cells))


@pytest.mark.parametrize(
    "printed",
    ["表3 2023年名单", "表1-2　2023年名单", "附表2：2023年名单", "表一 2023年名单"],
)
def test_the_label_of_a_table_is_no_part_of_its_title(printed):
    assert title_of(printed) == "2023年名单"


@pytest.mark.parametrize("printed", ["续表3", "续表1-2", "续表"])
def test_the_label_of_a_page_is_no_title(printed):
    assert bare_title(title_of(printed)) == ""


def test_a_title_keeps_a_word_that_is_no_label():
    assert title_of("表彰决定 2023年名单") == "表彰决定 2023年名单"


@pytest.mark.parametrize("above", ["", "内部资料\n"], ids=["unknown", "above-the-first-page-too"])
def test_a_running_head_parts_no_table(above):
    (one,) = found(f"{above}{TITLE}\n{HEAD}\n{FIRST}\n内部资料\n{LAST}")

    # A line that stood above no page before may be a part of the row above it.
    doubtful = [False] * 5 if above else [False, False, True, True, False]
    assert [bool(record.doubts) for record in one.records] == doubtful


def test_rows_without_numbers_go_on_below_a_line_and_are_doubtful():
    head, first, last = (
        "\n".join(line.partition("\t")[2] for line in part.split("\n"))
        for part in (HEAD, FIRST, LAST)
    )

    (one,) = found(f"{TITLE}\n{head}\n{first}\n市科学技术局文件\n{last}")

    assert len(one.records) == 5
    assert [bool(record.doubts) for record in one.records] == [False] * 2 + [True] * 3
    assert ("organisation", "line-between") in one.records[3].doubts


def test_a_list_of_its_own_title_is_not_the_page_before():
    first, second = found(f"{TITLE}\n{HEAD}\n{FIRST}\n2023年度温州市种子企业名单\n{HEAD}\n{FIRST}")

    assert len(first.records) == len(second.records) == 3


@pytest.mark.parametrize("title", [f"{TITLE}\n", ""], ids=["with-title", "bare"])
def test_a_table_printed_twice_is_read_once(title):
    first, *others = found(f"{TITLE}\n{HEAD}\n{FIRST}\n{LAST}\n\n{title}{HEAD}\n{FIRST}\n{LAST}")

    assert len(first.records) == 5
    assert not others
    assert [each.code for each in first.aside] == ["copied-row"] * 5


def test_a_row_printed_twice_is_doubtful():
    (one,) = found(f"{TITLE}\n{HEAD}\n{FIRST}\n3\t丙江有限公司\t南江区\n{LAST}")

    assert ("organisation", "row-twice") in one.records[3].doubts


def test_a_row_of_one_cell_is_doubtful():
    rows = "\n".join(f"{name}有限公司\t东山区" for name in "甲乙丙丁戊")

    (one,) = found(f"{TITLE}\n企业名称\t所属区县\n{rows}\n己泽有限公司\t")

    assert [record.doubts for record in one.records] == [
        *[()] * 5,
        (("organisation", "row-alone"),),
    ]


@pytest.mark.parametrize("name", ["甲□有限公司", "甲?有限公司", "甲\ue5e5有限公司"])
def test_a_letter_that_was_lost_is_doubtful(name):
    (one,) = found(f"{TITLE}\n{HEAD}\n{FIRST}\n4\t{name}\t南江区")

    assert ("organisation", "unreadable") in one.records[3].doubts
    assert names(one)[3] == name
