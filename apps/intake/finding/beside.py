"""Tables printed beside each other: 序号|名称|序号|名称."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps.intake.finding.bodies import UNDER, clean_body, without_whole_rows
from apps.intake.finding.rows import is_section, printed_number
from apps.intake.grid import Row, Table
from apps.intake.synonyms.headers import plain_header
from apps.intake.synonyms.words import NUMBER_HEADERS


def side_by_side(table: Table) -> list[Table]:
    """Tables printed beside each other (序号|名称|序号|名称), left part first, their bodies cleaned.

    Parts with the same header are one table; parts with different headers are tables of
    their own. Parts that are blank at the foot are left out. Rows keep the line they share.
    """
    starts = [
        at
        for at, cell in enumerate(table.header)
        if cell and plain_header(cell) == plain_header(table.header[0])
    ]
    if len(starts) < 2 or starts[0] != 0:
        return [clean_body(table)]
    ends = [*starts[1:], table.width]
    headers = [_unblanked(table.header[start:end]) for start, end in zip(starts, ends, strict=True)]
    is_one = len(set(headers)) == 1
    if not is_one and (
        any(len(header) < 2 for header in headers)
        or plain_header(headers[0][0]) not in NUMBER_HEADERS
    ):
        return [clean_body(table)]
    parts = cut(table, starts, headers)
    return [joined(parts)] if is_one else parts


def cut(table: Table, starts: Sequence[int], headers: Sequence[tuple[str, ...]]) -> list[Table]:
    """The parts of a table that begin at the columns ``starts``, each cleaned; blank ones left out.

    What is no row may stand in one part only, beside rows of another.
    """
    table = without_whole_rows(table)
    parts = [
        [part for row in table.rows if any((part := row.part(start, start + len(header))).cells)]
        for start, header in zip(starts, headers, strict=True)
    ]
    return [
        clean_body(
            replace(table, header=header, rows=tuple(part), aside=() if number else table.aside)
        )
        for number, (header, part) in enumerate(zip(headers, parts, strict=True))
        if part or not number
    ]


def joined(parts: list[Table]) -> Table:
    """Parts with one header as one table."""
    rows = tuple(row for part in parts for row in part.rows)
    aside = tuple(each for part in parts for each in part.aside)
    return replace(parts[0], rows=rows, aside=aside)


def _unblanked(header: tuple[str, ...]) -> tuple[str, ...]:
    end = len(header)
    while end and not header[end - 1]:
        end -= 1
    return header[:end]


def cut_like(first: Table, second: Table) -> Table | None:
    """A page without header that goes on with tables side by side, cut as the page before was.

    None where the page before was not cut, or this one is too narrow.
    """
    starts = sorted({row.offset for row in first.rows})
    width = max(len(row.cells) for row in second.rows)
    if len(starts) < 2 or width <= first.width:
        return None
    begins = [start - starts[0] for start in starts]
    return replace(joined(cut(second, begins, [first.header] * len(begins))), header=())


def in_number_order(table: Table) -> Table:
    """Parts of tables that stood side by side, over pages, in the order of their numbers.

    Whole parts are moved, so that a heading stays above its rows. Only where the numbers are then
    whole, without a gap, and each stands once.
    """
    if not table.header or plain_header(table.header[0]) not in NUMBER_HEADERS:
        return table
    if len({row.offset for row in table.rows}) < 2:
        return table
    pieces = runs_of(table)
    ordered = sorted(pieces, key=lambda piece: piece.number)
    found = [
        n
        for piece in ordered
        for row in piece.rows
        if (n := printed_number(row.cells[0])) is not None
    ]
    if any(after != before + 1 for before, after in itertools.pairwise(found)):
        return table
    after = {id(before): piece for before, piece in itertools.pairwise(ordered)}
    for before, piece in itertools.pairwise(pieces):
        if piece.may_be_headed_before:
            unsure_heading(piece)
            if id(before) in after:
                unsure_heading(after[id(before)])
    return replace(table, rows=tuple(row for piece in ordered for row in piece.rows))


@dataclass
class Run:
    """Rows of one part whose numbers run on. ``may_be_headed_before``: whether its first heading
    stood at the foot of the page before, cannot be told."""

    number: int
    rows: list[Row]
    may_be_headed_before: bool = False


def runs_of(table: Table) -> list[Run]:
    """The rows of a table in runs: a new one where a part or a page begins or a number jumps."""
    runs: list[Run] = []
    for _key, rows in itertools.groupby(table.rows, key=lambda row: (row.place, row.offset)):
        headings: list[Row] = []
        last: int | None = None
        for row in rows:
            number = printed_number(row.cells[0])
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
