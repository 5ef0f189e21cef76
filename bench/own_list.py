"""A draft's list of 100,000 rows as a file, changed in a spreadsheet, taken in again and accepted.

    python -m bench.own_list [ROWS] [ONE IN SO MANY CHANGED]     makes a database of its own, and removes it
Every step in a process of its own, as the web server and the task queue have it: its seconds and
its memory are its own. A tenth of the rows comes back changed, or every row (1). The measure is
300 MB.
"""

import io
import sys
from typing import Any

from bench.apart import Taken, apart
from bench.workbook import database

ROWS, ONE_IN = 100_000, 10


def fill(revision_id: int, size: int) -> None:
    """Make the list."""
    from apps.cases.domain import bulk
    from apps.cases.models import Revision
    from apps.intake.tasks import without_collecting
    from tests import factories

    revision = Revision.objects.select_related("case__bureau").get(pk=revision_id)
    kind = revision.case.kind_spec.records[0]
    rows = (factories.roster_entry_values(n, rank=n) for n in range(1, size + 1))
    with without_collecting():
        bulk.add_rows(factories.filler_of(revision), revision.pk, kind, rows)


def written(revision_id: int, form: str) -> bytes:
    """Return the list as a file."""
    from django.http import QueryDict

    from apps.cases.desk.lists.filters import ListFilter
    from apps.cases.models import Revision
    from apps.intake.own.files import OwnList

    revision = Revision.objects.select_related("case__bureau").get(pk=revision_id)
    kind = revision.case.kind_spec.records[0]
    own = OwnList(kind, ListFilter(revision, kind, QueryDict()).rows())
    if form == "csv":
        return b"".join(own.csv())
    with own.xlsx() as file:
        return bytes(file.read())


def changed(data: bytes, form: str, one_in: int) -> bytes:
    """Return the file with another rank in one row of so many, as a person would leave it."""
    import csv

    from python_calamine import CalamineWorkbook

    from apps.enterprises.models import RosterEntry

    if form == "csv":
        table: list[list[Any]] = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    else:
        table = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    at = table[0].index(str(RosterEntry._meta.get_field("rank").verbose_name))
    for row in table[1::one_in]:
        row[at] = int(float(row[at])) + 500_000
    if form == "csv":
        stream = io.StringIO()
        csv.writer(stream).writerows(table)
        return stream.getvalue().encode("utf-8-sig")
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(table):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def read(revision_id: int, data: bytes) -> int:
    """Take the file in; return the number of its import."""
    from apps.cases.models import Revision
    from apps.intake.imports.starting import take_in
    from apps.intake.tasks import read_import
    from tests import factories

    revision = Revision.objects.select_related("case__bureau").get(pk=revision_id)
    intake = take_in(factories.filler_of(revision), revision, "名单", data, is_queued=False)
    assert read_import(import_id=intake.pk) == "read", intake.refusals
    return int(intake.pk)


def compared(import_id: int) -> tuple[str, dict[str, int]]:
    """Return what accepting would do, and its digest."""
    from apps.intake.imports.comparing import compare
    from apps.intake.models import Import

    found = compare(Import.objects.select_related("revision__case__bureau").get(pk=import_id))
    return found.digest, found.counts


def accepted(revision_id: int, import_id: int, digest: str) -> None:
    """Store it, as the task queue does."""
    from apps.cases.models import Revision
    from apps.intake.imports.accepting import accept
    from apps.intake.tasks import without_collecting
    from tests import factories

    revision = Revision.objects.select_related("case__bureau").get(pk=revision_id)
    with without_collecting():
        accept(factories.filler_of(revision), import_id, digest)


def told(name: str, taken: Taken) -> Any:
    """Print what a step took; return its result."""
    print(
        f"{name:24} {taken.processor:6.2f} s of the processor {taken.clock:6.1f} s"
        f" {taken.megabytes:5} MB",
        flush=True,
    )
    return taken.result


def measure(size: int, one_in: int) -> None:
    """Print what every step takes, for Excel and for CSV."""
    from tests import factories

    revision = factories.open_list("roster-entries", 0)
    factories.filler_of(revision)
    told(f"{size:,} rows made", apart(fill, revision.pk, size))
    for form in ("xlsx", "csv"):
        data = told(f"{form}: written", apart(written, revision.pk, form))
        import_id = told(f"{form}: read", apart(read, revision.pk, changed(data, form, one_in)))
        digest, counts = told(f"{form}: compared", apart(compared, import_id))
        assert counts == {
            "new": 0,
            "changed": size // one_in,
            "unchanged": size - size // one_in,
            "missing": 0,
        }, counts
        told(f"{form}: accepted", apart(accepted, revision.pk, import_id, digest))


if __name__ == "__main__":
    with database():
        sizes = [int(text) for text in sys.argv[1:]]
        measure(*(sizes + [ROWS, ONE_IN][len(sizes) :]))
