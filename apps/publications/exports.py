"""Exports of exactly what is filtered: CSV, Excel and JSON, row by row, never built in memory."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer

from apps.cases.spreadsheets import BOM, XLSX, csv_line, defused, parts
from apps.publications.answers import BadQuery
from apps.publications.columns import columns, copied, dicts
from apps.publications.listing import Listing
from apps.publications.sheets import sheet_file


def plain(value: Any) -> str:
    """Return ``value`` as one cell of text; names of a list are joined by a vertical bar."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "|".join(str(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def written(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """Yield the CSV lines of rows that Python made."""
    for row in rows:
        yield csv_line([defused(plain(value)) for value in row.values()])


class CsvFile:
    """The CSV file of ``listing``, with the mark by which Excel knows UTF-8.

    ``rows`` is their number once the file has been read through.
    """

    def __init__(self, listing: Any) -> None:
        """Keep the listing; nothing is asked yet."""
        self.listing = listing
        self.rows = 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield the file in parts: lines that the database writes, as far as it can."""
        return parts(self._lines())

    def _lines(self) -> Iterator[bytes]:
        self.rows = 0
        yield BOM + csv_line(list(self.listing.kind.serializer().fields))
        found = columns(self.listing.kind)
        for line in copied(self.listing, found) if found else written(dicts(self.listing)):
            self.rows += 1
            yield line


def digits_kept(row: dict[str, Any]) -> dict[str, Any]:
    """Return ``row`` with decimals as text: a program's own numbers would drop printed noughts."""
    return {
        name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in row.items()
    }


def json_parts(listing: Any) -> Iterator[bytes]:
    """Yield the parts of the JSON file: ``{"results": [ … ]}``, a row a line."""
    renderer = JSONRenderer()
    yield b'{"results": ['
    comma = b"\n"
    for row in dicts(listing):
        yield comma + renderer.render(digits_kept(row))
        comma = b",\n"
    yield b"\n]}\n"


def csv_response(listing: Any) -> StreamingHttpResponse:
    """Return the CSV file of ``listing.rows``, sent while it is read."""
    return StreamingHttpResponse(CsvFile(listing), content_type="text/csv; charset=utf-8")


def _as_json(listing: Listing) -> HttpResponseBase:
    return StreamingHttpResponse(parts(json_parts(listing)), content_type="application/json")


def _as_xlsx(listing: Listing) -> HttpResponseBase:
    return xlsx_response(listing, timezone.now())


def xlsx_response(listing: Any, moment: dt.datetime) -> FileResponse:
    """Return the sheet of ``listing.rows``, dated ``moment``. Raises ``BadQuery`` if too long."""
    return FileResponse(
        sheet_file(listing, moment),
        content_type=XLSX,
    )


def _as_zip(listing: Listing) -> HttpResponseBase:
    from apps.publications.opendata.packages import listing_package  # it packs these files

    return StreamingHttpResponse(listing_package(listing), content_type="application/zip")


FORMATS: dict[str, Callable[[Listing], HttpResponseBase]] = {
    "csv": csv_response,
    "xlsx": _as_xlsx,
    "json": _as_json,
    "zip": _as_zip,
}


def export(listing: Listing, form: str) -> HttpResponseBase:
    """Return the listing as a file. Raises ``BadQuery`` for a form that there is not."""
    write = FORMATS.get(form)
    if write is None:
        raise BadQuery(_("“_export” is csv, xlsx, json or zip. Correct it in the address."))
    if listing.passed_over:
        # A page says so above its rows; a file has no place for it, and would be taken as asked for.
        raise BadQuery(" ".join(listing.passed_over))
    response = write(listing)
    day: dt.date = listing.day or timezone.localdate()
    response["Content-Disposition"] = (
        f'attachment; filename="{listing.kind.code}-{day:%Y-%m-%d}.{form}"'
    )
    response["Link"] = f'<{settings.SITE_URL}{listing.path}>; rel="canonical"'
    return response
