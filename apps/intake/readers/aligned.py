"""Tables whose columns only blanks set apart, as text copied out of a terminal or a page has them."""

import re
import unicodedata
from collections.abc import Sequence

GAP = re.compile(r"[ \u3000\u00a0]{2,}|\u3000")
LEAST_LINES = 3
LEAST_COLUMNS = 2
LEAST_BY_ONE = 3
"""So many columns a table needs whose columns single blanks set apart."""
WIDE = ("W", "F")


PAGE = re.compile(r"[-—–·\s]*第?\s*\d{1,4}\s*页?[-—–·\s]*(?:[/共]\s*\d{1,4}\s*页?)?")


def has_gap(line: str) -> bool:
    """Whether a line has cells with wide gaps between them."""
    return "\t" not in line and GAP.search(line.strip()) is not None


def is_spaced(line: str, is_wide: bool) -> bool:
    """Whether a line has cells: where gaps are wide, with such a one; else three words at least."""
    bare = line.strip()
    if PAGE.fullmatch(bare) is not None:
        return False
    return has_gap(line) if is_wide else "\t" not in bare and bare.count(" ") >= LEAST_BY_ONE - 1


def columns_of(lines: Sequence[str]) -> list[list[str]]:
    """The cells of lines that stand below one another; none where they are no table.

    Cells are parted by the places that are blank in every line, else by wide gaps where each line has
    as many, else by single blanks where each line has as many and most begin with a number.
    """
    if len(lines) < LEAST_LINES:
        return []
    bare = [line.strip() for line in lines]
    by_gaps = [GAP.split(line) for line in bare]
    most = max(map(len, by_gaps))
    rivers = by_rivers(lines) if most > 1 else []
    if rivers and len(rivers[0]) >= most:
        return rivers
    if _are_even(by_gaps, LEAST_COLUMNS):
        return by_gaps
    by_blanks = [line.split() for line in bare]
    numbers = sum(cells[0].rstrip(".、").isdecimal() for cells in by_blanks)
    if _are_even(by_blanks, LEAST_BY_ONE) and numbers >= len(lines) - 2:
        return by_blanks
    return []


def tables_of(runs: Sequence[Sequence[str]]) -> list[list[list[str]]]:
    """The cells of runs of lines, between which others stand; a run that is no table has none.

    A run too short to be one by itself is read with those beside it, where as many columns come out.
    """
    found = [columns_of(run) for run in runs]
    widths = {len(rows[0]) for rows in found if rows}
    # Lines that each stand alone are titles with a label before them.
    if len(widths) > 1 or all(found) or max(map(len, runs)) < 2:
        return found
    whole = columns_of([line for run in runs for line in run])
    if whole and (not widths or widths == {len(whole[0])}):
        rows = iter(whole)
        return [[next(rows) for _line in run] for run in runs]
    for at, run in enumerate(runs):
        for before in (at - 1, at + 1):
            if found[at] or not 0 <= before < len(runs):
                continue
            together = columns_of([*runs[before], *run])
            if together and {len(together[0])} == widths:
                found[at] = together[len(runs[before]) :]
    return found


def _are_even(rows: list[list[str]], least: int) -> bool:
    return len(rows[0]) >= least and len({len(row) for row in rows}) == 1


def by_rivers(lines: Sequence[str]) -> list[list[str]]:
    """Cells parted at the places of two blanks that run through all lines; none where there are none."""
    spread = [_by_place(line.rstrip()) for line in lines]
    width = max(map(len, spread))
    spread = [[*line, *[" "] * (width - len(line))] for line in spread]
    blank = [all(line[at] == " " for line in spread) for at in range(width)]
    cuts, at = [], 0
    while at < width:
        end = at
        while end < width and blank[end]:
            end += 1
        if end - at > 1 and at > 0 and end < width:
            cuts.append(end)
        at = max(end, at + 1)
    if not cuts:
        return []
    ends = [*cuts, width]
    starts = [0, *cuts]
    return [
        ["".join(line[a:b]).replace("\0", "").strip() for a, b in zip(starts, ends, strict=True)]
        for line in spread
    ]


def _by_place(line: str) -> list[str]:
    """The characters by the places they take: a Chinese one takes two."""
    places: list[str] = []
    for letter in line:
        if letter in "\u3000":
            places += [" ", " "]
        else:
            places += [letter, "\0"] if unicodedata.east_asian_width(letter) in WIDE else [letter]
    return places
