"""Make the workbook of a return: what is known is filled in, only what may be typed is open."""

from collections.abc import Sequence
from io import BytesIO

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from apps.districts.lists.models import Says
from apps.districts.models import Blank, IndicatorValue
from apps.districts.returns import Return
from apps.districts.workbook.layout import (
    COLUMNS,
    HIDDEN_SHEET,
    TEMPLATE,
    Imprint,
    SheetRow,
    column_labels,
    sheet_rows,
)
from apps.districts.workbook.lists import ListImprint, ListRow, list_rows
from apps.districts.workbook.lists import column_labels as list_labels
from apps.districts.workbook.memory import gives_back
from apps.registry.models import Indicator, Measure

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = {
    "code": 22,
    "indicator": 34,
    "subject": 20,
    "definition": 46,
    "unit": 9,
    "scope": 12,
    "last_year": 14,
    "value": 16,
    "qualifier": 11,
    "blank": 14,
    "quoted_from": 26,
    "quoted_on": 13,
}
LIST_WIDTHS = {
    "key": 12,
    "list": 34,
    "title": 46,
    "kind": 14,
    "standing": 24,
    "statement": 18,
}
DAY_FORMAT = "yyyy-mm-dd"
# A spreadsheet keeps 15 digits of a number; a longer one is written as text.
DIGITS = 15

_LINE = Side(style="thin", color="C9C2B6")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_TOP = Alignment(vertical="top")
_WRAP = Alignment(vertical="top", wrap_text=True)
_RIGHT = Alignment(vertical="top", horizontal="right")
_TITLE, _HEAD, _BAND = Font(size=16, bold=True), Font(bold=True), Font(bold=True, size=12)
_QUIET = Font(color="6B6459")
_HEAD_FILL = PatternFill("solid", fgColor="EDE7DB")
_BAND_FILL = PatternFill("solid", fgColor="F6F2EA")
INPUT_FILL = PatternFill("solid", fgColor="FFFBE0")
_OPEN = Protection(locked=False)


@gives_back
def write_workbook(page: Return, qualifiers: Sequence[str] = ()) -> bytes:
    """Return the workbook of ``page`` as XLSX, in the reader's language."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _("Figures")
    rows = list(sheet_rows(page))
    first = _write_head(sheet, page)
    _write_rows(sheet, rows, first, qualifiers)
    _protect(sheet)
    _set_up_print(sheet, first - 1)
    listed = list_rows(page)
    if listed:
        _write_lists(book.create_sheet(_("Lists")), listed)
    _write_help(book.create_sheet(_("How to fill in")))
    hidden = book.create_sheet(HIDDEN_SHEET)
    hidden.sheet_state = "hidden"
    lists = ListImprint.of(_("Lists"), listed)
    for row in Imprint.of(page, sheet.title, rows, lists).table():
        hidden.append([_text(hidden, cell) for cell in row])
    _protect(hidden)
    book.security = WorkbookProtection(lockStructure=True)
    book.properties.title = str(page.revision.case)
    book.properties.creator = str(page.revision.case.bureau)
    book.properties.version = TEMPLATE
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _text(sheet: Worksheet, text: str) -> Cell:
    """Return a cell that holds ``text`` as text: "=1+1" is no formula, "2024" no number."""
    cell = Cell(sheet, row=1, column=1)
    cell.value = text
    cell.data_type = "s"
    return cell


def _write_text(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    cell = sheet.cell(row, column)
    cell.value = text
    cell.data_type = "s"
    return cell


def form_header(page: Return) -> list[str]:
    """Return the lines that head the form: who reports, on what, as of when (统计法 art. 17)."""
    revision = page.revision
    stamp = date_format(timezone.localtime(), "Y-m-d H:i")
    head = (
        [" · ".join(f"{line['label']}: {line['value']}" for line in page.form.lines)]
        if page.form
        else []
    )
    return [
        *head,
        _("Reported by: %(bureau)s · reporting unit: %(unit)s · year: %(year)s")
        % {"bureau": revision.case.bureau, "unit": page.district, "year": revision.case.year},
        _("Revision %(number)s, %(state)s · template %(template)s · downloaded %(time)s")
        % {
            "number": revision.number,
            "state": revision.get_state_display(),
            "template": TEMPLATE,
            "time": stamp,
        },
    ]


def _write_head(sheet: Worksheet, page: Return) -> int:
    """Write title, form header and column headings; return the number of the first row below."""
    _write_text(sheet, 1, 1, str(page.revision.case)).font = _TITLE
    number = 2
    for line in form_header(page):
        _write_text(sheet, number, 1, line).font = _QUIET
        number += 1
    hint = _("Type in the yellow cells only. Nought is a number; where there is none, say why.")
    _write_text(sheet, number, 1, hint)
    number += 1
    for place, (code, label) in enumerate(column_labels().items(), start=1):
        cell = _write_text(sheet, number, place, label)
        cell.font, cell.fill, cell.border = _HEAD, _HEAD_FILL, _BORDER
        cell.alignment = _RIGHT if code in {"last_year", "value"} else _WRAP
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS[code]
    sheet.freeze_panes = sheet.cell(number + 1, 3)
    return number + 1


def _write_rows(
    sheet: Worksheet, rows: Sequence[SheetRow], first: int, qualifiers: Sequence[str]
) -> None:
    """Write the rows under bands that name their section; offer choices where they are typed."""
    number, section = first, None
    open_rows: dict[tuple[int, bool], list[int]] = {}
    for row in rows:
        if row.section != section:
            section = row.section
            for place in range(1, len(COLUMNS) + 1):
                sheet.cell(number, place).fill = _BAND_FILL
            _write_text(sheet, number, 2, section).font = _BAND
            number += 1
        _write_row(sheet, number, row)
        if row.is_open:
            rule = (row.indicator.precision, row.indicator.measure == Measure.GROWTH)
            open_rows.setdefault(rule, []).append(number)
        number += 1
    _offer_choices(sheet, open_rows, qualifiers)


def _write_row(sheet: Worksheet, number: int, row: SheetRow) -> None:
    texts = {
        "code": row.key,
        "indicator": str(row.indicator),
        "subject": row.subject,
        "definition": rule_hint(row.indicator),
        "unit": row.unit,
        "scope": row.scope_words,
        "qualifier": row.values.qualifier,
        "quoted_from": row.values.quoted_from,
        "blank": str(Blank(row.values.blank).label) if row.values.blank else "",
    }
    for place, code in enumerate(COLUMNS, start=1):
        if code in texts:
            cell = sheet.cell(number, place)
            if texts[code]:
                _write_text(sheet, number, place, texts[code])
            cell.alignment = _WRAP
            if code in {"code", "scope"}:
                cell.font = _QUIET
        elif code == "quoted_on":
            cell = sheet.cell(number, place)
            cell.value, cell.number_format = row.values.quoted_on, DAY_FORMAT
            cell.alignment = _TOP
        else:
            figure = row.figure if code == "value" else row.before
            cell = _write_number(sheet, number, place, figure, row.indicator, code == "value")
        cell.border = _BORDER
        if row.may_type(code):
            cell.protection, cell.fill = _OPEN, INPUT_FILL


def _write_number(
    sheet: Worksheet,
    number: int,
    place: int,
    figure: IndicatorValue | None,
    indicator: Indicator,
    is_input: bool,
) -> Cell:
    """Write a number as number; as printed where last year's has a qualifier or there is none."""
    cell = sheet.cell(number, place)
    cell.alignment = _RIGHT
    cell.number_format = number_format(indicator.precision)
    if figure is None:
        return cell
    if figure.value is None or (figure.qualifier and not is_input):
        return cell if is_input else _write_text(sheet, number, place, figure.printed)
    digits = figure.value.as_tuple()
    if len(digits.digits) > DIGITS:
        return _write_text(sheet, number, place, f"{figure.value:f}")
    exponent = digits.exponent
    assert isinstance(exponent, int)
    cell.number_format = number_format(max(-exponent, indicator.precision))
    cell.value = int(figure.value) if exponent >= 0 else float(figure.value)
    return cell


def number_format(places: int) -> str:
    """Return the number format with so many decimal places."""
    return "#,##0" + ("." + "0" * places if places else "")


def rule_hint(indicator: Indicator) -> str:
    """Return the definition with what a value must be like."""
    if indicator.precision:
        rule = ngettext(
            "A number with at most %(places)s decimal place.",
            "A number with at most %(places)s decimal places.",
            indicator.precision,
        ) % {"places": indicator.precision}
    else:
        rule = _("A whole number.")
    return " ".join(filter(None, [indicator.definition, rule]))


def _runs(numbers: Sequence[int]) -> str:
    """Return rising row numbers as ranges of the template's value column."""
    letter = get_column_letter(COLUMNS.index("value") + 1)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return " ".join(f"{letter}{first}:{letter}{last}" for first, last in runs)


def _offer_choices(
    sheet: Worksheet, open_rows: dict[tuple[int, bool], list[int]], qualifiers: Sequence[str]
) -> None:
    """Add drop-downs for reasons and qualifiers, and a warning on what is no number."""
    numbers = sorted(number for group in open_rows.values() for number in group)
    if not numbers:
        return
    first, last = numbers[0], numbers[-1]
    reasons = DataValidation(
        type="list",
        formula1=_list_of([str(label) for label in Blank.labels]),
        allow_blank=True,
        showErrorMessage=True,
        error=_("Choose a reason from the list, or leave the cell empty."),
    )
    reasons.add(_span("blank", first, last))
    sheet.add_data_validation(reasons)
    if qualifiers:
        # Any other word may be typed.
        words = DataValidation(
            type="list", formula1=_list_of(qualifiers), allow_blank=True, showErrorMessage=False
        )
        words.add(_span("qualifier", first, last))
        sheet.add_data_validation(words)
    for (places, may_fall), group in open_rows.items():
        rule = DataValidation(
            type="decimal" if places else "whole",
            operator="between",
            formula1="-999999999999999" if may_fall else "0",
            formula2="999999999999999",
            allow_blank=True,
            showErrorMessage=True,
            errorStyle="warning",
            error=_("A number is expected here, below nought only for a growth."),
        )
        rule.sqref = _runs(group)
        sheet.add_data_validation(rule)


def _list_of(words: Sequence[str]) -> str:
    return '"' + ",".join(words) + '"'


def _span(code: str, first: int, last: int) -> str:
    letter = get_column_letter(COLUMNS.index(code) + 1)
    return f"{letter}{first}:{letter}{last}"


def _protect(sheet: Worksheet) -> None:
    """Let nothing but the open cells be typed in; columns may be widened."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.protection.formatCells = False


def _set_up_print(sheet: Worksheet, head_row: int) -> None:
    """Print on A4 across, as wide as the page, the headings on each page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{head_row}:{head_row}"
    sheet.oddFooter.center.text = _("Page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"}
    sheet.oddFooter.left.text = "&A"


def _write_lists(sheet: Worksheet, rows: Sequence[ListRow]) -> None:
    """Write the district's rows of the city's lists; only an open row's statement may be typed."""
    for place, (code, label) in enumerate(list_labels().items(), start=1):
        cell = _write_text(sheet, 1, place, label)
        cell.font, cell.fill, cell.border = _HEAD, _HEAD_FILL, _BORDER
        sheet.column_dimensions[get_column_letter(place)].width = LIST_WIDTHS[code]
    sheet.freeze_panes = "A2"
    typed = []
    for number, row in enumerate(rows, start=2):
        texts = (row.key, row.list_name, row.title, row.kind, row.line.label, row.statement)
        for place, text in enumerate(texts, start=1):
            cell = _write_text(sheet, number, place, text) if text else sheet.cell(number, place)
            cell.alignment, cell.border = _WRAP, _BORDER
        sheet.cell(number, 1).font = _QUIET
        if row.is_open:
            cell = sheet.cell(number, len(texts))
            cell.protection, cell.fill = _OPEN, INPUT_FILL
            typed.append(cell.coordinate)
    if typed:
        choice = DataValidation(
            type="list",
            formula1=_list_of([str(Says.CONFIRMED.label)]),
            allow_blank=True,
            showErrorMessage=True,
            error=_("Confirm the row, or leave the cell empty. A dispute is made on the page."),
        )
        choice.sqref = " ".join(typed)
        sheet.add_data_validation(choice)
    _protect(sheet)
    _set_up_print(sheet, 1)


def _write_help(sheet: Worksheet) -> None:
    """Write how the workbook is filled in and what becomes of it."""
    lines = [
        _(
            "Type in the yellow cells only: the value, a qualifier such as 超 or 约, or why there is no value."
        ),
        _(
            "Nought is a number. An empty cell that had a value becomes “missing”; the differences show it before anything is stored."
        ),
        _(
            "A figure that another office makes is quoted: name the document or table, and its date such as 2024-03-12."
        ),
        _(
            "On the sheet of lists you confirm rows of the city's lists. To dispute a row or to add one, use the page: it needs a reason and a file."
        ),
        _("Do not rename sheets or remove columns; rows may be sorted, filtered and hidden."),
        _(
            "A formula is read by its result. Save the file once in a spreadsheet program so that results are in it."
        ),
        _(
            "Upload the file on the return's workbook page. You see every difference and every fault first; nothing is stored before you accept."
        ),
        _("If a colleague changed a figure meanwhile, both values are shown and you choose."),
    ]
    sheet.column_dimensions["A"].width = 110
    for number, line in enumerate(lines, start=1):
        _write_text(sheet, number, 1, line).alignment = _WRAP
    _protect(sheet)
