"""The ruled tables of a page, those included whose last row, or first, has no line at the page's end.

A row that a page breaks is drawn without a line where it is broken; its upright lines go on. So is
a merged cell whose rows go on overleaf, while the cells beside it end with a line.
"""

import itertools
from typing import Any

LEAST = 3.0
"""Points by which upright lines must go on beyond the last level one."""
NEAR = 1.5


def ruled_tables(page: Any) -> list[Any]:
    """The tables of a page by their lines, with more than one cell."""
    tables = page.find_tables()
    uprights = [each for each in page.edges if each["orientation"] == "v"]
    ends: list[Any] = [
        *open_ends(tables, uprights),
        *(line for table in tables for line in open_cells(table, tables, uprights)),
    ]
    if ends:
        tables = page.find_tables({"explicit_horizontal_lines": ends})
    return [table for table in tables if len(table.rows) and len(table.cells) > 1]


def open_ends(tables: list[Any], uprights: list[dict[str, Any]]) -> list[float]:
    """The heights at which tables end by their upright lines alone: where both sides go on."""
    ends: list[float] = []
    for table in tables:
        left, top, right, bottom = table.bbox
        joined = [
            each
            for each in uprights
            if each["top"] <= bottom + NEAR and each["bottom"] >= top - NEAR
        ]
        sides = [[each for each in joined if abs(each["x0"] - x) < NEAR] for x in (left, right)]
        if not all(sides):
            continue
        above = max(min(each["top"] for each in side) for side in sides)
        below = min(max(each["bottom"] for each in side) for side in sides)
        ends += [above] if above < top - LEAST else []
        ends += [below] if below > bottom + LEAST else []
    return ends + _ends_of_no_table(tables, uprights)


def open_cells(
    table: Any, tables: list[Any], uprights: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The lines that are missing above the first row of a table, or under its last, where a cell
    that goes on over the page has none: each from side to side of the table.

    Of a column that is one such cell from the page's top to its end there are only the uprights.
    """
    cells = [cell for cell in table.cells if cell]
    left, top, right, bottom = table.bbox
    others = [each.bbox for each in tables if each is not table]
    beyond = [
        each["x0"]
        for each in uprights
        if each["top"] < bottom - LEAST
        and each["bottom"] > top + LEAST
        and not any(box[0] - NEAR < each["x0"] < box[2] + NEAR for box in others)
    ]
    left, right = min([left, *beyond]), max([right, *beyond])
    sides = sorted({left, right, *(cell[0] for cell in cells), *(cell[2] for cell in cells)})
    lines = []
    for y, inside in ((top, top + NEAR), (bottom, bottom - NEAR)):
        is_open = any(
            not any(x0 < (one + two) / 2 < x1 and y0 <= inside <= y1 for x0, y0, x1, y1 in cells)
            for one, two in itertools.pairwise(sides)
            if two - one > LEAST
        )
        if is_open:
            lines.append(
                {"object_type": "line", "orientation": "h", "height": 0, "width": right - left}
                | {"x0": left, "x1": right, "top": y, "bottom": y}
            )
    return lines


def _ends_of_no_table(tables: list[Any], uprights: list[dict[str, Any]]) -> list[float]:
    """The upper and lower end of upright lines that meet no table: of rows broken at both ends."""
    free = [
        each
        for each in uprights
        if each["bottom"] - each["top"] > LEAST
        and not any(
            each["top"] <= table.bbox[3] + NEAR and each["bottom"] >= table.bbox[1] - NEAR
            for table in tables
        )
    ]
    if len({round(each["x0"]) for each in free}) < 3:
        return []
    return [min(each["top"] for each in free), max(each["bottom"] for each in free)]


STROKE = 4.0
"""Points: what is filled and thicker is no line but shading."""
LEAST_ACROSS = 0.5
"""Of the width of a table: a level line across so much of it parts its rows."""


def shaded(page: Any, tables: list[Any]) -> list[Any]:
    """Those of ``tables`` that are nothing but shading: the rectangles of it have no line around."""
    fills = [
        each
        for each in page.rects
        if each["height"] > STROKE
        and each["width"] > STROKE
        and each.get("fill")
        and not each.get("stroke")
    ]
    strokes = [
        each
        for each in (*page.lines, *page.rects, *page.curves)
        if min(each["height"], each["width"]) <= STROKE or each.get("stroke")
    ]
    return [
        table
        for table in tables
        if any(_touches(each, table.bbox) for each in fills)
        and not any(
            _touches(each, table.bbox) and each["height"] > each["width"] for each in strokes
        )
    ]


def levels_in(page: Any, box: tuple[float, float, float, float]) -> list[float]:
    """The heights of level lines, and of edges of shading, that run through a box."""
    left, top, right, bottom = box
    heights: dict[int, float] = {}
    for each in page.edges:
        if each["orientation"] != "h" or not top - NEAR < each["top"] < bottom + NEAR:
            continue
        within = min(each["x1"], right) - max(each["x0"], left)
        if within > 0:
            at = round(each["top"])
            heights[at] = heights.get(at, 0.0) + within
    return [float(at) for at, width in heights.items() if width >= (right - left) * LEAST_ACROSS]


def _touches(each: Any, box: tuple[float, float, float, float]) -> bool:
    return bool(
        each["x0"] < box[2] + NEAR
        and each["x1"] > box[0] - NEAR
        and each["top"] < box[3] + NEAR
        and each["bottom"] > box[1] - NEAR
    )
