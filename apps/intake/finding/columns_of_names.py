"""Names printed in several columns without a header: 甲公司 | 乙公司 | 丙公司. Each is a row."""

from dataclasses import replace

from apps.intake.grid import WHOLE_ROW, Mark, Table
from apps.intake.makes import class_of

NAMES = ("organisation",)
FEWEST = 4
UNSURE = "columns-or-rows"
"""The mark of a name of which it is not sure whether the next stands beside or below it."""


def one_name_a_row(table: Table) -> Table:
    """A table of nothing but names as one name a row, from left to right; any other as it is."""
    if table.header or len(table.rows) < 2 or max(len(row.cells) for row in table.rows) < 2:
        return table
    names = [cell for row in table.rows for cell in row.cells if cell]
    if len(names) < FEWEST or any(class_of(name) not in NAMES for name in names):
        return table
    rows = tuple(
        replace(
            row,
            cells=(cell,),
            offset=row.offset + at,
            marks=(
                Mark(WHOLE_ROW, UNSURE),
                *(Mark(0, mark.code) for mark in row.marks if mark.column == at),
            ),
        )
        for row in table.rows
        for at, cell in enumerate(row.cells)
        if cell
    )
    return replace(table, rows=rows, merged=frozenset())
