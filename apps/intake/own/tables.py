"""A draft's own list among the tables of a document: it needs no finding, and is not put right."""

from collections.abc import Iterable

from apps.intake.finding import find_tables
from apps.intake.grid import Block, Grid, Table
from apps.intake.own.heads import is_own
from apps.intake.synonyms import KINDS

MOST_TITLES = 3
"""So many lines may stand above the header."""


def tables_of(blocks: Iterable[Block]) -> list[Table]:
    """Return every table of a document: own lists as they stand, the others as they are found."""
    own: list[Table] = []
    others: list[Block] = []
    for block in blocks:
        table = own_table(block)
        if table is None:
            others.append(block)
        else:
            own.append(table)
    return [*own, *(find_tables(others) if others or not own else [])]


def own_table(block: Block) -> Table | None:
    """Return the list that a grid holds as it was downloaded, with titles above it; else None."""
    if not isinstance(block, Grid):
        return None
    for at, row in enumerate(block.rows[: MOST_TITLES + 1]):
        header = tuple(cell.strip() for cell in row.cells)
        if any(is_own(header, kind) for kind in KINDS):
            above = [line.text() for line in block.rows[:at] if any(line.cells)]
            return Table(
                above[0] if above else "",
                header,
                tuple(row for row in block.rows[at + 1 :] if any(row.cells)),
                tuple(above[1:]),
                aside=block.dropped,
            )
        if row.held > 1:
            return None
    return None
