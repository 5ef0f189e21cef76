"""The order of rows whose table stood in parts beside each other, over pages.

With numbers the numbers tell it. Without, either each page is read by itself, part after part, or
each part goes on over all pages before the next begins; which of both, nothing printed says.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace

from apps.intake.finding.bodies import UNDER
from apps.intake.finding.checks import number_column
from apps.intake.finding.rows import is_section, printed_number
from apps.intake.grid import WHOLE_ROW, Row, Table

FEW = 2
"""A column that says the same in so many rows, on the average, groups them."""


def in_order(table: Table) -> Table:
    """Parts of tables that stood side by side, over pages, in their order, as far as it is told."""
    if len({row.offset for row in table.rows}) < 2:
        return table
    number = number_column(table) if table.header else None
    return in_likeliest_order(table) if number is None else in_number_order(table, number)


def in_number_order(table: Table, column: int = 0) -> Table:
    """Parts of tables that stood side by side, over pages, in the order of their numbers.

    Whole parts are moved, so that a heading stays above its rows. Only where the numbers are then
    whole, without a gap, and each stands once.
    """
    pieces = runs_of(table, column)
    ordered = sorted(pieces, key=lambda piece: piece.number)
    found = [
        n
        for piece in ordered
        for row in piece.rows
        if (n := printed_number(row.cells[column])) is not None
    ]
    if any(after != before + 1 for before, after in itertools.pairwise(found)):
        # Over pages the printed order is a guess, too; on one it is the order of the parts.
        if len({row.place for row in table.rows}) < 2:
            return table
        return table.map_rows(lambda row: row.marked(WHOLE_ROW, "order-unsure"))
    after = {id(before): piece for before, piece in itertools.pairwise(ordered)}
    for before, piece in itertools.pairwise(ordered):
        if before.may_head_next:
            unsure_heading(piece)
    for before, piece in itertools.pairwise(pieces):
        if piece.may_be_headed_before:
            unsure_heading(piece)
            if id(before) in after:
                unsure_heading(after[id(before)])
    return replace(table, rows=tuple(row for piece in ordered for row in piece.rows))


def in_likeliest_order(table: Table) -> Table:
    """Parts without numbers that a page broke: read so that what groups the rows changes least.

    Where both ways are as good, a part goes on over the pages. That is a guess: every row is
    marked, and where headings stand between rows, so is the heading above it.
    """
    pieces = [
        (place, offset, list(rows))
        for (place, offset), rows in itertools.groupby(
            table.rows, key=lambda row: (row.place, row.offset)
        )
    ]
    is_broken = len({place.page for place, _offset, _rows in pieces if place.page}) > 1
    if not is_broken or len({offset for _place, offset, _rows in pieces}) < 2:
        return table
    by_page = list(table.rows)
    by_part = [row for piece in sorted(pieces, key=lambda each: each[1]) for row in piece[2]]
    rows = min(by_part, by_page, key=changes)
    has_headings = any(map(is_section, rows))
    marked = (row.marked(WHOLE_ROW, "order-unsure") for row in rows)
    if has_headings:
        marked = (row.marked(UNDER, "heading-unsure") for row in marked)
    return replace(table, rows=tuple(marked))


def changes(rows: Iterable[Row]) -> int:
    """How often a cell differs from the one above, in columns that say few things in many rows.

    A heading between rows begins a group: then nothing is expected to go on.
    """
    body = list(rows)
    width = max(len(row.cells) for row in body)
    found = 0
    for at in range(width):
        cells = ["" if is_section(row) else row.cells[at] for row in body if at < len(row.cells)]
        values = {cell for cell in cells if cell}
        if len(values) * FEW <= len(cells):
            found += sum(
                1
                for before, after in itertools.pairwise(cells)
                if before and after and before != after
            )
    return found


@dataclass
class Run:
    """Rows of one part whose numbers run on. ``may_be_headed_before``: whether its first heading
    stood at the foot of the page before, cannot be told. ``may_head_next``: nor can, what its last
    heading heads."""

    number: int
    rows: list[Row]
    may_be_headed_before: bool = False
    may_head_next: bool = False


Piece = tuple[int, list[Row]]
"""One part of one page: its offset and its rows."""


def runs_of(table: Table, column: int) -> list[Run]:
    """The rows of a table in runs: a new one where a part or a page begins or a number jumps.

    Headings of a part that has no row on the page are those of its rows above or of those to come.
    """
    pages = [
        [
            (offset, list(part))
            for offset, part in itertools.groupby(rows, key=lambda row: row.offset)
        ]
        for _place, rows in itertools.groupby(table.rows, key=lambda row: row.place)
    ]
    runs: list[Run] = []
    waiting: dict[int, list[Row]] = {}
    of_part: dict[int, Run] = {}
    for number, page in enumerate(pages):
        for offset, rows in page:
            found = _runs_of_part([*waiting.pop(offset, []), *rows], column)
            if found:
                if not found[0].number and runs:
                    # A row without a number goes on from what stood before it.
                    runs[-1].rows += found.pop(0).rows
                runs += found
                of_part[offset] = runs[-1]
            elif offset in of_part and _is_at_foot(offset, pages, number, column):
                of_part[offset].rows += rows
                of_part[offset].may_head_next = True
            else:
                waiting[offset] = rows
    left = [row for rows in waiting.values() for row in rows]
    if runs:
        runs[-1].rows += left
        return runs
    return [Run(0, left)]


def _runs_of_part(rows: list[Row], column: int) -> list[Run]:
    """The runs of one part of one page; headings stand before the row they head, or at the end."""
    runs: list[Run] = []
    headings: list[Row] = []
    last: int | None = None
    for row in rows:
        number = printed_number(row.cells[column])
        if number is None and is_section(row):
            headings.append(row)
            continue
        if number is not None and (last is None or number != last + 1):
            runs.append(Run(number, [], bool(headings) and last is not None))
        elif not runs:
            runs.append(Run(0, []))
        runs[-1].rows += [*headings, row]
        headings = []
        last = last if number is None else number
    if headings and runs:
        runs[-1].rows += headings
    return runs


def _is_at_foot(offset: int, pages: list[list[Piece]], at: int, column: int) -> bool:
    """Whether headings that stand alone in a part are the foot of it: what stands beside them has
    a number between those of the parts as they stood above."""

    def numbers(pieces: list[Piece], of: int) -> list[int]:
        rows = (row for part, rows in pieces if part == of for row in rows)
        return [n for row in rows if (n := printed_number(row.cells[column])) is not None]

    for beside, _rows in pages[at]:
        if not (found := numbers(pages[at], beside)):
            continue
        if beside < offset:
            above = [n for page in pages[:at] for n in numbers(page, offset)]
            return bool(above) and above[-1] > found[0]
        below = [n for page in pages[at + 1 :] for n in numbers(page, offset)]
        return not below or below[0] > found[0]
    return False


def unsure_heading(run: Run) -> None:
    """Mark the rows of a run up to its next heading: which heading is above them is not known."""
    is_below = False
    for at, row in enumerate(run.rows):
        if is_section(row):
            if is_below:
                return
            continue
        is_below = True
        run.rows[at] = row.marked(UNDER, "heading-unsure")
