"""Text for spreadsheets: cells that cannot run, and CSV that Excel and WPS read as it is."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_SIGNS = "=+-@\t\r\n"
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z", re.ASCII)


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
