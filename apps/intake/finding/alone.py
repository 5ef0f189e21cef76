"""Rows that hold one cell only, and rows that stand twice: marked, for they may be no rows."""

from dataclasses import replace

from apps.intake.finding.checks import PART_BELOW
from apps.intake.finding.rows import is_section
from apps.intake.grid import WHOLE_ROW, Row, Table

ALONE, ROW_TWICE = "row-alone", "row-twice"
FEW = 5
"""One row in so many may be odd by itself; of more, only what lacks more is."""
NEARLY_ALL = 0.8
MUCH = 2
"""Columns that other rows have and a row of one cell lacks, so that it is hardly one of them."""


def lonely(table: Table) -> Table:
    """The table, rows marked that hold one cell where the others hold several, or that stand twice.

    Such a one may be a line between pages, a heading without a mark, or a part of the row above,
    which is marked too where the first cell is blank. Where it is one of many, it is odd only if
    the others have much more.
    """
    had: set[tuple[str, ...]] = set()
    alone: list[int] = []
    odd: dict[int, str] = {}
    heading = ""
    bodies = 0
    for place, row in enumerate(table.rows):
        if is_section(row):
            heading = row.text()
            continue
        bodies += 1
        key = (heading, *row.cells)
        if row.held < MUCH:
            alone.append(place)
        elif key in had:
            odd[place] = ROW_TWICE
        had.add(key)
    if table.width < MUCH or len(odd) * 2 > bodies:
        return table
    if alone and (len(alone) * FEW <= bodies or _lacks_much(table, alone)):
        odd |= _with_those_above(table, alone)
    if not odd:
        return table
    return replace(
        table,
        rows=tuple(
            row.marked(WHOLE_ROW, odd[place]) if place in odd else row
            for place, row in enumerate(table.rows)
        ),
    )


def _lacks_much(table: Table, alone: list[int]) -> bool:
    """Whether nearly every row of several cells has more columns than one that the rows of one cell
    lack."""
    whole = [row for row in table.rows if row.held >= MUCH]
    least = len(whole) * NEARLY_ALL
    needed = {
        at
        for at in range(table.width)
        if sum(1 for row in whole if at < len(row.cells) and row.cells[at]) >= least
    }
    lacked = [needed - _filled(table.rows[place]) for place in alone]
    return bool(whole) and all(len(each) >= MUCH for each in lacked)


def _filled(row: Row) -> set[int]:
    return {at for at, cell in enumerate(row.cells) if cell}


def _with_those_above(table: Table, alone: list[int]) -> dict[int, str]:
    """The rows of one cell, and above each whose first cell is blank, over others of them and
    headings, the row it may be a part of."""
    odd = dict.fromkeys(alone, ALONE)
    for place in alone:
        if table.rows[place].cells[0]:
            continue
        above = place - 1
        while above >= 0 and (odd.get(above) == ALONE or is_section(table.rows[above])):
            above -= 1
        if above >= 0:
            odd.setdefault(above, PART_BELOW)
    return odd
