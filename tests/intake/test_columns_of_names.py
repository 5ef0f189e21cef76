"""Lists of names without a header, in several columns; what stands behind or before names."""

import pytest

from apps.intake import titles
from apps.intake.candidates import candidates
from apps.intake.finding.columns_of_names import UNSURE, one_name_a_row
from apps.intake.grid import WHOLE_ROW, Mark, Row, Table
from apps.intake.readers.text import read_text

A, B, C, D = (f"{name}海科技有限公司" for name in "东南西北")


def test_names_in_several_columns_are_rows_from_left_to_right():
    rows = (
        Row(2, (A, B), (Mark(1, "line-break"), Mark(0, "footnote-mark"))),
        Row(3, (C, ""), offset=1),
        Row(4, (D,)),
    )

    found = one_name_a_row(Table("名单", (), rows))

    unsure = Mark(WHOLE_ROW, UNSURE)
    assert [(row.line, row.offset, row.cells, row.marks) for row in found.rows] == [
        (2, 0, (A,), (unsure, Mark(0, "footnote-mark"))),
        (2, 1, (B,), (unsure, Mark(0, "line-break"))),
        (3, 1, (C,), (unsure,)),
        (4, 0, (D,), (unsure,)),
    ]


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (("企业", "企业"), ((A, B), (C, D))),
        ((), ((A, B),)),
        ((), ((A,), (B,), (C,), (D,))),
        ((), ((A, B), (C, ""))),
        ((), ((A, "海曙区"), (B, "江北区"))),
    ],
)
def test_other_tables_stay(header, rows):
    table = Table("", header, tuple(Row(at, cells) for at, cells in enumerate(rows, 1)))

    assert one_name_a_row(table) is table


def test_a_document_of_names_in_columns():
    text = f"2023年宁波市科技领军企业名单\n{A}\t{B}\n{C}\t{D}"

    (one,) = candidates(read_text(text))

    assert [record.values["organisation"] for record in one.records] == [A, B, C, D]
    assert one.records[0].doubts == (("organisation", UNSURE),)


def test_a_long_number_is_no_rank_and_a_count_no_part_of_a_district():
    text = f"2022年科技型中小企业名单\n编号\t企业名称\t所属区\n2022330201000001\t{A}\t东山区（2家）"

    (one,) = candidates(read_text(text))

    values = one.records[0].values
    assert (values["rank"], values["certificate_number"]) == ("", "2022330201000001")
    assert values["district"] == "东山区"


def test_the_column_that_names_the_roster():
    text = f"榜单\t企业名称\t年度\n瞪羚企业\t{A}\t2022\n独角兽企业\t{B}\t2022"

    (one,) = candidates(read_text(text))

    assert [record.values["roster"] for record in one.records] == ["瞪羚企业", "独角兽企业"]


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("2021年度宁波市重点实验室认定名单", "市级"),
        ("附件1：2021年宁波市新增省级孵化器", "省级"),
        ("2021年第二批国家级孵化器", "国家级"),
        ("2021年度众创空间", ""),
    ],
)
def test_the_level_that_a_title_names(title, level):
    assert titles.level_of(title) == level


def test_the_title_says_more_closely_what_a_header_calls_a_laboratory():
    text = "2021年度宁波市重点实验室名单\n实验室名称\t依托单位\n海洋碳汇实验室\t宁波大学"

    (one,) = candidates(read_text(text))

    assert one.records[0].values["type"] == "重点实验室"


def test_a_column_of_things_names_no_people_however_its_cells_look():
    text = f"2022年宁波市重点项目清单\n序号\t专项名称\t项目名称\t牵头单位\n1\t先进材料\t高性能永磁\t{A}\n2\t生物医药\t抛光液研制\t{B}"

    (one,) = candidates(read_text(text))

    assert len(one.records) == 2
    assert not any(record.values.get("people") for record in one.records)
    assert "专项名称: 先进材料 生物医药" in [each.text for each in one.aside]


def test_a_district_by_its_short_name_under_its_header():
    text = f"2019年宁波市领军企业名单\n企业名称\t所在区域\n{A}\t慈溪\n{B}\t北仑"

    (one,) = candidates(read_text(text))

    assert [record.values["district"] for record in one.records] == ["慈溪", "北仑"]


def test_a_heading_further_up_may_say_what_bodies_are_and_is_doubtful():
    text = (
        "关于2022年第一批省级新型研发机构认定结果的公示\n"
        "根据有关规定，现将名单公示如下，公示期为七天，如有异议请来函说明。\n"
        "序号\t机构名称\t建设主体\t所属设区市\n1\t东海国际科创中心\t东海大学\t宁波"
    )

    (one,) = candidates(read_text(text))

    values = one.records[0].values
    assert (values["type"], values["level"], values["district"]) == ("新型研发机构", "省级", "宁波")
    assert {("type", "inferred"), ("level", "inferred")} <= set(one.records[0].doubts)
