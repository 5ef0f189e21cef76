"""What notices, ledgers and pages of a bureau say around and above a table, and how they head it."""

import pytest

from apps.intake import titles
from apps.intake.candidates import candidates
from apps.intake.finding.titles import above_of, title_of
from apps.intake.grid import Paragraph
from apps.intake.odd_lists import in_usual_form
from apps.intake.readers.text import read_text
from apps.intake.readers.web import read_html


def rows(text, *fields):
    (one,) = candidates(read_text(text))
    return [tuple(record.values[name] for name in fields) for record in one.records]


def doubts(text):
    (one,) = candidates(read_text(text))
    return [{f"{name}:{code}" for name, code in record.doubts} for record in one.records]


# --- titles ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "各有关单位：",
        "各区、县人民政府，市人民政府各工作部门：",
        "经专家评审，现将备案名单予以公布：",
        "现将结果予以公示。联系电话：0550-1234567",
    ],
)
def test_words_of_a_letter_are_no_title(line):
    assert title_of(line) == ""


def test_a_title_may_end_with_a_colon():
    assert title_of("2023年新增众创空间名单：") == "2023年新增众创空间名单："


def test_a_notice_is_titled_above_its_text():
    lines = [
        "某市科学技术局关于公布2018年度某市科技领军企业名单的通知",
        "某科发〔2018〕56号",
        "各有关单位：",
    ]

    above = above_of([Paragraph(text, at) for at, text in enumerate(lines, 1)])

    assert above.title == lines[0]
    assert titles.roster_of(above.title) == "2018年度某市科技领军企业"


def test_what_a_title_above_a_text_says_is_doubtful():
    text = """关于公布2018年度某市科技领军企业名单的通知
各有关单位：
序号\t企业名称
1\t甲科技有限公司
2\t乙科技有限公司
"""

    assert rows(text, "roster", "year") == [("2018年度某市科技领军企业", "2018")] * 2
    assert all({"roster:from-context", "year:from-context"} <= row for row in doubts(text))


def test_a_text_without_a_title_gives_none():
    lines = [Paragraph("某市去年工作很好。", 1), Paragraph("各有关单位：", 2)]

    assert above_of(lines).title == ""


@pytest.mark.parametrize(
    ("title", "district"),
    [
        ("2023年某市瞪羚企业名单（东山区）", "东山区"),
        ("瞪羚企业名单(东山县)", "东山县"),
        ("某市瞪羚企业名单（东山市）", "东山市"),
        ("安徽省高新技术企业名单（合肥市）", ""),
        ("某市瞪羚企业名单（共24家）", ""),
        ("某市瞪羚企业名单", ""),
    ],
)
def test_district_of_a_title(title, district):
    assert titles.district_of(title) == district


def test_district_of_a_list_stands_in_its_title_and_is_doubtful():
    text = (
        "2023年某市瞪羚企业名单（东山区）\n序号\t企业名称\n1\t甲科技有限公司\n2\t乙科技有限公司\n"
    )

    assert rows(text, "district") == [("东山区",), ("东山区",)]
    assert all("district:from-context" in row for row in doubts(text))


# --- columns ---------------------------------------------------------------------------------


def test_labels_at_the_foot_of_a_page_are_no_list():
    page = """<p>2023年某市瞪羚企业名单</p><table><tr><td>序号</td><td>企业名称</td></tr>
    <tr><td>1</td><td>甲科技有限公司</td></tr><tr><td>2</td><td>乙科技有限公司</td></tr></table>
    <p>关于本站</p><table><tr><td>主办：某市科学技术局</td><td>网站标识码：3300000012</td></tr></table>"""

    assert [one.kind for one in candidates(read_html(page))] == ["roster-entries", ""]


def test_remarks_are_no_people():
    text = "2018年度国家科学技术奖名单\n序号\t奖励名称\t项目名称\t完成单位\t备注\n" + "".join(
        f"{at}\t国家科学技术进步奖二等奖\t甲{at}研究\t某市大学\t主持\n" for at in (1, 2)
    )

    assert rows(text, "people") == [([],), ([],)]


def test_all_organisations_before_the_first_alone():
    text = (
        "2020年度某省科学技术奖名单\n等级\t项目名称\t第一完成单位\t所有完成单位\t完成人\n"
        + "".join(
            f"一等奖\t甲{at}研究\t某市大学\t某市大学、甲科技有限公司\t王芳、李明\n" for at in (1, 2)
        )
    )

    assert rows(text, "organisations") == [(["某市大学", "甲科技有限公司"],)] * 2


def test_the_first_organisation_where_no_other_is_named():
    text = "2020年度某省科学技术奖名单\n等级\t项目名称\t第一完成单位\t完成人\n" + "".join(
        f"一等奖\t甲{at}研究\t某市大学\t王芳、李明\n" for at in (1, 2)
    )

    assert rows(text, "organisations") == [(["某市大学"],)] * 2


def test_units_under_danwei_are_no_organisations():
    text = """某市2022年1-11月科技主要指标
指标\t单位\t1-11月累计\t同比增长%
高新技术产业投资\t亿元\t356.8\t12.4
研发费用\t亿元\t188.02\t-6.7
"""

    assert rows(text, "indicator", "unit", "value", "comparison") == [
        ("高新技术产业投资", "亿元", "356.8", "12.4"),
        ("研发费用", "亿元", "188.02", "-6.7"),
    ]
    assert all("period:part-of-year" in row for row in doubts(text))


def test_years_down_and_indicators_across():
    text = """某市主要科技指标（2014—2016年）
年份\tR&D经费支出（亿元）\t技术合同成交额（亿元）
2014年\t330.2\t303.8
2015年\t339.5\t325.5
2016年\t348.8\t347.2
"""

    assert sorted(rows(text, "period", "indicator", "unit", "value")) == [
        ("2014", "R&D经费支出", "亿元", "330.2"),
        ("2014", "技术合同成交额", "亿元", "303.8"),
        ("2015", "R&D经费支出", "亿元", "339.5"),
        ("2015", "技术合同成交额", "亿元", "325.5"),
        ("2016", "R&D经费支出", "亿元", "348.8"),
        ("2016", "技术合同成交额", "亿元", "347.2"),
    ]


# --- bodies ----------------------------------------------------------------------------------


def test_levels_under_leibie_are_no_types():
    text = """某市重点实验室一览表
类别\t序号\t实验室名称\t依托单位
国家级（1家）\t1\t甲重点实验室\t某市大学
省级\t1\t乙重点实验室\t某市学院
"""

    assert rows(text, "level", "type") == [("国家级", "重点实验室"), ("省级", "重点实验室")]


def test_a_column_of_levels_by_another_name():
    text = """某市众创空间一览表
序号\t众创空间名称\t运营单位\t备案层级
1\t甲众创空间\t甲科技有限公司\t国家级
2\t乙众创空间\t乙科技有限公司\t省级
"""

    assert rows(text, "level") == [("国家级",), ("省级",)]


def test_a_city_in_a_title_makes_its_level_doubtful():
    text = "{}\n序号\t众创空间名称\t运营单位\n1\t甲众创空间\t甲科技有限公司\n2\t乙众创空间\t乙科技有限公司\n"

    assert rows(text.format("温州市众创空间名单"), "level") == [("市级",)] * 2
    assert all("level:inferred" in row for row in doubts(text.format("温州市众创空间名单")))
    assert not any("level:inferred" in row for row in doubts(text.format("省级众创空间名单")))


def test_a_heading_between_tables_says_the_level():
    text = "2021年温州市新增孵化器名单\n序号\t名称\t运营机构\n" + "".join(
        f"（{sign}）{level}科技企业孵化器\n1\t甲{sign}孵化器\t甲{sign}科技有限公司\n2\t乙{sign}孵化器\t乙{sign}科技有限公司\n"
        for sign, level in (("一", "国家级"), ("二", "省级"))
    )

    assert rows(text, "level") == [("国家级",), ("国家级",), ("省级",), ("省级",)]


def test_what_was_done_with_a_body_and_what_it_is():
    text = """某市市级工程技术研究中心处理名单
序号\t平台名称\t依托单位\t处理意见
1\t甲工程技术研究中心\t甲科技有限公司\t撤销
2\t乙工程技术研究中心\t乙科技有限公司\t限期整改
"""

    assert rows(text, "type", "status") == [
        ("工程技术研究中心", "撤销"),
        ("工程技术研究中心", "限期整改"),
    ]


# --- cells -----------------------------------------------------------------------------------


def test_one_name_with_a_number_before_it():
    from apps.intake.cells import ORGANISATION

    assert in_usual_form("1.甲科技有限公司", ORGANISATION) == (
        "甲科技有限公司",
        ["numbered-names"],
    )
    assert in_usual_form("（1）某市大学", ORGANISATION) == ("某市大学", ["numbered-names"])
    assert in_usual_form("2.甲科技有限公司", ORGANISATION) == ("2.甲科技有限公司", [])


@pytest.mark.parametrize(
    ("heads", "cells"), [("文号", "某科〔2021〕20号"), ("公布时间", "2021.3.5"), ("备注", "")]
)
def test_year_of_a_policy(heads, cells):
    text = f"科技政策文件清单\n序号\t政策名称\t{heads}\n1\t甲管理办法\t{cells}\n2\t乙管理办法\t{cells}\n"

    is_said = bool(cells)
    assert rows(text, "year") == [("2021" if is_said else "",)] * 2
    assert all(("year:inferred" in row) is is_said for row in doubts(text))


def test_people_with_their_employers_are_doubtful():
    text = "2014年度某省科技进步奖名单\n等级\t项目名称\t完成人（单位）\n" + "".join(
        f"一等奖\t甲{at}研究\t王芳（某市大学）、李明（甲科技有限公司）\n" for at in (1, 2)
    )

    assert all("people:not-like-a-name" in row for row in doubts(text))


# --- lines -----------------------------------------------------------------------------------

CHRONICLE = """某市2019年科技大事记
1月8日，召开科技工作会议。
1月，印发实施意见。
2月21日，签订合作协议。
3月4日，举办申报培训班。
"""


def test_what_a_whole_month_brought_is_a_row_of_a_chronicle():
    assert rows(CHRONICLE, "date_from", "date_to", "title")[:3] == [
        ("2019-01-08", "2019-01-08", "召开科技工作会议。"),
        ("2019-01-01", "2019-01-31", "印发实施意见。"),
        ("2019-02-21", "2019-02-21", "签订合作协议。"),
    ]


def test_what_this_month_brought_is_of_the_month_of_the_day_above():
    text = CHRONICLE.replace("1月，", "本月，")

    assert rows(text, "date_from", "title")[1] == ("2019-01-01", "印发实施意见。")
    assert any(code.startswith("date_from:") for code in doubts(text)[1])


def test_a_line_between_days_is_not_lost():
    found = candidates(read_text(CHRONICLE.replace("1月，印发", "印发")))

    said = [*(each.text for one in found for each in one.aside)] + [
        str(record.values["title"]) for one in found for record in one.records
    ]
    assert any("印发实施意见" in text for text in said)


def test_days_and_what_happened_without_a_header():
    text = CHRONICLE.replace("，", "  ")

    assert len(rows(text, "date_from", "title")) == 4
    assert rows(text, "date_from", "title")[0] == ("2019-01-08", "召开科技工作会议。")


def test_policies_told_by_their_numbers():
    text = "2016年出台的科技政策文件目录\n" + "".join(
        f"{at}．甲{at}管理办法（某科〔2016〕{at}号）\n" for at in (1, 2, 3)
    )

    assert rows(text, "title", "year") == [(f"甲{at}管理办法", "2016") for at in (1, 2, 3)]


@pytest.mark.parametrize(
    ("title", "honour"),
    [
        ("2022年度某市科技创新杰出人才入选名单", "某市科技创新杰出人才"),
        ("2020年度某市腾飞奖获奖人员名单（6名）", "某市腾飞奖"),
        ("2020年度某市人员名单", ""),
    ],
)
def test_what_people_are_honoured_with(title, honour):
    assert titles.honour_of(title) == honour


def test_a_page_may_go_on_behind_the_first_number_of_a_part():
    row = "{}\t{}重点实验室\t{}科技有限公司\n"
    text = (
        "某市重点实验室名单\n序号\t实验室名称\t依托单位\n"
        + "".join(row.format(at, name, name) for at, name in ((1, "甲"), (2, "乙"), (1, "丙")))
        + "内部资料，注意保存\n"
        + "".join(row.format(at, name, name) for at, name in ((2, "丁"), (3, "戊")))
    )

    assert [name for (name,) in rows(text, "platform")] == [
        f"{name}重点实验室" for name in "甲乙丙丁戊"
    ]
