"""Pasted text whose columns only blanks set apart."""

import pytest

from apps.intake.grid import Grid, Paragraph
from apps.intake.readers.aligned import columns_of
from apps.intake.readers.text import read_text

WIDE = """2023年度温州市种子企业名单
序号    企业名称          所属区县
1       甲海有限公司      东山区
2       乙山集团有限公司  东山区
        合计              2家
"""


def rows(text):
    return [
        list(row.cells)
        for block in read_text(text)
        if isinstance(block, Grid)
        for row in block.rows
    ]


def test_columns_that_stand_below_one_another():
    assert rows(WIDE) == [
        ["序号", "企业名称", "所属区县"],
        ["1", "甲海有限公司", "东山区"],
        ["2", "乙山集团有限公司", "东山区"],
        ["", "合计", "2家"],
    ]


def test_gaps_where_columns_do_not_stand_below_one_another():
    assert columns_of(
        ["序号  企业名称  区县", "1  甲海集团股份有限公司  东山区", "2  乙  南江区"]
    ) == [
        ["序号", "企业名称", "区县"],
        ["1", "甲海集团股份有限公司", "东山区"],
        ["2", "乙", "南江区"],
    ]


def test_single_blanks_where_every_line_has_as_many():
    text = "序号 企业名称 区县\n1 甲海有限公司 东山区\n2 乙山有限公司 南江区\n"

    assert rows(text)[1:] == [["1", "甲海有限公司", "东山区"], ["2", "乙山有限公司", "南江区"]]


def test_lines_between_keep_the_columns_of_the_others():
    text = WIDE.replace("2       乙山", "— 1 —\n一、南江区\n2       乙山")

    assert [row[0] for row in rows(text)] == ["序号", "1", "2", ""]
    assert "一、南江区" in [each.text for each in read_text(text) if isinstance(each, Paragraph)]


def test_a_cell_alone_on_its_line_stays_in_its_column():
    text = WIDE.replace("        合计              2家", "        丙江研究院")

    assert rows(text)[-1] == ["", "丙江研究院", ""]


@pytest.mark.parametrize(
    "text",
    [
        "表3　2023年名单\n\n续表3　2023年名单\n\n续表3　2023年名单\n",
        "Anna Smith spoke first\nthen we all had lunch\nand went home again\n",
        "各有关单位：\n    现将名单公布如下。\n    特此通知。\n",
    ],
)
def test_lines_of_text_are_no_table(text):
    assert rows(text) == []


def test_a_table_with_tabs_beside_one_with_blanks():
    assert rows(WIDE + "\n附表\n序号\t名称\n1\t甲\n")[4:] == [["序号", "名称"], ["1", "甲"]]
