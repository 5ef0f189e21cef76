"""A comparison as an Excel file: old and new value beside each other, what differs in colour."""

import tempfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from tempfile import _TemporaryFileWrapper
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.cases.changes.diff import ADDED, CHANGED, MOVED, REMOVED, Diff, RowChange
from apps.cases.changes.fields import content_fields
from apps.cases.desk.values import EMPTY, field_label, in_words
from apps.cases.kinds import RecordKind

# Characters that a cell holds; rows of a sheet, less the head (Excel's own limits).
CELL = 32_767
ROWS = 1_048_575
# Grounds of cells: what the old state lost, what the new one has instead, what only moved.
GONE, COME, OTHER_PLACE = "#FBE3DE", "#DFF0E0", "#FFF3D1"


def write_sheet(
    diff: Diff, facts: Sequence[tuple[str, str]], say_flag: Callable[[str], str] = str
) -> "_TemporaryFileWrapper[bytes]":
    """Return an open temporary file with the comparison, which is removed when it is closed.

    A first sheet holds ``facts`` and the counts; then one sheet per kind of row. Rows are read
    500 at a time and written one by one, so memory does not grow with them. Texts are written as
    texts: no cell becomes a formula or a link.
    """
    file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it
    book = xlsxwriter.Workbook(
        file.name,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    book.set_properties({"created": timezone.localtime().replace(tzinfo=None)})
    _front(book, diff, facts)
    formats = _Formats(book)
    for kind in diff.kinds:
        _kind_sheet(book, formats, diff, kind, say_flag)
    book.close()
    file.seek(0)
    return file


def _front(book: Any, diff: Diff, facts: Sequence[tuple[str, str]]) -> None:
    """Write what is compared, and how much of each kind differs."""
    sheet = book.add_worksheet(_("Comparison")[:31])
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 4, 16)
    bold = book.add_format({"bold": True, "bottom": 1})
    row = 0
    for label, value in facts:
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, value[:CELL])
        row += 1
    row += 1
    heads = [_("Rows"), *(_words(what) for what in (ADDED, REMOVED, CHANGED, MOVED))]
    for column, text in enumerate(heads):
        sheet.write_string(row, column, text, bold)
    for kind in diff.kinds:
        row += 1
        sheet.write_string(row, 0, str(kind.label_plural))
        for column, count in enumerate(diff.counts(kind).values(), start=1):
            sheet.write_number(row, column, count)


def _words(what: str) -> str:
    return {
        ADDED: _("added"),
        REMOVED: _("removed"),
        CHANGED: _("changed"),
        MOVED: _("at another place"),
    }[what]


class _Formats:
    """Cell formats by colour and printed digits, each made once."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.made: dict[tuple[str, int], Any] = {}

    def get(self, colour: str, digits: int = -1) -> Any:
        """Return the format of a cell; ``digits`` after the point of a number, -1 for a text."""
        key = (colour, digits)
        if key not in self.made:
            look: dict[str, Any] = {"valign": "top", "text_wrap": digits < 0}
            if colour:
                look["bg_color"] = colour
            if digits >= 0:
                look["num_format"] = "0" if digits == 0 else "0." + "0" * digits
            self.made[key] = self.book.add_format(look)
        return self.made[key]


def _kind_sheet(
    book: Any, formats: _Formats, diff: Diff, kind: RecordKind, say_flag: Callable[[str], str]
) -> None:
    names = content_fields(kind)
    sheet = book.add_worksheet(str(kind.label_plural)[:31])
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 30)
    sheet.set_column(2, 1 + 2 * len(names), 18)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    heads = [_("Change"), _("Row")]
    for name in names:
        label = field_label(kind.model, name)
        heads += [
            _("%(field)s, before") % {"field": label},
            _("%(field)s, now") % {"field": label},
        ]
    for column, text in enumerate(heads):
        sheet.write_string(0, column, text, head)
    last = 0
    for last, row in enumerate(diff.stream(kind), start=1):
        if last > ROWS:
            sheet.write_string(ROWS, 0, _("The rest does not fit into a sheet."))
            break
        _write_row(sheet, formats, last, row, names, say_flag)
    sheet.autofilter(0, 0, max(last, 1), len(heads) - 1)


def _write_row(
    sheet: Any,
    formats: _Formats,
    number: int,
    row: RowChange,
    names: tuple[str, ...],
    say_flag: Callable[[str], str],
) -> None:
    """Write one row that differs: each field's two states, those that differ in colour."""
    ground = {ADDED: COME, REMOVED: GONE, MOVED: OTHER_PLACE}.get(row.what, "")
    said = _words(row.what)
    if row.moved and row.what == CHANGED:
        said = f"{said}、{_words(MOVED)}"
    sheet.write_string(number, 0, said, formats.get(ground))
    sheet.write_string(number, 1, row.title[:CELL], formats.get(ground))
    differing = {change.name for change in row.fields}
    for index, name in enumerate(names):
        is_other = name in differing
        for state, offset, colour in ((row.before, 2, GONE), (row.after, 3, COME)):
            if state is not None:
                _write(
                    sheet,
                    formats,
                    (number, 2 * index + offset),
                    state,
                    name,
                    colour if is_other else "",
                    say_flag,
                )


def _write(
    sheet: Any,
    formats: _Formats,
    cell: tuple[int, int],
    row: Any,
    name: str,
    colour: str,
    say_flag: Callable[[str], str],
) -> None:
    """Write one value: numbers as numbers with their printed digits, all else as text."""
    value = getattr(row, row._meta.get_field(name).attname)
    if isinstance(value, Decimal):
        exponent = int(value.as_tuple().exponent)
        sheet.write_number(*cell, float(value), formats.get(colour, max(0, -exponent)))
        return
    field = row._meta.get_field(name)
    if isinstance(value, int) and not isinstance(value, bool) and not field.is_relation:
        sheet.write_number(*cell, value, formats.get(colour, 0))
        return
    text = "、".join(say_flag(flag) for flag in value) if name == "flags" else in_words(row, name)
    if text and text != EMPTY:
        sheet.write_string(*cell, text[:CELL], formats.get(colour))
    elif colour:
        sheet.write_blank(*cell, None, formats.get(colour))


def file_name(case_id: int, before: object, after: object) -> str:
    """Return the name under which a comparison is stored: the case, what with what, the day."""
    return f"case-{case_id}-{before}-{after}-{timezone.localdate():%Y-%m-%d}.xlsx"
