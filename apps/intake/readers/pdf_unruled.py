"""Tables of a page that no lines part into cells: columns by the blanks that run through all rows.

Such a table begins with a line of words that stand above columns, or goes on from the page before.
Its rows are parted by level lines or shading, where there are such, else by the wider gaps between
lines, and by the column in which each row has its number.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from apps.intake.readers.pdf_cells import Box, Cells, Key
from apps.intake.readers.pdf_letters import Letter
from apps.intake.readers.pdf_rows import grouped
from apps.intake.readers.pdf_words import (
    NARROWEST_GAP,
    Interval,
    PrintedLine,
    header_of,
    ink,
    joined,
    merged,
    printed_lines,
    words_of,
)
from apps.intake.synonyms.headers import is_known_header

MOST_GAP = 6.0
"""Heights of a letter between two lines of one table."""
OTHER_SIZE = 1.3
MOST_ACROSS = 2
"""Lines one after the other that stand across the columns of a table."""
LEVEL_GAP = 1.5
"""Heights of a letter between two levels of a header."""
FIRST_LINES = 4
"""Lines at the top of a page among which a table goes on from the page before."""
LEAST_FILLED = 4
"""Letters of a cell that may fill its column."""


@dataclass
class Region:
    """Lines of a page that are one table: those that stand across its columns, and the columns.

    ``size`` is the height of its letters.
    """

    first: int
    end: int
    columns: list[Interval]
    lines: list[PrintedLine]
    across: set[int] = field(default_factory=set)
    heads: int = 1
    size: float = 0.0

    @property
    def box(self) -> Box:
        """What it covers of the page."""
        words = [each for line in self.lines for each in line]
        return (
            min(each.left for each in words),
            min(each.top for each in words),
            max(each.right for each in words),
            max(each.bottom for each in words),
        )

    @property
    def letters(self) -> Iterator[Letter]:
        """Its letters."""
        for line in self.lines:
            for each in line:
                yield from each.letters

    def column(self, left: float) -> int:
        """The column of a word that begins there."""
        return max(bisect_right([start for start, _end in self.columns], left + 0.5) - 1, 0)


def regions_of(letters: Sequence[Letter], before: Region | None = None) -> list[Region]:
    """The tables among the letters of a page; ``before`` is one that may go on."""
    lines = printed_lines(words_of(letters))
    regions: list[Region] = []
    at = 0
    while at < len(lines):
        region = None
        if heads := header_of(lines[at]):
            region = grown(lines, at, heads)
        elif before is not None and not regions and at < FIRST_LINES:
            region = grown(lines, at, before.columns, before)
        if region is not None:
            if at and region.heads and is_upper_level(lines[at - 1], region):
                across = {each + 1 for each in region.across}
                both = [lines[at - 1], *region.lines]
                region = replace(region, lines=both, across=across, heads=2)
            regions.append(_with_heads_over_their_columns(region))
        at = region.end if region is not None else at + 1
    return regions


def grown(
    lines: list[PrintedLine], at: int, heads: Sequence[Interval], before: Region | None = None
) -> Region | None:
    """The table that begins with a line, line by line as long as its columns stay apart.

    Where it is ``before`` that goes on, there is no header, and no column more.
    """
    columns = list(heads)
    taken = [lines[at]] if before is None else []
    across: set[int] = set()
    pending: list[PrintedLine] = []
    size = lines[at][0].size if before is None else before.size
    bottom = max(each.bottom for each in lines[at])
    for line in lines[at + len(taken) :]:
        if min(each.top for each in line) - bottom > MOST_GAP * size:
            break
        if len(taken) > 1 and header_of(line):
            break
        height = max(each.size for each in line)
        is_alike = size / OTHER_SIZE < height < size * OTHER_SIZE
        wider = merged([*columns, *ink(line)], NARROWEST_GAP * size)
        if (
            is_alike
            and _keeps(wider, heads)
            and (before is None or len(wider) == len(before.columns))
        ):
            across |= set(range(len(taken), len(taken) + len(pending)))
            taken += [*pending, line]
            columns, pending = wider, []
            if len(taken) == 2:
                size = height
        elif is_alike and taken and len(joined(line, size)) == 1 and len(pending) < MOST_ACROSS:
            pending.append(line)
        else:
            break
        bottom = max(bottom, *(each.bottom for each in line))
    while len(taken) > 2 and is_sentence(taken[-1], columns[0][1]):
        taken.pop()
    across = {each for each in across if each < len(taken)}
    region = Region(at, at + len(taken), columns, taken, across, int(before is None), size)
    return region if _is_table(region, len(heads)) else None


def is_sentence(line: PrintedLine, first_end: float) -> bool:
    """Whether a line at the end is a sentence that begins where the table does: no row of it."""
    return len(line) == 1 and line[0].left < first_end and line[0].text.endswith("。")


def is_upper_level(line: PrintedLine, region: Region) -> bool:
    """Whether a line right above a header is a level of it: known words beside those that divide."""
    below = region.lines[0]
    gap = min(each.top for each in below) - max(each.bottom for each in line)
    cells = joined(line, region.size)
    texts = ["".join(each.text for each in cell) for cell in cells]
    return (
        gap < region.size * LEVEL_GAP
        and 1 < len(cells) <= len(region.columns)
        and len(below) < len(region.columns) + len(cells)
        and any(map(is_known_header, texts))
        and line[0].size < region.size * OTHER_SIZE
    )


def _keeps(columns: list[Interval], heads: Sequence[Interval]) -> bool:
    """Whether no two headers came into one column."""
    return all(sum(left <= head[0] < right for head in heads) < 2 for left, right in columns)


def _is_table(region: Region, width: int) -> bool:
    """Whether there are rows: lines that have something in more than half of the columns."""
    body = [
        len({region.column(each.left) for each in line})
        for at, line in enumerate(region.lines)
        if at >= region.heads and at not in region.across
    ]
    return any(filled > 1 and filled * 2 > width for filled in body)


def _with_heads_over_their_columns(region: Region) -> Region:
    """The table, a column below no header taken with the one beside it that has only a header.

    So it is where a header stands at the left of its column, and the numbers at the right of it.
    """
    if not region.heads:
        return region
    heads: set[int] = set()
    body: set[int] = set()
    for at, line in enumerate(region.lines):
        if at not in region.across:
            (body if at >= region.heads else heads).update(
                region.column(each.left) for each in line
            )
    columns: list[Interval] = []
    for at, (left, right) in enumerate(region.columns):
        pair = {at - 1, at}
        if columns and len(pair & heads) == len(pair & body) == 1 and pair & heads != pair & body:
            columns[-1] = columns[-1][0], right
        else:
            columns.append((left, right))
    return replace(region, columns=columns)


def cells_of(region: Region, levels: Sequence[float], width: float) -> Cells:
    """The cells of a table; ``levels`` are the heights of level lines and edges of shading."""
    placed: list[dict[int, PrintedLine]] = [
        {region.column(each.left): [] for each in line} for line in region.lines
    ]
    for line, columns in zip(region.lines, placed, strict=True):
        for each in line:
            columns[region.column(each.left)].append(each)
    for at in region.across:
        placed[at] = {0: region.lines[at]}
    rows, is_sure = grouped(placed, region.across, levels, region.heads)
    boxes: dict[Key, Box] = {}
    held: dict[Key, list[Letter]] = {}
    doubts: dict[Key, str] = {}
    is_broken = any(len(row) > 1 for row in rows[region.heads :])
    for number, row in enumerate(rows):
        top = min(each.top for at in row for each in region.lines[at])
        bottom = max(each.bottom for at in row for each in region.lines[at])
        for at in row:
            for column, words in placed[at].items():
                key = number, column
                if key in held and not is_sure and number >= region.heads:
                    doubts[key] = "lines-joined"
                held.setdefault(key, []).extend(letter for each in words for letter in each.letters)
                left, right = region.columns[column]
                boxes[key] = left, top, right, bottom
                if at in region.across:
                    boxes[key] = left, top, max(each.right for each in words), bottom
                elif not is_broken and number >= region.heads:
                    ends = [each.left for each in region.lines[at] if each.left > words[0].left]
                    after = min(
                        (each for each in ends if region.column(each) > column), default=width
                    )
                    if _may_be_cut(words, left, after):
                        doubts[key] = "cut-off"
    bodies = [number for number, row in enumerate(rows) if not region.across.intersection(row)]
    for key in blanks(held, bodies[region.heads :], len(region.columns)):
        doubts[key] = "blank-unsure"
    size = len(rows), len(region.columns)
    return Cells(boxes, held, *size, doubts=doubts, is_ruled=False)


def blanks(held: Mapping[Key, object], rows: Sequence[int], width: int) -> Iterator[Key]:
    """The blank cells of columns that hold something elsewhere: a value printed in the middle of
    several rows belongs to those above it as well."""
    rows = [row for row in rows if sum((row, column) in held for column in range(width)) > 1]
    for column in range(width):
        blank = [(row, column) for row in rows if (row, column) not in held]
        if len(blank) < len(rows):
            yield from blank


def _may_be_cut(words: PrintedLine, left: float, after: float) -> bool:
    """Whether words fill their column up to what stands behind it: more may not have been printed."""
    last = words[-1]
    letters = sum(len(each.letters) for each in words)
    return (
        letters >= LEAST_FILLED
        and words[0].left - left < last.size / 4
        and after - last.right < last.size / 2
    )
