"""Pictures, drawn on the server: each is a shape in numbers, a template writes the SVG.

Every chart carries its own table, so that nothing is told by shape or colour alone. Lengths are
units of the drawing; a chart scales with the column it stands in, and is drawn for a phone's.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate

# The width of a drawing: that of a phone's column, so that 12 units of type stay readable there.
WIDTH = 360
BAR_STEP = 36
LINE_HEIGHT = 150
# Steps of the shade of a map, from nothing to the most.
SHADES = 5
TILE_WIDTH = 86
TILE_HEIGHT = 58
TILE_GAP = 4

Number = int | Decimal


@dataclass(frozen=True)
class Part:
    """A piece of a bar: the series it belongs to, counted from 1, and where it lies."""

    series: int
    label: str
    value: str
    x: float
    width: float


@dataclass(frozen=True)
class Bar:
    """One bar with its label above and its value at the right."""

    label: str
    url: str
    printed: str
    y: int
    parts: list[Part]
    cells: list[str] = field(default_factory=list)
    is_own: bool = False

    @property
    def bar_y(self) -> int:
        """Return where the bar lies, under its label."""
        return self.y + 20

    @property
    def text_y(self) -> int:
        """Return the base line of the label."""
        return self.y + 14


@dataclass(frozen=True)
class BarChart:
    """Bars under one another, each of one part or of several."""

    title: str
    bars: list[Bar]
    series: list[str] = field(default_factory=list)
    label_heading: str = ""
    note: str = ""
    kind: str = "bars"

    @property
    def width(self) -> int:
        """Return the width of the drawing."""
        return WIDTH

    @property
    def height(self) -> int:
        """Return the height of the drawing."""
        return BAR_STEP * len(self.bars)


@dataclass(frozen=True)
class BarRow:
    """What a bar shows: values by series, in the order of the chart's series."""

    label: str
    values: Sequence[Number]
    printed: str = ""
    url: str = ""
    is_own: bool = False


def bar_chart(
    title: str,
    rows: Iterable[BarRow],
    *,
    series: Sequence[str] = (),
    label_heading: str = "",
    note: str = "",
) -> BarChart | None:
    """Return a chart of ``rows``, or nothing where no row has anything to show.

    All bars start at nought and share one scale. Raises ``ValueError`` for a negative value:
    such a figure is no length.
    """
    drawn = list(rows)
    if any(value < 0 for row in drawn for value in row.values):
        raise ValueError("a bar cannot show less than nought")
    most = max((sum(row.values) for row in drawn), default=0)
    if not most:
        return None
    bars = []
    for place, row in enumerate(drawn):
        widths = [float(WIDTH * value / most) for value in row.values]
        starts = [0.0, *accumulate(widths)]
        parts = [
            Part(
                number,
                series[number - 1] if series else "",
                str(value),
                round(start, 1),
                # A small value is still to be seen.
                round(max(width, 1.5), 1),
            )
            for number, (value, width, start) in enumerate(
                zip(row.values, widths, starts, strict=False), start=1
            )
            if value
        ]
        printed = row.printed or f"{sum(row.values):,}"
        cells = [f"{value:,}" for value in row.values] if series else []
        bars.append(Bar(row.label, row.url, printed, place * BAR_STEP, parts, cells, row.is_own))
    return BarChart(title, bars, list(series), label_heading, note)


@dataclass(frozen=True)
class Point:
    """One value of a line."""

    label: str
    printed: str
    x: float
    y: float


@dataclass(frozen=True)
class LineChart:
    """One measure over time. Where it was defined anew the line is broken off."""

    title: str
    points: list[Point]
    url: str = ""
    note: str = ""
    # Where the line is broken, from left to right.
    breaks: Sequence[float] = ()
    kind: str = "line"

    @property
    def width(self) -> int:
        """Return the width of the drawing."""
        return WIDTH

    @property
    def height(self) -> int:
        """Return the height of the drawing."""
        return LINE_HEIGHT

    @property
    def base(self) -> int:
        """Return where nought lies."""
        return LINE_HEIGHT - 24

    @property
    def paths(self) -> list[str]:
        """Return the points of each unbroken piece as an SVG polyline takes them."""
        pieces: dict[int, list[str]] = {}
        for point in self.points:
            piece = sum(x < point.x for x in self.breaks)
            pieces.setdefault(piece, []).append(f"{point.x},{point.y}")
        return [" ".join(piece) for piece in pieces.values()]


def line_chart(
    title: str,
    values: Sequence[tuple[int, Number, str]],
    *,
    url: str = "",
    note: str = "",
    broken: Iterable[int] = (),
) -> LineChart | None:
    """Return a line through ``values`` (year, number, printed), or nothing for fewer than two.

    Years lie as far apart as they are; the scale starts at nought. A series that falls below
    nought is not drawn: its table tells it. From the years ``broken`` on, values are not
    comparable with those before.
    """
    shown = sorted(values)
    if len(shown) < 2 or min(number for _year, number, _text in shown) < 0:
        return None
    first, last = shown[0][0], shown[-1][0]
    most = max(number for _year, number, _text in shown)
    left, right, top, base = 28, WIDTH - 28, 26, LINE_HEIGHT - 24

    def place(year: float) -> float:
        return round(left + (right - left) * (year - first) / max(last - first, 1), 1)

    points = [
        Point(
            str(year),
            printed,
            place(year),
            round(float(base - (base - top) * number / most), 1) if most else float(base),
        )
        for year, number, printed in shown
    ]
    breaks = [place(year - 0.5) for year in sorted(broken) if first < year <= last]
    return LineChart(title, points, url, note, breaks)


@dataclass(frozen=True)
class Tile:
    """A district on the map of tiles."""

    label: str
    url: str
    printed: str
    x: int
    y: int
    shade: int

    @property
    def short(self) -> str:
        """The label without the English word for what it is: Jiangbei, not Jiangbei District."""
        return self.label.rpartition(" ")[0] or self.label


@dataclass(frozen=True)
class TileMap:
    """Districts as tiles of one size, about where they lie; the shade grows with the value."""

    title: str
    tiles: list[Tile]
    width: int
    height: int
    label_heading: str = ""
    note: str = ""
    kind: str = "tiles"

    tile_width: int = TILE_WIDTH
    tile_height: int = TILE_HEIGHT


@dataclass(frozen=True)
class Place:
    """A district for the map: where its tile lies (row and column from 1) and its value."""

    label: str
    url: str
    row: int
    column: int
    value: Number


def tile_map(
    title: str, places: Iterable[Place], *, label_heading: str = "", note: str = ""
) -> TileMap | None:
    """Return the map of ``places``, or nothing where none has a value."""
    shown = list(places)
    most = max((place.value for place in shown), default=0)
    if not most:
        return None
    tiles = [
        Tile(
            place.label,
            place.url,
            f"{place.value:,}",
            (place.column - 1) * (TILE_WIDTH + TILE_GAP),
            (place.row - 1) * (TILE_HEIGHT + TILE_GAP),
            shade_of(place.value, most),
        )
        for place in shown
    ]
    return TileMap(
        title,
        tiles,
        max(tile.x for tile in tiles) + TILE_WIDTH,
        max(tile.y for tile in tiles) + TILE_HEIGHT,
        label_heading,
        note,
    )


def shade_of(value: Number, most: Number) -> int:
    """Return 0 for nothing, else 1 to ``SHADES - 1`` in equal steps up to ``most``."""
    if value <= 0 or most <= 0:
        return 0
    return math.ceil((SHADES - 1) * min(value / most, 1))


@dataclass(frozen=True)
class Strip:
    """Where one value stands among its peers: a mark for each on a line, its own the thick one."""

    rank: int
    of: int
    marks: list[float]
    own: float
    width: int = 96


def strip(own: Number, others: Sequence[Number]) -> Strip | None:
    """Return the place of ``own`` among ``others`` (itself not in them); 1 is the most.

    Nothing for fewer than two others: a rank among two says nothing. Equal values share the
    better rank.
    """
    if len(others) < 2:
        return None
    every = [own, *others]
    low, high = min(every), max(every)
    span = high - low

    def place(value: Number) -> float:
        return round(3 + float(90 * (value - low) / span), 1) if span else 48.0

    rank = 1 + sum(value > own for value in others)
    return Strip(rank, len(every), [place(value) for value in others], place(own))
