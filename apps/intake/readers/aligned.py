"""Tables whose columns only blanks set apart, as text copied out of a terminal or a page has them."""

import itertools
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

GAP = re.compile(r"[ \u3000\u00a0]{2,}|\u3000")
HAN = "\u4e00-\u9fff"
PADDED = re.compile(rf"(?<=(?<!\S)[{HAN}])\u3000(?=[{HAN}](?!\S))")
"""A blank that spreads a word of two letters over its column."""
SET_WIDE = re.compile(rf"(?<=(?<!\S)[{HAN}])[ \u00a0]{{2,4}}(?=[{HAN}](?!\S))")
"""The same with narrow blanks: a name of two letters among names of three."""
KEPT = "\u2001"
"""What stands for such a blank, which is no gap."""
WIDE_BLANKS = "\u3000" + KEPT
PIECE = re.compile(r"((?:[ \u3000\u00a0]{2,}|\u3000)*)((?:(?![ \u3000\u00a0]{2}|\u3000).)+)")
"""A gap and the cell behind it."""
Cells = list[str]
LEAST_LINES = 3
LEAST_COLUMNS = 2
LEAST_BY_ONE = 3
"""So many columns a table needs whose columns single blanks set apart."""
WIDE = ("W", "F")


PAGE = re.compile(r"[-—–·\s]*第?\s*\d{1,4}\s*页?[-—–·\s]*(?:[/共]\s*\d{1,4}\s*页?)?")


LABELLED = re.compile(
    r"续?(?:表|附[件录表])\s*[0-9一二三四五六七八九十]+(?:[-–—.．][0-9]+)*[:：]?(?:[（(]续[)）])?[:：]?[ \u3000]+\S+"
)
"""A title with its label before it: 表3　企业名单."""


def has_gap(line: str) -> bool:
    """Whether a line has cells with wide gaps between them."""
    return "\t" not in line and GAP.search(_spread(line).strip()) is not None


def is_spaced(line: str, is_wide: bool) -> bool:
    """Whether a line has cells: where gaps are wide, with such a one; else three words at least."""
    bare = line.strip()
    if PAGE.fullmatch(bare) is not None or LABELLED.fullmatch(bare) is not None:
        return False
    return has_gap(line) if is_wide else "\t" not in bare and bare.count(" ") >= LEAST_BY_ONE - 1


def columns_of(lines: Sequence[str]) -> list[Cells]:
    """The cells of lines that do not stand below one another; none where they are no table.

    Cells are parted by wide gaps where each line has as many; else by single blanks where each line
    has as many and most begin with a number.
    """
    if len(lines) < LEAST_LINES:
        return []
    by_gaps = [gapped(line) for line in lines]
    if _are_even(by_gaps, LEAST_COLUMNS):
        return by_gaps
    by_blanks = [line.split() for line in lines]
    numbers = sum(_is_number(cells[0]) for cells in by_blanks)
    if _are_even(by_blanks, LEAST_BY_ONE) and numbers >= len(lines) - 2:
        return by_blanks
    return []


def gapped(line: str) -> Cells:
    """The cells of a line by its wide gaps; a word of two letters may be spread by one blank: 姓　名."""
    return [_unspread(cell) for cell in GAP.split(SET_WIDE.sub(KEPT, _spread(line)).strip())]


def _spread(line: str) -> str:
    return PADDED.sub(KEPT, line)


def _unspread(cell: str) -> str:
    return cell.replace(KEPT, "\u3000")


def _is_number(cell: str) -> bool:
    return cell.rstrip(".、").isdecimal()


def tables_of(runs: Sequence[Sequence[str]]) -> list[list[Cells]]:
    """The cells of the lines of runs, between which others stand; a line that is no row has none.

    What stands below one another is told over all runs: a header or a last row alone is no table by
    itself.
    """
    if not runs or max(map(len, runs)) < 2 or sum(map(len, runs)) < LEAST_LINES:
        return [[[] for _line in run] for run in runs]  # Lines that each stand alone are no table.
    placed = iter(lines_of([line for run in runs for line in run]))
    found: list[list[Cells]] = []
    width = 0
    for run in runs:
        rows = [next(placed) for _line in run]
        strays = rows.count([])
        if strays * 2 >= len(rows):
            rows = columns_of(run) or [[] for _line in run]
        elif strays:
            rows = [cells or gapped(line) for cells, line in zip(rows, run, strict=True)]
        if not any(rows):
            alone = [gapped(line) for line in run]
            rows = alone if {len(cells) for cells in alone} == {width} else rows
        width = max(map(len, rows))
        found.append(rows)
    return found


def lines_of(lines: Sequence[str]) -> list[Cells]:
    """Each line by the columns it stands in together with others; no cells where it stands alone."""
    return [
        cells for block in blocks_of(lines) for cells in rows_of(block) or [[] for _ in block.lines]
    ]


def _are_even(rows: list[Cells], least: int) -> bool:
    return len(rows[0]) >= least and len({len(row) for row in rows}) == 1


@dataclass
class Lines:
    """Lines that stand below one another, and the places that are blank in all of many cells.

    A total or a note in a line of a few cells may run on over the next column.
    """

    lines: list[str]
    full: list[list[int]]
    """Where the cells of each line of many cells begin."""
    blank: list[bool]
    most: int

    def takes(self, line: str) -> bool:
        """Take a line in, where each of its cells, and of all others, keeps a column of its own."""
        begins = [place for place, _text in pieces(line)]
        if len(begins) * 2 >= self.most:
            both = _both_blank(self.blank, [each == " " for each in _by_place(line)])
            starts = column_starts(both)
            before = [] if starts == column_starts(self.blank) else self.full
            if not all(_are_apart(each, starts) for each in (begins, *before)):
                return False
            self.full.append(begins)
            self.blank, self.most = both, max(self.most, len(begins))
        self.lines.append(line)
        return True


def blocks_of(lines: Sequence[str]) -> list[Lines]:
    """Lines in blocks, each of columns of its own: a page may be set otherwise than the one before."""
    blocks: list[Lines] = []
    for line in lines:
        if blocks and blocks[-1].takes(line):
            continue
        begins = [place for place, _text in pieces(line)]
        blank = [each == " " for each in _by_place(line)]
        blocks.append(Lines([line], [begins], blank, len(begins)))
    return blocks


def _both_blank(first: list[bool], second: list[bool]) -> list[bool]:
    return [a and b for a, b in itertools.zip_longest(first, second, fillvalue=True)]


def _are_apart(begins: list[int], starts: list[int]) -> bool:
    """Whether no two cells of a line begin in one column."""
    columns = [bisect_right(starts, place) for place in begins]
    return len(set(columns)) == len(columns)


def rows_of(block: Lines) -> list[Cells]:
    """The cells of a block, each in the column in which it begins; none where it is too small."""
    starts = column_starts(block.blank)
    if len(block.full) < 2 or len(starts) < LEAST_COLUMNS:
        return []
    return [cells_at(line, starts) for line in block.lines]


def cells_at(line: str, starts: list[int]) -> Cells:
    """The cells of a line, each in the column in which it begins."""
    cells = [""] * len(starts)
    for place, text in pieces(line):
        at = bisect_right(starts, place) - 1
        cells[at] = f"{cells[at]} {text}" if cells[at] else text
    return cells


def pieces(line: str) -> list[tuple[int, str]]:
    """The cells of a line by its wide gaps, each with the place at which it begins."""
    found, place = [], 0
    for gap, text in PIECE.findall(_spread(line.rstrip())):
        place += len(_by_place(gap))
        found.append((place, _unspread(text)))
        place += len(_by_place(text))
    return found


def column_starts(blank: list[bool]) -> list[int]:
    """Where columns begin: at the first place, and behind two blank ones or more."""
    starts, at, width = [0], 0, len(blank)
    while at < width:
        end = at
        while end < width and blank[end]:
            end += 1
        if end - at > 1 and at > 0 and end < width:
            starts.append(end)
        at = max(end, at + 1)
    return starts


def _by_place(line: str) -> list[str]:
    """The characters by the places they take: a Chinese one takes two."""
    places: list[str] = []
    for letter in _spread(line):
        if letter in WIDE_BLANKS:
            places += [" ", " "] if letter != KEPT else [KEPT, "\0"]
        else:
            places += [letter, "\0"] if unicodedata.east_asian_width(letter) in WIDE else [letter]
    return places
