"""Cells copied from a spreadsheet, read for a column of the form. Nothing is stored here."""

import contextlib
import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.districts.models import Blank, IndicatorValue
from apps.districts.workbook.cells import Found, read_number, read_reason, read_words
from apps.districts.workbook.errors import WrongCell
from apps.registry.models import Indicator

# The columns of a line, from left to right.
COLUMNS = ("qualifier", "value", "blank")
MOST_ROWS = 500
# The words that stand with printed figures; any other may be typed.
QUALIFIERS = ("超过", "突破", "以上", "左右", "预计", "超", "近", "约", "余", "多")
_WORDS = "|".join(QUALIFIERS)
_QUALIFIED = re.compile(rf"({_WORDS})?\s*([^\s].*?)\s*({_WORDS})?")


@dataclass
class Pasted:
    """What the cells of one row make of one line."""

    indicator: Indicator
    # As it was copied.
    raw: str
    values: dict[str, str] | None = None
    # What was done to it, or why it is left out.
    note: str = ""
    is_fault: bool = False

    @property
    def printed(self) -> str:
        """Return the figure as it would be printed."""
        if self.values is None:
            return ""
        value = self.values["value"]
        figure = IndicatorValue(
            unit=self.indicator.unit,
            value=Decimal(value) if value else None,
            qualifier=self.values["qualifier"],
            blank=self.values["blank"],
        )
        return figure.printed


def read_rows(text: str) -> list[list[str]]:
    """Return the cells of a text as spreadsheets put it into the clipboard."""
    rows = list(
        csv.reader(text.replace("\r\n", "\n").replace("\r", "\n").splitlines(True), "excel-tab")
    )
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return rows


def read_paste(
    text: str, column: str, indicators: Sequence[Indicator], locked: set[str]
) -> tuple[list[Pasted], int]:
    """Return what each row would put into its line, and how many rows found no line.

    ``indicators`` are those of the lines from the first one on, ``column`` is where the first cell
    of a row goes; further cells go to the columns on its right. ``locked``: codes of lines that
    cannot be written.
    """
    rows = read_rows(text)
    columns = COLUMNS[COLUMNS.index(column) :]
    pasted = []
    for indicator, row in zip(indicators, rows, strict=False):
        cells = dict(zip(columns, row, strict=False))
        one = Pasted(indicator, " ".join(cell.strip() for cell in cells.values() if cell.strip()))
        pasted.append(one)
        if indicator.code in locked:
            one.note = _("This line is locked; its cell is left out.")
        elif not one.raw:
            one.note = _("Empty; the line stays as it is.")
        else:
            _read(one, cells)
    return pasted, max(0, len(rows) - len(indicators))


def _read(one: Pasted, cells: Mapping[str, str]) -> None:
    """Read the cells of one line into ``one``."""
    values = {"value": "", "qualifier": "", "blank": ""}
    notes: list[str] = []
    try:
        values["qualifier"] = read_words(Found("", cells.get("qualifier", ""))).text
        if reason := cells.get("blank", "").strip():
            values["blank"] = _reason(reason)
        if number := cells.get("value", "").strip():
            _read_value(number, one.indicator, values, notes)
    except WrongCell as wrong:
        one.note, one.is_fault = f"{wrong.rule} {wrong.cure}", True
        return
    if values["value"] and values["blank"]:
        one.note = _("Give a value, or say why there is none, not both.")
        one.is_fault = True
        return
    one.values, one.note = values, " ".join(notes)


def _read_value(raw: str, indicator: Indicator, values: dict[str, str], notes: list[str]) -> None:
    """Read a cell of the value column: a number with its words, or the reason for none."""
    with contextlib.suppress(WrongCell):
        values["blank"] = _reason(raw)
        return
    before, number, after = _split(unicodedata.normalize("NFKC", raw), indicator.unit)
    reading = read_number(Found("", number), indicator.unit, indicator.precision)
    assert reading.value is not None
    values["value"] = f"{reading.value:f}"
    values["qualifier"] = values["qualifier"] or before or after
    if values["value"] != raw:
        notes.append(_("Read from “%(text)s”.") % {"text": raw[:60]})


def _split(text: str, unit: str) -> tuple[str, str, str]:
    """Return the word before, the number with its unit, the word behind: 300余家, 1900家以上."""
    found = _QUALIFIED.fullmatch(text.strip())
    before, number, after = found.groups() if found else ("", text, "")
    if not after and unit and number.endswith(unit):
        inner = _QUALIFIED.fullmatch(number[: -len(unit)].strip())
        if inner and inner[3]:
            number, after = inner[2], inner[3]
    return before or "", number, after or ""


def _reason(text: str) -> str:
    """Return the code of a reason for no value, in any language the application speaks."""
    labels: dict[str, str] = {}
    for language in ("en", "zh-hans"):
        with override(language):
            for code, label in Blank.choices:
                labels[f"{code} {language}"] = str(label)
    labels |= {"missing 缺": "缺", "not_applicable 不": "不适用", "withheld 保": "保密"}
    return read_reason(Found("", text), labels).text.split(" ")[0]


def pasted_cells(pasted: Sequence[Pasted]) -> list[dict[str, Any]]:
    """Return what goes into the fields, by code."""
    return [{"code": one.indicator.code, **one.values} for one in pasted if one.values]
