"""The ruled tables of a page, those included whose last row, or first, has no line at the page's end.

A row that a page breaks is drawn without a line where it is broken; its upright lines go on.
"""

from typing import Any

LEAST = 3.0
"""Points by which upright lines must go on beyond the last level one."""
NEAR = 1.5


def ruled_tables(page: Any) -> list[Any]:
    """The tables of a page by their lines, with more than one cell."""
    tables = page.find_tables()
    if ends := open_ends(tables, [each for each in page.edges if each["orientation"] == "v"]):
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
