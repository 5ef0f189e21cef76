"""Pages and parts that go on: headings alone, halves of rows, sub-totals below a header, blank columns."""

from apps.intake.candidates import candidates
from apps.intake.finding import find_tables
from apps.intake.finding.headers import header_depth
from apps.intake.finding.order import in_number_order
from apps.intake.finding.rows import is_counted_total
from apps.intake.finding.tables import trim
from apps.intake.grid import Grid, Mark, Paragraph, Place, Row, Span, Table
from apps.intake.readers.text import read_text
from apps.intake.repair import fill_down, lying, unglue_category

HEADER = ("序号", "项目名称", "完成单位")


def page(number, *rows, spans=(), form="pdf"):
    place = Place(form, page=number, table=number)
    return Grid(tuple(Row(at, cells, (), place) for at, cells in enumerate(rows, 1)), spans)


def said(table):
    return [(row.cells[0], row.cells[-1]) for row in table.rows]


def test_headings_alone_on_a_page_head_what_comes_on_the_next():
    tables = find_tables(
        [
            Paragraph("名单"),
            page(1, HEADER, ("一、技术发明奖", "", ""), ("1", "甲", "甲公司")),
            page(2, ("二、自然科学奖",), form="pdf"),
            page(3, ("2", "乙", "乙公司")),
        ]
    )

    assert [said(table) for table in tables] == [[("1", "技术发明奖"), ("2", "自然科学奖")]]


def part(page_number, offset, *rows):
    place = Place("pdf", page=page_number)
    return [Row(at, cells, (), place, offset) for at, cells in enumerate(rows, 1)]


def ordered(*parts):
    rows = tuple(row for each in parts for row in each)
    return in_number_order(Table("名单", ("序号", "名称"), rows)).rows


def test_headings_at_the_foot_of_a_part_head_the_top_of_the_next_part():
    rows = ordered(
        part(1, 0, ("1", "甲"), ("2", "乙")),
        part(1, 2, ("3", "丙")),
        part(2, 0, ("二、二等奖", "")),
        part(2, 2, ("4", "丁")),
        part(3, 0, ("5", "戊")),
        part(3, 2, ("6", "己")),
    )

    assert [row.cells[0] for row in rows] == ["1", "2", "二、二等奖", "3", "4", "5", "6"]
    assert [mark.code for mark in rows[3].marks] == ["heading-unsure"]


def test_headings_at_the_top_of_a_page_that_was_broken_head_the_rows_to_come():
    rows = ordered(
        part(1, 0, ("1", "甲")),
        part(1, 2, ("2", "乙")),
        part(2, 0, ("二、二等奖", "")),
        part(2, 2, ("4", "丁")),
        part(3, 0, ("3", "丙")),
        part(3, 2, ("5", "戊")),
    )

    assert [row.cells[0] for row in rows] == ["1", "2", "二、二等奖", "3", "4", "5"]


def test_headings_without_any_row_beside_them_wait_for_their_part():
    rows = ordered(
        part(1, 0, ("一、一等奖", "")),
        part(1, 2, ("二、二等奖", "")),
        part(2, 0, ("1", "甲")),
        part(2, 2, ("2", "乙")),
    )

    assert [row.cells[0] for row in rows] == ["一、一等奖", "1", "二、二等奖", "2"]


def test_heading_in_the_right_part_is_told_by_the_number_left_of_it():
    def both(below):
        return ordered(
            part(1, 0, ("1", "甲")),
            part(1, 2, ("3", "丙")),
            part(2, 0, (below, "乙")),
            part(2, 2, ("二、二等奖", "")),
            part(3, 0, ("6", "己"), ("7", "庚")) if below == "2" else part(3, 0, ("5", "戊")),
            part(3, 2, ("4", "丁"), ("5", "戊")) if below == "2" else part(3, 2, ("6", "己")),
        )

    assert [row.cells[0] for row in both("2")][:4] == ["1", "2", "3", "二、二等奖"]
    assert "二、二等奖" in [row.cells[0] for row in both("4")]


def test_rest_of_a_cell_alone_on_a_ruled_page_is_put_back_to_its_row():
    header = ("奖种", "项目名称", "完成单位")
    first = page(1, header, ("技术发明奖", "甲", "甲公司"), ("自\n然\n科", "乙", "乙公司"))
    rest = page(2, ("学\n奖", "", ""), ("〃", "丙", "丙公司"), ("〃", "丁", "丁公司"))

    (table,) = find_tables([Paragraph("名单"), first, rest])

    assert [row.cells for row in table.rows] == [
        ("技术发明奖", "甲", "甲公司"),
        ("自\n然\n科\n学\n奖", "乙", "乙公司"),
        ("〃", "丙", "丙公司"),
        ("〃", "丁", "丁公司"),
    ]
    assert table.rows[1].marks == (Mark(0, "row-broken"),)


def test_line_across_a_ruled_table_is_its_title():
    across = page(2, ("附：2022年名单", "", ""), ("1", "丙", "丙公司"), spans=(Span(0, 0, 1, 3),))

    tables = find_tables([Paragraph("名单"), page(1, HEADER, ("1", "甲", "甲公司")), across])

    assert [table.title for table in tables] == ["名单", "2022年名单"]


def test_blank_first_column_of_a_ruled_page_without_header_stays():
    bare = (("", "一等奖", "甲"), ("", "二等奖", "乙"))

    assert trim(page(1, *bare)).rows[0].cells == bare[0]
    assert trim(page(1, *bare, form="xlsx")).rows[0].cells == bare[0][1:]
    assert trim(page(1, ("", "序号", "项目名称"), *bare)).rows[0].cells == ("序号", "项目名称")


def test_sub_total_below_a_header_is_no_level_of_it():
    top = Row(1, ("奖种", "等级", "项目名称", "主要情况", ""))
    second = Row(2, ("", "", "", "完成单位", "推荐单位"))
    total = Row(3, ("", "小计", "8项", "", ""))

    assert is_counted_total(total)
    assert not is_counted_total(Row(3, ("", "小计", "男", "女", "")))
    assert header_depth([top, second, total], []) == 2


def test_table_of_the_same_title_and_other_columns_is_doubtful():
    text = (
        "2023年高新技术企业名单\n序号\t单位名称\t所在区县\n1\t甲材料有限公司\t海曙区\n2\t乙材料有限公司\t海曙区\n"
        "\n2023年高新技术企业名单（续）\n单位名称\t证书编号\n丙材料有限公司\tGR202333000001\n"
    )

    first, second = candidates(read_text(text))

    assert first.records[0].doubts == ()
    assert ("organisation", "same-title") in second.records[0].doubts


def test_category_written_downwards_is_taken_off_the_title():
    assert lying("技\n术\n发\n明\n奖高强铝合金") == "技术发明奖高强铝合金"
    assert lying("高强\n铝合金") == "高强\n铝合金"
    table = Table("", ("奖种", "项目"), (Row(1, ("", "技\n术\n发\n明\n奖高强铝合金研究")),))

    assert unglue_category(table, 1, 0).rows[0].cells == ("技术发明奖", "高强铝合金研究")


def test_blank_above_the_first_category_is_a_doubt():
    table = Table("", ("奖种", "项目"), (Row(1, ("", "甲")), Row(2, ("技术发明奖", "乙"))))
    blank = Table("", ("奖种", "项目"), (Row(1, ("", "甲")),))

    assert [row.marks for row in fill_down(table, 0).rows] == [(Mark(0, "missing"),), ()]
    assert fill_down(blank, 0) is blank
