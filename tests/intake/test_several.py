from apps.intake.finding.several import rows_of_lines
from apps.intake.grid import Grid, Mark, Row, Span

HEAD = ("序号", "项目", "单位", "年度")


def grid(*spans):
    rows = (
        HEAD,
        ("1", "甲研究", "甲公司", "2023"),
        ("1", "甲研究", "乙公司", "2023"),
        ("2", "乙研究", "丙公司", "2023"),
    )
    return Grid(tuple(Row(at, cells) for at, cells in enumerate(rows, 1)), spans)


def test_lines_under_one_number_are_one_row():
    found = rows_of_lines(grid(Span(1, 0, 2), Span(1, 1, 2), Span(1, 3, 3)))

    assert [row.cells for row in found.rows] == [
        HEAD,
        ("1", "甲研究", "甲公司\n乙公司", "2023"),
        ("2", "乙研究", "丙公司", "2023"),
    ]
    assert found.rows[1].marks == (Mark(2, "lines-joined"),)
    # The year is merged over both rows that are left.
    assert found.spans == (Span(1, 3, 2),)


def test_a_year_merged_over_rows_is_a_category():
    plain = grid(Span(1, 3, 3))

    assert rows_of_lines(plain) is plain


def test_without_merged_cells_nothing_is_put_together():
    plain = grid()

    assert rows_of_lines(plain) is plain
