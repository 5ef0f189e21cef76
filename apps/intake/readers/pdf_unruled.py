"""Tables of a PDF page that no lines divide, or only level ones, or stripes of colour.

The header's words tell how many columns there are; the places that stay blank below them, from top
to bottom, where they end. Rows are told by level lines, else by their numbers, else by the distance
of their lines. What that leaves unsure is marked.
"""

import itertools
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from apps.intake.finding.rows import printed_number
from apps.intake.grid import WHOLE_ROW, Grid, Mark, Place, Row
from apps.intake.readers.pdf_letters import Letter
from apps.intake.readers.pdf_lines import Line, lines_of, unwrap
from apps.intake.readers.tidy import tidy
from apps.intake.synonyms.headers import is_known_header

GAPS = (1.5, 0.9, 0.25)
"""Blanks between the words of a header, in heights of its letters, the widest tried first."""
MOST_ACROSS = 0.34
"""So many of the lines below a header may run across its columns: headings, notes."""
LEAST_ROWS, LEAST_COLUMNS = 2, 2
SAME_SIZE = 0.12
REACH = 0.3
LINE_HEIGHT = 1.75
"""Lines of one cell stand closer than so many heights of their letters."""
APART = 1.12
BROKEN, LINES_JOINED, BLANK_UNSURE = "line-break", "lines-joined", "blank-unsure"


@dataclass(frozen=True)
class Columns:
    """Where the columns of a table end, and the size of its letters; they hold for its next pages."""

    ends: tuple[float, ...]
    size: float


@dataclass(frozen=True)
class Printed:
    """A printed line: its letters, its place."""

    letters: tuple[Letter, ...]
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Found:
    """A table that no lines divide, where it begins, its columns, and the letters it took."""

    grid: Grid
    top: float
    columns: Columns
    taken: frozenset[int]


def unruled_table(
    letters: list[Letter], edges: list[dict[str, Any]], place: Place, before: Columns | None
) -> Found | None:
    """The table among letters that stand in no ruled one; ``before`` are the columns of the page
    before, which go on where no header stands. None where there is none."""
    lines = printed_lines([letter for letter in letters if letter["text"].strip()])
    head = next((at for at, line in enumerate(lines) if header_words(line)), None)
    header: Printed | None = None
    if head is not None:
        header, below = whole_header(lines, head)
        size = _size(lines[below:] or [header])
        body = [line for line in lines[below:] if _is_of_size(line, size)]
        columns = columns_below(header_words(header), [header, *body], size)
    elif before is not None:
        body = [line for line in lines if _is_of_size(line, before.size)]
        columns = before
    else:
        return None
    if columns is None:
        return None
    body = _without_end(body, columns)
    inside = [line for line in body if not _is_across(line, columns)]
    is_table = len(inside) >= LEAST_ROWS and any(len(_by_column(li, columns)) > 1 for li in inside)
    if not is_table or len(body) - len(inside) > len(body) * MOST_ACROSS:
        return None
    rows = list(_rows(body, columns, level_lines(edges, columns, body)))
    texts = [] if header is None else [_row_of([header], columns, {})]
    widths = _widths(inside, columns)
    texts += [_row_of(row, columns, widths) for row in rows]
    grid = Grid(
        tuple(
            Row(number, cells, tuple(marks), place)
            for number, (cells, marks) in enumerate(_with_blanks(texts, header is None), start=1)
        )
    )
    taken = [*body, *([header] if header else [])]
    return Found(
        grid,
        min(line.top for line in taken),
        columns,
        frozenset(id(letter) for line in taken for letter in line.letters),
    )


def printed_lines(letters: list[Letter]) -> list[Printed]:
    """Letters by lines, from top to bottom."""
    lines: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda each: (round(each["bottom"]), each["x0"])):
        if lines and abs(lines[-1][-1]["bottom"] - letter["bottom"]) < letter["size"] * 0.3:
            lines[-1].append(letter)
        else:
            lines.append([letter])
    return [
        Printed(
            tuple(sorted(line, key=lambda each: each["x0"])),
            min(letter["top"] for letter in line),
            max(letter["bottom"] for letter in line),
        )
        for line in lines
    ]


def pieces(line: Printed, gap: float) -> list[list[Letter]]:
    """The letters of a line, parted where the blank between two is wider than ``gap`` heights."""
    found = [[line.letters[0]]]
    right = line.letters[0]["x1"]
    for letter in line.letters[1:]:
        if letter["x0"] - right > letter["size"] * gap:
            found.append([])
        found[-1].append(letter)
        right = max(right, letter["x1"])
    return found


def header_words(line: Printed) -> list[list[Letter]]:
    """The words of a line that is a header, by the blanks that give the most known ones; none
    where it is none."""
    best: list[list[Letter]] = []
    most = LEAST_COLUMNS - 1
    for gap in GAPS:
        words = pieces(line, gap)
        known = sum(is_known_header(_text(word)) for word in words)
        if known > most and known * 3 >= len(words) * 2:
            best, most = words, known
    return best


def whole_header(lines: list[Printed], at: int) -> tuple[Printed, int]:
    """The header of which one line stands at ``at``, with the half lines above and below it, into
    which words are broken that stand in its middle; and where what is below it begins."""
    line, first, last = lines[at], at, at
    near = _size([line]) * 0.9
    while first and line.middle - lines[first - 1].middle < near:
        first -= 1
    while last + 1 < len(lines) and lines[last + 1].middle - line.middle < near:
        last += 1
    if last == at and last + 2 < len(lines):
        # A word broken below the line: nearer to it than the rows are to one another.
        gap = lines[last + 1].bottom - line.bottom
        following = lines[last + 2].bottom - lines[last + 1].bottom
        is_near = gap < _size([line]) * LINE_HEIGHT and gap * APART < following
        text = _text(lines[last + 1].letters)
        last += is_near and not any(letter.isdecimal() for letter in text)
    letters = [letter for each in lines[first : last + 1] for letter in each.letters]
    whole = Printed(
        tuple(sorted(letters, key=lambda each: each["x0"])), lines[first].top, lines[last].bottom
    )
    return whole, last + 1


def columns_below(words: list[list[Letter]], lines: list[Printed], size: float) -> Columns | None:
    """Where the columns end that the words of a header stand above: in the widest blank between two
    words that the fewest lines run across. None where most lines do."""
    middles = [(word[0]["x0"] + word[-1]["x1"]) / 2 for word in words]
    runs = [(piece[0]["x0"], piece[-1]["x1"]) for line in lines for piece in pieces(line, GAPS[-1])]
    ends = []
    for left, right in itertools.pairwise(middles):
        found = widest_blank(runs, left, right)
        if found is None or found[2] > len(lines) * MOST_ACROSS:
            return None
        ends.append((found[0] + found[1]) / 2)
    return Columns(tuple(ends), size)


def widest_blank(
    runs: Sequence[tuple[float, float]], left: float, right: float
) -> tuple[float, float, int] | None:
    """The widest interval between two places that the fewest runs of letters cross, and how many."""
    cuts = sorted({left, right, *(x for run in runs for x in run if left < x < right)})
    best: tuple[float, float, int] | None = None
    for start, end in itertools.pairwise(cuts):
        across = sum(1 for a, b in runs if a < end - 0.1 and b > start + 0.1)
        if best is None or (across, start - end) < (best[2], best[0] - best[1]):
            best = start, end, across
    return best


def _size(lines: list[Printed]) -> float:
    sizes = Counter(round(letter["size"], 1) for line in lines for letter in line.letters)
    return sizes.most_common(1)[0][0]


def _is_of_size(line: Printed, size: float) -> bool:
    return abs(_size([line]) - size) <= size * SAME_SIZE


def _is_across(line: Printed, columns: Columns) -> bool:
    return any(
        piece[0]["x0"] < end - 0.5 and piece[-1]["x1"] > end + 0.5
        for piece in pieces(line, GAPS[-1])
        for end in columns.ends
    )


def _by_column(line: Printed, columns: Columns) -> dict[int, list[Letter]]:
    held: dict[int, list[Letter]] = {}
    for letter in line.letters:
        middle = (letter["x0"] + letter["x1"]) / 2
        held.setdefault(bisect_right(columns.ends, middle), []).append(letter)
    return held


def _without_end(lines: list[Printed], columns: Columns) -> list[Printed]:
    """The lines without those at the end that run across columns: notes, who signed, the date."""
    end = len(lines)
    while end and _is_across(lines[end - 1], columns):
        end -= 1
    return lines[:end]


def level_lines(edges: list[dict[str, Any]], columns: Columns, body: list[Printed]) -> list[float]:
    """The heights of lines, or of ends of stripes, that run across at least half the body."""
    if not body:
        return []
    left = min(letter["x0"] for line in body for letter in line.letters)
    right = max(letter["x1"] for line in body for letter in line.letters)
    long: Counter[int] = Counter()
    for edge in edges:
        if edge["orientation"] == "h":
            long[round(edge["top"])] += round(min(edge["x1"], right) - max(edge["x0"], left))
    heights = sorted(height for height, length in long.items() if length * 2 > right - left)
    return [a for a, b in itertools.pairwise([*heights, 10**6]) if b - a > columns.size * 0.6]


def _rows(body: list[Printed], columns: Columns, levels: list[float]) -> Iterator[list[Printed]]:
    """The printed lines of each row: between level lines, else by their numbers or distances."""
    parts: dict[int, list[Printed]] = {}
    for line in body:
        parts.setdefault(bisect_right(levels, line.middle), []).append(line)
    # Three lines, above and under the header and at the end, divide no rows.
    if len(parts) > max(LEAST_ROWS, 2) and len(body) <= len(parts) * 8:
        yield from parts.values()
        return
    if _numbers_alone(body, columns):
        yield from ([line] for line in body)
        return
    rows = list(rows_by_distance(body, columns))
    if any(sum(map(partial(_has_number, columns), row)) > 1 for row in rows):
        rows = rows_by_number(body, columns)
    yield from rows


def _has_number(columns: Columns, line: Printed) -> bool:
    """Whether a line has a running number in the first column."""
    first = _by_column(line, columns).get(0)
    return first is not None and printed_number(_text(first)) is not None


def _numbers_alone(body: list[Printed], columns: Columns) -> bool:
    """Whether each line has a running number, or is a heading: nothing, or nothing but the first
    column."""
    numbered = [line for line in body if _has_number(columns, line)]
    others = [line for line in body if not _has_number(columns, line)]
    return len(numbered) >= LEAST_ROWS and all(
        _is_across(line, columns) or set(_by_column(line, columns)) == {0} for line in others
    )


def rows_by_number(body: list[Printed], columns: Columns) -> list[list[Printed]]:
    """Each line with the nearest running number: lines that stand too close to be told otherwise."""
    numbered = [line for line in body if _has_number(columns, line)]
    rows: dict[int, list[Printed]] = {}
    for line in body:
        nearest = min(range(len(numbered)), key=lambda at: abs(numbered[at].middle - line.middle))
        rows.setdefault(nearest, []).append(line)
    return [rows[at] for at in sorted(rows)]


def rows_by_distance(body: list[Printed], columns: Columns) -> Iterator[list[Printed]]:
    """Lines by rows: lines of one column that stand closer than its rows do are one cell, and cells
    that stand beside one another one row."""
    plain = [line for line in body if not _is_across(line, columns)]
    cells: list[tuple[float, float]] = [
        _extent(line, columns) for line in body if _is_across(line, columns)
    ]
    close = _closest(plain, columns)
    for column in range(len(columns.ends) + 1):
        of_column = [line for line in plain if column in _by_column(line, columns)]
        numbers = [_text(_by_column(line, columns)[column]).strip(".、") for line in of_column]
        is_numbered = bool(numbers) and all(number.isdecimal() for number in numbers)
        last: Printed | None = None
        for line in of_column:
            is_same = last is not None and not is_numbered and line.bottom - last.bottom <= close
            if is_same:
                cells[-1] = cells[-1][0], _extent(line, columns)[1]
            else:
                cells.append(_extent(line, columns))
            last = line
    bands: list[tuple[float, float]] = []
    for top, bottom in sorted(cells):
        if bands and top < bands[-1][1]:
            bands[-1] = bands[-1][0], max(bottom, bands[-1][1])
        else:
            bands.append((top, bottom))
    tops = [top for top, _bottom in bands]
    rows: dict[int, list[Printed]] = {}
    for line in body:
        rows.setdefault(bisect_right(tops, line.middle) - 1, []).append(line)
    yield from rows.values()


def _extent(line: Printed, columns: Columns) -> tuple[float, float]:
    """From where to where a line reaches, whatever room its font takes above and below."""
    return line.middle - columns.size * REACH, line.middle + columns.size * REACH


def _closest(lines: list[Printed], columns: Columns) -> float:
    """How far apart two lines of one cell stand at most; 0 where all lines stand alike, so that
    each is a row."""
    distances: list[float] = []
    for column in range(len(columns.ends) + 1):
        bottoms = [line.bottom for line in lines if column in _by_column(line, columns)]
        distances += [b - a for a, b in itertools.pairwise(bottoms) if b - a > 1]
    if not distances:
        return 0.0
    least, most = min(distances), max(distances)
    is_even = most < least * APART or least > columns.size * LINE_HEIGHT
    return 0.0 if is_even else least * APART


def _text(letters: Sequence[Letter]) -> str:
    return "".join(line.text.replace(" ", "") for line in lines_of(list(letters)))


def _widths(lines: list[Printed], columns: Columns) -> dict[int, float]:
    """The width of the longest line of each column."""
    widths: dict[int, float] = {}
    for line in lines:
        for column, letters in _by_column(line, columns).items():
            width = letters[-1]["x1"] - letters[0]["x0"]
            widths[column] = max(width, widths.get(column, 0.0))
    return widths


TextRow = tuple[tuple[str, ...], list[Mark]]


def _row_of(row: list[Printed], columns: Columns, widths: dict[int, float]) -> TextRow:
    """The cells of one row, and marks of those that were printed in several lines."""
    width = len(columns.ends) + 1
    if len(row) == 1 and _is_across(row[0], columns):
        return (tidy(_joined(row[0].letters)), *[""] * (width - 1)), []
    held: dict[int, list[Line]] = {}
    for line in row:
        for column, letters in _by_column(line, columns).items():
            held.setdefault(column, []).extend(lines_of(letters))
    cells, marks = [], []
    for column in range(width):
        lines = held.get(column, [])
        text, _is_sure = unwrap(lines, widths.get(column, 0.0) + 1) if lines else ("", True)
        cells.append(tidy(text))
        if len(lines) > 1:
            marks.append(Mark(column, BROKEN))
        if any(line.is_over for line in lines):
            marks.append(Mark(column, "overprinted"))
    if len(row) > 1 and any(_is_across(line, columns) for line in row):
        marks.append(Mark(WHOLE_ROW, LINES_JOINED))
    return tuple(cells), marks


def _joined(letters: tuple[Letter, ...]) -> str:
    return " ".join(line.text for line in lines_of(list(letters)))


def _with_blanks(rows: list[TextRow], is_continued: bool) -> Iterator[TextRow]:
    """The rows, each blank cell marked of a column that holds something in most others: a value
    printed in the middle of several rows belongs to those above it as well."""
    body = rows if is_continued else rows[1:]
    full = [row for row, _marks in body if sum(map(bool, row)) > 1]
    width = max((len(row) for row in full), default=0)
    grouped = {
        column
        for column in range(width)
        if any(row[column] for row in full) and not all(row[column] for row in full)
    }
    for at, (cells, marks) in enumerate(rows):
        is_body = (is_continued or at > 0) and sum(map(bool, cells)) > 1
        blank = [column for column in grouped if is_body and not cells[column]]
        yield cells, [*marks, *(Mark(column, BLANK_UNSURE) for column in blank)]


def without_stripes(tables: list[Any]) -> list[Any]:
    """The ruled tables of a page, without those that are only the coloured stripes of another:
    several of one row each, of one width, apart from one another."""
    if len(tables) < LEAST_ROWS or any(len(table.rows) > 1 for table in tables):
        return tables
    sides = {(round(table.bbox[0]), round(table.bbox[2])) for table in tables}
    boxes = sorted(table.bbox for table in tables)
    apart = all(
        below[1] - above[3] > 2
        for above, below in itertools.pairwise(sorted(boxes, key=lambda box: box[1]))
    )
    return [] if len(sides) == 1 and apart else tables
