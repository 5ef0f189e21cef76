"""The uploaded workbook with its faulty cells marked and commented, everything else as it was."""

from collections.abc import Sequence
from io import BytesIO

from django.utils.translation import gettext as _
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from apps.districts.workbook.errors import Fault
from apps.districts.workbook.layout import MOST_COLUMNS, MOST_ROWS
from apps.districts.workbook.memory import gives_back
from apps.districts.workbook.reading import load
from apps.districts.workbook.writing import INPUT_FILL

AUTHOR = "Yongke"
FAULTY = PatternFill("solid", fgColor="F8CBAD")


@gives_back
def mark_workbook(data: bytes, faults: Sequence[Fault]) -> bytes:
    """Return the workbook in ``data`` with a colour and a comment on each faulty cell.

    Marks of an earlier round are taken away. Raises ``Refused``.
    """
    book = load(data)
    for sheet in book.worksheets:
        _clean(sheet)
    texts: dict[tuple[str, str], list[str]] = {}
    for fault in faults:
        place = (fault.sheet, fault.cell.partition(":")[0])
        texts.setdefault(place, []).append(f"{fault.rule} {fault.cure}")
    for (name, coordinate), lines in texts.items():
        cell = book[name][coordinate]
        cell.fill = FAULTY
        cell.comment = Comment("\n".join(lines), AUTHOR, height=120, width=320)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _clean(sheet: Worksheet) -> None:
    """Take away the marks of an earlier round."""
    for row in sheet.iter_rows(
        max_row=min(sheet.max_row, MOST_ROWS), max_col=min(sheet.max_column, MOST_COLUMNS)
    ):
        for cell in row:
            if isinstance(cell, Cell) and cell.comment and cell.comment.author == AUTHOR:
                cell.comment = None
                cell.fill = INPUT_FILL if not cell.protection.locked else PatternFill()


def marked_name(name: str) -> str:
    """Return the file name of a marked workbook."""
    stem = name[:-5] if name.lower().endswith(".xlsx") else name
    return f"{stem}-{_('marked')}.xlsx"
