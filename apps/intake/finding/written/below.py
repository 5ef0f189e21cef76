"""One cell a line, as a table comes out of a page when it is copied as bare text."""

from collections import Counter
from collections.abc import Sequence

from apps.intake.finding.checks import NUMBERS
from apps.intake.finding.headings import is_heading
from apps.intake.finding.rows import is_total, printed_number
from apps.intake.finding.titles import is_furniture
from apps.intake.finding.written.passage import Found
from apps.intake.grid import WHOLE_ROW, Grid, Mark, Paragraph, Row
from apps.intake.makes import class_of
from apps.intake.synonyms.headers import is_known_header, plain_header

LEAST_HEADS, MOST_HEADS, LEAST_ROWS = 2, 15, 2
MOSTLY = 0.8
PATIENCE = 40
"""Rows looked at without finding a list before the search ends: a file may hold a header often."""
CELL_LOST = "cell-lost"
"""The mark of a row of which a cell is missing: those behind it may stand in the wrong column."""

Cells = tuple[int, list[str], tuple[Mark, ...]]


def one_below_another(run: list[Paragraph]) -> Found | None:
    """Headers one below the other, and below them the cells of each row."""
    for start in range(len(run) - LEAST_HEADS):
        if not is_known_header(run[start].text):
            continue
        end = start
        while end < len(run) and is_known_header(run[end].text) and end - start < MOST_HEADS:
            end += 1
        if end - start < LEAST_HEADS:
            continue
        header = [line.text for line in run[start:end]]
        body = run[end:]
        is_numbered = plain_header(header[0]) in NUMBERS
        rows, used = (by_number if is_numbered else by_count)(body, len(header))
        if len(rows) < LEAST_ROWS:
            continue
        first = run[start]
        lines = [Row(first.line, tuple(header), (), first.place)]
        lines += [
            Row(body[at].line, (*cells, *[""] * (len(header) - len(cells))), marks, first.place)
            for at, cells, marks in rows
        ]
        return Found(start, end + used, Grid(tuple(lines)))
    return None


def by_number(body: Sequence[Paragraph], width: int) -> tuple[list[Cells], int]:
    """Rows that begin where the next running number stands alone on its line, and the lines used.

    A heading stands before the number; a row with less cells than headers is marked.
    """
    rows: list[Cells] = []
    at, expected = 0, 1
    while at < len(body):
        while at < len(body) and is_heading(body[at].text):
            rows.append((at, [body[at].text], ()))
            at += 1
        if at >= len(body) or printed_number(body[at].text) not in (expected, 1):
            break
        expected = (printed_number(body[at].text) or 0) + 1
        end = at + 1
        while (
            end < min(at + width, len(body))
            and printed_number(body[end].text) != expected
            and not (end > at + 1 and is_furniture(body[end].text))
        ):
            end += 1
        cells = [line.text for line in body[at:end]]
        lost = (Mark(WHOLE_ROW, CELL_LOST),) if len(cells) < width else ()
        rows.append((at, cells, lost))
        at = end
    return rows, at


def by_count(body: Sequence[Paragraph], width: int) -> tuple[list[Cells], int]:
    """Rows of as many lines as there are headers, where each column holds things of one make.

    The longest such list; it ends at the latest where no row of the last `PATIENCE` made one.
    """
    made: list[Counter[str]] = [Counter() for _column in range(width)]
    rows: list[Cells] = []
    whole = 0
    for at in range(0, len(body) - width + 1, width):
        cells = [line.text for line in body[at : at + width]]
        if any(is_total(Row(0, (text,))) or is_furniture(text) for text in cells):
            break
        rows.append((at, cells, ()))
        for makes, text in zip(made, cells, strict=True):
            makes[class_of(text)] += 1
        if _are_alike(made):
            whole = len(rows)
        elif len(rows) - whole >= PATIENCE:
            break
    return rows[:whole], whole * width


def _are_alike(columns: Sequence[Counter[str]]) -> bool:
    """Whether the cells of each column are mostly of one make, and one column tells it."""
    told = False
    for makes in columns:
        make, times = makes.most_common(1)[0]
        if times < makes.total() * MOSTLY:
            return False
        told = told or make in ("organisation", "people", "number", "date", "district")
    return told
