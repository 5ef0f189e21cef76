import pytest

from apps.intake.fields import Fields, read_field
from apps.intake.lists import Reading, read_list

AWARDS = """2024年度获奖名单

类别\t名称\t单位\t人员
省科技进步二等奖\t甲项目\t宁波大学、天津大学\t李 晔、刘兵
\t乙项目\t甲公司、乙公司,丙林场\t张三丰李四光、王五
丙项目\t丁医院,戊医院\t赵六、赵六\t
"""
READING = Reading(
    title="2024年度获奖名单",
    columns={
        "类别": "award_category",
        "名称": "title",
        "单位": "organisations",
        "人员": "people",
    },
    fill_down="类别",
    constants={"programme": "某省科学技术奖", "award_year": "2024"},
)


def test_read_list_gives_the_columns_of_its_kind_with_order_kept():
    first, *_ = read_list("awards", AWARDS, READING)

    assert list(first.values()) == [
        "4",
        "某省科学技术奖",
        "科学技术进步奖",
        "二等奖",
        "2024",
        "甲项目",
        "宁波大学|天津大学",
        "李晔|刘兵",
        "people:blank-removed",
    ]


def test_read_list_reports_what_was_doubtful():
    _, second, third = read_list("awards", AWARDS, READING)

    assert second["flags"] == "organisations:mixed-separator|people:possibly-two-names"
    assert third["title"] == "丙项目"
    assert third["grade"] == "二等奖"
    assert third["flags"] == (
        "award_class:first-cell-restored|organisations:comma-separator|people:possible-duplicate"
    )


def test_read_list_of_policies_unglues_fills_down_and_takes_the_note_off():
    lines = ["《甲 办法》\t战略", "《乙 办法》（修订）\t", "《丙办法》人才\t人才", "《丁 丁》\t"]
    text = "\n".join(["政策表", "名称\t分类", *lines])
    reading = Reading("政策表", {"名称": "title", "分类": "category"}, "分类", {"year": "2024"})

    rows = read_list("policies", text, reading)

    assert [(row["title"], row["category"], row["note"], row["flags"]) for row in rows] == [
        ("甲 办法", "战略", "", "title:inner-blank"),
        ("乙 办法", "战略", "修订", "title:inner-blank"),
        ("丙办法", "人才", "", "title:category-glued"),
        ("丁 丁", "人才", "", "title:inner-blank"),
    ]


def test_read_list_marks_a_row_with_more_cells_than_the_header():
    text = "名单\n名称\t依托\n甲\t乙\t丙"

    (row,) = read_list(
        "certifications", text, Reading("名单", {"名称": "platform", "依托": "hosts"})
    )

    assert row["flags"] == "hosts:more-cells-than-header"


def test_read_list_needs_exactly_one_table_of_the_title():
    with pytest.raises(LookupError, match="0 tables are called '无此表'"):
        read_list("awards", AWARDS, Reading("无此表", {}))


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("rank", "１２", "12"),
        ("year", "2023年", "2023"),
        ("name", "李晔", "李晔"),
        ("credit_code", "９１350100M000100Y43", "91350100M000100Y43"),
        ("certificate_number", "ＧＲ２０２３", "GR2023"),
        ("district", "北仑区", "北仑区"),
    ],
)
def test_read_field_of_one_value(name, cell, value):
    assert read_field("roster-entries", name, cell) == Fields({name: value})
