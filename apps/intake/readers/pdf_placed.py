"""The cells of a table that no lines part: its words by row and column, and what is unsure of them."""

from collections.abc import Iterator, Mapping, Sequence

from apps.intake.readers.pdf_cells import Box, Cells, Key
from apps.intake.readers.pdf_letters import Letter
from apps.intake.readers.pdf_rows import grouped
from apps.intake.readers.pdf_unruled import Region
from apps.intake.readers.pdf_words import PrintedLine

LEAST_FILLED = 4
"""Letters of a cell that may fill its column."""


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
