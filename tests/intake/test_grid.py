import pytest

from apps.intake.grid import Mark, Row, Table


def test_row_with_cell_changes_only_that_cell():
    row = Row(7, ("a", "b", "c"))

    assert row.with_cell(1, "x") == Row(7, ("a", "x", "c"))


def test_row_marked_keeps_earlier_marks():
    row = Row(7, ("a",)).marked(0, "one").marked(0, "two").marked(0, "one")

    assert row.marks == (Mark(0, "one"), Mark(0, "two"))


def test_table_index_names_the_headers_when_there_is_no_such_column():
    table = Table("", ("序号", "名称"), ())

    with pytest.raises(KeyError, match="序号, 名称"):
        table.index("单位")


def test_table_width_and_map_rows():
    table = Table("", ("序号", "名称"), (Row(1, ("1", "甲")), Row(2, ("2", "乙"))))

    changed = table.map_rows(lambda row: row.with_cell(1, ""))

    assert table.width == 2
    assert [row.cells for row in changed.rows] == [("1", ""), ("2", "")]


def test_row_part_takes_its_marks_and_its_place_along():
    row = Row(7, ("a", "b", "c", "d")).marked(2, "one").marked(0, "two")

    assert row.part(2, 4) == Row(7, ("c", "d"), (Mark(0, "one"),), offset=2)


def test_row_text_is_one_line():
    assert Row(7, ("a", "", "b\nc")).text() == "a b c"


def test_table_column_leaves_blanks_out():
    assert Table("", ("名称",), (Row(1, ("甲",)), Row(2, ("",)))).column(0) == ["甲"]
