"""Tables of a page that are drawn without <table>: by role, by style, or as rows of one shape."""

import re

from lxml import etree

from apps.intake.synonyms.headers import is_known_header

ROW = re.compile(r"display\s*:\s*table-row\s*(?:;|$)", re.I)
CELL = re.compile(r"display\s*:\s*table-cell\s*(?:;|$)", re.I)
TABLE = re.compile(r"display\s*:\s*(?:inline-)?table\s*(?:;|$)", re.I)
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
TABLES = {"table", "grid", "treegrid"}
CELLS = {"cell", "gridcell", "columnheader", "rowheader"}
HOLDERS = {"div", "ul", "ol", "section", "article", "main"}
SHAPED = {"div", "li", "ul", "section", "p", "dl"}
LEAST = 2
"""Rows, and cells of each, that a table has."""


def has_rows(element: etree._Element) -> bool:
    """Whether an element is a table, though it is called otherwise."""
    if not isinstance(element.tag, str):
        return False
    is_said = element.get("role") in TABLES or TABLE.search(element.get("style", "")) is not None
    if not is_said and element.tag not in HOLDERS:
        return False
    rows = rows_of(element)
    return len(rows) >= LEAST and all(len(cells) >= LEAST for cells in rows)


def rows_of(element: etree._Element) -> list[list[etree._Element]]:
    """The rows of such a table, each with its cells; none where it is not one."""
    if element.get("role") in TABLES or TABLE.search(element.get("style", "")):
        return [
            cells
            for row in element.iterdescendants()
            if _is_row(row) and (cells := [each for each in _shown(row) if _is_cell(each)])
        ]
    return shaped_rows(element)


def shaped_rows(element: etree._Element) -> list[list[etree._Element]]:
    """The children of an element as rows: each of as many cells, below words that head columns."""
    if element.tag not in HOLDERS or len(element) <= LEAST:
        return []
    children = _shown(element)
    if len(children) <= LEAST or any(each.tag not in SHAPED for each in children):
        return []
    if any(_own_text(each) for each in (element, *children)):
        return []
    rows = [_shown(each) for each in children]
    width = len(rows[0])
    if width < LEAST or any(len(row) != width for row in rows):
        return []
    heads = ["".join(map(str, cell.itertext())).strip() for cell in rows[0]]
    return rows if sum(map(is_known_header, heads)) * 2 > len(heads) else []


def _is_row(element: etree._Element) -> bool:
    if not isinstance(element.tag, str):
        return False
    return element.get("role") == "row" or ROW.search(element.get("style", "")) is not None


def _is_cell(element: etree._Element) -> bool:
    return element.get("role") in CELLS or CELL.search(element.get("style", "")) is not None


def _shown(element: etree._Element) -> list[etree._Element]:
    return [
        each
        for each in element
        if isinstance(each.tag, str)
        and "hidden" not in each.attrib
        and not HIDDEN.search(each.get("style", ""))
    ]


def _own_text(element: etree._Element) -> str:
    """What stands in an element beside its children."""
    return ((element.text or "") + "".join(each.tail or "" for each in element)).strip()
