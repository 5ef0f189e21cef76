"""What must hold for every table, whatever document it stood in; where it does not, rows are marked.

Two things: no word of a grid is lost or used twice, and running numbers run. Both look at each row
once, so that a long list is not slowed.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from apps.intake.finding.bodies import HEADING
from apps.intake.finding.rows import printed_number
from apps.intake.grid import WHOLE_ROW, Aside, Row, Table
from apps.intake.synonyms.headers import plain_header
from apps.intake.synonyms.words import NUMBER_HEADERS

LEFT_OVER, TWICE = "words-left-over", "words-twice"
GAP, REPEATED, UNNUMBERED = "number-gap", "number-repeated", "number-missing"
PART_BELOW = "part-below"
"""The mark of a row of which the one below may be a part."""
LEAST_NUMBERS = 3
ODD_STEPS = 5
"""Numbers of which more than one step in so many is odd do not run: a choice out of a list."""


def conserved(source: Sequence[Row], tables: list[Table]) -> list[Table]:
    """The tables found in the rows of a grid, rows marked beside which words were lost or doubled.

    Each cell that holds something lands in a row, in what was set aside, or in the lines of title
    and header. A line of which nothing landed is set aside, and the row before it is marked.
    """
    if not tables:
        return tables
    held: dict[int, int] = defaultdict(int)
    for table in tables:
        for row in table.rows:
            held[row.line] += _count(row.cells)
        for each in table.aside:
            held[each.line] += _count(each.cells)
    above = set().union(*(table.heads for table in tables))
    odd = {
        row.line: LEFT_OVER if held[row.line] < _count(row.cells) else TWICE
        for row in source
        if held[row.line] != _count(row.cells) and row.line not in above
    }
    return [_marked_at(table, odd) for table in _with_lost_lines(source, tables, odd, held)]


def _count(cells: tuple[str, ...]) -> int:
    return len(cells) - cells.count("")


def _with_lost_lines(
    source: Sequence[Row], tables: list[Table], odd: dict[int, str], held: dict[int, int]
) -> list[Table]:
    """Lines of which nothing is left, set aside in the last table; the line before becomes odd."""
    lost = [
        (before, row)
        for before, row in itertools.pairwise([None, *source])
        if row is not None and row.line in odd and not held[row.line]
    ]
    if not lost:
        return tables
    for before, _row in lost:
        if before is not None:
            odd.setdefault(before.line, LEFT_OVER)
    asides = [Aside(row.text(), "left-over", row.line, row.cells) for _before, row in lost]
    return [*tables[:-1], tables[-1].with_rows(tables[-1].rows, asides)]


def _marked_at(table: Table, odd: dict[int, str]) -> Table:
    if not odd:
        return table
    return table.map_rows(
        lambda row: row.marked(WHOLE_ROW, odd[row.line]) if row.line in odd else row
    )


def number_column(table: Table) -> int | None:
    """The column of running numbers: headed so, or the first where there is no header."""
    if not table.header:
        return 0
    return next(
        (
            at
            for at, head in enumerate(table.header)
            if head and plain_header(head).rpartition("/")[2] in NUMBERS
        ),
        None,
    )


NUMBERS = frozenset(plain_header(header) for header in NUMBER_HEADERS)


def numbered(table: Table) -> Table:
    """The table, rows marked around which its running numbers leave a gap, repeat or are missing.

    They may begin again where a heading or a group does. Numbers that do not run at all, as of rows
    chosen out of a longer list, say nothing.
    """
    at = number_column(table)
    if at is None:
        return table
    numbers = [printed_number(row.cells[at]) if at < len(row.cells) else None for row in table.rows]
    places = [place for place, number in enumerate(numbers) if number is not None]
    if len(places) < LEAST_NUMBERS:
        return table
    marks = _odd_steps(table, at, numbers, places)
    if len(marks) > max(1, len(places) // ODD_STEPS):
        return table
    codes: dict[int, str] = {}
    for place, code in marks:
        for each in (places[place - 1], places[place]) if place else (places[0],):
            codes.setdefault(each, code)
    bare = [place for place, number in enumerate(numbers) if number is None]
    if len(bare) * ODD_STEPS <= len(numbers):
        codes |= dict.fromkeys(bare, UNNUMBERED)
        for place in bare:
            if place:
                codes.setdefault(place - 1, PART_BELOW)
    if not codes:
        return table
    return replace(
        table,
        rows=tuple(
            row.marked(WHOLE_ROW, codes[place]) if place in codes else row
            for place, row in enumerate(table.rows)
        ),
    )


def _odd_steps(
    table: Table, column: int, numbers: list[int | None], places: list[int]
) -> list[tuple[int, str]]:
    """Which of the rows at ``places`` do not follow the one before, and how."""
    odd: list[tuple[int, str]] = []
    groups: list[int] | None = None
    for index, place in enumerate(places):
        number = numbers[place] or 0
        if not index:
            if number > 1:
                odd.append((index, GAP))
            continue
        last = numbers[places[index - 1]] or 0
        if number == last + 1:
            continue
        if number == 1:
            groups = grouping_columns(table, column) if groups is None else groups
            if _begins_group(table.rows[places[index - 1]], table.rows[place], groups):
                continue
        odd.append((index, GAP if number > last else REPEATED))
    return odd


def grouping_columns(table: Table, but: int) -> list[int]:
    """Columns that say the same in several rows: a heading, a merged category, a district."""
    found = []
    for at, head in enumerate(table.header):
        if at == but:
            continue
        cells = Counter(row.cells[at] for row in table.rows if at < len(row.cells))
        blanks = cells.pop("", 0)
        if head == HEADING or len(cells) * 2 <= len(table.rows) - blanks or blanks >= len(cells):
            found.append(at)
    return found


def _begins_group(before: Row, row: Row, groups: list[int]) -> bool:
    return any(
        row.cells[at] and row.cells[at] != before.cells[at]
        for at in groups
        if at < min(len(row.cells), len(before.cells))
    )
