"""Headers on several levels: words that divide the cell above them."""

import re
from collections.abc import Sequence
from dataclasses import replace

from apps.intake.finding.rows import LONGEST_HEADER_CELL, is_counted_total, is_numeric, is_year
from apps.intake.grid import Row, Span
from apps.intake.synonyms.headers import is_known_header


def is_two_level(rows: list[Row], spans: list[Span]) -> bool:
    """Whether the second row is a second level of header: it divides a cell of the first.

    Under a cell that spans several columns stand short words; elsewhere nothing, or the same
    word again where the cell is merged downwards.
    """
    if len(rows) < 2 or is_counted_total(rows[1]):
        return False
    top, second = rows[0].cells, rows[1].cells
    width = max(len(top), len(second))
    top, second = (*top, *[""] * (width - len(top))), (*second, *[""] * (width - len(second)))
    divided = {
        column
        for span in spans
        if span.row == 0 and span.width > 1
        for column in range(span.column, span.column + span.width)
    }
    if not divided:
        blank = [at for at in range(1, width) if not top[at] and second[at]]
        over = {_left_of(at, top, second) for at in blank}
        divided = {at for at in over if top[at]} | set(blank)
    words = [second[at] for at in divided if at < width and second[at]]
    rest = [at for at in range(width) if at not in divided]
    # Beside heads that are merged down over both rows, numbers count the columns below a head.
    may_count = any(span.row == 0 and span.height > 1 for span in spans)
    return (
        len(words) > 1
        and all(
            len(word) <= LONGEST_HEADER_CELL
            and (may_count or is_year(word) or not is_numeric(word))
            for word in words
        )
        and all(second[at] in ("", top[at]) for at in rest)
        and (bool(rest) or all(is_known_header(word) for word in words))
    )


def is_divided(rows: list[Row], spans: list[Span]) -> bool:
    """Whether the source's own merged cells make the first two rows a header, be its words unknown.

    A cell over several columns, words that divide it, one merged down beside it; below figures.
    """
    ends = {(span.width > 1, span.height > 1) for span in spans if span.row == 0}
    if not {(True, False), (False, True)} <= ends or not is_two_level(rows, spans):
        return False
    words = [cell for row in rows[:2] for cell in row.printed()]
    return all(len(word) <= LONGEST_HEADER_CELL and not is_numeric(word) for word in words) and all(
        _holds_figures(row) for row in rows[2:4]
    )


def _holds_figures(row: Row) -> bool:
    """Whether a row holds figures but for its name, and no more words of a header."""
    cells = [cell for cell in row.cells[1:] if cell]
    return bool(cells) and sum(map(is_numeric, cells)) >= len(cells) * MOST_FIGURES


MOST_FIGURES = 0.8


def _left_of(at: int, top: Sequence[str], second: Sequence[str]) -> int:
    """The column left of one, over columns that are blank on both levels."""
    at -= 1
    while at > 0 and not top[at] and not second[at]:
        at -= 1
    return at


MOST_LEVELS = 3


def header_top(rows: list[Row], index: int, spans: list[Span]) -> int:
    """Where a header begins of which the row at ``index`` is a level."""
    least = max(index - MOST_LEVELS + 1, 0)
    while index > least and len(rows[index - 1].printed()) > 1:
        if not is_two_level(rows[index - 1 : index + 2], lower(spans, index - 1)):
            break
        index -= 1
    return index


def header_depth(rows: list[Row], spans: list[Span]) -> int:
    """How many of the first rows are one header."""
    depth = 1
    while depth < min(MOST_LEVELS, len(rows)) and (
        is_two_level(rows[depth - 1 :], lower(spans, depth - 1))
        or is_row_of_units(rows[depth - 1], rows[depth])
    ):
        depth += 1
    return depth


def is_row_of_units(top: Row, row: Row) -> bool:
    """Whether a row below a header only names units: （亿元）; elsewhere nothing, or the header again."""
    units = [
        cell
        for at, cell in enumerate(row.cells)
        if cell and not (at < len(top.cells) and cell == top.cells[at])
    ]
    return bool(units) and all(map(BRACKETED.fullmatch, units))


BRACKETED = re.compile(r"[（(]\s*[^（()）]{1,10}\s*[)）]")


def lower(spans: list[Span], by: int) -> list[Span]:
    """Merged cells as they stand where so many rows are taken off above."""
    return [replace(span, row=span.row - by) for span in spans if span.row >= by]


def combined_header(rows: list[Row], spans: list[Span]) -> tuple[str, ...]:
    """One header out of its levels: "完成情况/单位"; line breaks and blanks taken out."""
    width = max(len(row.cells) for row in rows)
    header = [""] * width
    for row in rows:
        level = [re.sub(r"\s+", "", cell) for cell in row.cells]
        level += [""] * (width - len(level))
        for at in range(1, width):
            if not header[at] and level[at] and row is not rows[0]:
                header[at] = next((over for over in reversed(header[:at]) if over), "")
        header = [
            over
            if not under or under == over.rpartition("/")[2]
            else under
            if not over
            else f"{over}/{under}"
            for over, under in zip(header, level, strict=True)
        ]
    return tuple(header)
