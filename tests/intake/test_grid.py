import pytest

from apps.intake.grid import Grid, Mark, Row


def test_row_with_cell_changes_only_that_cell():
    row = Row(7, ("a", "b", "c"))

    assert row.with_cell(1, "x") == Row(7, ("a", "x", "c"))


def test_row_marked_keeps_earlier_marks():
    row = Row(7, ("a",)).marked("名称", "one").marked("名称", "two")

    assert row.marks == (Mark("名称", "one"), Mark("名称", "two"))


def test_grid_index_names_the_headers_when_there_is_no_such_column():
    grid = Grid("", ("序号", "名称"), ())

    with pytest.raises(KeyError, match="序号, 名称"):
        grid.index("单位")


def test_grid_width_and_map_rows():
    grid = Grid("", ("序号", "名称"), (Row(1, ("1", "甲")), Row(2, ("2", "乙"))))

    changed = grid.map_rows(lambda row: row.with_cell(1, ""))

    assert grid.width == 2
    assert [row.cells for row in changed.rows] == [("1", ""), ("2", "")]
