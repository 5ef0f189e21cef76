import pytest

from apps.intake.days import read_date, read_period, read_year
from apps.intake.fields import Fields, read_field
from apps.intake.numbers import Figure, is_scientific, read_figure


def doubts(kind, name, cell):
    return [code for _name, code in read_field(kind, name, cell).doubts]


@pytest.mark.parametrize(
    ("cell", "values", "codes"),
    [
        (
            "省科技进步一等奖",
            {"award_class": "科学技术进步奖", "grade": "一等奖", "awarder": "省"},
            [],
        ),
        ("二等奖", {"grade": "二等奖"}, []),
        ("自然科学奖", {"award_class": "自然科学奖"}, []),
        ("青年奖", {"grade": "青年奖"}, ["category-unknown"]),
        ("一等奖（特别）", {"grade": "一等奖"}, ["category-unknown"]),
        ("", {}, []),
    ],
)
def test_category(cell, values, codes):
    found = read_field("awards", "award_category", cell)

    assert (found.values, [code for _, code in found.doubts]) == (values, codes)


def test_titles():
    assert read_field("awards", "title", "高性能\n材料") == Fields(
        {"title": "高性能材料"}, (("title", "line-break"),)
    )
    assert read_field("policies", "title", "《甲》（修订）").values == {
        "title": "甲",
        "note": "修订",
    }
    assert doubts("awards", "title", "深耕 厚植") == ["inner-blank"]


@pytest.mark.parametrize(
    ("cell", "value", "codes"),
    [
        ("甲公司", "甲公司", []),
        ("宁波\n大学", "宁波大学", ["line-break"]),
        ("甲公司、乙公司", "甲公司、乙公司", ["possibly-two-names"]),
        ("宁波 大学", "宁波 大学", ["inner-blank"]),
        ("—", "", []),
    ],
)
def test_one_organisation(cell, value, codes):
    found = read_field("roster-entries", "organisation", cell)

    assert (found.values["organisation"], [code for _, code in found.doubts]) == (value, codes)


@pytest.mark.parametrize(
    ("cell", "value", "codes"),
    [
        ("李 晔", "李晔", ["blank-removed"]),
        ("张三、李四", "张三、李四", ["possibly-two-names"]),
        ("A3", "A3", ["not-like-a-name"]),
        ("Li-Ke Huang", "Li-Ke Huang", []),
    ],
)
def test_one_person(cell, value, codes):
    found = read_field("laureates", "name", cell)

    assert (found.values["name"], [code for _, code in found.doubts]) == (value, codes)


@pytest.mark.parametrize(
    ("name", "cell", "value", "codes"),
    [
        ("rank", "第３名", "3", []),
        ("rank", "并列", "并列", ["not-a-number"]),
        ("rank", "1.", "1", []),
        ("year", "2023年", "2023", []),
        ("year", "近年", "近年", ["not-a-year"]),
        ("credit_code", "９１350100m000100y43", "91350100M000100Y43", []),
        ("credit_code", "9.13E+17", "9.13E+17", ["digits-lost"]),
        ("credit_code", "9135", "9135", ["not-a-code"]),
        ("credit_code", "91350100M0001O0Y43", "91350100M0001O0Y43", ["not-a-code"]),
        ("certificate_number", "gr 2023 33", "GR202333", []),
        ("level", "国家", "国家级", []),
        ("level", "省级", "省级", []),
        ("status", "认 定", "认定", []),
        ("platform", "某 中心", "某 中心", ["inner-blank"]),
        ("district", "北仑\n区", "北仑区", ["line-break"]),
        ("issued_on", "2023年5月22日", "2023-05-22", []),
        ("issued_on", "", "", []),
        ("issued_on", "2023.5", "2023-05", ["day-unsure"]),
        ("issued_on", "近日", "近日", ["not-a-day"]),
    ],
)
def test_one_value(name, cell, value, codes):
    found = read_field("roster-entries", name, cell)

    assert (found.values[name], [code for _, code in found.doubts]) == (value, codes)


@pytest.mark.parametrize(
    ("cell", "figure"),
    [
        ("超630.96亿元", Figure("630.96", "亿元", "超")),
        ("０", Figure("0")),
        ("", Figure(blank="missing")),
        ("—", Figure(blank="missing", code="blank-sign")),
        ("不适用", Figure(blank="not_applicable")),
        ("保密", Figure(blank="withheld")),
        ("1,234.5", Figure("1234.5")),
        ("12,34", Figure("1234", code="odd-commas")),
        ("200余项", Figure("200", "项", "余")),
        ("15%以上", Figure("15", "%", "以上")),
        ("-3.5%", Figure("-3.5", "%")),
        ("很多", Figure("很多", code="not-a-number")),
    ],
)
def test_read_figure(cell, figure):
    assert read_figure(cell) == figure


def test_figure_field_carries_unit_qualifier_and_blank():
    assert read_field("indicator-values", "value", "近3家").values == {
        "value": "3",
        "unit": "家",
        "qualifier": "近",
    }
    assert read_field("indicator-values", "value", "/").values == {"value": "", "blank": "missing"}
    assert is_scientific("９.13E+17")


@pytest.mark.parametrize(
    ("text", "day", "sure"),
    [
        ("2023-05-22", "2023-05-22", True),
        ("2023/5/22", "2023-05-22", True),
        ("20230522", "2023-05-22", True),
        ("２０２３年５月２２日", "2023-05-22", True),
        ("二〇二三年5月22日", "2023-05-22", True),
        ("45068", "2023-05-22", False),
        ("2023年5月", "2023-05", False),
        ("2023.5", "2023-05", False),
        ("2023", "2023", False),
        ("2023-05-22 00:00:00", "2023-05-22", True),
    ],
)
def test_read_date(text, day, sure):
    assert read_date(text) == (day, sure)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2023年", "2023"),
        ("２０２３年度", "2023"),
        ("2023.5", "2023"),
        ("45068", "2023"),
        ("第3年", "第3年"),
    ],
)
def test_read_year(text, year):
    assert read_year(text) == year


@pytest.mark.parametrize(
    ("text", "first", "last", "sure"),
    [
        ("5月22—24日", "2024-05-22", "2024-05-24", True),
        ("2023年5月22日", "2023-05-22", "2023-05-22", True),
        ("11月下旬", "2024-11-21", "2024-11-30", False),
        ("2023.5.22至2023.5.24", "2023-05-22", "2023-05-24", True),
    ],
)
def test_read_period(text, first, last, sure):
    assert read_period(text, 2024) == (first, last, sure)


def test_read_period_needs_a_year():
    with pytest.raises(ValueError, match="not a day"):
        read_period("5月22日", None)


def test_a_list_of_one_that_is_numbered_loses_its_number_and_is_doubtful():
    read = read_field("awards", "organisations", "1. 东山大学研究院")

    assert read.values == {"organisations": ["东山大学研究院"]}
    assert ("organisations", "numbered-names") in read.doubts
