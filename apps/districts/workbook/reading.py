"""From the bytes of an upload to its rows. Nothing here knows what is stored."""

import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from apps.districts.workbook.cells import Found
from apps.districts.workbook.container import check_container
from apps.districts.workbook.errors import Fault, Note, Refused
from apps.districts.workbook.layout import (
    HIDDEN_SHEET,
    MOST_COLUMNS,
    MOST_ROWS,
    NEEDED,
    ORIGIN_CELLS,
    TEMPLATE,
    Imprint,
)
from apps.districts.workbook.lists import Said, read_cells
from apps.districts.workbook.memory import gives_back

# The headings are looked for in so many rows; somebody may have put a line above.
HEAD_ROWS = 40


@dataclass(frozen=True)
class ReadRow:
    """One row of the sheet that names a figure, by column."""

    number: int
    key: str
    cells: dict[str, Found]

    def found(self, column: str) -> Found:
        """Return a cell of the row."""
        return self.cells[column]


@dataclass
class Sheet:
    """What an upload holds."""

    imprint: Imprint
    name: str
    # What the sheet of the city's lists says; None where there is none to be read.
    listed: list[Said] | None = None
    rows: list[ReadRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    # Rows in which a merged cell hides what belongs to whom.
    merged: set[int] = field(default_factory=set)


def plain(value: Any) -> str:
    """Return a heading, a code or a unit as it is compared: width and blanks do not matter."""
    return " ".join(unicodedata.normalize("NFKC", str(value or "")).split())


def load(data: bytes, **options: Any) -> Workbook:
    """Return the workbook in ``data``. Raises ``Refused``, whatever the file is."""
    check_container(data)
    try:
        with warnings.catch_warnings():
            # It warns of extensions that it leaves out; none of them concerns us.
            warnings.simplefilter("ignore")
            return load_workbook(BytesIO(data), **options)
    except Exception as error:
        # The library raises whatever its parts raise on a file that is no workbook.
        raise Refused(
            _(
                "The file cannot be read as a workbook. Open it in a spreadsheet program, save it as .xlsx and upload that."
            )
        ) from error


@gives_back
def read_sheet(data: bytes) -> Sheet:
    """Return what an uploaded workbook holds, with all that has to be said about its build.

    Raises ``Refused`` where the file is no workbook of this installation, or not whole.
    """
    book = load(data)
    imprint = _read_imprint(book)
    worksheet = _find_sheet(book, imprint)
    head, columns = _find_head(worksheet, imprint)
    missing = [imprint.columns[code] for code in NEEDED if code not in columns]
    if missing:
        raise Refused(
            _(
                "On the sheet “%(sheet)s”, row %(row)s, the column “%(column)s” is missing. Put the heading back, or copy your values into a fresh download."
            )
            % {"sheet": worksheet.title, "row": head, "column": "”, “".join(missing)}
        )
    sheet = Sheet(imprint, worksheet.title, read_cells(book, imprint.lists))
    _note_sheets(book, worksheet, sheet)
    _note_hidden(worksheet, head, columns, sheet)
    _find_merged(worksheet, head, columns, sheet)
    _read_rows(worksheet, head, columns, sheet, data)
    return sheet


def _read_imprint(book: Workbook) -> Imprint:
    if HIDDEN_SHEET not in book.sheetnames:
        raise Refused(
            _(
                "This workbook was not downloaded here: its hidden sheet %(sheet)s is missing. Download the return's workbook and copy your values into it."
            )
            % {"sheet": HIDDEN_SHEET}
        )
    table = [
        [str(cell) if cell is not None else "" for cell in row]
        for row in book[HIDDEN_SHEET].iter_rows(
            max_row=min(book[HIDDEN_SHEET].max_row, MOST_ROWS + 100),
            max_col=ORIGIN_CELLS + 1,
            values_only=True,
        )
    ]
    table = [_trimmed(row) for row in table]
    template = next((row[1] for row in table if row[:1] == ["template"] and len(row) > 1), "")
    if template and template != TEMPLATE:
        raise Refused(
            _(
                "The workbook was made from template %(found)s; today's is %(present)s. Download it again and copy your values into it."
            )
            % {"found": template[:20], "present": TEMPLATE}
        )
    try:
        return Imprint.read(table)
    except (ValueError, ArithmeticError, KeyError, IndexError) as error:
        raise Refused(
            _(
                "The hidden sheet %(sheet)s was changed, or the workbook comes from another installation. Download it again and copy your values into it."
            )
            % {"sheet": HIDDEN_SHEET}
        ) from error


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row = row[:-1]
    return row


def _find_sheet(book: Workbook, imprint: Imprint) -> Worksheet:
    """Return the sheet of figures: by its name, else the only one with the form's headings."""
    sheets = [sheet for sheet in book.worksheets if sheet.title != HIDDEN_SHEET]
    for sheet in sheets:
        if sheet.title == imprint.sheet:
            return sheet
    likely = [sheet for sheet in sheets if {"code", "value"} <= set(_find_head(sheet, imprint)[1])]
    if len(likely) == 1:
        return likely[0]
    raise Refused(
        _("The sheet “%(sheet)s” is missing; the file has %(found)s. Give the sheet its name back.")
        % {
            "sheet": imprint.sheet,
            "found": ", ".join(f"“{sheet.title}”" for sheet in sheets) or _("no sheet"),
        }
    )


def _find_head(sheet: Worksheet, imprint: Imprint) -> tuple[int, dict[str, int]]:
    """Return the row of the headings and the place of each column; the row that has most of them.

    A heading that stands twice is no heading: which column is meant cannot be known.
    """
    codes = {plain(label): code for code, label in imprint.columns.items()}
    best: tuple[int, dict[str, int]] = (1, {})
    rows = sheet.iter_rows(
        max_row=min(sheet.max_row, HEAD_ROWS),
        max_col=min(sheet.max_column, MOST_COLUMNS),
        values_only=True,
    )
    for number, row in enumerate(rows, start=1):
        places: dict[str, int] = {}
        twice = set()
        for place, value in enumerate(row, start=1):
            code = codes.get(plain(value))
            if code in places:
                twice.add(code)
            elif code:
                places[code] = place
        places = {code: place for code, place in places.items() if code not in twice}
        if len(places) > len(best[1]):
            best = (number, places)
    return best


def _note_sheets(book: Workbook, worksheet: Worksheet, sheet: Sheet) -> None:
    """Say which sheets were not read, and that a renamed or hidden one was."""
    if worksheet.title != sheet.imprint.sheet:
        sheet.notes.append(
            Note(
                worksheet.title,
                "",
                _(
                    "The sheet was called “%(sheet)s” when it was downloaded; it was read all the same."
                )
                % {"sheet": sheet.imprint.sheet},
            )
        )
    if worksheet.sheet_state != "visible":
        sheet.notes.append(
            Note(worksheet.title, "", _("The sheet is hidden; it was read all the same."))
        )
    for other in book.sheetnames:
        if other in {worksheet.title, HIDDEN_SHEET} or book[other].sheet_state == "visible":
            continue
        sheet.notes.append(Note(other, "", _("This sheet is hidden and was not read.")))


def _note_hidden(worksheet: Worksheet, head: int, columns: dict[str, int], sheet: Sheet) -> None:
    """Say which hidden rows and columns were read."""
    rows = sorted(
        number
        for number, row in worksheet.row_dimensions.items()
        if row.hidden and head < number <= MOST_ROWS
    )
    if rows:
        sheet.notes.append(
            Note(sheet.name, ranges(rows), _("These rows are hidden; they were read all the same."))
        )
    hidden: set[int] = set()
    for column in worksheet.column_dimensions.values():
        if column.hidden:
            hidden.update(range(column.min or 0, min(column.max or 0, MOST_COLUMNS) + 1))
    letters = [
        get_column_letter(place)
        for code, place in columns.items()
        if place in hidden and code in NEEDED
    ]
    if letters:
        sheet.notes.append(
            Note(
                sheet.name,
                ", ".join(letters),
                _("This column is hidden; it was read all the same."),
            )
        )


def ranges(numbers: Iterable[int]) -> str:
    """Return rising numbers as spans: 3–5, 9."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in spans)


def _find_merged(worksheet: Worksheet, head: int, columns: dict[str, int], sheet: Sheet) -> None:
    """Name each merged cell that touches a figure: whose value it holds cannot be known."""
    places = {columns[code] for code in NEEDED}
    for merged in sorted(worksheet.merged_cells.ranges, key=lambda r: (r.min_row, r.min_col)):
        touched = places & set(range(merged.min_col, merged.max_col + 1))
        if merged.max_row <= head or not touched:
            continue
        sheet.merged.update(range(merged.min_row, merged.max_row + 1))
        value = worksheet.cell(merged.min_row, merged.min_col).value
        sheet.faults.append(
            Fault(
                sheet.name,
                merged.coord,
                "" if value is None else str(value)[:60],
                _("Cells are merged; only the first of them can hold a value."),
                _("Unmerge them and type each row's own value."),
            )
        )


def _read_rows(
    worksheet: Worksheet, head: int, columns: dict[str, int], sheet: Sheet, data: bytes
) -> None:
    last = min(worksheet.max_row, MOST_ROWS)
    width = max(columns.values())
    formulas: dict[str, str] = {}
    grid: list[tuple[int, dict[str, Found]]] = []
    for number, row in enumerate(
        worksheet.iter_rows(min_row=head + 1, max_row=last, max_col=width), start=head + 1
    ):
        cells = {code: _found(row[place - 1], formulas) for code, place in columns.items()}
        grid.append((number, cells))
    results = _results(data, worksheet.title, set(formulas)) if formulas else {}
    for number, cells in grid:
        for code, cell in cells.items():
            if cell.cell in formulas:
                value, is_error = results.get(cell.cell, (None, False))
                cells[code] = Found(
                    cell.cell, value, is_error, formulas[cell.cell], cell.number_format
                )
        sheet.rows.append(ReadRow(number, plain(cells["code"].value), cells))


def _found(cell: Any, formulas: dict[str, str]) -> Found:
    """Return a cell's content; of a formula its place alone, with the formula put aside."""
    place = f"{get_column_letter(cell.column)}{cell.row}"
    if not isinstance(cell, Cell):
        # All but the first cell of a merged range.
        return Found(place)
    if cell.data_type == "f":
        text = getattr(cell.value, "text", None) or cell.value
        formulas[place] = str(text)
        return Found(place, number_format=cell.number_format)
    return Found(place, cell.value, cell.data_type == "e", "", cell.number_format)


def _results(data: bytes, sheet: str, wanted: set[str]) -> dict[str, tuple[Any, bool]]:
    """Return the stored results of formulas by cell, with whether each is an error."""
    book = load(data, read_only=True, data_only=True)
    found = {}
    for cell in _cells_of(book, sheet):
        if cell.value is not None and cell.coordinate in wanted:
            found[cell.coordinate] = (cell.value, cell.data_type == "e")
    book.close()
    return found


def _cells_of(book: Workbook, sheet: str) -> Iterator[Any]:
    for row in book[sheet].iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS):
        yield from (cell for cell in row if hasattr(cell, "coordinate"))
