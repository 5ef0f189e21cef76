from apps.intake.find import find_tables, join_continued, split_cells, title_of
from apps.intake.grid import Grid, Row

PAGES = """一段文字，说明下面的表。

## 2024年获奖名单

类别\t名称
一等奖\t甲
\t乙

### 2024年获奖名单

类别\t名称
二等奖\t丙"""


def test_find_tables_takes_title_header_and_lines():
    first, second = find_tables(PAGES)

    assert first == Grid(
        "2024年获奖名单", ("类别", "名称"), (Row(6, ("一等奖", "甲")), Row(7, ("", "乙")))
    )
    assert second == Grid("2024年获奖名单", ("类别", "名称"), (Row(12, ("二等奖", "丙")),))


def test_find_tables_leaves_the_title_empty_under_a_paragraph_and_at_the_start():
    text = "序号\t名称\n1\t甲\n\n以上各项由有关单位负责落实。\n\n序号\t名称\n1\t乙\n"

    assert [grid.title for grid in find_tables(text)] == ["", ""]


def test_title_of_drops_heading_marks_and_appendix_label():
    assert title_of("## 附录3: 获奖人员名单") == "获奖人员名单"
    assert title_of("附件一：获奖人员名单") == "获奖人员名单"
    assert title_of("附录1:") == ""


def test_title_of_is_empty_for_a_long_line():
    assert title_of("长" * 61) == ""


def test_split_cells_keeps_blank_cells_and_drops_outer_blanks():
    assert split_cells("\t 甲 \t李 晔\t") == ("", "甲", "李 晔", "")


def test_join_continued_drops_repeated_title_and_header():
    (joined,) = join_continued(find_tables(PAGES))

    assert [row.line for row in joined.rows] == [6, 7, 12]


def test_join_continued_takes_a_page_without_title_or_with_a_continued_label():
    text = "名单\n序号\t名称\n1\t甲\n\n名单（续）\n序号\t名称\n2\t乙\n\n说明。\n序号\t名称\n3\t丙"

    (joined,) = join_continued(find_tables(text))

    assert [row.cells[1] for row in joined.rows] == ["甲", "乙", "丙"]


def test_join_continued_keeps_lists_apart_that_share_only_a_header():
    text = "国家级名单\n序号\t名称\n1\t甲\n\n省级名单\n序号\t名称\n1\t乙"

    assert [grid.title for grid in join_continued(find_tables(text))] == ["国家级名单", "省级名单"]


def test_join_continued_gives_a_page_without_header_its_first_row_back():
    text = "名单\n序号\t名称\n1\t甲\n\n这里换页。\n2\t乙\n3\t丙"

    (joined,) = join_continued(find_tables(text))

    assert joined.rows == (Row(3, ("1", "甲")), Row(6, ("2", "乙")), Row(7, ("3", "丙")))


def test_join_continued_gives_back_a_page_of_one_row():
    text = "名单\n序号\t名称\n1\t甲\n\n2\t乙"

    (joined,) = join_continued(find_tables(text))

    assert [row.cells for row in joined.rows] == [("1", "甲"), ("2", "乙")]


def test_join_continued_does_not_join_where_the_numbers_do_not_run_on():
    text = "名单\n序号\t名称\n1\t甲\n\n另说明。\n5\t乙"

    assert len(join_continued(find_tables(text))) == 2
