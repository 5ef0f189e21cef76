"""One cell a line, as a table comes out of a page when it is copied as bare text."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence

from apps.intake.finding.checks import NUMBERS
from apps.intake.finding.headings import is_heading
from apps.intake.finding.rows import is_total, printed_number
from apps.intake.finding.titles import is_furniture
from apps.intake.finding.written.dated import day_of
from apps.intake.finding.written.passage import Found, bare_heading
from apps.intake.grid import WHOLE_ROW, Grid, Mark, Paragraph, Row
from apps.intake.makes import class_of
from apps.intake.synonyms.headers import is_known_header, plain_header

LEAST_HEADS, MOST_HEADS, LEAST_ROWS = 2, 15, 2
MOSTLY = 0.8
MOST_ORDERS = 500
"""Ways to set blanks among the cells of a row that are tried."""
MOST_ALIKE = 2
"""First cells of a first row that may be taken for headers, and one more."""
MOST_HEADINGS = 2
"""Headings between two rows."""
PATIENCE = 40
"""Rows looked at without finding a list before the search ends: a file may hold a header often."""
CELL_LOST = "cell-lost"
"""The mark of a row of which a cell is missing: those behind it may stand in the wrong column."""
GRADED = re.compile("等级|奖[种项励次别级]|类别|档次")
DOCUMENT_NUMBER = re.compile(r"[^〔\[【]{1,12}[〔\[【](?:19|20)\d\d[〕\]】]\s*\d+\s*号")

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
        end, (rows, used) = _longest(run, start, end)
        if len(rows) < LEAST_ROWS:
            continue
        header = [line.text for line in run[start:end]]
        body = run[end:]
        first = run[start]
        lines = [Row(first.line, tuple(header), (), first.place)]
        lines += [
            Row(body[at].line, (*cells, *[""] * (len(header) - len(cells))), marks, first.place)
            for at, cells, marks in rows
        ]
        return Found(start, end + used, Grid(tuple(lines)))
    return None


def _longest(run: Sequence[Paragraph], start: int, end: int) -> tuple[int, tuple[list[Cells], int]]:
    """Where a header ends, and the rows below it. A first cell may be a word of headers, too."""
    if plain_header(run[start].text) in NUMBERS:
        is_graded = any(GRADED.search(line.text) for line in run[start:end])
        return end, by_number(run[end:], end - start, is_graded)
    ends = range(end, max(end - MOST_ALIKE, start + LEAST_HEADS - 1), -1)
    found = [(each, by_count(run[each:], each - start)) for each in ends]
    return max(found, key=lambda each: each[1][1])


def by_number(
    body: Sequence[Paragraph], width: int, is_graded: bool = False
) -> tuple[list[Cells], int]:
    """Rows that begin where the next running number stands alone on its line, and the lines used.

    A heading stands before the number; a row with less cells than headers is marked. Where the last
    row ends nothing says: it is marked too, where its cells are not like those above. Where a column
    is of grades, ``is_graded``, a grade heads no rows unless it is numbered, or counts them.
    """

    def heads(line: Paragraph) -> bool:
        return is_heading(line.text) and not (is_graded and bare_heading(line.text) == line.text)

    rows: list[Cells] = []
    at, expected = 0, 1
    while at < len(body):
        while at < len(body) and heads(body[at]):
            rows.append((at, [body[at].text], ()))
            at += 1
        if at >= len(body) or printed_number(body[at].text) not in (expected, 1):
            break
        expected = (printed_number(body[at].text) or 0) + 1
        end = _next_number(body, at, width, expected, heads)
        is_last = end is None
        end = _end_of_last(body, at, width, rows) if end is None else end
        cells = [line.text for line in body[at:end]]
        is_odd = len(cells) < width or (is_last and _is_unlike(cells, rows))
        rows.append((at, cells, (Mark(WHOLE_ROW, CELL_LOST),) if is_odd else ()))
        at = end
    return _in_their_columns(rows, width), at


def _in_their_columns(rows: Sequence[Cells], width: int) -> list[Cells]:
    """The rows; the cells of one that lost some stand where they look like those of their columns."""
    makes = _usual_makes([cells for _at, cells, _marks in rows if len(cells) == width], width)
    return [
        (at, _placed(cells, makes) if 1 < len(cells) < width else cells, marks)
        for at, cells, marks in rows
    ]


def _placed(cells: Sequence[str], makes: Sequence[str]) -> list[str]:
    """Cells with blanks among them, where only one such order is like the columns."""
    orders = itertools.islice(itertools.combinations(range(len(makes)), len(cells)), MOST_ORDERS)
    found = [
        dict(zip(order, cells, strict=True))
        for order in orders
        if all(makes[at] in ("", _make(text)) for at, text in zip(order, cells, strict=True))
    ]
    return [found[0].get(at, "") for at in range(len(makes))] if len(found) == 1 else [*cells]


def _usual_makes(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """The make that nearly all cells of each column are of; "" where there is none."""
    columns = [Counter(_make(cells[at]) for cells in rows) for at in range(width)]
    return [
        next((make for make, times in makes.most_common(1) if times >= makes.total() * MOSTLY), "")
        for makes in columns
    ]


def _next_number(
    body: Sequence[Paragraph],
    at: int,
    width: int,
    expected: int,
    heads: Callable[[Paragraph], bool],
) -> int | None:
    """Where the number of the next row stands behind the row at ``at``; headings may stand before it."""
    ends = range(at + 1, min(at + width + 1 + MOST_HEADINGS, len(body)))
    for end in ends:
        is_next = printed_number(body[end].text) == expected
        if is_next or (end == at + width and printed_number(body[end].text) == 1):
            between = body[at + width : end]
            return end - len(between) if all(map(heads, between)) else None
    return None


def _end_of_last(body: Sequence[Paragraph], at: int, width: int, rows: Sequence[Cells]) -> int:
    """Behind the last row: as many lines as there are headers, but for what is no cell."""
    end = at + 1
    while end < min(at + width, len(body)):
        above = Counter(_make(cells[end - at]) for _at, cells, _ in rows if len(cells) == width)
        if end > at + 1 and _ends_rows(body[end].text, above):
            break
        end += 1
    return end


def _ends_rows(text: str, above: Counter[str]) -> bool:
    """Whether a line is no cell but a sum, a date or a page number: nothing above it is like it."""
    if is_total(Row(0, (text,))):
        return True
    return is_furniture(text) and above.total() > 0 and _make(text) not in above


def _is_unlike(cells: Sequence[str], rows: Sequence[Cells]) -> bool:
    """Whether a cell is of another make than nearly all above it are."""
    usual = _usual_makes(
        [each for _at, each, _marks in rows if len(each) == len(cells)], len(cells)
    )
    return any(make not in ("", _make(text)) for make, text in zip(usual, cells, strict=True))


def by_count(body: Sequence[Paragraph], width: int) -> tuple[list[Cells], int]:
    """Rows of as many lines as there are headers, where each column holds things of one make.

    The longest such list; it ends at the latest where no row of the last `PATIENCE` made one.
    """
    made: list[Counter[str]] = [Counter() for _column in range(width)]
    rows: list[Cells] = []
    whole = 0
    for at in range(0, len(body) - width + 1, width):
        cells = [line.text for line in body[at : at + width]]
        if any(_ends_rows(text, above) for text, above in zip(cells, made, strict=True)):
            break
        rows.append((at, cells, ()))
        for makes, text in zip(made, cells, strict=True):
            makes[_make(text)] += 1
        if _are_alike(made):
            whole = len(rows)
        elif len(rows) - whole >= PATIENCE:
            break
    return _with_odd_rows(rows[:whole], width), whole * width


def _with_odd_rows(rows: Sequence[Cells], width: int) -> list[Cells]:
    """The rows; one that has another make than nearly all others in a column is marked."""
    usual = _usual_makes([cells for _at, cells, _marks in rows], width)
    lost = (Mark(WHOLE_ROW, CELL_LOST),)
    return [
        (
            at,
            cells,
            lost
            if any(make not in ("", _make(text)) for make, text in zip(usual, cells, strict=True))
            else (),
        )
        for at, cells, _marks in rows
    ]


def _make(text: str) -> str:
    """What a cell looks like; days of a chronicle are dates, too, and documents have numbers."""
    if DOCUMENT_NUMBER.fullmatch(text):
        return "document"
    day, rest = day_of(text)
    return "date" if day and not rest else class_of(text)


def _are_alike(columns: Sequence[Counter[str]]) -> bool:
    """Whether the cells of each column are mostly of one make, or words all; and one column tells."""
    told = False
    for makes in columns:
        make, times = makes.most_common(1)[0]
        if times >= makes.total() * MOSTLY:
            told = told or make in ("organisation", "people", "number", "date", "district")
        elif makes.keys() & {"number", "date"}:
            return False
    return told
