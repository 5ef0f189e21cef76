"""Headers on two levels: words that divide the cell above them."""

import re

from apps.intake.finding.rows import LONGEST_HEADER_CELL, is_numeric
from apps.intake.grid import Row, Span
from apps.intake.synonyms.headers import is_known_header


def is_two_level(rows: list[Row], spans: list[Span]) -> bool:
    """Whether the second row is a second level of header: it divides a cell of the first.

    Under a cell that spans several columns stand short words; elsewhere nothing, or the same
    word again where the cell is merged downwards.
    """
    if len(rows) < 2:
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
        divided = {at - 1 for at in blank if top[at - 1]} | set(blank)
    words = [second[at] for at in divided if at < width and second[at]]
    rest = [at for at in range(width) if at not in divided]
    return (
        len(words) > 1
        and all(len(word) <= LONGEST_HEADER_CELL and not is_numeric(word) for word in words)
        and all(second[at] in ("", top[at]) for at in rest)
        and (bool(rest) or all(is_known_header(word) for word in words))
    )


def combined_header(rows: list[Row], spans: list[Span]) -> tuple[str, ...]:
    """One header out of one or two levels: "完成情况/单位"; line breaks and blanks taken out."""
    levels = [[re.sub(r"\s+", "", cell) for cell in row.cells] for row in rows]
    if len(levels) == 1:
        return tuple(levels[0])
    top, second = levels
    width = max(len(top), len(second))
    top += [""] * (width - len(top))
    second += [""] * (width - len(second))
    carried = top[:]
    for at in range(1, width):
        if not carried[at] and second[at]:
            carried[at] = carried[at - 1]
    return tuple(
        over if not under or under == over else under if not over else f"{over}/{under}"
        for over, under in zip(carried, second, strict=True)
    )
