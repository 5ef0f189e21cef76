"""Rows that the end of a page broke in two: what stands below it is put back to its row."""

import re
from dataclasses import replace
from operator import itemgetter

from apps.intake.finding.checks import number_column
from apps.intake.finding.rows import is_note, is_section, is_total, printed_number
from apps.intake.grid import Mark, Row, Table

NEARLY_ALL = 0.8
"""A column with something in so many of the rows has something in each."""

WHOLE = re.compile(
    r"\S{4,}(?:有限公司|股份公司|大学|学院|研究院|研究所|医院|集团|中心)(?:[（(][^（()）]*[)）])?"
)
"""Two names, each whole: no halves of one, but one below the other."""
HEADINGS = 2
"""So many headings may stand between a row and the next."""
MOST = 0.6
"""Rows are numbered where so many of them have a number."""


def whole_rows(table: Table) -> Table:
    """The table with the second half of each broken row put back behind the first.

    A half stands at the top of a page, has no running number, or lacks what every row has. Where
    nothing tells a half from a row, it stays one. Each cell that was put together is marked.
    """
    if len({row.offset for row in table.rows}) > 1 or len(table.rows) < 2 or table.width < 2:
        return table
    number = number_column(table) if table.header else None
    looked_at = {0, 1, number or 0}
    last, pick = max(looked_at), itemgetter(*looked_at)
    suspects = [
        at
        for at, row in enumerate(table.rows)
        if at and (len(row.cells) <= last or "" in pick(row.cells))
    ]
    if not suspects:
        return table
    if number is not None and not _is_numbered(table, number):
        number = None
    needed: set[int] | None = None
    halves = set()
    for at in suspects:
        row, before = table.rows[at], table.rows[at - 1]
        # On one sheet pages are parted by lines that were set aside.
        is_top = row.place != before.place or row.line > before.line + 1
        if (number is None and not is_top) or not _may_be_half(row):
            continue
        needed = _needed(table, number) if needed is None else needed
        lacks = {each for each in needed if not _cell(row, each)}
        if number is None:
            # The first cell may be a category, merged from the page before, or all that is left.
            is_rest = len(row.printed()) == 1 and bool(before.cells[0])
            is_half = bool(lacks - {0}) and (not row.cells[0] or is_rest)
        else:
            is_half = not _cell(row, number) and (
                bool(lacks - {number}) or (is_top and _numbers_run_on(table, number, at))
            )
        if is_half:
            halves.add(at)
    return replace(table, rows=_put_together(table, halves)) if halves else table


def _cell(row: Row, at: int) -> str:
    return row.cells[at] if at < len(row.cells) else ""


def _may_be_half(row: Row) -> bool:
    printed = row.printed()
    return not (is_section(row) or is_total(row) or (len(printed) == 1 and is_note(printed[0])))


def _is_numbered(table: Table, number: int) -> bool:
    rows = [row for row in table.rows if not is_section(row)]
    found = sum(1 for row in rows if printed_number(_cell(row, number)) is not None)
    if found >= len(rows) * MOST:
        return True
    # A row may stand on several lines, all but the first of them with one cell.
    return found >= sum(1 for row in rows if row.held > 1) * MOST > 1


def _needed(table: Table, number: int | None) -> set[int]:
    """The columns that have something in nearly every row; of numbered rows, where there are.

    A heading between the rows is none of them.
    """
    rows = [row for row in table.rows if not is_section(row)]
    rows = [row for row in rows if number is None or _cell(row, number)]
    least = len(rows) * NEARLY_ALL
    return {at for at in range(table.width) if sum(1 for row in rows if _cell(row, at)) >= least}


def _numbers_run_on(table: Table, number: int, at: int) -> bool:
    """Whether the rows above and below count on, or begin again, so that no row is between them."""
    above = printed_number(_cell(table.rows[at - 1], number))
    after = (row for row in table.rows[at + 1 : at + HEADINGS + 2] if not is_section(row))
    following = next(after, None)
    if following is None:
        return above is not None
    return above is not None and printed_number(_cell(following, number)) in (above + 1, 1)


def _put_together(table: Table, halves: set[int]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for at, row in enumerate(table.rows):
        if at not in halves:
            rows.append(row)
            continue
        first = rows[-1]
        width = max(len(first.cells), len(row.cells))
        cells, marks = [], [*first.marks, *row.marks]
        for column in range(width):
            before, after = _cell(first, column), _cell(row, column)
            cells.append(glued(before, after))
            if after:
                marks.append(Mark(column, "row-broken"))
        rows[-1] = replace(first, cells=tuple(cells), marks=tuple(dict.fromkeys(marks)))
    return tuple(rows)


def glued(before: str, after: str) -> str:
    """Two halves of a cell as one: where its lines are broken on purpose, so is this one."""
    if not before or not after:
        return before or after
    if "\n" in before or "\n" in after or (WHOLE.fullmatch(before) and WHOLE.fullmatch(after)):
        return f"{before}\n{after}"
    is_latin = re.search(r"[A-Za-z]$", before) and re.match(r"[A-Za-z]", after)
    return f"{before} {after}" if is_latin else before + after
