"""Headers above columns that no lines part: words on one line, or each cell on several."""

import itertools
import re
from collections.abc import Sequence

from apps.intake.finding.rows import LONGEST_HEADER_CELL, is_header
from apps.intake.grid import Row
from apps.intake.readers.pdf_rows import LINE_GAP
from apps.intake.readers.pdf_words import (
    NARROWEST_GAP,
    WIDEST_BLANK,
    Interval,
    PrintedLine,
    joined,
    merged,
)
from apps.intake.synonyms.headers import is_known_header

HEADER_BLANKS = (WIDEST_BLANK, 0.8, 1.6, 3.0)
"""The blanks that may stand inside one cell of a header: 项 目 名 称."""
DIGIT = re.compile(r"\d")
MOST_LINES = 8
"""Lines of one cell of a header: as many as letters, where it is written downwards."""


def with_whole_headers(
    lines: Sequence[PrintedLine],
) -> list[tuple[PrintedLine, list[Interval]]]:
    """The lines of a page, those that only together are a header as one; and where the cells of
    those stand that are one."""
    found = []
    at = 0
    while at < len(lines):
        count, heads = _header_from(lines, at)
        words = itertools.chain.from_iterable(lines[at : at + count])
        found.append((sorted(words, key=lambda each: each.left), heads))
        at += count
    return found


def header_of(line: PrintedLine) -> list[Interval]:
    """Where the cells of a line stand that is made of the words above columns; none for another."""
    return _on_one_line(line)[0]


def _on_one_line(line: PrintedLine) -> tuple[list[Interval], float]:
    """The cells of a header, and how many of them are known words.

    Blanks may stand inside a cell: it is parted so that most of its cells are such words.
    """
    best: list[PrintedLine] = []
    most = 0.0
    for blank in HEADER_BLANKS:
        cells = joined(line, blank * line[0].size)
        share = _known([_text(cell) for cell in cells])
        if share > most:
            best, most = cells, share
    return [(cell[0].left, cell[-1].right) for cell in best], most


def _on_several(lines: Sequence[PrintedLine]) -> tuple[list[Interval], float]:
    """The cells of a header whose words are broken over lines, and how many of them are known.

    A word that stands over two others, or further above one than lines of a cell do, is one of an
    upper level, and none of these.
    """
    size = lines[0][0].size
    columns = merged(
        ((each.left, each.right) for line in lines for each in line), size * NARROWEST_GAP
    )
    texts = []
    for left, right in columns:
        cells = [[each for each in line if left <= each.left < right] for line in lines]
        words = [each for cell in cells for each in cell]
        if any(len(cell) > 1 for cell in cells) or any(
            below.top - above.bottom >= size * LINE_GAP
            for above, below in itertools.pairwise(words)
        ):
            return [], 0.0
        texts.append("".join(map(_text, cells)))
    share = _known(texts)
    return (columns, share) if share else ([], 0.0)


def _header_from(lines: Sequence[PrintedLine], at: int) -> tuple[int, list[Interval]]:
    """How many lines from one on are a header together, and its cells: as many as make most of the
    cells known words. One without cells where none is."""
    if len(lines[at]) < 2:
        return 1, header_of(lines[at])
    heads, most = _on_one_line(lines[at])
    count = 1
    for end in range(at + 1, min(at + MOST_LINES, len(lines))):
        if not _goes_on_below(lines[end - 1], lines[end]):
            break
        columns, share = _on_several(lines[at : end + 1])
        if share > most or (share == most > 0 and not DIGIT.search(_text(lines[end]))):
            count, heads, most = end - at + 1, columns, share
    return count, heads


def _goes_on_below(line: PrintedLine, below: PrintedLine) -> bool:
    """Whether a line may be one of the same header as the line above it: short words, close by."""
    size = line[0].size
    gap = min(each.top for each in below) - max(each.bottom for each in line)
    return gap < size * LINE_GAP and all(
        len(each.letters) <= LONGEST_HEADER_CELL and abs(each.size - size) < size * LINE_GAP
        for each in (*line, *below)
    )


def _text(words: PrintedLine) -> str:
    return re.sub(r"\s", "", "".join(each.text for each in words))


def _known(texts: Sequence[str]) -> float:
    """The share of known words among the cells of a header; 0 where they are none."""
    # A letter alone, 值, is rather the end of a cell than its header.
    known = [text for text in texts if len(text) > 1 and is_known_header(text)]
    if not known or not is_header(Row(0, tuple(texts))):
        return 0.0
    return len(known) / len(texts)
