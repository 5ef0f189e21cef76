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


def marks(text):
    return [
        [mark.code for mark in row.marks]
        for block in read_text(text)
        if isinstance(block, Grid)
        for row in block.rows
    ]


def test_a_page_set_otherwise_than_the_one_before_has_columns_of_its_own():
    text = WIDE.replace("        合计              2家\n", "") + (
        "3   丙江研究院                          西区\n4   丁河大学与丁河科技联合创新研究院    \n"
    )

    assert rows(text)[3:] == [
        ["3", "丙江研究院", "西区"],
        ["4", "丁河大学与丁河科技联合创新研究院", ""],
    ]


def test_a_sum_may_run_on_over_the_next_column():
    text = (
        "序号  区县  企业名称      负责人  电话\n1     东区  甲海有限公司  王芳    无\n"
        "2     东区  乙山有限公司  李强    无\n东山区与南江区小计  2家\n"
    )

    assert rows(text)[-1] == ["东山区与南江区小计", "", "2家", "", ""]


def test_words_spread_by_one_wide_blank_are_one_cell():
    text = "序　号  姓　名  工作单位\n1       王　芳  甲海有限公司\n2       李伟明  乙山有限公司\n"

    assert rows(text) == [
        ["序 号", "姓 名", "工作单位"],
        ["1", "王 芳", "甲海有限公司"],
        ["2", "李伟明", "乙山有限公司"],
    ]


def test_header_alone_above_a_heading_stands_over_the_rows_below():
    text = (
        "序号  名称        备注  联系人\n一、东区\n"
        "1     甲有限公司        王芳\n2     乙有限公司        王芳\n"
    )

    assert rows(text)[1:] == [["1", "甲有限公司", "", "王芳"], ["2", "乙有限公司", "", "王芳"]]


def test_rows_of_fewer_columns_than_the_page_before_are_unsure():
    text = "序号\t名称\t备注\t联系人\n1\t甲有限公司\t\t王芳\n\n" + (
        "2  乙有限公司  王芳\n3  丙有限公司  王芳\n4  丁有限公司  王芳\n"
    )

    assert marks(text)[2:] == [["columns-unsure"]] * 3


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("3  丙有限公司  东区", ["3", "丙有限公司", "东区"]),
        ("3  丙有限公司  东区  王芳", ["3", "丙有限公司", "东区", "王芳"]),
        ("5  丙有限公司  东区", None),
        ("3  丙有限公司", None),
        ("说明  见附件", None),
    ],
)
def test_a_row_alone_behind_a_table_is_one_of_it_and_unsure(line, found):
    text = f"序号\t名称\t区县\t联系人\n1\t甲\t东区\t王芳\n2\t乙\t东区\t王芳\n\n{line}\n"

    last = rows(text)[-1]

    assert last == (found or ["2", "乙", "东区", "王芳"])
    assert marks(text)[-1] == (["columns-unsure"] if found else [])


def test_a_line_that_fits_no_column_is_parted_by_its_gaps_and_its_table_stays():
    text = WIDE + "制表：王芳  复核：李四  日期：1月\n"

    assert rows(text)[1][1] == "甲海有限公司"
    assert rows(text)[-1] == ["制表：王芳", "复核：李四", "日期：1月"]


def test_a_title_with_its_label_is_no_row():
    text = WIDE.replace("2023年度", "表3　2023年度")

    assert rows(text) == rows(WIDE)


def test_commas_within_figures_part_no_cells():
    text = "地区    产值        增速\n东区    5,141.91    1.2\n西区    7,022.35    3.4\n南区    2,001.00    5\n"

    assert rows(text)[1] == ["东区", "5,141.91", "1.2"]
    assert rows("地区,产值\n东区,514\n西区,702\n") == [
        ["地区", "产值"],
        ["东区", "514"],
        ["西区", "702"],
    ]
