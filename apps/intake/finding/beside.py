"""Tables printed beside each other: 序号|名称|序号|名称."""

from dataclasses import replace

from apps.intake.finding.bodies import clean_body
from apps.intake.finding.pages import headed
from apps.intake.grid import Table
from apps.intake.synonyms.headers import plain_header
from apps.intake.synonyms.words import NUMBER_HEADERS


def side_by_side(table: Table) -> list[Table]:
    """Tables printed beside each other (序号|名称|序号|名称), left part first.

    Parts with the same header are one table; parts with different headers are tables of
    their own. Parts that are blank at the foot are left out. Rows keep the line they share.
    """
    starts = [
        at
        for at, cell in enumerate(table.header)
        if cell and plain_header(cell) == plain_header(table.header[0])
    ]
    if len(starts) < 2 or not starts or starts[0] != 0:
        return [table]
    ends = [*starts[1:], table.width]
    headers = [_unblanked(table.header[start:end]) for start, end in zip(starts, ends, strict=True)]
    if any(len(header) < 2 for header in headers) and len(set(headers)) > 1:
        return [table]
    parts = [
        [part for row in table.rows if any((part := row.part(start, start + len(header))).cells)]
        for start, header in zip(starts, headers, strict=True)
    ]
    if len(set(headers)) > 1 and plain_header(headers[0][0]) not in NUMBER_HEADERS:
        return [table]
    # What is no row may stand in one part only, beside rows of another.
    cleaned = [
        clean_body(
            replace(table, header=header, rows=tuple(part), aside=() if number else table.aside)
        )
        for number, (header, part) in enumerate(zip(headers, parts, strict=True))
        if part
    ]
    return [joined(cleaned)] if len(set(headers)) == 1 else cleaned


def joined(parts: list[Table]) -> Table:
    """Parts with one header as one table."""
    first = max(parts, key=lambda part: part.width)
    rows = [row for part in parts for row in part.rows]
    if first.has_headings:
        rows = [headed(row, first.width) for row in rows]
    aside = tuple(each for part in parts for each in part.aside)
    return replace(first, rows=tuple(rows), aside=aside)


def _unblanked(header: tuple[str, ...]) -> tuple[str, ...]:
    end = len(header)
    while end and not header[end - 1]:
        end -= 1
    return header[:end]


def cut_like(first: Table, second: Table) -> Table:
    """A page without header that goes on with tables side by side, cut as the page before was."""
    starts = sorted({row.offset for row in first.rows})
    width = max(len(row.cells) for row in second.rows)
    if len(starts) < 2 or width <= first.width:
        return second
    least = starts[0]
    parts = [
        row.part(start - least, start - least + first.width)
        for start in starts
        for row in second.rows
    ]
    return replace(second, rows=tuple(part for part in parts if any(part.cells)))


def in_number_order(table: Table) -> Table:
    """Rows of tables that stood side by side, over pages, in the order of their numbers.

    Only where the numbers are whole, without a gap, and each stands once.
    """
    if not table.header or plain_header(table.header[0]) not in NUMBER_HEADERS:
        return table
    if len({row.offset for row in table.rows}) < 2:
        return table
    numbers = [row.cells[0] for row in table.rows]
    if not all(number.isdecimal() for number in numbers):
        return table
    counted = [int(number) for number in numbers]
    if sorted(counted) != list(range(min(counted), min(counted) + len(counted))):
        return table
    return replace(table, rows=tuple(sorted(table.rows, key=lambda row: int(row.cells[0]))))
