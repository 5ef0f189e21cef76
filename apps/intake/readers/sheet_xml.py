"""The XML spreadsheet of 2003, often called ``.xls``: one document, read row by row."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from apps.intake.grid import Aside, Block, Mark, Place, Row
from apps.intake.readers.sheet_extra import way_of
from apps.intake.readers.sheets import EXACT_DIGITS, MOST_CELLS, finished, hidden_row, text_of
from apps.intake.readers.tidy import has_control, raised, tidy
from apps.intake.refusal import Refusal

NAME = "urn:schemas-microsoft-com:office:spreadsheet"
S = f"{{{NAME}}}"
VISIBLE = "{urn:schemas-microsoft-com:office:excel}Visible"
RAISED = "{http://www.w3.org/TR/REC-html40}Sup"
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
WATCHED = (f"{S}Worksheet", f"{S}Row", f"{S}Column", f"{S}Style", VISIBLE)
"""What is met in turn; nothing below it is kept longer than until it ends."""


@dataclass
class Sheet:
    """A sheet as it is read: its rows, its merged cells, what is hidden."""

    name: str = ""
    rows: list[Row] = field(default_factory=list)
    index_of: dict[int, int] = field(default_factory=dict)
    ranges: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    dropped: list[Aside] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    column: int = 0
    number: int = 0
    is_shown: bool = True


def read(text: str) -> Iterator[Block]:
    """One grid a sheet that is shown. Raises ``Refusal``; lxml's own error where the XML is broken."""
    bare = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode()
    styles: dict[str, str] = {}
    sheet = Sheet()
    cells = 0
    for event, element in etree.iterparse(
        io.BytesIO(bare),
        events=("start", "end"),
        tag=WATCHED,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
    ):
        if event == "start":
            if element.tag == WATCHED[0]:
                sheet = Sheet(element.get(f"{S}Name", ""))
            continue
        if element.tag == WATCHED[0]:
            if sheet.is_shown:
                yield from finished(
                    sheet.rows, sheet.ranges, sheet.index_of, sheet.hidden, sheet.dropped
                )
            _forget(element)
        elif element.tag == WATCHED[1]:
            cells += _row(element, sheet, styles)
            if cells > MOST_CELLS:
                raise Refusal("table-too-large", where=sheet.name)
            _forget(element)
        elif element.tag == WATCHED[2]:
            _column(element, sheet)
        elif element.tag == WATCHED[3]:
            styles[element.get(f"{S}ID", "")] = _shown_as(element)
        else:
            sheet.is_shown = "Hidden" not in (element.text or "")


def _forget(element: etree._Element) -> None:
    """Let go of an element and of what stood before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _number(element: etree._Element, name: str, most: int) -> int:
    """A count among an element's attributes; 0 where it is none. Raises ``Refusal`` beyond ``most``."""
    value = element.get(S + name, "")
    number = int(value) if value.isdecimal() and len(value) < 10 else 0
    if number > most:
        raise Refusal("table-too-large")
    return number


def _column(element: etree._Element, sheet: Sheet) -> None:
    sheet.column = _number(element, "Index", MOST_COLUMNS) or sheet.column + 1
    last = sheet.column + _number(element, "Span", MOST_COLUMNS)
    if element.get(f"{S}Hidden") == "1":
        sheet.hidden |= set(range(sheet.column - 1, last))
    sheet.column = last


def _row(element: etree._Element, sheet: Sheet, styles: dict[str, str]) -> int:
    """Take one row into the sheet; how many cells it has."""
    sheet.number = _number(element, "Index", MOST_ROWS) or sheet.number + 1
    number = sheet.number - 1
    sheet.number += _number(element, "Span", MOST_ROWS)
    cells: list[str] = []
    marks: list[Mark] = []
    for cell in element.iterchildren(f"{S}Cell"):
        at = (_number(cell, "Index", MOST_COLUMNS) or len(cells) + 1) - 1
        cells += [""] * (at - len(cells))
        across = _number(cell, "MergeAcross", MOST_COLUMNS)
        down = _number(cell, "MergeDown", MOST_ROWS)
        if across or down:
            sheet.ranges.append(((number, at), (number + min(down, 20_000), at + across)))
        cells += [_text(cell, len(cells), marks, styles), *[""] * across]
    if element.get(f"{S}Hidden") == "1":
        if any(cells):
            sheet.dropped.append(hidden_row(tuple(cells), number))
    elif any(cells):
        sheet.index_of[number] = len(sheet.rows)
        place = Place("xls", sheet=sheet.name)
        sheet.rows.append(Row(number + 1, tuple(cells), tuple(marks), place))
    return len(cells)


def _text(cell: etree._Element, column: int, marks: list[Mark], styles: dict[str, str]) -> str:
    """What a cell shows; a formula's last value, and the formula itself where there is none."""
    data = cell.find(f"{S}Data")
    text = _printed(data) if data is not None else ""
    formula = cell.get(f"{S}Formula", "")
    if formula:
        marks.append(Mark(column, "formula"))
        text = text or "=" + formula.lstrip("=")
    if has_control(text):
        marks.append(Mark(column, "control-characters"))
    form = data.get(f"{S}Type", "") if data is not None else ""
    shown = _as_shown(text.strip(), form, styles.get(cell.get(f"{S}StyleID", ""), ""))
    if form == "Number" and shown != text and "E+" in shown:
        marks.append(Mark(column, "digits-lost"))
    return tidy(shown)


def _printed(data: etree._Element) -> str:
    """The text of a cell, digits that stand raised as such."""
    pieces = [data.text or ""]
    for child in data.iterchildren("*"):
        inner = _printed(child)
        pieces += [raised(inner) if child.tag == RAISED else inner, child.tail or ""]
    return "".join(pieces)


def _as_shown(text: str, form: str, shown_as: str) -> str:
    """A value as a person sees it; as it stands where it is not what its type says."""
    try:
        if form == "Number":
            number = float(text)
            if abs(number) < EXACT_DIGITS and "." not in text and "E" not in text.upper():
                return text_of(int(text), shown_as)
            return text_of(number, shown_as)
        if form == "DateTime":
            return text_of(dt.datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return text
    if form == "Boolean":
        return text_of(text == "1")
    return text


def _shown_as(style: etree._Element) -> str:
    found = style.find(f"{S}NumberFormat")
    form = found.get(f"{S}Format", "") if found is not None else ""
    return "%" if form == "Percent" else way_of(form)
