"""The tables of a document: each grid cut into tables, those of several pages joined."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace

from apps.intake.finding.across import as_list
from apps.intake.finding.alone import lonely
from apps.intake.finding.beside import cut_like, side_by_side
from apps.intake.finding.bodies import under_headings, without_strays
from apps.intake.finding.broken import whole_rows
from apps.intake.finding.checks import conserved, numbered
from apps.intake.finding.columns_of_names import one_name_a_row
from apps.intake.finding.headers import (
    MOST_LEVELS,
    combined_header,
    header_depth,
    header_top,
    is_divided,
    lower,
)
from apps.intake.finding.headings import headed, headings_above, is_headed, with_plain_headings
from apps.intake.finding.order import in_order
from apps.intake.finding.pages import (
    append,
    continues,
    copied,
    widened,
    with_doubts_of_page,
)
from apps.intake.finding.rows import (
    is_column_numbering,
    is_header,
    is_note,
    is_section,
    is_total,
    may_be_header,
)
from apps.intake.finding.several import rows_of_lines
from apps.intake.finding.stacked import again, cut_at, stacked
from apps.intake.finding.titles import Above, above_of, with_sheet
from apps.intake.finding.turned import upright
from apps.intake.finding.wide_heads import with_wide_heads
from apps.intake.finding.written import with_written_lists
from apps.intake.grid import Aside, Block, Grid, Paragraph, Row, Span, Table

HEAD_ROWS = 8
"""Rows at the top of a grid among which its header is looked for."""


RULED = ("pdf", "docx", "html")
"""Formats in which a table has its own lines, and a blank column at its edge is one of it."""


def find_tables(blocks: Iterable[Block]) -> list[Table]:
    """Every table of a document, continued ones joined, in printed order."""
    tables: list[Table] = []
    above: list[Paragraph] = []
    header: Grid | None = None
    plain_from: int | None = None
    for block in with_written_lists(blocks):
        if isinstance(block, Table):
            tables.append(block)
            above, header = [], None
            continue
        if isinstance(block, Paragraph):
            if tables and not above and is_note(block.text):
                note = Aside(block.text, "note", block.line)
                tables[-1] = replace(tables[-1], aside=(*tables[-1].aside, note))
            elif tables and is_total(Row(block.line, (block.text,))):
                total = Aside(block.text, "total", block.line)
                tables[-1] = replace(tables[-1], aside=(*tables[-1].aside, total))
            else:
                above.append(block)
            continue
        if is_header_alone(block):
            # The foot of a page: its rows begin on the next one.
            header, plain_from = block, len(above)
            continue
        if header is None:
            plain_from = 0 if tables and is_headed(tables[-1]) else None
        else:
            block, header = under_header(header, block), None
        above, headings = headings_above(above, not tables, plain_from)
        for number, table in enumerate(
            tables_of(block, with_sheet(above_of(above), block), tables)
        ):
            if not table.rows:
                # Only strays: the end of the table before, or nothing.
                if tables:
                    aside = (*tables[-1].aside, *table.aside)
                    tables[-1] = replace(tables[-1], aside=aside)
                continue
            table = headed(table, headings) if not number else table
            table = widened(tables[-1], table) if tables else table
            if any(copied(each, table) for each in tables):
                copies = [
                    Aside(row.text(), "copied-row", row.line, row.cells) for row in table.rows
                ]
                tables[-1] = replace(tables[-1], aside=(*tables[-1].aside, *copies))
            elif tables and continues(tables[-1], table):
                tables[-1] = append(tables[-1], table)
            else:
                if tables and not table.title and is_section(table.rows[0]):
                    table = replace(table, above=(*table.above, tables[-1].title))
                tables.append(with_doubts_of_page(tables[-1], table) if tables else table)
        above = []
    if header is not None and tables:
        asides = tuple(Aside(row.text(), "repeated-header", row.line) for row in header.rows)
        tables[-1] = replace(tables[-1], aside=(*tables[-1].aside, *asides))
    return [
        as_list(
            with_wide_heads(
                numbered(
                    under_headings(
                        lonely(in_order(whole_rows(one_name_a_row(_without_lines(table)))))
                    )
                )
            )
        )
        for table in tables
    ]


def _without_lines(table: Table) -> Table:
    return with_plain_headings(without_strays(table))


def tables_of(grid: Grid, above: Above, before: list[Table]) -> list[Table]:
    """The tables of one grid, stacked ones and those side by side apart; nothing of it lost."""
    trimmed = upright(rows_of_lines(trim(fill_spans(grid))))
    merged = frozenset(span.column for span in grid.spans if span.height > 1)
    found = list(parted(tables_in(trimmed, above, merged), before))
    found = conserved(trimmed.rows, found)
    if found and trimmed.dropped:
        found[0] = replace(found[0], aside=(*trimmed.dropped, *found[0].aside))
    return found


def parted(found: Iterable[Table], before: list[Table]) -> Iterator[Table]:
    """Tables of one grid, those side by side apart or joined, their bodies cleaned.

    A page without header is cut as the page ``before`` was.
    """
    for table in found:
        alike = cut_like(before[-1], table) if before and not table.header else None
        yield from [alike] if alike is not None else side_by_side(table)


def is_header_alone(grid: Grid) -> bool:
    """Whether a grid is a header, on one or two levels, and nothing below but a total or numbers of
    its columns."""
    rows = trim(grid).rows
    while len(rows) > 1 and (is_total(rows[-1]) or is_column_numbering(rows[-1])):
        rows = rows[:-1]
    if not 0 < len(rows) <= MOST_LEVELS or not is_header(rows[-1]):
        return False
    is_whole = header_depth(list(rows), list(grid.spans)) == len(rows)
    return is_whole or all(map(is_header, rows))


def under_header(header: Grid, grid: Grid) -> Grid:
    """A grid under the header that stood alone before it; as it is, where it has one or is another."""
    rows = trim(grid).rows
    width = max(len(row.cells) for row in header.rows)
    if not rows or any(map(is_header, rows[:HEAD_ROWS])):
        return grid
    if max(len(row.cells) for row in rows) > width:
        return grid
    lower = tuple(replace(span, row=span.row + len(header.rows)) for span in grid.spans)
    return replace(grid, rows=(*header.rows, *grid.rows), spans=(*header.spans, *lower))


def tables_in(grid: Grid, above: Above, merged: frozenset[int]) -> Iterator[Table]:
    """The tables of one grid without blank edges, stacked ones apart, as they stand."""
    for number, (part, spans) in enumerate(stacked(grid)):
        said = above if not number else Above()
        table = table_of(part, spans, said, merged, not number)
        if table is None:
            continue
        starts = again(part, table)
        if not starts:
            yield table
            continue
        for (piece, its_spans), is_first in zip(
            cut_at(part, spans, starts), (True, *[False] * len(starts)), strict=True
        ):
            own = table_of(piece, its_spans, said if is_first else Above(), merged, is_first)
            if own is not None:
                yield own


def fill_spans(grid: Grid) -> Grid:
    """Cells merged downwards, by the source's own word, each with the value of the first."""
    if not grid.spans:
        return grid
    rows = [list(row.cells) for row in grid.rows]
    for span in grid.spans:
        for index in range(span.row + 1, min(span.row + span.height, len(rows))):
            if span.column < len(rows[index]) and span.column < len(rows[span.row]):
                rows[index][span.column] = rows[span.row][span.column]
    filled = (replace(row, cells=tuple(cells)) for row, cells in zip(grid.rows, rows, strict=True))
    return replace(grid, rows=tuple(filled))


def trim(grid: Grid) -> Grid:
    """Without blank rows, and without blank columns at the right and at the left."""
    indices = [index for index, row in enumerate(grid.rows) if any(row.cells)]
    if not indices:
        return replace(grid, rows=(), spans=())
    left, right = margins(grid.rows[index].cells for index in indices)
    form = grid.rows[0].place.format
    if form in ("text", "csv") or (form in RULED and not any(map(is_header, grid.rows))):
        left = 0  # A blank first cell, of a page that goes on, and never a margin.
    rows = tuple(grid.rows[index].part(left, right) for index in indices)
    if not grid.spans:
        return replace(grid, rows=rows)
    new = {old: position for position, old in enumerate(indices)}
    spans = tuple(
        replace(span, row=new[span.row], column=span.column - left)
        for span in grid.spans
        if span.row in new
    )
    return replace(grid, rows=rows, spans=spans)


def margins(rows: Iterable[tuple[str, ...]]) -> tuple[int, int]:
    """The first column in which any of these rows holds something, and the last one but one."""
    left, right = sys.maxsize, 0
    for cells in rows:
        first = 0
        while first < left and not cells[first]:
            first += 1
        last = len(cells)
        while last > right and not cells[last - 1]:
            last -= 1
        left, right = first, max(right, last)
    return left, right


def table_of(
    rows: list[Row],
    spans: list[Span],
    above: Above,
    merged: frozenset[int],
    is_first: bool = True,
) -> Table | None:
    """One table out of its rows: title lines, header, body. ``None`` where there is no body."""
    lines: list[Row] = []
    every, first = rows, spans
    while rows and len(rows[0].printed()) == 1 and len(rows) > 1 and not _is_one_column(rows):
        lines, rows, spans = [*lines, rows[0]], rows[1:], lower(spans, 1)
    found = next((i for i, row in enumerate(rows[:HEAD_ROWS]) if is_header(row)), None)
    if (
        found is None
        and rows
        and (may_be_header(rows[0], rows[1:]) or is_divided(rows[:HEAD_ROWS], spans))
    ):
        found = 0
    if found:
        found = header_top(rows, found, spans)
    if found:
        lines, rows, spans = [*lines, *rows[:found]], rows[found:], lower(spans, found)
    if found is None:
        # A page that goes on without a header may begin with a heading of its rows.
        back = len([line for line in lines if is_section(line)])
        if back and all(is_section(line) for line in lines[-back:]):
            lines, rows = lines[:-back], [*lines[-back:], *rows]
        # Or with the second half of a row: a title stands in the first column, and where lines
        # are ruled, across others.
        while lines and (not lines[-1].cells[0] or _is_one_cell(len(lines) - 1, every, first)):
            lines, rows = lines[:-1], [lines[-1], *rows]
    headings: list[Paragraph] = []
    if lines:
        said = [Paragraph(line.text(), line.line) for line in lines]
        if found is not None:
            said, headings = headings_above(said, is_first and not above.title)
        own = above_of(said)
        above = Above(own.title or above.title, (*own.lines, *above.lines))
    header: tuple[str, ...] = ()
    depth = 0
    if found is not None:
        depth = header_depth(rows, spans)
        header = combined_header(rows[:depth], spans)
        rows = rows[depth:]
    if not rows:
        return None
    heads = frozenset(row.line for row in every[: len(every) - len(rows)])
    table = Table(
        above.title, header, tuple(rows), above.lines, merged=merged, heads=heads, levels=depth
    )
    return headed(table, headings)


def _is_one_cell(at: int, rows: list[Row], spans: list[Span]) -> bool:
    """Whether the only words of a row stand in one ruled cell of several, and not across them."""
    is_ruled = rows[at].place.format in RULED and len(rows[at].cells) > 1
    return is_ruled and not any(span.row == at and span.width > 1 for span in spans)


def _is_one_column(rows: list[Row]) -> bool:
    return all(len(row.cells) < 2 for row in rows)
