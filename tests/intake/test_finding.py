import pytest

from apps.intake.finding import find_tables
from apps.intake.finding.beside import side_by_side, under_titles
from apps.intake.finding.bodies import HEADING, heading_of
from apps.intake.finding.order import in_number_order
from apps.intake.finding.rows import is_note, printed_number
from apps.intake.finding.titles import above_of, is_furniture, title_of
from apps.intake.grid import WHOLE_ROW, Grid, Paragraph, Place, Row, Span, Table
from apps.intake.readers.text import read_text

PAGES = """一段文字，说明下面的表。

## 2024年获奖名单

类别\t名称
一等奖\t甲
\t乙

### 2024年获奖名单

类别\t名称
二等奖\t丙"""


def tables(text):
    return find_tables(read_text(text))


def sheet(*rows, spans=()):
    place = Place("xlsx", sheet="1")
    lines = (Row(number, tuple(cells), place=place) for number, cells in enumerate(rows, start=1))
    return Grid(tuple(lines), tuple(spans))


def cells(table):
    return [row.cells for row in table.rows]


def codes(table):
    return [each.code for each in table.aside]


def test_find_tables_joins_pages_and_drops_repeated_title_and_header():
    (table,) = tables(PAGES)

    assert (table.title, table.header) == ("2024年获奖名单", ("类别", "名称"))
    assert [row.line for row in table.rows] == [6, 7, 12]
    assert cells(table) == [("一等奖", "甲"), ("", "乙"), ("二等奖", "丙")]
    assert codes(table) == ["repeated-header"]


def test_find_tables_leaves_the_title_empty_under_a_paragraph_and_at_the_start():
    text = "序号\t名称\n1\t甲\n\n以上各项由有关单位负责落实。\n\n序号\t名称\n1\t乙\n"

    assert [table.title for table in tables(text)] == ["", ""]


def test_find_tables_takes_a_page_without_title_or_with_a_continued_label():
    text = "名单\n序号\t名称\n1\t甲\n\n名单（续）\n序号\t名称\n2\t乙\n\n说明。\n序号\t名称\n3\t丙"

    (table,) = tables(text)

    assert [row.cells[1] for row in table.rows] == ["甲", "乙", "丙"]


def test_find_tables_keeps_lists_apart_that_share_only_a_header():
    text = "国家级名单\n序号\t名称\n1\t甲\n\n省级名单\n序号\t名称\n1\t乙"

    assert [table.title for table in tables(text)] == ["国家级名单", "省级名单"]


def test_find_tables_takes_a_page_without_header_as_rows():
    (table,) = tables("名单\n序号\t名称\n1\t甲\n\n这里换页。\n2\t乙\n3\t丙")

    assert [row.line for row in table.rows] == [3, 6, 7]


def test_find_tables_does_not_join_where_the_numbers_do_not_run_on():
    assert len(tables("名单\n序号\t名称\n1\t甲\n2\t乙\n\n另说明。\n1\t丙")) == 2


def test_find_tables_does_not_join_under_another_title():
    assert len(tables("名单\n序号\t名称\n1\t甲\n\n别的名单\n2\t丙")) == 2


def test_find_tables_sets_a_note_below_a_table_aside():
    (table,) = tables("名单\n序号\t名称\n1\t甲\n注：数据截至年底")

    assert [each.text for each in table.aside] == ["注：数据截至年底"]


def test_tables_stacked_in_one_sheet_come_apart_and_pages_together():
    grid = sheet(
        ("甲名单", ""),
        ("序号", "名称"),
        ("1", "a"),
        ("甲名单", ""),
        ("序号", "名称"),
        ("2", "b"),
        ("注：完", ""),
        ("乙名单", ""),
        ("姓名", "工作单位"),
        ("张三", "c"),
    )

    first, second = find_tables([grid])

    assert (first.title, cells(first)) == ("甲名单", [("1", "a"), ("2", "b")])
    assert (second.title, cells(second)) == ("乙名单", [("张三", "c")])


def test_last_line_of_a_row_above_a_header_that_stands_again_is_no_title_of_the_next_page():
    grid = sheet(
        ("名单", "", ""),
        ("序号", "项目名称", "完成单位"),
        ("1", "甲", "一公司"),
        ("2", "乙", "二公司"),
        ("", "", "三公司"),
        ("名单", "", ""),
        ("序号", "项目名称", "完成单位"),
        ("3", "丙", "四公司"),
    )

    (table,) = find_tables([grid])

    assert cells(table)[1] == ("2", "乙", "二公司三公司")
    assert [each.code for each in table.aside] == ["repeated-header"]


def test_last_line_of_the_last_row_is_no_note():
    (table,) = tables(
        "名单\n序号\t项目名称\t完成单位\n1\t甲\t一公司\n2\t乙\t东山海洋工程股份有限公司\n"
        "\t\t西江精密机械股份有限公司"
    )

    assert cells(table)[-1] == ("2", "乙", "东山海洋工程股份有限公司\n西江精密机械股份有限公司")


def test_header_with_nothing_but_a_total_heads_the_rows_below_a_heading():
    (table,) = tables(
        "2023年名单\n序号\t名称\t区县\n合计\t2家\t\n一、东区\n1\t甲\t东区\n2\t乙\t东区"
    )

    assert cells(table) == [("1", "甲", "东区", "东区"), ("2", "乙", "东区", "东区")]
    assert codes(table) == ["total"]


def test_page_below_a_running_head_whose_numbers_begin_again_goes_on():
    page = "序号\t名称\t完成单位\n1\t甲项目\t甲海有限公司\n2\t乙项目\t乙山有限公司\n"
    (table,) = tables(
        f"2023年名单\n\n{page}\n市局文件\n\n1\t丙项目\t丙江有限公司\n2\t丁项目\t丁河有限公司"
    )

    assert len(table.rows) == 4
    assert all(row.marks for row in table.rows[1:])


def test_title_in_another_column_begins_a_table():
    grid = sheet(
        ("序号", "企业名称", "所属区"),
        ("1", "甲", "东区"),
        ("", "乙名单", ""),
        ("姓名", "工作单位", "所属区"),
        ("张三", "丙", "西区"),
    )

    first, second = find_tables([grid])

    assert (len(first.rows), second.title) == (1, "乙名单")


def test_header_of_unknown_words_that_stands_again_begins_a_copy_or_a_page():
    head = [("序号", "基本情况", "", ""), ("", "地方", "主要情况", ""), ("", "", "甲数", "乙数")]
    page = [("某情况表", "", "", ""), *head, ("1", "东厂", "1", "2"), ("2", "西厂", "3", "4")]
    last = [("某情况表", "", "", ""), *head, ("3", "南厂", "5", "6")]

    (table,) = find_tables([sheet(*page, *page, *last)])

    assert [row[1] for row in cells(table)] == ["东厂", "西厂", "南厂"]
    assert codes(table) == ["copied-row", "copied-row", "repeated-header"]


def test_lines_between_pages_mark_the_rows_beside_them():
    page = "2023年企业名单\n序号\t名称\n"

    (table,) = tables(f"{page}1\t甲\n2\t乙\n\n的研究\n\n{page}3\t丙\n4\t丁")

    assert [[mark.code for mark in row.marks] for row in table.rows] == [
        [],
        ["line-between"],
        ["line-between"],
        [],
    ]


def test_header_on_two_levels_is_combined():
    grid = sheet(
        ("序号", "项目名称", "完成情况", ""),
        ("", "", "完成单位", "完成人"),
        ("1", "a", "b", "c"),
        spans=[Span(0, 0, 2), Span(0, 1, 2), Span(0, 2, 1, 2)],
    )

    (table,) = find_tables([grid])

    assert table.header == ("序号", "项目名称", "完成情况/完成单位", "完成情况/完成人")


def test_header_on_two_levels_needs_no_merged_cells_and_may_be_repeated():
    page = [("序号", "主要情况", ""), ("", "企业名称", "所属区")]
    grid = sheet(*page, ("1", "甲", "北仑区"), *page, ("2", "乙", "北仑区"))

    (table,) = find_tables([grid])

    assert table.header == ("序号", "主要情况/企业名称", "主要情况/所属区")
    assert [row.cells[0] for row in table.rows] == ["1", "2"]


def test_merged_cells_are_filled_and_blank_edges_cut():
    grid = sheet(
        ("", "", "", ""),
        ("", "类别", "名称", ""),
        ("", "一", "a", ""),
        ("", "", "b", ""),
        spans=[Span(0, 0), Span(2, 1, 2)],
    )

    (table,) = find_tables([grid])

    assert cells(table) == [("一", "a"), ("一", "b")]
    assert (table.merged, table.rows[0].offset) == ({1}, 1)


def test_blank_grid_and_a_header_without_rows_are_no_tables():
    assert find_tables([sheet(("", "")), sheet(("序号", "名称"))]) == []


def test_totals_notes_column_numbers_and_repeats_are_set_aside():
    (table,) = find_tables(
        [
            sheet(
                ("获奖名单", "", ""),
                ("", "", "单位：万元"),
                ("序号", "项目名称", "完成单位"),
                ("1", "2", "3"),
                ("1", "a", "b"),
                ("小计", "1项", ""),
                ("获奖名单", "", ""),
                ("2", "c", "d"),
                ("合计", "2项", ""),
                ("说明：以上数据为年报数", "", ""),
                ("本表由科技局统计并负责解释", "", ""),
            )
        ]
    )

    assert cells(table) == [("1", "a", "b"), ("2", "c", "d")]
    assert codes(table) == ["column-numbers", "total", "repeated-title", "total", "note", "note"]
    assert table.title == "获奖名单"
    assert "单位：万元" in table.above


def test_headings_between_rows_become_a_column_that_goes_on_over_pages():
    text = "名单\n序号\t名称\n一、一等奖（1项）\t\n1\t甲\n\n名单\n序号\t名称\n2\t乙\n二、二等奖\t\n3\t丙"

    (table,) = tables(text)

    assert table.header == ("序号", "名称", HEADING)
    assert [row.cells[-1] for row in table.rows] == ["一等奖", "一等奖", "二等奖"]


def test_headings_of_a_later_page_leave_the_first_page_blank():
    (table,) = tables("名单\n序号\t名称\n1\t甲\n\n名单\n序号\t名称\n二、二等奖\t\n2\t乙")

    assert cells(table) == [("1", "甲", ""), ("2", "乙", "二等奖")]


def test_side_by_side_reads_the_left_part_first_and_keeps_lines():
    (table,) = tables("名单\n序号\t名称\t序号\t名称\n1\t甲\t3\t丙\n2\t乙\t\t")

    assert [(row.line, row.offset, row.cells) for row in table.rows] == [
        (3, 0, ("1", "甲")),
        (4, 0, ("2", "乙")),
        (3, 2, ("3", "丙")),
    ]


def test_tables_side_by_side_may_each_have_a_title_of_their_own():
    header = ("甲名单/序号", "甲名单/名称", "", "乙名单/序号", "乙名单/企业名称", "乙名单/区县")
    rows = (
        Row(3, ("1", "甲空间", "", "1", "乙公司", "东山区")),
        Row(4, ("", "", "", "2", "丙公司", "南江区")),
    )

    first, second = side_by_side(Table("", header, rows))

    assert (first.title, first.header) == ("甲名单", ("序号", "名称"))
    assert [row.cells for row in first.rows] == [("1", "甲空间")]
    assert (second.title, second.above) == ("乙名单", ("乙名单",))
    assert [(row.line, row.cells) for row in second.rows] == [
        (3, ("1", "乙公司", "东山区")),
        (4, ("2", "丙公司", "南江区")),
    ]


@pytest.mark.parametrize(
    "header",
    [
        ("甲/序号", "甲/名称", "乙/名称"),
        ("甲/序号", "乙/名称", "丙/序号", "丙/名称"),
        ("名单/序号", "名单/名称", "", "名单/序号", "名单/名称"),
    ],
)
def test_groups_of_columns_are_no_tables_of_their_own(header):
    row = Row(3, ("1", "甲空间", "乙", "2", "乙空间")[: len(header)])

    assert under_titles(Table("", header, (row,))) == []


def test_side_by_side_with_a_blank_column_between():
    (table,) = tables("名单\n序号\t名称\t\t序号\t名称\n1\t甲\t\t2\t乙")

    assert cells(table) == [("1", "甲"), ("2", "乙")]


def test_side_by_side_over_pages_follows_the_numbers():
    page = "名单\n序号\t名称\t序号\t名称\n{}\t甲\t{}\t丙\n\n"

    (table,) = tables(page.format(1, 3) + page.format(2, 4))

    assert [row.cells[0] for row in table.rows] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("numbers", [("1", "x"), ("1", "5")])
def test_numbers_with_a_gap_leave_the_order(numbers):
    rows = tuple(Row(1, (number, "甲"), offset=at) for at, number in enumerate(numbers))
    table = Table("", ("序号", "名称"), rows)

    assert in_number_order(table) == table


def test_different_tables_side_by_side_come_apart():
    first, second = tables("名单\n序号\t企业名称\t序号\t姓名\n1\t甲\t1\t张三\n2\t乙\t\t")

    assert (first.header, len(first.rows)) == (("序号", "企业名称"), 2)
    assert (second.header, cells(second)) == (("序号", "姓名"), [("1", "张三")])


@pytest.mark.parametrize(
    "line", ["名称\t项目\t名称\n甲\t乙\t丙", "名称\t项目\t名称\t单位\n甲\t乙\t丙\t丁"]
)
def test_columns_of_one_name_are_not_taken_for_tables_side_by_side(line):
    (table,) = tables("名单\n" + line)

    assert len(table.rows) == 1


def test_unknown_header_is_told_by_the_numbers_below():
    (table,) = tables("某表\n品名\t产出\n甲\t12\n乙\t13")

    assert table.header == ("品名", "产出")


@pytest.mark.parametrize(
    "text",
    [
        "某表\n甲乙丙\t丁戊己\n甲乙丙\t庚辛壬",
        "某表\n甲乙\t12\n甲乙\t13",
        "某表\n甲乙\t丙\n甲乙\t丙\t丁",
    ],
)
def test_table_without_header_keeps_all_rows(text):
    (table,) = tables(text)

    assert (table.header, len(table.rows)) == ((), 2)


def test_title_of_drops_heading_marks_and_appendix_label():
    assert title_of("## 附录3: 获奖人员名单") == "获奖人员名单"
    assert title_of("附件一：获奖人员名单") == "获奖人员名单"
    assert title_of("附录1:") == ""
    assert title_of("**附件 获奖名单**") == "获奖名单"


def test_title_of_is_empty_for_a_long_line():
    assert title_of("长" * 61) == ""


def test_title_broken_in_two_is_put_together():
    lines = [Paragraph("2023年度浙江省科技小巨人企业", 3), Paragraph("认定名单（宁波）", 4)]

    assert above_of(lines).title == "2023年度浙江省科技小巨人企业认定名单（宁波）"


def test_title_is_not_joined_to_a_heading():
    lines = [Paragraph("## 第二节 企业", 3), Paragraph("认定名单", 4)]

    assert above_of(lines).title == "认定名单"


@pytest.mark.parametrize(
    "line",
    [
        "— 3 —",
        "第3页",
        "单位：万元",
        "（2023年12月）",
        "（排名不分先后）",
        "（共 6 家，按拼音排序）",
        "填报单位：甲市科学技术局 制表时间：2023年1月",
        "表　　号：甬科统3表",
    ],
)
def test_is_furniture(line):
    assert is_furniture(line)


def test_is_note_leaves_bold_text_alone():
    assert is_note("*为新增项目")
    assert not is_note("**加大投入。**")


def test_heading_of_takes_number_and_count_off():
    assert heading_of("（一）技术发明奖（3项）") == "技术发明奖"


def test_page_that_goes_on_above_a_repeated_header_loses_no_row():
    first = sheet(("名单", ""), ("序号", "名称"), ("1", "甲"))
    second = sheet(("2", "乙"), ("3", "丙"), ("名单", ""), ("序号", "名称"), ("4", "丁"))

    (table,) = find_tables([first, second])

    assert [row.cells[0] for row in table.rows] == ["1", "2", "3", "4"]


def test_page_of_nothing_but_a_header_and_a_heading_hands_the_heading_on():
    (table,) = tables("名单\n序号\t名称\n1\t甲\n\n名单\n序号\t名称\n二、二等奖\t\n\n2\t乙\n3\t丙")

    assert [row.cells for row in table.rows] == [
        ("1", "甲", ""),
        ("2", "乙", "二等奖"),
        ("3", "丙", "二等奖"),
    ]


def test_page_without_header_may_begin_with_a_heading():
    (table,) = tables("名单\n序号\t名称\n1\t甲\n\n二、二等奖\t\n2\t乙")

    assert [row.cells for row in table.rows] == [("1", "甲", ""), ("2", "乙", "二等奖")]


def test_page_without_header_goes_on_side_by_side():
    (table,) = tables("名单\n序号\t名称\t序号\t名称\n1\t甲\t3\t丙\n\n2\t乙\t4\t丁")

    assert [row.cells[0] for row in table.rows] == ["1", "2", "3", "4"]


def test_heading_at_the_foot_of_a_page_belongs_to_the_next_and_is_no_row():
    first = ["2024年获奖名单", "序号\t项目名称\t完成人", "一、一等奖\t\t", "1\t甲项目\t张三"]
    second = ["二、二等奖\t\t", "", "2\t乙项目\t李四", "3\t丙项目\t王五"]

    (table,) = find_tables(read_text("\n".join([*first, *second])))

    assert [(row.cells[1], row.cells[-1]) for row in table.rows] == [
        ("甲项目", "一等奖"),
        ("乙项目", "二等奖"),
        ("丙项目", "二等奖"),
    ]


def test_month_below_its_events_is_set_aside_also_at_the_top_of_a_page():
    grids = [
        Grid(tuple(Row(n, cells, place=Place("pdf", page)) for n, cells in enumerate(rows, 1)))
        for page, rows in enumerate(
            (
                [("时间", "事件"), ("1月2日", "召开年度会议"), ("1月", "")],
                [("2月", ""), ("3月4日", "举办科技周活动")],
            ),
            start=1,
        )
    ]

    (table,) = find_tables([Paragraph("2024年科技大事记"), *grids])

    assert [row.cells[0] for row in table.rows] == ["1月2日", "3月4日"]
    assert {each.code for each in table.aside} >= {"month-heading"}


def test_row_of_which_only_the_number_is_left_stays_a_row():
    (table,) = find_tables(read_text("名单\n序号\t项目名称\n1\t甲项目\n2\t\n3\t丙项目\n9\t\n"))

    assert [row.cells[0] for row in table.rows] == ["1", "2", "3"]


def test_numbers_of_columns_stand_in_each_part_of_tables_side_by_side():
    text = "名单\n序号\t企业名称\t序号\t企业名称\n1\t2\t1\t2\n1\t甲公司\t2\t乙公司\n"

    (table,) = find_tables(read_text(text))

    assert [row.cells for row in table.rows] == [("1", "甲公司"), ("2", "乙公司")]


def test_page_that_begins_with_a_dotted_number_has_no_header():
    grids = [
        Grid(tuple(Row(n, cells, place=Place("pdf", page)) for n, cells in enumerate(rows, 1)))
        for page, rows in enumerate(
            (
                [("序号", "企业名称"), ("47、", "甲公司"), ("48.", "乙公司")],
                [("49、", "丙公司"), ("50.", "丁公司")],
            ),
            start=1,
        )
    ]

    (table,) = find_tables([Paragraph("2024年50强企业名单"), *grids])

    assert [row.cells[1] for row in table.rows] == ["甲公司", "乙公司", "丙公司", "丁公司"]


def test_page_of_strays_alone_is_no_table():
    grids = [
        Grid(tuple(Row(n, cells, place=Place("pdf", page)) for n, cells in enumerate(rows, 1)))
        for page, rows in enumerate(
            ([("时间", "事件"), ("1月2日", "召开年度会议")], [("1月", ""), ("2月", "")]), start=1
        )
    ]

    (table,) = find_tables([Paragraph("2024年科技大事记"), *grids])

    assert [row.cells[0] for row in table.rows] == ["1月2日"]


def on_pages(*pages):
    return [
        Grid(tuple(Row(n, cells, place=Place("pdf", page)) for n, cells in enumerate(rows, 1)))
        for page, rows in enumerate(pages, start=1)
    ]


def test_header_alone_at_the_foot_of_a_page_heads_the_rows_of_the_next():
    head = ("序号", "企业名称", "区县")
    first = [head, ("1", "甲公司", "鄞州区")]
    second = [("1", "2", "3"), ("2", "乙公司", "江北区")]

    (table,) = find_tables([Paragraph("名单"), *on_pages(first, [head], second)])

    assert cells(table) == [("1", "甲公司", "鄞州区"), ("2", "乙公司", "江北区")]
    assert codes(table) == ["column-numbers", "repeated-header"]


@pytest.mark.parametrize(
    "last", [[], [[("序号", "企业名称"), ("2", "乙公司")]]], ids=["at the end", "headed itself"]
)
def test_header_without_rows_of_its_own_takes_none_from_others(last):
    first = [("序号", "企业名称"), ("1", "甲公司")]

    found = find_tables([Paragraph("名单"), *on_pages(first, [("序号", "企业名称")], *last)])

    assert [row.cells[1] for table in found for row in table.rows] == ["甲公司", "乙公司"][
        : 1 + len(last)
    ]


def test_page_wider_than_the_header_before_it_is_another_table():
    found = find_tables(
        [Paragraph("名单"), *on_pages([("序号", "企业名称")], [("1", "甲公司", "鄞州区")])]
    )

    assert [table.header for table in found] == [()]


def test_headings_go_on_through_parts_side_by_side_and_pages_without_header():
    head = ("序号", "项目名称") * 2
    first = [
        head,
        ("一、一等奖", "", "3", "丙"),
        ("1", "甲", "二、二等奖", ""),
        ("2", "乙", "4", "丁"),
    ]
    second = [("5", "戊", "三、三等奖", ""), ("6", "己", "7", "庚")]

    (table,) = find_tables([Paragraph("名单"), *on_pages(first, second)])

    assert cells(table) == [
        ("1", "甲", "一等奖"),
        ("2", "乙", "一等奖"),
        ("3", "丙", "一等奖"),
        ("4", "丁", "二等奖"),
        ("5", "戊", "二等奖"),
        ("6", "己", "二等奖"),
        ("7", "庚", "三等奖"),
    ]


def test_parts_that_a_page_broke_are_put_in_order_whatever_stands_behind_their_numbers():
    head = ("序号", "企业名称") * 2
    first = [head, ("1、", "甲", "3.", "丙")]
    second = [("2.", "乙", "4、", "丁")]

    (table,) = find_tables([Paragraph("名单"), *on_pages(first, second)])

    assert [row.cells[1] for row in table.rows] == ["甲", "乙", "丙", "丁"]


def test_heading_of_which_the_page_is_not_known_is_doubtful_for_both_rows():
    # Text knows no pages: 二等奖 stands at the foot of the first or at the top of the second.
    text = "名单\n序号\t项目\t序号\t项目\n1\t风\t2\t云\n二、二等奖\t\t4\t电\n3\t雷\t\t\n"

    (table,) = tables(text)

    assert [(row.cells[0], [mark.code for mark in row.marks]) for row in table.rows] == [
        ("1", []),
        ("2", ["heading-unsure"]),
        ("3", ["heading-unsure"]),
        ("4", []),
    ]
    assert {mark.column for row in table.rows for mark in row.marks} == {len(table.header) - 1}


def test_total_across_parts_side_by_side_is_no_row():
    text = "名单\n序号\t企业名称\t序号\t企业名称\n1\t甲公司\t2\t乙公司\n合计\t\t\t2家\n"

    (table,) = tables(text)

    assert [row.cells for row in table.rows] == [("1", "甲公司"), ("2", "乙公司")]
    assert codes(table) == ["total"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("１２", 12),
        ("12.", 12),
        ("12、", 12),
        ("（12）", 12),
        ("第12", 12),
        ("甲", None),
    ],
)
def test_printed_number(text, number):
    assert printed_number(text) == number


HEAD = ("等级", "项目名称", "完成单位")
PARTS = [("一等奖", "a", "甲"), ("一等奖", "b", "乙"), ("二等奖", "c", "丙"), ("二等奖", "d", "丁")]


def codes_of_rows(table):
    return [[mark.code for mark in row.marks] for row in table.rows]


def test_parts_without_numbers_over_pages_go_on_where_their_groups_change_least():
    (a, b, c, d) = PARTS
    goes_on = on_pages([HEAD * 2, (*a, *c)], [(*b, *d)])
    begins_anew = on_pages([HEAD * 2, (*a, *b)], [(*c, *d)])

    for grids in goes_on, begins_anew:
        (table,) = find_tables([Paragraph("名单"), *grids])

        assert [row.cells[1] for row in table.rows] == ["a", "b", "c", "d"]
        assert codes_of_rows(table) == [["order-unsure"]] * 4
        assert {mark.column for row in table.rows for mark in row.marks} == {WHOLE_ROW}


def test_headings_of_parts_without_numbers_over_pages_are_doubtful():
    first = [HEAD * 2, ("一、技术发明奖", "", "", *PARTS[2]), (*PARTS[0], *PARTS[3])]
    second = [(*PARTS[1], "二、自然科学奖", "", "")]

    (table,) = find_tables([Paragraph("名单"), *on_pages(first, second)])

    assert [row.cells[1] for row in table.rows] == ["a", "b", "c", "d"]
    assert codes_of_rows(table) == [["order-unsure", "heading-unsure"]] * 4


def test_parts_without_numbers_on_one_page_are_in_order():
    (table,) = find_tables([Paragraph("名单"), *on_pages([HEAD * 2, (*PARTS[0], *PARTS[1])])])

    assert codes_of_rows(table) == [[], []]


def test_headings_on_two_levels_stand_together():
    rows = [
        "一、技术发明奖",
        "（一）一等奖",
        "1\t甲",
        "（二）二等奖",
        "2\t乙",
        "二、自然科学奖",
        "3\t丙",
    ]
    text = "名单\n序号\t名称\n" + "\n".join(r if "\t" in r else f"{r}\t" for r in rows)

    (table,) = tables(text)

    assert [row.cells[-1] for row in table.rows] == [
        "技术发明奖/一等奖",
        "技术发明奖/二等奖",
        "自然科学奖",
    ]


def test_header_on_three_levels_is_one():
    (table,) = tables(
        "名单\n序号\t项目情况\t\t\n\t项目名称\t完成情况\t\n\t\t完成单位\t完成人\n1\t甲\t乙公司\t张三"
    )

    assert table.header == (
        "序号",
        "项目情况/项目名称",
        "项目情况/完成情况/完成单位",
        "项目情况/完成情况/完成人",
    )


def test_row_of_units_below_a_header_belongs_to_it():
    (table,) = tables("情况表\n指标名称\t完成值\n\t（亿元）\n甲\t12\n乙\t13")

    assert (table.header, len(table.rows)) == (("指标名称", "完成值/（亿元）"), 2)


def test_numbers_may_begin_again_on_a_page_without_text_above():
    first = [("名称", "序号"), ("甲", "1"), ("乙", "2")]

    (table,) = find_tables([Paragraph("名单"), *on_pages(first, [("丙", "1"), ("丁", "2")])])

    assert [row.cells[0] for row in table.rows] == ["甲", "乙", "丙", "丁"]
    assert codes_of_rows(table) == [[], ["number-repeated"], ["number-repeated"], []]


def test_merged_cells_make_a_header_of_unknown_words():
    spans = (Span(0, 0, 2, 1), Span(0, 1, 1, 2), Span(0, 3, 1, 2))
    rows = [
        ("片名", "甲事（家）", "", "乙事（亿元）", ""),
        ("片名", "目标", "实数", "目标", "实数"),
        ("东片", "1", "2", "3", "4"),
        ("西片", "5", "6", "7", "8"),
    ]

    (table,) = find_tables([sheet(*rows, spans=spans)])

    assert table.levels == 2
    assert len(table.heads) == 2
