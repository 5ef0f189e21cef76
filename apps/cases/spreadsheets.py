"""Files for spreadsheets: cells that cannot run, CSV that Excel and WPS read as it is, and sheets
written a row at a time.
"""

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

from rustpy_xlsxwriter import Format, write_worksheet

BOM = b"\xef\xbb\xbf"
"""The mark by which Excel knows UTF-8."""
# What is sent at once: some hundred rows, not each by itself.
PART = 64 * 1024
# Rows of a sheet, less the head, and characters of a cell: Excel's own limits.
EXCEL_ROWS = 1_048_575
EXCEL_CELL = 32_767
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH = 18.0
_SIGNS = "=+-@\t\r\n"
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z", re.ASCII)


def csv_line(cells: Iterable[str]) -> bytes:
    """Return one line of a CSV file."""
    file = io.StringIO()
    csv.writer(file).writerow(cells)
    return file.getvalue().encode()


def parts(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield ``lines`` joined to parts of about ``PART`` bytes."""
    gathered: list[bytes] = []
    length = 0
    for line in lines:
        gathered.append(line)
        length += len(line)
        if length >= PART:
            yield b"".join(gathered)
            gathered.clear()
            length = 0
    if gathered:
        yield b"".join(gathered)


def written_sheet(
    rows: Iterable[Mapping[str, Any]], name: str, notes: Mapping[str, str] | None = None
) -> IO[bytes]:
    """Return a file with a sheet of ``rows``, written one at a time; closing it removes it.

    The head is made from the first row: at least one has to come. Texts are written as texts, be
    they like a formula or not. ``notes`` stand at the heads.
    """
    # Closed, and so removed, by the response.
    file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115
    write_worksheet(
        rows,
        file.name,
        sheet_name=name[:31],
        freeze_row=1,
        header_format=Format().set_bold().set_border_bottom("thin"),
        column_width=WIDTH,
        datetime_format="yyyy-mm-dd",
        notes={head: {"text": text, "author": ""} for head, text in (notes or {}).items()},
    )
    return file


def defused(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula (OWASP: CSV injection).

    A number keeps its sign; anything else that begins as a formula does gets an apostrophe.
    """
    if text[:1] and text[0] in _SIGNS and not _NUMBER.match(text):
        return f"'{text}"
    return text


def undefused(text: str) -> str:
    """Return what ``defused`` was given: a cell of our own CSV comes back as it was stored."""
    return text[1:] if text[:1] == "'" and defused(text[1:]) == text else text


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a whole CSV file of a bounded table: UTF-8 with a byte order mark, cells defused."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(head)
    for row in rows:
        writer.writerow(["" if cell is None else defused(str(cell)) for cell in row])
    return out.getvalue()
