"""Workbooks: ``.xlsx`` by calamine, with what calamine does not tell read beside it; ``.xls`` by xlrd."""

import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from zipfile import ZipFile

from lxml import etree
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from apps.intake.formats import ZIP
from apps.intake.grid import Aside, Block, Grid, Mark, Place, Row, Span
from apps.intake.readers.rich import raised_texts, with_raised
from apps.intake.readers.tidy import ODD, has_control, tidy
from apps.intake.refusal import Refusal

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
EXACT_DIGITS = 10**15
"""A spreadsheet keeps fifteen digits; a longer number has lost its last ones."""
MOST_CELLS = 5_000_000
MOST_BLANK_ROWS = 2_000_000
PERCENT_FORMATS = {9, 10}


@dataclass
class Beside:
    """What a sheet says of its rows and cells besides values; rows and columns from 0."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    shown_as: dict[tuple[int, int], str] = field(default_factory=dict)


def read(data: bytes) -> Iterator[Block]:
    """One grid a sheet that is shown. Hidden rows and columns are left out, and said."""
    if data.startswith(ZIP):
        yield from _read_xlsx(data)
    else:
        yield from _read_xls(data)


def _read_xlsx(data: bytes) -> Iterator[Grid]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise Refusal("password") from error
    with ZipFile(io.BytesIO(data)) as container:
        extra = Extra(container)
        for meta in book.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet or meta.visible != SheetVisibleEnum.Visible:
                continue
            # What the XML says is read first: a sheet too large is refused before it is held.
            beside = extra.of(meta.name)
            try:
                sheet = book.get_sheet_by_name(meta.name)
            except CalamineError as error:
                raise Refusal("truncated", where=meta.name) from error
            for grid in _grid(sheet, beside):
                yield with_raised(grid, extra.raised) if extra.raised else grid


def _grid(sheet: CalamineSheet, beside: Beside) -> Iterator[Grid]:
    if sheet.start is None:
        return
    if sheet.height * sheet.width > MOST_CELLS:
        raise Refusal("table-too-large", where=sheet.name)
    top, left = sheet.start
    place = Place("xlsx", sheet=sheet.name)
    rows: list[Row] = []
    dropped: list[Aside] = []
    index_of: dict[int, int] = {}
    for number, values in enumerate(sheet.iter_rows(), start=0):
        # ``iter_rows`` gives the sheet from its first row, blank ones too, but not blank columns.
        marks: list[Mark] = []
        cells = tuple(_cells(values, number, beside, marks))
        if number in beside.hidden_rows:
            if any(cells):
                dropped.append(_hidden(cells, number))
            continue
        if any(cells):
            index_of[number] = len(rows)
            rows.append(Row(number + 1, cells, tuple(marks), place))
    del top, left
    ranges = sheet.merged_cell_ranges or []
    yield from _finished(rows, ranges, index_of, beside.hidden_columns, dropped)


def _finished(
    rows: list[Row],
    ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]],
    index_of: dict[int, int],
    hidden_columns: set[int],
    dropped: list[Aside],
) -> Iterator[Grid]:
    """The grid of a sheet's rows, merged ranges counted in the rows that are left."""
    spans = []
    for (first, left), (last, right) in ranges:
        inside = [index_of[number] for number in range(first, last + 1) if number in index_of]
        if inside and (len(inside) > 1 or right > left):
            spans.append(Span(inside[0], left, inside[-1] - inside[0] + 1, right - left + 1))
    width = max((len(row.cells) for row in rows), default=0)
    for column in sorted(hidden_columns & set(range(width)), reverse=True):
        texts = [row.cells[column] for row in rows if column < len(row.cells) and row.cells[column]]
        if texts:
            dropped.append(Aside(" ".join(texts[:20]), "hidden-column"))
        rows = [_blanked(row, column) for row in rows]
    if rows:
        yield Grid(tuple(rows), tuple(spans), tuple(dropped))


def _hidden(cells: tuple[str, ...], number: int) -> Aside:
    return Aside(" ".join(filter(None, cells)), "hidden-row", number + 1, cells)


def _blanked(row: Row, column: int) -> Row:
    return row.with_cell(column, "") if column < len(row.cells) else row


def _cells(values: Sequence[object], row: int, beside: Beside, marks: list[Mark]) -> Iterator[str]:
    """The cells of a row. Plain texts and whole numbers, nearly all, need no closer look."""
    is_plain = not beside.formulas and not beside.shown_as
    for column, value in enumerate(values):
        if is_plain and type(value) is str and ODD.search(value) is None:
            yield value.strip()
        elif (
            is_plain
            and type(value) is float
            and -EXACT_DIGITS < value < EXACT_DIGITS
            and value.is_integer()
        ):
            yield str(int(value))
        elif value == "" and not beside.formulas:
            yield ""
        else:
            yield _cell(value, row, column, beside, marks)


def _cell(value: object, row: int, column: int, beside: Beside, marks: list[Mark]) -> str:
    formula = beside.formulas.get((row, column))
    if formula is not None:
        marks.append(Mark(column, "formula"))
        if value == "":
            return f"={formula}"
    if isinstance(value, str):
        if has_control(value):
            marks.append(Mark(column, "control-characters"))
        return tidy(value)
    text = text_of(value, beside.shown_as.get((row, column), ""))
    if isinstance(value, int | float) and abs(value) >= EXACT_DIGITS:
        marks.append(Mark(column, "digits-lost"))
    return text


def text_of(value: object, shown_as: str = "") -> str:
    """A value as a person sees it: no ``.0``, days as ISO dates, per cent as per cent.

    ``shown_as`` is "%" or a run of noughts, the least number of digits shown.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if shown_as == "%":
            return f"{float(f'{value * 100:.10g}'):.10g}%"
        if value == int(value) and abs(value) < EXACT_DIGITS:
            return str(int(value)).zfill(len(shown_as))
        return f"{value:.2E}" if abs(value) >= EXACT_DIGITS else f"{value:.12g}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    return "" if value is None else str(value)


class Extra:
    """Hidden rows and columns, formulas and number formats of an xlsx, out of its XML.

    Entities are never resolved, and a sheet is read as a stream.
    """

    def __init__(self, container: ZipFile) -> None:
        self.container = container
        self.parts = self._sheet_parts()
        self.styles = self._styles()
        self.raised = raised_texts(container)

    def _parse(self, part: str) -> etree._Element:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        with self.container.open(part) as stream:
            return etree.parse(stream, parser).getroot()

    def _sheet_parts(self) -> dict[str, str]:
        """The part of each sheet, by the sheet's name."""
        targets = {
            relation.get("Id"): relation.get("Target", "")
            for relation in self._parse("xl/_rels/workbook.xml.rels").iter(f"{PACKAGE}Relationship")
        }
        return {
            sheet.get("name", ""): _part(targets.get(sheet.get(f"{OFFICE}id"), ""))
            for sheet in self._parse("xl/workbook.xml").iter(f"{MAIN}sheet")
        }

    def _styles(self) -> dict[str, str]:
        """How cells of a style are shown, where that is not the bare number: by style number."""
        if "xl/styles.xml" not in self.container.namelist():
            return {}
        root = self._parse("xl/styles.xml")
        codes = {
            fmt.get("numFmtId", ""): fmt.get("formatCode", "") for fmt in root.iter(f"{MAIN}numFmt")
        }
        shown = {}
        for number, style in enumerate(root.iterfind(f"{MAIN}cellXfs/{MAIN}xf")):
            fmt = style.get("numFmtId", "0")
            code = "0%" if fmt.isdecimal() and int(fmt) in PERCENT_FORMATS else codes.get(fmt, "")
            if way := way_of(code):
                shown[str(number)] = way
        return shown

    def of(self, name: str) -> Beside:
        """What the sheet of this name says besides its values."""
        part, beside = self.parts.get(name, ""), Beside()
        if part not in self.container.namelist() or not self._is_worth_reading(part):
            return beside
        row, rows = -1, 0
        with self.container.open(part) as stream:
            tags = tuple(MAIN + tag for tag in ("row", "c", "col", "f"))
            events = etree.iterparse(
                stream,
                events=("start", "end"),
                tag=tags,
                resolve_entities=False,
                no_network=True,
                huge_tree=False,
            )
            for event, element in events:
                tag = element.tag[len(MAIN) :]
                if event == "start":
                    if tag == "row":
                        rows += 1
                        row = int(element.get("r", row + 2)) - 1
                        if rows > MOST_BLANK_ROWS:
                            raise Refusal("table-too-large", where=name)
                        if element.get("hidden") in ("1", "true"):
                            beside.hidden_rows.add(row)
                    elif tag == "col" and element.get("hidden") in ("1", "true"):
                        first, last = int(element.get("min", 1)), int(element.get("max", 1))
                        beside.hidden_columns |= set(range(first - 1, min(last, 500)))
                    elif tag == "c" and (way := self.styles.get(element.get("s", ""))):
                        beside.shown_as[row, column_of(element.get("r", "A1"))] = way
                elif tag == "f":
                    cell = element.getparent()
                    at = row, column_of(cell.get("r", "A1") if cell is not None else "A1")
                    beside.formulas[at] = element.text or ""
                elif tag == "row":
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
        return beside

    def _is_worth_reading(self, part: str) -> bool:
        """Whether the sheet hides something or computes; the bytes are searched, not parsed.

        Raises ``Refusal`` where there are rows beyond measure.
        """
        signs = (b"hidden=", b"<f")
        found, rows, before = bool(self.styles), 0, b""
        with self.container.open(part) as stream:
            while piece := stream.read(2**20):
                window = before + piece
                rows += window.count(b"<row") - before.count(b"<row")
                if rows > MOST_BLANK_ROWS:
                    raise Refusal("table-too-large", where=part)
                found = found or any(sign in window for sign in signs)
                before = piece[-8:]
        return found


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def way_of(code: str) -> str:
    """ "%" for a format that shows per cent, a run of noughts for one that pads; else ""."""
    first = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code.split(";")[0])
    if "%" in first:
        return "%"
    return first if re.fullmatch(r"0{2,20}", first) else ""


def column_of(reference: str) -> int:
    """The column of a cell's reference, from 0: "C5" → 2."""
    column = 0
    for letter in reference:
        if not letter.isalpha():
            break
        column = column * 26 + ord(letter.upper()) - 64
    return column - 1


def _read_xls(data: bytes) -> Iterator[Grid]:
    import xlrd

    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, logfile=io.StringIO(), on_demand=True
        )
    except xlrd.XLRDError as error:
        raise Refusal("password" if "encrypted" in str(error) else "truncated") from error
    for index, name in enumerate(book.sheet_names()):
        sheet = book.sheet_by_index(index)
        if sheet.visibility:
            continue
        place = Place("xls", sheet=name)
        rows: list[Row] = []
        dropped: list[Aside] = []
        index_of: dict[int, int] = {}
        for number in range(sheet.nrows):
            marks: list[Mark] = []
            cells = tuple(
                _xls_cell(book, cell, at, marks) for at, cell in enumerate(sheet.row(number))
            )
            info = sheet.rowinfo_map.get(number)
            if info is not None and info.hidden:
                if any(cells):
                    dropped.append(_hidden(cells, number))
            elif any(cells):
                index_of[number] = len(rows)
                rows.append(Row(number + 1, cells, tuple(marks), place))
        ranges = [
            ((top, left), (bottom - 1, right - 1))
            for top, bottom, left, right in sheet.merged_cells
        ]
        hidden = {column for column, info in sheet.colinfo_map.items() if info.hidden}
        yield from _finished(rows, ranges, index_of, hidden, dropped)
        book.unload_sheet(index)


def _xls_cell(book, cell, column: int, marks: list[Mark]) -> str:  # type: ignore[no-untyped-def]
    import xlrd

    if cell.ctype == xlrd.XL_CELL_TEXT:
        if has_control(cell.value):
            marks.append(Mark(column, "control-characters"))
        return tidy(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return text_of(xlrd.xldate_as_datetime(cell.value, book.datemode))
        except (xlrd.XLDateError, OverflowError, ValueError):
            return text_of(cell.value)
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        if abs(cell.value) >= EXACT_DIGITS:
            marks.append(Mark(column, "digits-lost"))
        fmt = book.format_map.get(book.xf_list[cell.xf_index].format_key)
        return text_of(cell.value, way_of(fmt.format_str if fmt else ""))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return text_of(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#")
    return ""
