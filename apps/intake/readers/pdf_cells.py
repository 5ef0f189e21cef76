"""The cells of a table of a PDF: the lines of each put together again to a text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.intake.grid import WHOLE_ROW, Aside, Grid, Mark, Place, Row, Span
from apps.intake.readers.pdf_letters import UPRIGHT, Letter, direction, lying
from apps.intake.readers.pdf_lines import (
    NAME,
    Line,
    is_list_by_lines,
    is_list_of_names,
    lines_of,
    unwrap,
)
from apps.intake.readers.tidy import has_control, tidy

NARROW = 5
"""Letters of a column of names."""
Key = tuple[int, int]
"""A cell by its row and its column, from 0."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Cells:
    """The cells of a table: the box of each, the letters in it, and what is doubtful from the start.

    ``homeless`` is, by row, the text of letters that lie in no cell. Where no lines part the cells,
    it is not known how wide they are: as wide as the longest line of the column, at least.
    """

    boxes: Mapping[Key, Box]
    held: Mapping[Key, list[Letter]]
    height: int
    width: int
    spans: tuple[Span, ...] = ()
    homeless: Mapping[int, str] = field(default_factory=dict)
    doubts: Mapping[Key, str] = field(default_factory=dict)
    is_ruled: bool = True


def grid_of(cells: Cells, place: Place) -> Grid:
    """The grid of a table, the lines of each cell put together."""
    at, held, homeless = cells.boxes, cells.held, cells.homeless
    flat = {key for key, inside in held.items() if any(direction(c) != UPRIGHT for c in inside)}
    lines = {
        key: lines_of(list(map(lying, inside)) if key in flat else inside)
        for key, inside in held.items()
    }
    padding = _paddings({key: inside for key, inside in lines.items() if key not in flat}, at)
    rooms = {
        key: at[key][3] - at[key][1]
        if key in flat
        else at[key][2] - at[key][0] - 2 * padding[key[1]]
        for key in lines
    }
    listed = {
        column
        for column in range(cells.width)
        if is_list_of_names([(lines[key], rooms[key]) for key in lines if key[1] == column])
    }
    by_lines = {
        column
        for column in range(cells.width)
        if is_list_by_lines([(lines[key], rooms[key]) for key in lines if key[1] == column])
    }
    full = {
        column: _fullest([line for key in lines if key[1] == column for line in lines[key]])
        for column in range(cells.width)
    }
    rows = []
    for row in range(cells.height):
        texts, marks = [], []
        for column in range(cells.width):
            key = row, column
            if key in cells.doubts:
                marks.append(Mark(column, cells.doubts[key]))
            if key not in lines:
                texts.append("")
                continue
            text, is_sure = unwrap(lines[key], rooms[key], column in listed)
            # Where lines end early on purpose, a full one may end on purpose as well.
            is_sure = is_sure and not (
                column in by_lines and len(lines[key]) > text.count("\n") + 1
            )
            texts.append(tidy(text))
            if not is_sure or (not cells.is_ruled and not is_full(lines[key], *full[column])):
                marks.append(Mark(column, "line-break"))
            if has_control(text):
                marks.append(Mark(column, "control-characters"))
            if any(line.is_over for line in lines[key]):
                marks.append(Mark(column, "overprinted"))
        if row in homeless:
            marks.append(Mark(WHOLE_ROW, "words-left-over"))
        rows.append(Row(row + 1, tuple(texts), tuple(marks), place))
    left = [Aside(tidy(text), "left-over", row + 1) for row, text in homeless.items()]
    return Grid(tuple(rows), cells.spans, tuple(left))


def _paddings(lines: Mapping[Key, list[Line]], at: Mapping[Key, Box]) -> dict[int, float]:
    """The room between a cell's edge and its longest line, by column."""
    padding: dict[int, float] = {}
    for (row, column), inside in lines.items():
        left = min(line.left for line in inside) - at[row, column][0]
        padding[column] = max(min(left, padding.get(column, left)), 0)
    return padding


def _fullest(lines: list[Line]) -> tuple[float, bool]:
    """The width of the longest line of a column, and whether another one is as long."""
    widths = sorted((line.right - line.left for line in lines), reverse=True)
    least = max((line.size for line in lines), default=0.0)
    return widths[0] if widths else 0.0, len(widths) > 1 and widths[0] - widths[1] < least


def is_full(lines: list[Line], widest: float, is_known: bool) -> bool:
    """Whether the lines of a cell but the last are as long as its column is wide; one line is.

    In a column that is no wider than a name, names one below the other cannot be told from one.
    """
    if widest < lines[0].size * NARROW and all(NAME.fullmatch(line.text.strip()) for line in lines):
        return len(lines) < 2
    return len(lines) < 2 or (
        is_known and all(line.right - line.left > widest - line.size * 1.5 for line in lines[:-1])
    )
