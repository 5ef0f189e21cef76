"""Figures printed across: a column for each year or indicator, a table on its side."""

import pytest

from apps.intake.candidates import candidates
from apps.intake.finding.across import as_list
from apps.intake.finding.turned import upright
from apps.intake.grid import Grid, Mark, Row, Table
from apps.intake.readers.text import read_text
from apps.intake.titles import indicator_of, is_of_part_of_year, year_in_header

DISTRICTS = """2023年温州市各区县科技指标情况表
序号\t地区\t研发经费（亿元）\t技术交易额（万元）\t联系人
1\t东山区\t12.3\t1,234\t王芳
2\t南江区\t—\t0\t王芳
合计\t\t12.3\t1,234\t
"""
YEARS = """温州市主要科技指标情况表
指标名称\t单位\t2022年\t2023年
研发经费\t亿元\t110.2\t120.3
"""
ON_ITS_SIDE = """2023年温州市科技指标情况表
指标名称\t研发经费\t技术交易额
计量单位\t亿元\t万元
数值\t123.4\t78.9
"""


def found(text, *fields):
    (one,) = candidates(read_text(text))
    return [tuple(record.values[name] for name in fields) for record in one.records], one


def test_districts_with_a_column_for_each_indicator():
    rows, one = found(DISTRICTS, "reporting_unit", "indicator", "unit", "value", "blank", "period")

    assert rows == [
        ("东山区", "研发经费", "亿元", "12.3", "", "2023"),
        ("东山区", "技术交易额", "万元", "1234", "", "2023"),
        ("南江区", "研发经费", "亿元", "", "missing", "2023"),
        ("南江区", "技术交易额", "万元", "0", "", "2023"),
    ]
    assert [record.doubts for record in one.records] == [(), (), (("value", "blank-sign"),), ()]


@pytest.mark.parametrize("head", ["{}年", "{}", "{}年度"])
def test_a_column_for_each_year(head):
    text = YEARS.replace("2022年", head.format(2022)).replace("2023年", head.format(2023))

    rows, one = found(text, "indicator", "unit", "period", "value")

    assert rows == [("研发经费", "亿元", "2022", "110.2"), ("研发经费", "亿元", "2023", "120.3")]
    assert not any(record.doubts for record in one.records)


def test_the_unit_of_a_year_stands_in_its_header():
    text = (
        "温州市主要科技指标情况表\n指标名称\t2022年（亿元）\t2023年（亿元）\n研发经费\t110.2\t120.3"
    )

    rows, _one = found(text, "unit", "period", "value")

    assert rows == [("亿元", "2022", "110.2"), ("亿元", "2023", "120.3")]


def test_a_growth_belongs_to_the_year_of_the_title():
    text = "2023年温州市科技指标情况表\n指标名称\t单位\t2022年\t2023年\t增长（%）\n研发经费\t亿元\t110.2\t120.3\t9.2"

    rows, _one = found(text, "period", "value", "comparison")

    assert rows == [("2022", "110.2", ""), ("2023", "120.3", "9.2")]


def test_a_growth_belongs_to_the_year_above_it():
    row = Row(1, ("研发经费", "110.2", "3.1", "120.3", "9.2"))
    levels = ("2022年/绝对值", "2022年/同比增长", "2023年/绝对值", "2023年/同比增长")

    turned = as_list(Table("", ("指标名称", *levels), (row,)))

    assert turned.header == ("指标名称", "计量单位", "年份", "数值", "同比增长")
    assert [each.cells for each in turned.rows] == [
        ("研发经费", "", "2022", "110.2", "3.1"),
        ("研发经费", "", "2023", "120.3", "9.2"),
    ]


def test_districts_with_years_of_the_indicator_that_the_title_names():
    text = "2019—2020年各区（县、市）高新技术企业数\n单位：家\n区域\t2019年\t2020年\n东山区\t687\t311\n南江区\t864\t757"

    rows, one = found(text, "reporting_unit", "indicator", "unit", "period", "value")

    assert rows[:2] == [
        ("东山区", "高新技术企业数", "家", "2019", "687"),
        ("东山区", "高新技术企业数", "家", "2020", "311"),
    ]
    assert len(rows) == 4
    assert {record.doubts for record in one.records} == {(("indicator", "inferred"),)}


def test_districts_with_indicators_over_years():
    row = Row(1, ("东山区", "157", "533", "14.46"))
    header = ("地区", "高企（家）/2021年", "高企（家）/2022年", "研发经费（亿元）/2022年")

    turned = as_list(Table("各区主要指标", header, (row, row)))

    assert turned.header == ("地区", "指标名称", "计量单位", "年份", "数值")
    assert [each.cells for each in turned.rows[:3]] == [
        ("东山区", "高企", "家", "2021", "157"),
        ("东山区", "高企", "家", "2022", "533"),
        ("东山区", "研发经费", "亿元", "2022", "14.46"),
    ]


def test_years_with_a_column_for_each_indicator():
    rows = (Row(1, ("2021年", "157", "14.46")), Row(2, ("2022年", "533", "36.99")))

    turned = as_list(Table("", ("年份", "高企（家）", "研发经费（亿元）"), rows))

    assert [each.cells for each in turned.rows[:2]] == [
        ("2021年", "高企", "家", "157"),
        ("2021年", "研发经费", "亿元", "14.46"),
    ]


def test_indicators_with_a_column_for_each_district():
    row = Row(1, ("高新技术企业", "家", "1,203", "887", "2,090"), (Mark(2, "footnote-mark"),))

    turned = as_list(Table("", ("指标", "单位", "东山区", "南江区", "合计"), (row,)))

    assert turned.header == ("指标名称", "计量单位", "地区", "数值")
    assert [(each.cells, each.marks) for each in turned.rows] == [
        (("高新技术企业", "家", "东山区", "1,203"), (Mark(3, "footnote-mark"),)),
        (("高新技术企业", "家", "南江区", "887"), ()),
    ]
    assert [(each.text, each.code) for each in turned.aside] == [("合计: 2,090", "total")]


def test_a_figure_is_of_the_year_that_its_own_header_names():
    text = "2023年温州市科技指标情况表\n指标名称\t单位\t2022年\n研发经费\t亿元\t110.2"

    rows, _one = found(text, "period", "value")

    assert rows == [("2022", "110.2")]


def test_a_table_on_its_side_is_turned_and_each_row_doubtful():
    rows, one = found(ON_ITS_SIDE, "indicator", "unit", "value")

    assert rows == [("研发经费", "亿元", "123.4"), ("技术交易额", "万元", "78.9")]
    assert [record.doubts for record in one.records] == [(("indicator", "turned"),)] * 2


def test_doubts_stay_with_their_figures():
    row = Row(3, ("东山区", "12", "13"), (Mark(0, "filled-down"), Mark(2, "footnote-mark")))
    table = Table("", ("地区", "研发经费（亿元）", "技术交易额"), (row,))

    turned = as_list(table)

    assert [(each.line, each.cells, each.marks) for each in turned.rows] == [
        (3, ("东山区", "研发经费", "亿元", "12"), (Mark(0, "filled-down"),)),
        (
            3,
            ("东山区", "技术交易额", "", "13"),
            (Mark(0, "filled-down"), Mark(3, "footnote-mark")),
        ),
    ]


@pytest.mark.parametrize(
    "header",
    [
        ("序号", "企业名称", "所属区"),
        ("地区", "企业名称", "联系人"),
        ("指标名称", "单位", "数值"),
        ("地区", "研发经费（亿元）"),
        ("东山区", "南江区", "西山区"),
    ],
)
def test_other_tables_stay_as_they_are(header):
    row = Row(1, ("东山区", "甲海有限公司", "王芳")[: len(header)])
    table = Table("", header, (row, row))

    assert as_list(table) is table


def test_a_table_that_stands_is_not_turned():
    rows = (("指标名称", "单位", "数值"), ("研发经费", "亿元", "1"), ("数值", "家", "2"))
    grid = Grid(tuple(Row(at, cells) for at, cells in enumerate(rows, 1)))

    assert upright(grid) is grid


@pytest.mark.parametrize(
    "rows",
    [
        (("序号", "1", "2"), ("指标名称", "研发经费", "企业数"), ("计量单位", "家", "项")),
        (("指标", "研发经费", "企业数"), ("2021年完成情况", "1亿元", "2家")),
    ],
)
def test_a_table_on_its_side_may_hold_a_row_of_units_or_two_rows_in_all(rows):
    grid = Grid(tuple(Row(at, cells) for at, cells in enumerate(rows, 1)))

    assert [row.cells for row in upright(grid).rows] == list(zip(*rows, strict=True))


def test_rows_that_end_early_hold_no_figure_there():
    rows = (Row(1, ("东山区", "12", "13")), Row(2, ("西山区", "14")), Row(3, ()))
    table = Table("", ("地区", "研发经费（亿元）", "企业数（家）"), rows)

    cells = [row.cells for row in as_list(table).rows]
    assert cells[:4] == [
        ("东山区", "研发经费", "亿元", "12"),
        ("东山区", "企业数", "家", "13"),
        ("西山区", "研发经费", "亿元", "14"),
        ("西山区", "企业数", "家", ""),
    ]


@pytest.mark.parametrize(
    ("header", "year"),
    [
        ("2022年", "2022"),
        ("完成值/2022年度", "2022"),
        ("2022", "2022"),
        ("2022年同比增长", ""),
        ("研发经费", ""),
        ("2022年（亿元）", "2022"),
        ("2022年（同比）完成", ""),
    ],
)
def test_year_in_header(header, year):
    assert year_in_header(header) == year


@pytest.mark.parametrize(
    ("title", "indicator"),
    [
        ("2019—2022年各区（县、市）有效高新技术企业数", "有效高新技术企业数"),
        ("2022年温州市各区县研发经费统计表", "研发经费"),
        ("各地技术合同成交额情况（2022年）", "技术合同成交额"),
        ("2022年温州市主要科技指标完成情况", ""),
        ("", ""),
    ],
)
def test_the_one_indicator_that_a_title_names(title, indicator):
    assert indicator_of(title) == indicator


def test_what_comes_along_belongs_to_the_indicator_above_it():
    text = """2023年各区县主要指标
地区\tR&D经费支出\t\t高新产业增加值\t\t
\t绝对值（亿元）\t同比增长（%）\t绝对值（亿元）\t同比增长（%）\t排名
东山区\t45.2\t8.1\t120.5\t6.2\t3
南江区\t33.1\t7.5\t98.3\t5.9\t4"""

    rows, _one = found(text, "reporting_unit", "indicator", "unit", "value", "comparison", "rank")

    assert rows[:2] == [
        ("东山区", "R&D经费支出", "亿元", "45.2", "8.1", ""),
        ("东山区", "高新产业增加值", "亿元", "120.5", "6.2", "3"),
    ]
    assert len(rows) == 4


def test_this_year_and_last_year_are_those_of_the_title():
    text = "2023年东山区科技指标情况表\n指标\t单位\t本年累计\t上年同期\t增长\n研发费用\t亿元\t96.4\t90.3\t6.8"

    rows, _one = found(text, "period", "value", "comparison")

    assert rows == [("2023", "96.4", "6.8"), ("2022", "90.3", "")]


def test_a_year_may_stand_before_the_indicator_in_its_header():
    text = "区县\t2022年高企数（家）\t2023年高企数（家）\t增长率\n东山区\t687\t811\t18.0%\n南江区\t8\t9\t5%"

    rows, _one = found(text, "indicator", "unit", "period", "value", "comparison")

    assert rows[:2] == [
        ("高企数", "家", "2022", "687", ""),
        ("高企数", "家", "2023", "811", "18.0%"),
    ]


def test_one_indicator_of_all_districts_with_its_growth():
    text = "区县\t研发经费（亿元）\t同比±%\n东山区\t45.2\t8.1\n南江区\t33.1\t7.5"

    rows, _one = found(text, "reporting_unit", "indicator", "unit", "value", "comparison")

    assert rows[0] == ("东山区", "研发经费", "亿元", "45.2", "8.1")


def test_a_growth_of_nobody_knows_what_is_set_aside():
    row = Row(1, ("东山区", "157", "14.46", "9%"))

    turned = as_list(Table("", ("地区", "高企（家）", "研发经费（亿元）", "同比增长"), (row,)))

    assert turned.header == ("地区", "指标名称", "计量单位", "数值")
    assert [(each.text, each.code) for each in turned.aside] == [("同比增长: 9%", "column-unread")]


def test_the_unit_in_brackets_behind_an_indicator_is_its_unit():
    text = "2023年科技指标情况表\n指标\t数值\n技术交易额（亿元）\t45.2\n高企数（家）\t8\n研发经费（含企业）\t9"

    rows, _one = found(text, "indicator", "unit")

    assert rows == [("技术交易额", "亿元"), ("高企数", "家"), ("研发经费（含企业）", "")]


def test_figures_of_a_part_of_a_year_are_doubtful():
    text = "2023年前三季度东山区科技指标\n指标\t单位\t数值\n研发费用\t亿元\t96.4"

    _rows, one = found(text)

    assert one.records[0].values["period"] == "2023"
    assert one.records[0].doubts == (("period", "part-of-year"),)


@pytest.mark.parametrize(
    ("title", "is_part"),
    [
        ("2023年1—9月科技指标", True),
        ("2023年1-9月科技指标", True),
        ("2023年上半年科技指标", True),
        ("2023年第一季度科技指标", True),
        ("2023年6月科技指标", True),
        ("2023年科技指标", False),
        ("2022—2023年科技指标", False),
    ],
)
def test_titles_of_a_part_of_a_year(title, is_part):
    assert is_of_part_of_year(title) is is_part


def test_a_line_with_several_units_says_of_no_figure_which_is_its_own():
    text = "2023年科技指标情况表\n单位：家、亿元\n指标\t数值\n研发费用\t96.4\n高企数（家）\t8"

    _rows, one = found(text)

    assert [record.values["unit"] for record in one.records] == ["", "家"]
    assert one.records[0].doubts == (("unit", "missing"),)


def test_what_stands_below_a_table_on_its_side_is_no_row_of_it():
    text = (
        "2023年主要指标情况表\n指标\t甲产值\t乙产值\n2023年完成情况\t5亿元\t6亿元\n"
        "填报人：王芳\t审核人：李强\t\n"
    )
    (grid,) = [block for block in read_text(text) if isinstance(block, Grid)]

    found = upright(grid)

    assert [row.cells for row in found.rows] == [
        ("指标", "2023年完成情况"),
        ("甲产值", "5亿元"),
        ("乙产值", "6亿元"),
    ]
    assert [(each.text, each.code) for each in found.dropped] == [
        ("填报人：王芳 审核人：李强", "note")
    ]


def test_years_down_and_districts_across_are_no_table_on_its_side():
    text = "甲市2022-2023年技术合同成交额（亿元）\n年份\t东山区\t南江区\n2022年\t5.1\t6.2\n2023年\t7.3\t8.4"

    rows, one = found(text, "indicator", "unit", "reporting_unit", "period", "value")

    assert rows[:2] == [
        ("技术合同成交额", "亿元", "东山区", "2022", "5.1"),
        ("技术合同成交额", "亿元", "南江区", "2022", "6.2"),
    ]
    assert one.records[0].doubts == (("indicator", "inferred"),)


def test_a_growth_headed_by_its_year():
    text = "甲市科技指标情况表\n指标\t单位\t2021年\t2022年\t2022年同比增长（%）\n研发经费\t亿元\t110.2\t120.3\t9.2"

    rows, one = found(text, "period", "value", "comparison")

    assert rows == [("2021", "110.2", ""), ("2022", "120.3", "9.2")]
    assert one.aside == ()


@pytest.mark.parametrize("head", ["辖市区", "区别"])
def test_places_that_a_list_begins_with_are_told_by_themselves(head):
    text = f"2023年甲市科技指标\n{head}\t高企数（家）\t研发经费（亿元）\n东山区\t80\t5.1\n南江区\t90\t6.2"

    rows, _one = found(text, "reporting_unit", "indicator", "unit", "value")

    assert rows[:2] == [("东山区", "高企数", "家", "80"), ("东山区", "研发经费", "亿元", "5.1")]


def test_a_target_has_not_come_true():
    text = "2023年甲市目标任务完成情况表\n区县\t高企目标数（家）\t高企完成数（家）\n东山区\t80\t85\n南江区\t90\t70"

    rows, one = found(text, "indicator", "value", "status")

    assert rows[:2] == [("高企目标数", "80", "target"), ("高企完成数", "85", "actual")]
    assert ("status", "inferred") in one.records[0].doubts


def test_parts_of_a_year_across_are_no_indicators():
    text = "2023年甲市各区技术合同成交额（万元）\n区\t一季度\t全年\n东山区\t702\t4124\n南江区\t635\t3130"

    rows, one = found(text, "indicator", "unit", "period", "value")

    assert rows[:2] == [
        ("技术合同成交额", "万元", "2023年一季度", "702"),
        ("技术合同成交额", "万元", "2023", "4124"),
    ]
    assert ("period", "not-a-year") in one.records[0].doubts
    assert ("period", "not-a-year") not in one.records[1].doubts


def test_heads_that_divide_the_indicator_of_the_title():
    text = "甲市2022年各区高新技术企业数（家）\n区\t新认定\t有效\n东山区\t12\t80\n南江区\t9\t70"

    rows, one = found(text, "indicator", "unit", "value")

    assert rows[:2] == [("高新技术企业数新认定", "家", "12"), ("高新技术企业数有效", "家", "80")]
    assert ("indicator", "inferred") in one.records[0].doubts


def test_a_figure_without_a_unit_is_doubted():
    _rows, one = found("2023年甲市指标情况表\n指标\t数值\n研发经费\t12.3", "value")

    assert ("unit", "missing") in one.records[0].doubts


def test_heads_with_units_stand_over_figures_in_words():
    text = "2023年甲市科技指标\n县市区\t研发经费（亿元）\t高企（家）\n东山区\t约28\t300余\n南江区\t近30\t500余"

    rows, _one = found(text, "indicator", "unit", "value", "qualifier")

    assert rows[:2] == [("研发经费", "亿元", "28", "约"), ("高企", "家", "300", "余")]
