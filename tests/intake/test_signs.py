import pytest

from apps.intake.grid import Mark, Row, Table
from apps.intake.signs import without_marks, without_signs


def cells(table):
    return [row.cells for row in table.rows]


def test_a_sign_for_the_same_as_above_takes_the_cell_above():
    rows = (
        Row(1, ("一等奖", "甲")),
        Row(2, ("同上", "乙")),
        Row(3, ("〃", "丙")),
        Row(4, ('"', "同上")),
    )

    table = without_signs(Table("", ("类别", "名称"), rows))

    assert cells(table) == [("一等奖", "甲"), ("一等奖", "乙"), ("一等奖", "丙"), ("一等奖", "丙")]
    assert not any(row.marks for row in table.rows)


def test_the_same_as_above_below_nothing_is_doubtful():
    table = without_signs(Table("", ("类别", "名称"), (Row(1, ("同上", "甲")),)))

    assert (cells(table), table.rows[0].marks) == ([("同上", "甲")], (Mark(0, "ditto"),))


def test_marks_of_notes_are_taken_off_and_doubtful():
    rows = (Row(1, ("甲公司①", "张三*、李四、王五②")), Row(2, ("**", "①")), Row(3, ("乙", "丙")))

    table = without_signs(Table("", ("名称", "人员"), rows))

    assert cells(table) == [("甲公司", "张三、李四、王五"), ("**", "①"), ("乙", "丙")]
    assert table.rows[0].marks == (Mark(0, "footnote-mark"), Mark(1, "footnote-mark"))


@pytest.mark.parametrize(
    ("cell", "bare"),
    [
        ("甲公司¹", "甲公司"),
        ("甲公司[1]", "甲公司"),
        ("甲公司（注1）", "甲公司"),
        ("甲公司▲", "甲公司"),
        ("★甲公司", "甲公司"),
        ("*甲公司", "甲公司"),
        ("1,234.5²", "1,234.5"),
        ("12%¹", "12%"),
        ("1234 [2]", "1234"),
        # None of these is a mark.
        ("每平方厘米m²", "每平方厘米m²"),
        ("*ST甲股份有限公司", "*ST甲股份有限公司"),
        ("温科发[2023]2号", "温科发[2023]2号"),
        ("甲公司（集团）", "甲公司（集团）"),
        ("①甲公司②乙公司", "①甲公司②乙公司"),
    ],
)
def test_without_marks(cell, bare):
    assert without_marks(cell) == bare
