"""A long list from a file into a draft case, beside the bare road and beside django-import-export.

    python -m bench.intake_store [rows] [rows for django-import-export] [--ours] [--read] [--verify]

About six minutes on two quiet cores: 100,000 rows, of which django-import-export is given the first
10,000 (it takes some 5 ms a row; its ratio is that of the seconds a row). ``--ours`` leaves it out; ``--read``
ends where the lines stand ready for review; ``--verify`` runs `manage.py verify` over what was stored.

Makes a database and a list of firms of its own (100,000 rows: 20,000 firms over five years, half
of them known to the registry), as XLSX and as CSV. The bare road is python-calamine or csv, a
validation of each cell in plain Python and one ``COPY`` into a table without any index or key;
beside it the same road with each cell validated by its model's field (``Field.clean``), as a
bureau's program in Django would; and that road into a table that has the columns of the case's own
with their keys and B-trees, but no history, no audit and no search. Ours is the whole: read in a
process of its own, understood, staged for review, compared, stored with history, mentions,
organisations and rules. Each part runs in a process of its own, begun anew; the memory is that
process's peak, and its reader's. The seconds are those of the processor, of the process, its reader
and its database session together: on a machine that others use, the clock says more about them; it
is printed beside.
"""

import csv
import io
import subprocess
import sys
from itertools import islice
from typing import Any

from bench.apart import Taken, apart, cpu_seconds
from bench.workbook import database

HEADER = ("序号", "年度", "企业名称", "所属区县", "证书编号")
TITLE = "宁波市高新技术企业名单"
DISTRICTS = ("海曙区", "江北区", "北仑区", "镇海区", "鄞州区", "慈溪市")
WORDS = ("甬", "海", "精工", "东方", "明州", "鼎新")
YEARS = range(2019, 2024)


def rows(count: int) -> list[tuple[int, int, str, str, str]]:
    """Return the list."""
    firms = count // len(YEARS)
    return [
        (
            number := year * firms + firm + 1,
            YEARS[year],
            f"宁波{WORDS[firm % 6]}{firm}科技有限公司",
            DISTRICTS[firm % 6],
            f"GR{YEARS[year]}331{number:05d}",
        )
        for year in range(len(YEARS))
        for firm in range(firms)
    ]


def workbook(table: list[Any]) -> bytes:
    """Return the list as XLSX."""
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([(TITLE,), HEADER, *table]):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


def comma_separated(table: list[Any]) -> bytes:
    """Return the list as CSV."""
    stream = io.StringIO()
    csv.writer(stream).writerows([HEADER, *table])
    return stream.getvalue().encode("utf-8-sig")


def bare(data: bytes, form: str, by_fields: bool) -> None:
    """Read, validate each cell, COPY into a bare table."""
    from django.db import connection

    from apps.enterprises.models import RosterEntry

    names = ("rank", "year", "organisation", "certificate_number")
    of_rank, of_year, of_name, of_number = (
        RosterEntry._meta.get_field(name).clean if by_fields else None for name in names
    )

    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS bare_{form}"
            " (rank int, year int, name text, district text, number text)"
        )
        with cursor.copy(f"COPY bare_{form} FROM STDIN") as stream:
            for row in islice(_cells(data, form), 2 if form == "xlsx" else 1, None):
                rank, year, name, district, number = row
                if by_fields:
                    rank, year = of_rank(int(rank), None), of_year(int(year), None)
                    name, number = of_name(name, None), of_number(number, None)
                rank, year = int(rank), int(year)
                if not (rank > 0 and 1900 < year < 2100 and 0 < len(name) <= 200):
                    raise ValueError(row)
                if district not in DISTRICTS or len(number) > 40:
                    raise ValueError(row)
                stream.write_row((rank, year, name, district, number))


def keyed(data: bytes, form: str, revision_id: int) -> None:
    """Read, validate by the fields, COPY into a table with the keys and B-trees of the case's own."""
    import uuid

    from django.db import connection
    from django.utils import timezone

    from apps.cases.models import Revision
    from apps.enterprises.models import RosterEntry
    from apps.registry.models import District

    revision = Revision.objects.get(pk=revision_id)
    districts = dict(District.objects.values_list("name", "pk"))
    own, name, now = RosterEntry._meta.db_table, f"keyed_{form}", timezone.now()
    of_rank, of_year, of_name, of_number = (
        RosterEntry._meta.get_field(each).clean
        for each in ("rank", "year", "organisation", "certificate_number")
    )
    columns = (
        "revision_id, updated_by_id, list_place, version, updated_at, roster, uid, position,"
        " rank, year, organisation, district_id, certificate_number"
    )
    fixed = (revision.pk, revision.created_by_id, 1, 1, now, TITLE)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {name} (LIKE {own} INCLUDING INDEXES INCLUDING IDENTITY)")
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype = 'f'",
            [own],
        )
        for constraint, definition in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {name} ADD CONSTRAINT {form}_{constraint} {definition}")
        cursor.execute(
            "SELECT string_agg(format('ALTER %%I DROP NOT NULL', attname), ', ')"
            " FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attname <> 'id'",
            [name],
        )
        cursor.execute(f"ALTER TABLE {name} {cursor.fetchone()[0]}")
        with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as stream:
            body = islice(_cells(data, form), 2 if form == "xlsx" else 1, None)
            for position, (rank, year, firm, district, number) in enumerate(body):
                stream.write_row(
                    (
                        *fixed,
                        uuid.uuid4(),
                        position * 10,
                        of_rank(int(rank), None),
                        of_year(int(year), None),
                        of_name(firm, None),
                        districts[district],
                        of_number(number, None),
                    )
                )


def _cells(data: bytes, form: str) -> Any:
    if form == "csv":
        return csv.reader(io.StringIO(data.decode("utf-8-sig")))
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).iter_rows()


def import_export(data: bytes, form: str, revision_id: int) -> None:
    """Bring the same file in by django-import-export, in bulk and with its validation."""
    import tablib
    from import_export import fields, resources
    from import_export.widgets import ForeignKeyWidget

    from apps.cases.models import Revision
    from apps.enterprises.models import RosterEntry
    from apps.registry.models import District

    revision = Revision.objects.get(pk=revision_id)

    class Entries(resources.ModelResource):  # type: ignore[misc]
        rank = fields.Field("rank", "序号")
        year = fields.Field("year", "年度")
        organisation = fields.Field("organisation", "企业名称")
        district = fields.Field("district", "所属区县", ForeignKeyWidget(District, "name"))
        certificate_number = fields.Field("certificate_number", "证书编号")

        class Meta:
            model = RosterEntry
            import_id_fields = ()
            fields = ("rank", "year", "organisation", "district", "certificate_number")
            use_bulk = True
            clean_model_instances = True
            force_init_instance = True

        def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
            instance.revision, instance.updated_by = revision, revision.created_by
            instance.roster = TITLE

        def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
            self.before_save_instance(instance, row)

    body = list(islice(_cells(data, form), 1 if form == "xlsx" else 0, None))
    dataset = tablib.Dataset(*body[1:], headers=list(HEADER))
    result = Entries().import_data(dataset, raise_errors=True)
    assert result.totals["new"] == len(body) - 1, result.totals


def ours(data: bytes, form: str, revision_id: int) -> dict[str, float]:
    """Take the file in, read, compare, accept; return the seconds of each."""
    from apps.cases.models import Revision
    from apps.intake.imports.accepting import accept
    from apps.intake.imports.comparing import compare
    from apps.intake.imports.review import map_columns
    from apps.intake.imports.starting import take_in
    from apps.intake.models import Layout
    from apps.intake.tasks import read_import, without_collecting
    from tests import factories

    revision = Revision.objects.select_related("case__bureau").get(pk=revision_id)
    person = factories.filler_of(revision)
    # The pages' programs: a worker has loaded them long before a file comes.
    import config.urls  # noqa: F401

    began = cpu_seconds()
    intake = take_in(person, revision, f"list.{form}", data, is_queued=False)
    assert read_import(import_id=intake.pk) == "read", intake.refusals
    read = cpu_seconds()
    if form == "csv":
        # A CSV has no title: the roster's name is said once for all rows.
        map_columns(person, intake.pk, 1, "roster-entries", {}, {"roster": TITLE})
        Layout.objects.all().delete()
    intake.refresh_from_db()
    corrected = cpu_seconds()
    if "--read" in sys.argv:
        return {"read": read - began, "corrected": corrected - read}
    digest = compare(intake).digest
    compared = cpu_seconds()
    with without_collecting():  # as the task queue stores a list of more than 3,000 rows
        done = accept(person, intake.pk, digest)
    stored = cpu_seconds()
    assert done.counts["new"] + done.counts["changed"] > 0
    return {
        "read": read - began,
        "corrected": corrected - read,
        "compared": compared - corrected,
        "stored": stored - compared,
    }


def reader_peak(data: bytes) -> int:
    """Return the most memory the reader of a file holds, MB, seen by a small process."""
    see = (
        "import resource, subprocess, sys;"
        "subprocess.run([sys.executable, '-m', 'apps.intake.worker'], stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", see], input=data, capture_output=True, check=True)
    return int(done.stdout)


def measure(count: int, theirs_count: int) -> None:
    """Print every road, and the ratios."""
    from apps.cases.models import Revision
    from tests import factories

    for slug in ("haishu", "jiangbei", "beilun", "zhenhai", "yinzhou", "cixi"):
        factories.district(slug)
    apart(known_firms, count)
    factories.person("city_editor")
    cases: list[Revision] = [factories.open_list("roster-entries", 0) for _ in range(4)]
    for at, form in enumerate(("xlsx", "csv")):
        data = apart(parts_of, form, count).result
        base = told(f"{form}: bare road", apart(bare, data, form, False))
        by_fields = told(f"{form}: bare road by the fields", apart(bare, data, form, True))
        with_keys = told(f"{form}: bare road with keys", apart(keyed, data, form, cases[at].pk))
        taken = apart(ours, data, form, cases[at].pk)
        said = ", ".join(f"{name} {seconds:.2f}" for name, seconds in taken.result.items())
        whole = told(f"{form}: ours", taken) - taken.result["corrected"]
        print(
            f"{form}: ours {whole:.2f} s = {whole / base:.1f} × bare,"
            f" {whole / by_fields:.1f} × by the fields, {whole / with_keys:.1f} × with keys"
            f" ({said}), reader {reader_peak(data)} MB",
            flush=True,
        )
        if {"--ours", "--read"} & set(sys.argv):
            continue
        few = apart(parts_of, form, count, theirs_count).result
        name = f"{form}: django-import-export, {theirs_count} rows"
        a_row = told(name, apart(import_export, few, form, cases[2 + at].pk)) / theirs_count
        print(
            f"{form}: django-import-export {a_row * count / base:.1f} × bare;"
            f" ours is {a_row * count / whole:.1f} times as fast a row",
            flush=True,
        )


def told(name: str, taken: Taken) -> float:
    """Print what a road took; return its seconds of the processor."""
    print(
        f"{name} {taken.processor:.2f} s, {taken.clock:.1f} s by the clock, {taken.megabytes} MB",
        flush=True,
    )
    return taken.processor


def verified() -> None:
    """Run the command that checks every hash over what was stored."""
    from django.core.management import call_command

    began = cpu_seconds()
    call_command("verify")
    print(f"manage.py verify: {cpu_seconds() - began:.2f} s", flush=True)


def parts_of(form: str, count: int, most: int | None = None) -> bytes:
    """Return the list, or the first rows of it, as a file of this form."""
    table = rows(count)[:most]
    return workbook(table) if form == "xlsx" else comma_separated(table)


def known_firms(count: int) -> None:
    """Put half of the firms into the registry."""
    from apps.registry.domain import names_for

    names_for({row[2] for row in rows(count)[: count // 10]})


if __name__ == "__main__":
    with database():
        given = [int(word) for word in sys.argv[1:] if word.isdecimal()]
        measure(*(given + [100_000, 10_000][len(given) :]))
        if "--verify" in sys.argv:
            verified()
