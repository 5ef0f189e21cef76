"""Tables that stand below one another in one grid: where one ends and the next begins."""

from collections.abc import Iterator
from dataclasses import replace

from apps.intake.finding.bodies import bare_cells, repeats
from apps.intake.finding.headers import header_top
from apps.intake.finding.rows import LIST_TITLE, is_header, is_note, is_section, is_total
from apps.intake.finding.titles import is_furniture
from apps.intake.grid import Grid, Row, Span, Table

Part = tuple[list[Row], list[Span]]


def stacked(grid: Grid) -> Iterator[Part]:
    """Tables that stand below one another in one grid: a header begins a table, or a page of one."""
    rows = list(grid.rows)
    starts, header = [0], False
    for index, row in enumerate(rows):
        if not is_header(row):
            continue
        goes_on = not header and _has_body_above(rows, index)
        if goes_on or (header and not _is_below_header(rows, index)):
            starts.append(_first_line_above(rows, index, starts[-1]))
        header = True
    yield from cut_at(rows, list(grid.spans), starts[1:])


def cut_at(rows: list[Row], spans: list[Span], starts: list[int]) -> Iterator[Part]:
    """Rows and their merged cells in parts: one from the first row on, one from each of ``starts``."""
    for start, end in zip([0, *starts], [*starts, len(rows)], strict=True):
        own = [replace(span, row=span.row - start) for span in spans if start <= span.row < end]
        yield rows[start:end], own


def _has_body_above(rows: list[Row], index: int) -> bool:
    """Whether rows of a table that goes on from the page before stand above a first header."""
    index = header_top(rows, index, [])
    width = len(rows[index].printed())
    return any(len(row.printed()) > 1 and len(row.printed()) * 2 > width for row in rows[:index])


def _is_below_header(rows: list[Row], index: int) -> bool:
    """Whether the row above is a header, and this its second level."""
    return index > 0 and is_header(rows[index - 1])


def _first_line_above(rows: list[Row], index: int, least: int) -> int:
    """Where the title lines above a header begin: rows of one cell that are no note or total.

    A heading above another line stands at the foot of the page before.
    """
    first = top = max(header_top(rows, index, []), least)
    while first - 1 > least and len(rows[first - 1].printed()) == 1:
        if is_note(rows[first - 1].text()) or is_total(rows[first - 1]):
            break
        if _stands_in_a_column(rows[first - 1]):
            break
        if is_section(rows[first - 1]) and first < top and not is_section(rows[first]):
            break
        first -= 1
    return first


def _stands_in_a_column(row: Row) -> bool:
    """Whether a row of one cell is no title: it stands below another than the first column, and
    says nothing of a list. It may be the last line of the row above."""
    text = row.text()
    return not row.cells[0] and not is_furniture(text) and LIST_TITLE.search(text) is None


def again(rows: list[Row], table: Table) -> list[int]:
    """Where the header of a table stands again below it, whatever its words, with its title lines.

    A header of one row in known words was found already.
    """
    head = [row for row in rows if row.line in table.heads][-table.levels :]
    if not table.levels or (table.levels == 1 and is_header(head[0])):
        return []
    bare = [bare_cells(row.cells) for row in head]
    first = rows.index(head[-1]) + 1
    starts: list[int] = []
    for at in range(first, len(rows) - len(head)):
        if all(
            repeats(row.cells, own)
            for row, own in zip(rows[at : at + len(head)], bare, strict=True)
        ):
            starts.append(_first_line_above(rows, at, starts[-1] if starts else first))
    return starts
