"""Excel files: typed cells, a note on each head, written a row at a time in constant memory."""

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _

from apps.cases.spreadsheets import EXCEL_CELL, EXCEL_ROWS, written_sheet
from apps.publications.answers import BadQuery
from apps.publications.columns import dicts
from apps.publications.opendata.dictionary import Column, columns_of

_WRITTEN = "docProps/core.xml"
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def sheet_file(listing: Any, moment: dt.datetime) -> IO[bytes]:
    """Return the sheet of ``listing.rows``, dated ``moment``; closing the file removes it.

    The same rows and moment give the same bytes. Raises ``BadQuery`` where Excel cannot hold the
    rows whole.
    """
    if listing.rows.count() > EXCEL_ROWS:
        raise BadQuery(
            _("An Excel sheet holds 1,048,575 rows; this list has more. Filter it, or take CSV.")
        )
    described = columns_of(listing.kind)
    notes = {column.name: _note(column) for column in described}
    file = written_sheet(_rows(listing, described), str(listing.kind.code), notes)
    _date(file.name, moment)
    file.seek(0)
    return file


def _note(column: Column) -> str:
    """Return what a column means, in both languages."""
    said = [(column.title, column.note, "："), (column.title_en, column.note_en, ": ")]
    return "\n".join(
        f"{title}{colon}{note}" if note and note != title else title for title, note, colon in said
    )


def _rows(listing: Any, described: list[Column]) -> Iterator[dict[str, Any]]:
    """Yield the rows as cells; at least one, since the head is made from the first."""
    row = None
    for row in dicts(listing):
        yield {name: _cell(name, value) for name, value in row.items()}
    if row is None:
        yield {column.name: None for column in described}


def _cell(name: str, value: Any) -> Any:
    """Return ``value`` as a number, a date or text: text that looks like a formula stays text."""
    if value is None or value == "":
        return None
    if isinstance(value, list):
        value = "|".join(value)
    elif not isinstance(value, int | dt.date | str):
        # A decimal is a number, an id is text.
        return value if isinstance(value, Decimal) else str(value)
    if isinstance(value, str) and len(value) > EXCEL_CELL:
        raise BadQuery(
            _(
                "An Excel cell holds 32,767 characters; a text in the column “%(name)s” has more. Take CSV, which holds it whole."
            )
            % {"name": name}
        )
    return value


def _date(name: str, moment: dt.datetime) -> None:
    """Set the time at which the file says it was written to ``moment``.

    The writer knows only the present. What stands in the archive from that entry on, a few short
    files behind the rows, is written anew; the rows are not touched.
    """
    stamp = moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(name, "a") as archive:
        names = archive.namelist()
        rest = archive.infolist()[names.index(_WRITTEN) :]
        contents = [archive.read(entry) for entry in rest]
        # Writing goes on where the first of them stood.
        archive.start_dir = rest[0].header_offset
        for entry in rest:
            archive.filelist.remove(entry)
            del archive.NameToInfo[entry.filename]
        for entry, content in zip(rest, contents, strict=True):
            written = zipfile.ZipInfo(entry.filename, entry.date_time)
            written.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(
                written, _TIME.sub(stamp, content) if entry.filename == _WRITTEN else content
            )
