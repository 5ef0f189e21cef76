"""Tables printed beside each other: 序号|名称|序号|名称."""

from collections.abc import Sequence
from dataclasses import replace

from apps.intake.finding.bodies import clean_body, without_whole_rows
from apps.intake.grid import Row, Table
from apps.intake.synonyms.headers import plain_header
from apps.intake.synonyms.words import NUMBER_HEADERS


def side_by_side(table: Table) -> list[Table]:
    """Tables printed beside each other (序号|名称|序号|名称), left part first, their bodies cleaned.

    Parts with the same header are one table; parts with different headers are tables of
    their own. Parts that are blank at the foot are left out. Rows keep the line they share.
    """
    if titled := under_titles(table):
        return titled
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


def under_titles(table: Table) -> list[Table]:
    """Tables beside each other that each have a title of their own over their columns.

    Empty where there are not several of them, each beginning with running numbers.
    """
    levels = [cell.partition("/") for cell in table.header]
    starts = [
        at
        for at, (title, _slash, head) in enumerate(levels)
        if plain_header(head) in NUMBER_HEADERS and (not at or title != levels[at - 1][0])
    ]
    if len(starts) < 2 or starts[0] != 0:
        return []
    headers, titles = [], []
    for start, end in zip(starts, [*starts[1:], table.width], strict=True):
        part = levels[start:end]
        if any(title not in ("", part[0][0]) for title, _slash, _head in part):
            return []
        headers.append(_unblanked(tuple(head for _title, _slash, head in part)))
        titles.append(part[0][0])
    if len(set(titles)) < len(titles):
        return []
    parts = cut(table, starts, headers)
    if len(parts) < len(titles):
        return []
    return [
        replace(part, title=title, above=(title, *part.above))
        for part, title in zip(parts, titles, strict=True)
    ]


def cut(table: Table, starts: Sequence[int], headers: Sequence[tuple[str, ...]]) -> list[Table]:
    """The parts of a table that begin at the columns ``starts``, each cleaned; blank ones left out.

    What is no row may stand in one part only, beside rows of another.
    """
    table = without_whole_rows(table, starts)
    parts = [
        [part for row in table.rows if any((part := part_of(row, start, len(header))).cells)]
        for start, header in zip(starts, headers, strict=True)
    ]
    return [
        clean_body(
            replace(table, header=header, rows=tuple(part), aside=() if number else table.aside)
        )
        for number, (header, part) in enumerate(zip(headers, parts, strict=True))
        if part or not number
    ]


def part_of(row: Row, start: int, width: int) -> Row:
    """The cells of one part; as many as it has columns, where the last of a row are not there."""
    part = row.part(start, start + width)
    return replace(part, cells=part.cells + ("",) * (width - len(part.cells)))


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
