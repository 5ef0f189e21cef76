"""Lists printed over several columns, headers over two, figures across: nothing is lost unseen."""

import pytest

from apps.intake import titles
from apps.intake.candidates import candidates
from apps.intake.grid import Grid, Paragraph, Row, Span
from apps.intake.parted_lists import lists_of
from apps.intake.readers.text import read_text
from apps.intake.readers.tidy import tidy


def read(*lines, kind=""):
    """The one candidate of a pasted table."""
    (found,) = candidates(read_text("\n".join(lines)), kind)
    return found


@pytest.mark.parametrize(
    ("header", "lists"),
    [
        (("项目名称", "第一完成单位", "其他完成单位", "完成人"), [[1, 2]]),
        (("完成单位1", "完成单位2", "完成单位3"), [[0, 1, 2]]),
        (("第一完成人", "第一完成单位", "其他完成人", "其他完成单位"), [[0, 2], [1, 3]]),
        (("牵头单位", "参与单位"), [[0, 1]]),
        (("依托单位", "共建单位"), [[0, 1]]),
        (("主要完成单位", "主要完成人员"), []),
        (("第二完成单位", "第三完成单位"), []),
        (("提名单位", "完成单位", "推荐单位"), []),
        (("其他完成单位", "第一完成单位"), []),
    ],
)
def test_columns_of_one_list(header, lists):
    assert lists_of(header) == lists


def test_first_and_other_organisations_are_one_list_in_order():
    first, second = read(
        "2022年度东山市科学技术进步奖获奖项目",
        "项目名称\t第一完成单位\t其他完成单位\t主要完成人员\t奖项",
        "甲技术\t东山大学\t东山电缆有限公司、东山市第一医院\t张三、李四\t一等奖",
        "乙技术\t东山学院\t无\t王五、赵六\t二等奖",
    ).records

    assert first.values["organisations"] == ["东山大学", "东山电缆有限公司", "东山市第一医院"]
    assert second.values["organisations"] == ["东山学院"]


def test_a_column_that_a_person_named_is_left_to_itself():
    from apps.intake.candidates import take
    from apps.intake.finding import find_tables
    from apps.intake.mapping import guess

    (table,) = find_tables(
        read_text(
            "2022年度东山市科学技术进步奖\n项目名称\t第一完成单位\t其他完成单位\t完成人\n"
            "甲技术\t东山大学\t东山学院\t张三、李四\n乙技术\t东山学院\t东山大学\t王五、赵六\n"
        )
    )
    taken = take(table, guess(table, "awards"), {2: "organisations"})

    assert [record.values["organisations"] for record in taken.records()] == [
        ["东山学院"],
        ["东山大学"],
    ]


@pytest.mark.parametrize(
    ("title", "programme"),
    [
        ("玉环市2020年度科学技术奖获奖名单", "玉环市科学技术奖"),
        ("关于公布东山市2020年度科学技术奖获奖名单", "东山市科学技术奖"),
        ("东山市2022年度获浙江省科学技术奖项目", "浙江省科学技术奖"),
        ("2022年度科学技术奖", "科学技术奖"),
    ],
)
def test_the_place_before_the_year_is_the_prize_s(title, programme):
    assert titles.programme_of(title) == programme


def test_headings_give_the_field_their_words_look_like():
    found = read(
        "2021年认定企业技术中心名单",
        "序号\t名称\t依托单位",
        "一、国家级（1家）\t\t",
        "1\t甲企业技术中心\t甲轴承有限公司",
        "二、省级（1家）\t\t",
        "2\t乙企业技术中心\t乙电机有限公司",
        kind="certifications",
    )

    assert [record.values["level"] for record in found.records] == ["国家级", "省级"]
    assert {record.values["type"] for record in found.records} == {"企业技术中心"}


def grid(*rows, spans=()):
    return Grid(
        tuple(Row(number, cells) for number, cells in enumerate(rows, start=1)), tuple(spans)
    )


def test_a_header_over_groups_and_names_is_the_names():
    found = candidates(
        [
            grid(
                ("指标", "", "单位", "2022年"),
                ("创新主体", "高新技术企业数", "家", "45"),
                ("", "科技型中小企业数", "家", "98"),
                ("创新产出", "技术合同成交额", "亿元", "3.1"),
                spans=[Span(0, 0, 1, 2), Span(1, 0, 2, 1)],
            )
        ]
    )

    assert [record.values["indicator"] for record in found[0].records] == [
        "高新技术企业数",
        "科技型中小企业数",
        "技术合同成交额",
    ]


def test_a_header_over_two_columns_that_cannot_be_told_is_doubtful():
    found = candidates(
        [
            grid(
                ("指标", "", "单位", "2022年"),
                ("高新技术企业数", "", "家", "45"),
                ("其中", "当年新认定", "家", "9"),
                ("技术合同成交额", "", "亿元", "3.1"),
            )
        ]
    )

    doubted = [("indicator", "under-wide-head") in record.doubts for record in found[0].records]
    assert doubted == [False, True, False]


def test_how_many_there_are_is_no_part_of_an_indicator_s_name():
    found = read(
        "2022年各区县高新技术企业",
        "地区\t有效高新技术企业/数量\t新认定高新技术企业/数量",
        "海曙区\t585\t57",
        "江北区\t246\t30",
    )

    assert {record.values["indicator"] for record in found.records} == {
        "有效高新技术企业",
        "新认定高新技术企业",
    }


def test_a_growth_belongs_to_the_figure_under_the_same_words():
    found = candidates(
        [
            Paragraph("2022年各区县高新技术企业"),
            Paragraph("单位：家、%"),
            grid(
                ("地区", "有效高新技术企业", "", "新认定高新技术企业", ""),
                ("", "数量", "增速", "数量", "增速"),
                ("海曙区", "585", "11.5", "57", "30.7"),
                ("江北区", "246", "15.9", "30", "-3.7"),
                spans=[Span(0, 0, 2, 1), Span(0, 1, 1, 2), Span(0, 3, 1, 2)],
            ),
        ]
    )
    values = [record.values for record in found[0].records]

    assert [(v["indicator"], v["value"], v["comparison"], v["unit"]) for v in values] == [
        ("有效高新技术企业", "585", "11.5", "家"),
        ("新认定高新技术企业", "57", "30.7", "家"),
        ("有效高新技术企业", "246", "15.9", "家"),
        ("新认定高新技术企业", "30", "-3.7", "家"),
    ]


@pytest.mark.parametrize(
    ("units", "indicator", "unit"),
    [
        ("家、%", "高新技术企业", "家"),
        ("家、%", "高新技术企业增速", "%"),
        ("家、亿元", "高新技术企业", ""),
        ("万元", "增速", "万元"),
    ],
)
def test_one_of_several_units(units, indicator, unit):
    assert titles.unit_among(units, indicator) == unit


def test_several_units_above_a_table_are_told_apart_and_doubtful():
    found = read(
        "2022年各区县高新技术企业情况",
        "单位：家、%",
        "地区\t有效高新技术企业\t有效高新技术企业增速",
        "海曙区\t585\t11.5",
        "江北区\t246\t15.9",
    )

    assert [record.values["unit"] for record in found.records] == ["家", "%", "家", "%"]
    assert all(("unit", "inferred") in record.doubts for record in found.records)


def test_the_twin_that_a_browser_prints_for_a_common_character():
    assert tidy("㬵州市高铁轮轴") == "胶州市高铁轮轴"
