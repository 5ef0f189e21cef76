"""Exports of exactly what is filtered: CSV, Excel and JSON, row by row, never built in memory."""

import csv
import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.conf import settings
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from apps.cases.models import Revision
from apps.cases.spreadsheets import defused
from apps.publications.answers import BadQuery
from apps.publications.listing import Listing

CHUNK = 2000
# Rows of a sheet, less the head (Excel's own limit), and characters of a cell.
EXCEL_ROWS = 1_048_575
EXCEL_CELL = 32_767

_NUMERIC = (serializers.IntegerField, serializers.DecimalField, serializers.FloatField)


def plain(value: Any) -> str:
    """Return ``value`` as one cell of text; names of a list are joined by a vertical bar."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "|".join(str(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _serializer(listing: Any) -> Any:
    return listing.kind.serializer()


def _rows(listing: Any, serializer: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows as the API gives them, from a cursor of the server.

    The few revisions are fetched once each and not along with every row: that took three
    quarters of the time.
    """
    kind = listing.kind
    revisions: dict[int, Revision] = {}
    rows = listing.rows.select_related(None).defer(None)
    if kind.select_related:
        rows = rows.select_related(*kind.select_related)
    for record in rows.iterator(chunk_size=CHUNK):
        if record.revision_id not in revisions:
            revisions[record.revision_id] = Revision.objects.select_related(
                "case", "release_item__release"
            ).get(pk=record.revision_id)
        record.revision = revisions[record.revision_id]
        yield serializer.to_representation(record)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(listing: Any) -> Iterator[str]:
    """Yield the lines of the CSV file, with the mark by which Excel knows UTF-8."""
    serializer = _serializer(listing)
    names = list(serializer.fields)
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(names)
    for row in _rows(listing, serializer):
        yield writer.writerow([defused(plain(row[name])) for name in names])


def json_parts(listing: Any) -> Iterator[bytes]:
    """Yield the parts of the JSON file: ``{"results": [ … ]}``, a row a line."""
    serializer = _serializer(listing)
    renderer = JSONRenderer()
    yield b'{"results": ['
    comma = b"\n"
    for row in _rows(listing, serializer):
        yield comma + renderer.render(row)
        comma = b",\n"
    yield b"\n]}\n"


def _as_csv(listing: Listing) -> HttpResponseBase:
    return StreamingHttpResponse(csv_lines(listing), content_type="text/csv; charset=utf-8")


def _as_json(listing: Listing) -> HttpResponseBase:
    return StreamingHttpResponse(json_parts(listing), content_type="application/json")


def _as_xlsx(listing: Listing) -> HttpResponseBase:
    """Write the sheet to a temporary file, a row at a time."""
    return sheet_of(listing, timezone.localtime())


def sheet_of(listing: Any, moment: dt.datetime) -> FileResponse:
    """Return the sheet of ``listing.rows``, dated ``moment``. Raises ``BadQuery`` if too long."""
    if listing.rows.count() > EXCEL_ROWS:
        raise BadQuery(
            _("An Excel sheet holds 1,048,575 rows; this list has more. Filter it, or take CSV.")
        )
    serializer = _serializer(listing)
    names = list(serializer.fields)
    numeric = {name for name in names if isinstance(serializer.fields[name], _NUMERIC)}
    # The response closes the file, and closing removes it.
    file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115
    book = xlsxwriter.Workbook(
        file.name,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    book.set_properties({"created": timezone.localtime(moment).replace(tzinfo=None)})
    sheet = book.add_worksheet(str(listing.kind.code)[:31])
    head = book.add_format({"bold": True, "bottom": 1})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(names) - 1, 18)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, head)
    for number, row in enumerate(_rows(listing, serializer), start=1):
        for column, name in enumerate(names):
            value = row[name]
            if value is None:
                continue
            if name in numeric:
                sheet.write_number(number, column, float(Decimal(str(value))))
            else:
                sheet.write_string(number, column, plain(value)[:EXCEL_CELL])
    book.close()
    file.seek(0)
    return FileResponse(
        file,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


def _as_zip(listing: Listing) -> HttpResponseBase:
    from apps.publications.opendata.packages import listing_package  # it packs these files

    return StreamingHttpResponse(listing_package(listing), content_type="application/zip")


FORMATS: dict[str, Callable[[Listing], HttpResponseBase]] = {
    "csv": _as_csv,
    "xlsx": _as_xlsx,
    "json": _as_json,
    "zip": _as_zip,
}


def export(listing: Listing, form: str) -> HttpResponseBase:
    """Return the listing as a file. Raises ``BadQuery`` for a form that there is not."""
    write = FORMATS.get(form)
    if write is None:
        raise BadQuery(_("“_export” is csv, xlsx, json or zip. Correct it in the address."))
    response = write(listing)
    day: dt.date = listing.day or timezone.localdate()
    response["Content-Disposition"] = (
        f'attachment; filename="{listing.kind.code}-{day:%Y-%m-%d}.{form}"'
    )
    response["Link"] = f'<{settings.SITE_URL}{listing.path}>; rel="canonical"'
    return response
