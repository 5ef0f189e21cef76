"""A header that stands over two columns and divides none: 指标 over a group and a name of it."""

from dataclasses import replace

from apps.intake.grid import WHOLE_ROW, Table
from apps.intake.synonyms.headers import is_known_header

UNDER_WIDE_HEAD = "under-wide-head"
NEARLY_ALL = 0.9


def with_wide_heads(table: Table) -> Table:
    """The table, each header that stands over two columns put above the one that tells rows apart.

    The left one is a group's name where it repeats and the right one does not: then the header is
    the right one's. Where that cannot be told, rows that hold something in both are marked.
    """
    header = list(table.header)
    unsure: set[int] = set()
    for at in range(1, len(header)):
        head = header[at - 1]
        if header[at] or not head or not is_known_header(head.rpartition("/")[2]):
            continue
        right = _cells(table, at)
        if not any(right):
            continue
        left = _cells(table, at - 1)
        filled = sum(map(bool, right))
        groups = {cell for cell in left if cell}
        repeats = len(groups) < sum(map(bool, left)) or not all(left)
        if filled >= len(right) * NEARLY_ALL and repeats and len(set(right)) > len(groups):
            header[at - 1], header[at] = "", head
        else:
            unsure.add(at)
    if header == list(table.header) and not unsure:
        return table
    table = replace(table, header=tuple(header))
    if not unsure:
        return table
    return table.map_rows(
        lambda row: (
            row.marked(WHOLE_ROW, UNDER_WIDE_HEAD)
            if any(at < len(row.cells) and row.cells[at] and row.cells[at - 1] for at in unsure)
            else row
        )
    )


def _cells(table: Table, at: int) -> list[str]:
    return [row.cells[at] if at < len(row.cells) else "" for row in table.rows]
