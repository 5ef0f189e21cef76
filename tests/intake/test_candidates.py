import pytest

from apps.intake import candidates as candidates_module
from apps.intake import titles
from apps.intake.candidates import candidates
from apps.intake.finding import find_tables
from apps.intake.grid import Grid, Mark, Place, Row, Span
from apps.intake.mapping import content_fits, guess
from apps.intake.readers.text import read_text
from apps.intake.records import letters


def read(text, kind=""):
    return candidates(read_text(text), kind)


def values(candidate, *names):
    return [tuple(record.values[name] for name in names) for record in candidate.records]


def codes(candidate, number=0):
    return {f"{name}:{code}" for name, code in candidate.records[number].doubts}


# --- titles ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "programme"),
    [
        ("宁波企事业单位牵头获2022年度浙江省科学技术奖项目汇总表", "浙江省科学技术奖"),
        ("2022年度宁波市科学技术进步奖获奖项目名单", "宁波市科学技术进步奖"),
        ("2022年度宁波市青年科技创新奖获奖人员名单", "宁波市青年科技创新奖"),
        ("我市单位荣获国家科学技术进步奖名单", "国家科学技术进步奖"),
        ("２０２１年温州市科学技术奖拟奖项目公示", "温州市科学技术奖"),
        ("企业名单", ""),
    ],
)
def test_programme_of(title, programme):
    assert titles.programme_of(title) == programme


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        (("2022年度名单",), ("2022", True)),
        (("名单", "2021年"), ("2021", False)),
        (("2021—2023年名单",), ("", False)),
        (("名单",), ("", False)),
        (("编号20220101",), ("", False)),
    ],
)
def test_year_of(lines, year):
    assert titles.year_of(*lines) == year


def test_roster_level_type_status_unit():
    assert (
        titles.roster_of("2023年度浙江省科技领军企业认定名单（宁波）")
        == "2023年度浙江省科技领军企业（宁波）"
    )
    assert titles.roster_of("名单") == "名单"
    assert [
        titles.level_of(each)
        for each in (
            "国家级孵化器",
            "全国重点实验室",
            "浙江省重点实验室",
            "宁波市工程技术中心",
            "名单",
        )
    ] == [
        "国家级",
        "国家级",
        "省级",
        "市级",
        "",
    ]
    assert titles.type_of("2023年新增省级众创空间") == "众创空间"
    assert titles.type_of("企业") == ""
    assert titles.status_of("名单", "备案时间") == "备案"
    assert titles.status_of("名单") == ""
    assert titles.unit_of(("（单位：万元）",)) == "万元"
    assert titles.unit_of(("单位：家，万元",)) == "家，万元"
    assert titles.unit_of(("金额单位：万元",)) == "万元"
    assert titles.unit_of(("填报单位：甲市科学技术局", "x")) == ""
    assert titles.unit_in_header("研发投入（万元）") == "万元"
    assert titles.unit_in_header("集团（企业）") == ""
    assert titles.unit_in_header("企业") == ""


# --- kinds and columns -----------------------------------------------------------------------


def test_columns_carry_confidence_and_samples():
    (candidate,) = read(
        "2023年某市领军企业名单\n序号\t企业名称\t联系人\n1\t甲公司\t王芳\n2\t乙公司\t李娜"
    )

    shown = [(each.header, each.field, each.samples) for each in candidate.columns]
    assert shown == [
        ("序号", "rank", ("1", "2")),
        ("企业名称", "organisation", ("甲公司", "乙公司")),
        ("联系人", "", ("王芳", "李娜")),
    ]
    assert candidate.columns[1].confidence == 1.0
    assert [(each.text, each.code) for each in candidate.aside] == [
        ("联系人: 王芳 李娜", "column-unread")
    ]


def test_columns_without_header_are_told_by_their_cells():
    (table,) = find_tables(
        read_text(
            "2022年度某市科学技术奖名单\n一等奖\t宁波大学、甲公司\t张三、李四光\n二等奖\t乙大学\t王五、赵六"
        )
    )

    assert {"organisations": 1, "people": 2}.items() <= guess(
        table, "awards"
    ).fields.items() or not guess(table, "awards").confidence


def test_content_that_cannot_be_told_counts_half():
    assert content_fits([], "people") == 0.5
    assert content_fits(["张三", "甲公司"], "people") == 0.5
    assert content_fits(["一等奖"], "category") == 1.0


def test_table_of_no_kind_is_set_aside_whole():
    (candidate,) = read("某表\n品名\t产出\n甲\t12\n乙\t13")

    assert (candidate.kind, candidate.records) == ("", ())
    assert [each.code for each in candidate.aside] == ["no-kind", "no-kind"]


# --- what a title and the rows say -----------------------------------------------------------


def test_awards_take_class_from_the_programme_and_programme_from_the_category():
    (candidate,) = read(
        "2022年度某市科学技术进步奖名单\n等级\t项目名称\t完成人\n一等奖\t甲项目\t张三"
    )
    assert values(candidate, "award_class", "grade") == [("科学技术进步奖", "一等奖")]
    assert "award_class:inferred" in codes(candidate)

    (candidate,) = read(
        "2022年获奖项目\n获奖类别\t项目名称\t完成人\n浙江省自然科学一等奖\t甲项目\t张三"
    )
    assert values(candidate, "programme") == [("浙江省科学技术奖",)]
    assert "programme:inferred" in codes(candidate)

    (candidate,) = read(
        "2022年度浙江省科学技术奖名单\n获奖类别\t项目名称\t完成人\n国家自然科学一等奖\t甲项目\t张三"
    )
    assert "programme:differs-from-category" in codes(candidate)


def test_year_and_programme_from_a_line_further_up_are_doubtful():
    (candidate,) = read(
        "2022年度浙江省科学技术奖\n\n项目汇总情况\n等级\t项目名称\t完成人\n自然科学一等奖\t甲项目\t张三"
    )

    assert values(candidate, "programme", "award_year") == [("浙江省科学技术奖", "2022")]
    assert {"programme:from-context", "award_year:from-context"} <= codes(candidate)


def test_figures_take_unit_from_header_or_line_and_period_from_title():
    (candidate,) = read("2024年主要指标\n单位：万元\n指标名称\t数值\n研发投入\t12\n税收\t—")
    assert values(candidate, "unit", "period", "value", "blank", "status") == [
        ("万元", "2024", "12", "", "actual"),
        ("万元", "2024", "", "missing", "actual"),
    ]

    (candidate,) = read("2024年主要指标\n指标名称\t数值（家）\n企业\t12")
    assert values(candidate, "unit") == [("家",)]


def test_events_take_the_year_from_the_title_or_say_what_is_wrong():
    (candidate,) = read("2024年大事记\n时间\t事件\n5月22—24日\t甲\n近日\t乙\n11月下旬\t丙\n\t丁")
    assert values(candidate, "date_from", "date_to") == [
        ("2024-05-22", "2024-05-24"),
        ("近日", "近日"),
        ("2024-11-21", "2024-11-30"),
        ("2024-11-21", "2024-11-30"),
    ]
    assert "date_from:not-a-day" in codes(candidate, 1)
    assert "date_from:day-unsure" in codes(candidate, 2)

    (candidate,) = read("2024年工作\n\n大事记\n时间\t事件\n5月2日\t甲\n/\t乙")
    assert "date_from:from-context" in codes(candidate)
    assert candidate.records[1].values["date_from"] in ("", "/")


def test_blank_district_is_filled_only_where_values_are_grouped():
    (candidate,) = read(
        "2023年企业名单\n序号\t企业名称\t所属区\n1\t甲公司\t北仑区\n2\t乙公司\t\n3\t丙公司\t鄞州区"
    )
    assert values(candidate, "district") == [("北仑区",), ("北仑区",), ("鄞州区",)]
    assert "district:filled-down" in codes(candidate, 1)

    (candidate,) = read(
        "2023年企业名单\n序号\t企业名称\t所属区\n1\t甲公司\t北仑区\n2\t乙公司\t北仑区\n3\t丙公司\t"
    )
    assert values(candidate, "district")[-1] == ("",)


def test_cell_unlike_its_column_is_marked():
    rows = "".join(f"{number}\t第{number}有限公司\n" for number in range(1, 9))
    (candidate,) = read(f"2023年企业名单\n序号\t企业名称\n{rows}9\t12345\n")

    assert "organisation:unlike-column" in codes(candidate, 8)


def test_cells_of_a_sheet_are_named_by_letter_and_number():
    place = Place("xlsx", sheet="名单")
    rows = (
        Row(3, ("", "序号", "企业名称"), place=place),
        Row(4, ("", "1", "甲公司"), (Mark(2, "formula"),), place),
    )

    (candidate,) = candidates([Grid(rows, (Span(0, 0),))])

    assert candidate.records[0].source == {
        "format": "xlsx",
        "line": 4,
        "sheet": "名单",
        "cells": {"rank": "B4", "organisation": "C4"},
    }
    assert "organisation:formula" in codes(candidate)
    assert [letters(each) for each in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_page_of_a_pdf_is_named():
    place = Place("pdf", page=3, table=2)
    rows = (Row(1, ("序号", "企业名称"), place=place), Row(2, ("1", "甲公司"), place=place))

    (candidate,) = candidates([Grid(rows)])

    assert (candidate.records[0].source["page"], candidate.records[0].source["table"]) == (3, 2)


# --- what a list says of bodies and of its own numbers ------------------------------------------


def test_numbers_of_the_rows_own_are_set_aside_and_running_numbers_are_not():
    text = "2016年甲市科学技术奖获奖项目名单\n编号\t项目名称\t完成单位\n{}\t膜研究\t甲有限公司\n{}\t稻研究\t乙有限公司"

    (coded,) = read(text.format("2016-J-01", "2016-J-02"))
    (running,) = read(text.format("1", "2"))

    assert [(each.text, each.code) for each in coded.aside] == [
        ("编号: 2016-J-01 2016-J-02", "column-unread")
    ]
    assert running.aside == ()


@pytest.mark.parametrize(
    ("text", "is_running"),
    [
        ("12", True),
        ("（3）", True),
        ("七", True),
        ("①", True),
        ("2016-J-01", False),
        ("KJ03", False),
    ],
)
def test_is_running(text, is_running):
    assert candidates_module.is_running(text) is is_running


def test_a_word_for_any_body_is_no_type():
    text = "平台名称\t依托单位\n甲市{}\t甲有限公司\n乙市{}\t乙有限公司"

    (alike,) = read(text.format("稻工程技术研究中心", "膜工程技术研究中心"))
    (several,) = read(text.format("稻重点实验室", "膜工程技术研究中心"))

    assert values(alike, "type") == [("工程技术研究中心",)] * 2
    assert "type:inferred" in codes(alike)
    assert values(several, "type") == [("平台",)] * 2
    assert "type:inferred" in codes(several)


def test_a_type_is_as_long_as_title_and_names_have_it():
    text = "{}名单\n名称\t依托单位\n甲市稻{}\t甲有限公司\n甲市膜{}\t乙有限公司"

    (longer,) = read(text.format("甲市企业技术创新中心", *["企业技术创新中心"] * 2))
    (shorter,) = read(text.format("甲市企业技术创新中心", *["技术创新中心"] * 2))

    assert values(longer, "type") == [("企业技术创新中心",)] * 2
    assert values(shorter, "type") == [("技术创新中心",)] * 2


def test_bodies_struck_from_the_list_are_not_certified():
    (one,) = read("2017年甲市撤销企业技术中心名单\n中心名称\t依托单位\n甲中心\t甲有限公司")

    assert values(one, "status") == [("撤销",)]


def test_of_two_names_the_one_after_the_change_is_the_firms():
    (one,) = read(
        "2022年甲市高新技术企业更名名单\n序号\t原企业名称\t变更后企业名称\n"
        "1\t甲海旧业有限公司\t甲海新业有限公司\n2\t乙山旧业有限公司\t乙山新业有限公司"
    )

    assert values(one, "organisation") == [("甲海新业有限公司",), ("乙山新业有限公司",)]
    assert [each.code for each in one.aside] == ["column-unread"]
