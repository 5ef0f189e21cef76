"""A table on its side: its headers run down the first column. It is turned."""

from dataclasses import replace

from apps.intake.finding.rows import is_header, is_signed, is_total
from apps.intake.grid import WHOLE_ROW, Aside, Grid, Mark, Row, Span
from apps.intake.synonyms.headers import is_known_header, plain_header
from apps.intake.titles import year_in_header

TURNED = "turned"
"""The mark of a row that was a column: its place in the source is another."""
FEWEST = 2
OF_YEARS = ("年份", "年度", "时间")


def upright(grid: Grid) -> Grid:
    """A grid whose headers run down the first column, turned; each row is marked.

    Notes, sums and signatures below it are set aside.
    """
    top, end = 0, len(grid.rows)
    while top < end and len(grid.rows[top].printed()) == 1:
        top += 1
    while end > top and _is_below(grid.rows[end - 1]):
        end -= 1
    rows, below = grid.rows[top:end], grid.rows[end:]
    if not lies(rows):
        return grid
    width = max(len(row.cells) for row in rows)
    turned = [
        Row(
            rows[0].line + at,
            tuple(row.cells[at] if at < len(row.cells) else "" for row in rows),
            ((Mark(WHOLE_ROW, TURNED),) if at else ())
            + tuple(
                Mark(number, mark.code)
                for number, row in enumerate(rows)
                for mark in row.marks
                if mark.column == at
            ),
            rows[0].place,
        )
        for at in range(width)
    ]
    turned[0] = _headed_by_indicators(turned[0])
    spans = [
        Span(span.column + top, span.row - top, span.width, span.height)
        for span in grid.spans
        if top <= span.row < end
    ]
    asides = (
        Aside(row.text(), "total" if is_total(row) else "note", row.line, row.cells)
        for row in below
    )
    return replace(
        grid,
        rows=(*grid.rows[:top], *turned),
        spans=tuple(spans),
        dropped=(*grid.dropped, *asides),
    )


def _is_below(row: Row) -> bool:
    """Whether a row below a table on its side is none of its columns."""
    return row.held == 1 or is_total(row) or is_signed(row)


def _headed_by_indicators(row: Row) -> Row:
    """The header of a table of years, turned: what stood beside 年份 are indicators."""
    if plain_header(row.cells[0]) not in OF_YEARS or not all(map(year_in_header, row.cells[1:])):
        return row
    return replace(row, cells=("指标", *row.cells[1:]))


def lies(rows: tuple[Row, ...]) -> bool:
    """Whether each row begins with a header's word, and the first row is no header.

    Units, of which a row may hold nothing else, are headers' words too.
    """
    if len(rows) < FEWEST or max(len(row.cells) for row in rows) < FEWEST + 1:
        return False
    first = [row.cells[0] if row.cells else "" for row in rows]
    if plain_header(first[0]) in OF_YEARS and all(map(year_in_header, first[1:])):
        # 年份 over years is a column of them, whatever stands beside it.
        return False
    return all(map(is_known_header, first)) and not is_header(rows[0])
