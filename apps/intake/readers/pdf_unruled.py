"""Tables of a page that no lines part into cells: columns by the blanks that run through all rows.

Such a table begins with a line of words that stand above columns, or goes on from the page before.
Its rows are parted by level lines or shading, where there are such, else by the wider gaps between
lines, and by the column in which each row has its number.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from apps.intake.finding.headers import MOST_LEVELS
from apps.intake.finding.rows import LIST_TITLE, is_section, printed_number
from apps.intake.grid import Row
from apps.intake.readers.pdf_cells import Box
from apps.intake.readers.pdf_heads import with_whole_headers
from apps.intake.readers.pdf_letters import Letter
from apps.intake.readers.pdf_rows import LINE_GAP
from apps.intake.readers.pdf_words import (
    NARROWEST_GAP,
    Interval,
    PrintedLine,
    Word,
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
LEAST_BEFORE = 2
"""Lines of a table before it may go on at other places."""
LONGEST_CELL = 8
"""Letters of a cell with the words of a title that is none."""
FEWEST_SURE = 2
"""Text may be printed in so many columns, too."""
BLANKS = (NARROWEST_GAP, 0.8, 1.2)
"""Heights of a letter by which the cells of a line may stand apart."""
LEVEL_GAP = 1.5
"""Heights of a letter between two levels of a header."""
FIRST_LINES = 4
"""Lines at the top of a page among which a table goes on from the page before."""


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
        """What its columns cover of the page."""
        words = [each for line in self.lines for each in line]
        return (
            self.columns[0][0],
            min(each.top for each in words),
            self.columns[-1][1],
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
    lines = with_whole_headers(printed_lines(words_of(letters)))
    regions: list[Region] = []
    at = 0
    while at < len(lines):
        region = None
        last = regions[-1] if regions else before
        line, heads = lines[at]
        if heads:
            region = grown(lines, at, heads)
        elif last is not None:
            if not regions and at < FIRST_LINES:
                region = grown(lines, at, last.columns, last)
            if region is None and (heads := columns_again(line, last)):
                region = grown(lines, at, heads, last)
        if region is not None:
            if at and region.heads and is_upper_level(lines[at - 1][0], region):
                across = {each + 1 for each in region.across}
                both = [lines[at - 1][0], *region.lines]
                region = replace(region, lines=both, across=across, heads=2)
            regions.append(_with_heads_over_their_columns(region))
        at = region.end if region is not None else at + 1
    return regions


def grown(
    lines: list[tuple[PrintedLine, list[Interval]]],
    at: int,
    heads: Sequence[Interval],
    before: Region | None = None,
) -> Region | None:
    """The table that begins with a line, line by line as long as its columns stay apart.

    Where it is ``before`` that goes on, there is no header, and no column more.
    """
    columns = list(heads)
    first = lines[at][0]
    taken = [first] if before is None else []
    across: set[int] = set()
    pending: list[PrintedLine] = []
    is_level = before is None
    size = first[0].size if before is None else before.size
    bottom = max(each.bottom for each in first)
    for line, its_heads in lines[at + len(taken) :]:
        gap = min(each.top for each in line) - bottom
        if gap > MOST_GAP * size:
            break
        is_level = is_level and bool(its_heads)
        if len(taken) > 1 and its_heads and not (is_level and len(taken) < MOST_LEVELS):
            break
        if len(taken) > LEAST_BEFORE and _counts_beside(line[0], columns):
            break
        height = max(each.size for each in line)
        is_alike = size / OTHER_SIZE < height < size * OTHER_SIZE
        wider = merged([*columns, *ink(line)], NARROWEST_GAP * size)
        if (
            is_alike
            and _keeps(wider, heads)
            and (len(wider) >= len(columns) or len(joined(line, size)) > 1)
            and any(_stands_in(each, columns) for each in line)
            and (before is None or len(wider) == len(before.columns))
        ):
            across |= set(range(len(taken), len(taken) + len(pending)))
            if len(joined(line, size)) == 1 and gap > size * LINE_GAP and is_heading(line):
                across.add(len(taken) + len(pending))
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


def columns_again(line: PrintedLine, before: Region) -> list[Interval]:
    """The columns of a table that goes on at other places: a line parted into as many cells as the
    table before has columns; none for another. Of two columns the first has numbers."""
    width = len(before.columns)
    for blank in BLANKS:
        cells = joined(line, blank * before.size)
        first = "".join(each.text for each in cells[0])
        if len(cells) == width and (width > FEWEST_SURE or printed_number(first) is not None):
            return [(cell[0].left, cell[-1].right) for cell in cells]
    return []


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


def _stands_in(one: Word, columns: list[Interval]) -> bool:
    """Whether a word stands in one of the columns, or above a part of it."""
    return any(left < one.right and one.left < right for left, right in columns)


def _counts_beside(one: Word, columns: list[Interval]) -> bool:
    """Whether a word is a number of a row, and in no column: a table goes on at other places."""
    return not _stands_in(one, columns) and printed_number(one.text) is not None


def is_heading(line: PrintedLine) -> bool:
    """Whether a line that holds one cell has the words of a heading, or of a list's title."""
    text = "".join(each.text for each in line)
    return is_section(Row(0, (text, ""))) or (
        len(text) > LONGEST_CELL and LIST_TITLE.search(text) is not None
    )


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
