from apps.intake.grid import Mark, Row, Table
from apps.intake.repair import (
    fill_down,
    pad_rows,
    restore_first_cell,
    unglue_category,
)


def cells(table):
    return [row.cells for row in table.rows]


def test_pad_rows_fills_short_rows_and_marks_long_ones():
    table = pad_rows(Table("", ("类别", "名称"), (Row(1, ("甲",)), Row(2, ("甲", "乙", "丙")))))

    assert cells(table) == [("甲", ""), ("甲", "乙", "丙")]
    assert table.rows[1].marks == (Mark(1, "more-cells-than-header"),)


def test_fill_down_repeats_the_category_until_the_next():
    rows = (
        Row(1, ("一等奖", "甲")),
        Row(2, ("", "乙")),
        Row(3, ("二等奖", "丙")),
        Row(4, ("", "丁")),
    )

    table = fill_down(Table("", ("类别", "名称"), rows), 0)

    assert [row.cells[0] for row in table.rows] == ["一等奖", "一等奖", "二等奖", "二等奖"]


def test_fill_down_leaves_blanks_above_the_first_category_blank():
    table = fill_down(Table("", ("类别", "名称"), (Row(1, ("", "甲")),)), 0)

    assert cells(table) == [("", "甲")]


def test_restore_first_cell_moves_a_row_back_that_lost_it():
    rows = (
        Row(1, ("三等奖", "甲", "张三")),
        Row(2, ("", "乙", "李四")),
        Row(3, ("丙", "王五", "")),
    )

    table = restore_first_cell(Table("", ("类别", "名称", "人员"), rows))

    assert cells(table) == [("三等奖", "甲", "张三"), ("", "乙", "李四"), ("", "丙", "王五")]
    assert table.rows[2].marks == (Mark(0, "first-cell-restored"),)


def test_restore_first_cell_leaves_a_row_whose_last_cell_is_merely_empty():
    rows = (Row(1, ("三等奖", "甲", "张三")), Row(2, ("三等奖", "乙", "")), Row(3, ("", "丙", "")))
    table = Table("", ("类别", "名称", "人员"), rows)

    assert restore_first_cell(table) == table


def test_unglue_category_takes_it_off_behind_a_closed_title():
    rows = (Row(1, ("《管理办法》科技人才", "科技人才")), Row(2, ("《关于科技人才》", "")))

    table = unglue_category(Table("", ("名称", "分类"), rows), 0, 1)

    assert cells(table) == [("《管理办法》", "科技人才"), ("《关于科技人才》", "")]
    assert table.rows[0].marks == (Mark(0, "category-glued"),)


def test_unglue_category_leaves_a_title_that_ends_with_the_same_words():
    table = Table("", ("名称", "分类"), (Row(1, ("关于科技人才", "科技人才")),))

    assert unglue_category(table, 0, 1) == table


def test_restore_first_cell_leaves_blank_columns_where_they_are():
    rows = [
        Row(1, ("一等奖", "", "甲项目研究", "甲公司")),
        Row(2, ("", "", "乙项目研究", "乙公司")),
        Row(3, ("丙项目研究", "", "丙公司", "")),
    ]
    header = ("类别", "", "名称", "单位")

    table = restore_first_cell(Table("", header, tuple(rows)))

    assert cells(table)[2] == ("", "", "丙项目研究", "丙公司")
    assert [row.marks for row in table.rows] == [(), (), (Mark(0, "first-cell-restored"),)]
