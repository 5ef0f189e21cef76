"""Workbooks: ``.xlsx`` by calamine, with what calamine does not tell read beside it; ``.xls`` by xlrd."""

import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, repeat
from math import isfinite
from typing import Any
from zipfile import ZipFile

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
from apps.intake.readers.rich import with_raised
from apps.intake.readers.sheet_extra import Beside, Extra, way_of
from apps.intake.readers.tidy import ODD, has_control, tidy
from apps.intake.refusal import Refusal

EXACT_DIGITS = 10**15
"""A spreadsheet keeps fifteen digits; a longer number has lost its last ones."""
AT_ONCE = 1000
MOST_CELLS = 5_000_000


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
    # ``iter_rows`` gives the sheet from its first row, blank ones too, but not blank columns.
    for number, (cells, marks) in enumerate(_rows(sheet.iter_rows(), beside)):
        if number in beside.hidden_rows:
            if any(cells):
                dropped.append(hidden_row(cells, number))
            continue
        if any(cells):
            index_of[number] = len(rows)
            rows.append(Row(number + 1, cells, marks, place))
    del top, left
    ranges = sheet.merged_cell_ranges or []
    yield from finished(rows, ranges, index_of, beside.hidden_columns, dropped)


def finished(
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


def hidden_row(cells: tuple[str, ...], number: int) -> Aside:
    return Aside(" ".join(filter(None, cells)), "hidden-row", number + 1, cells)


def _blanked(row: Row, column: int) -> Row:
    return row.with_cell(column, "") if column < len(row.cells) else row


def _rows(
    found: Iterable[Sequence[object]], beside: Beside
) -> Iterator[tuple[tuple[str, ...], tuple[Mark, ...]]]:
    """The cells and marks of each row, column by column where nothing in many rows is odd."""
    rest = iter(found)
    first, may_be_plain = 0, not beside.formulas and not beside.shown_as
    while piece := list(islice(rest, AT_ONCE)):
        columns = [plain_column(values) for values in zip(*piece, strict=True)]
        if may_be_plain and None not in columns:
            yield from zip(zip(*columns, strict=True), repeat(()), strict=False)
        else:
            for row, values in enumerate(piece, start=first):
                marks: list[Mark] = []
                yield tuple(_cells(values, row, beside, marks)), tuple(marks)
        first += len(piece)


def plain_column(values: Sequence[object]) -> list[str] | None:
    """The cells of a column of nothing but plain texts, or of nothing but whole numbers; else None."""
    kinds = set(map(type, values))
    if kinds == {str}:
        texts: Any = values
        return list(map(str.strip, texts)) if ODD.search("".join(texts)) is None else None
    if kinds == {float}:
        numbers: Any = values
        if not (min(numbers) > -EXACT_DIGITS and max(numbers) < EXACT_DIGITS):
            return None
        # Neither endless nor none: all can be whole.
        whole = list(map(int, numbers)) if all(map(isfinite, numbers)) else []
        return list(map(str, whole)) if whole == list(numbers) else None
    return None


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
                    dropped.append(hidden_row(cells, number))
            elif any(cells):
                index_of[number] = len(rows)
                rows.append(Row(number + 1, cells, tuple(marks), place))
        ranges = [
            ((top, left), (bottom - 1, right - 1))
            for top, bottom, left, right in sheet.merged_cells
        ]
        hidden = {column for column, info in sheet.colinfo_map.items() if info.hidden}
        yield from finished(rows, ranges, index_of, hidden, dropped)
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
