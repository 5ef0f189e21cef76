"""Rows that stand on several lines: the number is merged over them, each line names one more unit."""

from dataclasses import replace

from apps.intake.finding.checks import NUMBERS
from apps.intake.finding.rows import printed_number
from apps.intake.grid import Grid, Row
from apps.intake.synonyms.headers import plain_header

JOINED = "lines-joined"
"""The mark of a cell that was put together out of the cells of several lines."""
HEAD_ROWS = 12
LEAST_YEAR = 1900


def rows_of_lines(grid: Grid) -> Grid:
    """The grid with lines over which a running number is merged put together to one row each.

    What is merged over the lines stands once; what is not, one below the other, and is marked.
    """
    tall = [span for span in grid.spans if span.height > 1 and span.width == 1]
    if not tall:
        return grid
    columns = number_columns(grid)
    heights = {
        span.row: span.height
        for span in tall
        if span.column in columns and _is_running(grid.rows[span.row], span.column)
    }
    if not heights:
        return grid
    rows: list[Row] = []
    new: dict[int, int] = {}
    at = 0
    while at < len(grid.rows):
        height = heights.get(at, 1)
        covered = {span.column for span in tall if span.row <= at < span.row + span.height}
        new |= dict.fromkeys(range(at, at + height), len(rows))
        rows.append(one_row(grid.rows[at : at + height], covered))
        at += height
    spans = []
    for span in grid.spans:
        last = new[min(span.row + span.height, len(grid.rows)) - 1]
        height = last - new[span.row] + 1
        if height > 1 or span.width > 1:
            spans.append(replace(span, row=new[span.row], height=height))
    return replace(grid, rows=tuple(rows), spans=tuple(spans))


def number_columns(grid: Grid) -> set[int]:
    """The columns of running numbers by the header; the first one, where a page has no header."""
    found = {
        at
        for row in grid.rows[:HEAD_ROWS]
        for at, cell in enumerate(row.cells)
        if cell and plain_header(cell) in NUMBERS
    }
    return found or {0}


def _is_running(row: Row, column: int) -> bool:
    number = printed_number(row.cells[column]) if column < len(row.cells) else None
    return number is not None and number < LEAST_YEAR


def one_row(lines: tuple[Row, ...], covered: set[int]) -> Row:
    """Several lines as one row; the columns ``covered`` say the same in each."""
    if len(lines) == 1:
        return lines[0]
    first = lines[0]
    cells, marks = [], [mark for line in lines for mark in line.marks]
    row = replace(first, marks=tuple(dict.fromkeys(marks)))
    for at in range(max(len(line.cells) for line in lines)):
        said = [line.cells[at] for line in lines if at < len(line.cells) and line.cells[at]]
        kept = said[:1] if at in covered else said
        cells.append("\n".join(kept))
        if len(kept) > 1:
            row = row.marked(at, JOINED)
    return replace(row, cells=tuple(cells))
