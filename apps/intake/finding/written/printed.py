"""Lists on the pages of a PDF, where the end of a line says nothing of what is one line."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from apps.intake.finding.checks import NUMBERS
from apps.intake.finding.rows import is_note, printed_number
from apps.intake.finding.titles import FURNITURE
from apps.intake.finding.written.below import CELL_LOST
from apps.intake.finding.written.items import GOVERNMENT
from apps.intake.finding.written.labelled import pairs
from apps.intake.finding.written.passage import LEFT_OVER, POINTED, Found, numbered
from apps.intake.grid import Grid, Paragraph, Row
from apps.intake.synonyms.headers import plain_header

Way = Callable[[list[Paragraph]], Found | None]


def whole(way: Way) -> Way:
    """A way of finding lists, for printed lines: only what is surely a list, and all of it.

    Each row begins with a number that no cell is, or with a label; no cell is missing; and nothing
    behind the list is more of it. A line right behind it may be the rest of its last row: a doubt.
    """

    def found_whole(run: list[Paragraph]) -> Found | None:
        found = way(run)
        if found is None or not _is_whole(found, run[found.start : found.end], run[found.end :]):
            return None
        is_open = run[found.end - 1].text.endswith((":", "："))
        if any(is_open or _may_go_on(line.text) for line in run[found.end : found.end + 1]):
            *rows, last = found.block.rows
            rows.append(last.marked(LEFT_OVER.column, LEFT_OVER.code))
            return replace(found, block=replace(found.block, rows=tuple(rows)))
        return found

    return found_whole


def _is_whole(found: Found, lines: Sequence[Paragraph], behind: Sequence[Paragraph]) -> bool:
    if any(_begins_row(line.text) for line in behind):
        return False
    if isinstance(found.block, Grid):
        header, *rows = found.block.rows
        return plain_header(header.cells[0]) in NUMBERS and not any(map(_has_lost, rows))
    if any(numbered(line.text)[0] and not POINTED.match(line.text) for line in lines):
        return False
    return found.block.header[0] in NUMBERS or _has_label(lines[-1].text)


def _may_go_on(text: str) -> bool:
    """Whether a line behind a list may be the rest of its last row: no note, no date, not who signs."""
    is_office = GOVERNMENT.fullmatch(text) and not re.search("[:：]", text)
    return not (is_office or FURNITURE.fullmatch(text) or is_note(text))


def _begins_row(text: str) -> bool:
    return POINTED.match(text) is not None or printed_number(text) is not None or _has_label(text)


def _has_label(text: str) -> bool:
    before, said = pairs(numbered(text)[1])
    return bool(said) and not before


def _has_lost(row: Row) -> bool:
    return any(mark.code == CELL_LOST for mark in row.marks)
