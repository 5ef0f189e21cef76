from apps.intake.grid import Grid, Mark, Row
from apps.intake.repair import (
    fill_down,
    pad_rows,
    restore_first_cell,
    split_side_by_side,
    unglue_category,
)


def cells(grid):
    return [row.cells for row in grid.rows]


def test_pad_rows_fills_short_rows_and_marks_long_ones():
    grid = pad_rows(Grid("", ("类别", "名称"), (Row(1, ("甲",)), Row(2, ("甲", "乙", "丙")))))

    assert cells(grid) == [("甲", ""), ("甲", "乙", "丙")]
    assert grid.rows[1].marks == (Mark("名称", "more-cells-than-header"),)


def test_fill_down_repeats_the_category_until_the_next():
    rows = (
        Row(1, ("一等奖", "甲")),
        Row(2, ("", "乙")),
        Row(3, ("二等奖", "丙")),
        Row(4, ("", "丁")),
    )

    grid = fill_down(Grid("", ("类别", "名称"), rows), "类别")

    assert [row.cells[0] for row in grid.rows] == ["一等奖", "一等奖", "二等奖", "二等奖"]


def test_fill_down_leaves_blanks_above_the_first_category_blank():
    grid = fill_down(Grid("", ("类别", "名称"), (Row(1, ("", "甲")),)), "类别")

    assert cells(grid) == [("", "甲")]


def test_restore_first_cell_moves_a_row_back_that_lost_it():
    rows = (
        Row(1, ("三等奖", "甲", "张三")),
        Row(2, ("", "乙", "李四")),
        Row(3, ("丙", "王五", "")),
    )

    grid = restore_first_cell(Grid("", ("类别", "名称", "人员"), rows))

    assert cells(grid) == [("三等奖", "甲", "张三"), ("", "乙", "李四"), ("", "丙", "王五")]
    assert grid.rows[2].marks == (Mark("类别", "first-cell-restored"),)


def test_restore_first_cell_leaves_a_row_whose_last_cell_is_merely_empty():
    rows = (Row(1, ("三等奖", "甲", "张三")), Row(2, ("三等奖", "乙", "")), Row(3, ("", "丙", "")))
    grid = Grid("", ("类别", "名称", "人员"), rows)

    assert restore_first_cell(grid) == grid


def test_split_side_by_side_reads_the_left_part_first_and_keeps_lines():
    header = ("序号", "名称", "序号", "名称")
    rows = (Row(5, ("1", "甲", "3", "丙")), Row(6, ("2", "乙", "", "")))

    grid = split_side_by_side(Grid("名单", header, rows))

    assert grid.header == ("序号", "名称")
    assert grid.rows == (Row(5, ("1", "甲")), Row(6, ("2", "乙")), Row(5, ("3", "丙")))


def test_split_side_by_side_takes_three_parts():
    grid = split_side_by_side(Grid("", ("名称",) * 3, (Row(1, ("甲", "乙", "丙")),)))

    assert cells(grid) == [("甲",), ("乙",), ("丙",)]


def test_split_side_by_side_leaves_an_ordinary_table():
    grid = Grid("", ("序号", "名称"), (Row(1, ("1", "甲")),))

    assert split_side_by_side(grid) == grid


def test_unglue_category_takes_it_off_behind_a_closed_title():
    rows = (Row(1, ("《管理办法》科技人才", "科技人才")), Row(2, ("《关于科技人才》", "")))

    grid = unglue_category(Grid("", ("名称", "分类"), rows), "名称", "分类")

    assert cells(grid) == [("《管理办法》", "科技人才"), ("《关于科技人才》", "")]
    assert grid.rows[0].marks == (Mark("名称", "category-glued"),)


def test_unglue_category_leaves_a_title_that_ends_with_the_same_words():
    grid = Grid("", ("名称", "分类"), (Row(1, ("关于科技人才", "科技人才")),))

    assert unglue_category(grid, "名称", "分类") == grid
