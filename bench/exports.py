"""How long the open data's files take, and how much memory, beside COPY and a stock export.

    python -m bench.exports                 # 100,000 rows
    python -m bench.exports --rows 1000000

starts a database of its own in a temporary directory and removes it again (``--keep DIR`` keeps
it, and goes on with what stands there). The first 100,000 rows are published as the workflow
does; any more are copies of them that the database makes, which a file cannot tell apart. Each
file is made in a process of its own, whose memory is read when it is idle and at its highest.
Stock is django-import-export as its documentation shows, and the export of django-tables2; both
build the file in memory and are asked for 100,000 rows at most.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

PUBLISHED = 100_000
OURS = ("csv", "xlsx", "json", "zip")
STOCK = ("import-export csv", "import-export xlsx", "tables2 csv", "tables2 xlsx")


def _memory() -> float:
    """Return the memory that this process holds now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _ours(form: str) -> int:
    """Read a file through every middleware, as it is sent; return its length."""
    from django.test import Client

    response = Client().get(f"/enterprises/?_export={form}")
    assert response.status_code == 200, response.status_code
    return sum(len(part) for part in response.streaming_content)  # type: ignore[attr-defined]


def _rows() -> Any:
    from apps.enterprises.models import RosterEntry

    return RosterEntry.objects.filter(revision__state="published").order_by("pk")[:PUBLISHED]


def _stock(name: str) -> int:
    """Return the length of a file that a package makes, on the fields that ours has."""
    from apps.enterprises.models import RosterEntry

    package, form = name.split()
    columns = (
        "roster",
        "year",
        "rank",
        "title",
        "organisation",
        "district__name",
        "certificate_number",
        "credit_code",
        "uid",
    )
    if package == "import-export":
        from import_export import resources

        class EntryResource(resources.ModelResource):
            class Meta:
                model = RosterEntry
                fields = columns

        data = EntryResource().export(_rows().select_related("district"))
        return len(data.export(form))
    import django_tables2 as tables
    from django_tables2.export.export import TableExport

    class EntryTable(tables.Table):
        district__name = tables.Column()

        class Meta:
            model = RosterEntry
            fields = columns

    table = EntryTable(_rows().select_related("district"))
    return len(TableExport(form, table).export())


def _copied() -> int:
    """Return the length of what COPY itself writes of the same columns in the same order."""
    from django.db import connection

    length = 0
    question = """COPY (
        SELECT e.roster, e.year, e.rank, e.title, e.organisation, d.name, e.certificate_number,
            e.credit_code, e.flags, c.year, e.uid, r.number, v.number
        FROM enterprises_rosterentry e JOIN cases_revision v ON v.id = e.revision_id
        JOIN cases_case c ON c.id = v.case_id
        JOIN cases_releaseitem i ON i.revision_id = v.id JOIN cases_release r ON r.id = i.release_id
        LEFT JOIN registry_district d ON d.id = e.district_id
        WHERE v.state = 'published' ORDER BY e.list_place, e.position, e.uid
        ) TO STDOUT (FORMAT csv)"""
    with connection.cursor() as cursor, cursor.copy(question) as copy:
        for part in copy:
            length += len(part)
    return length


def make_one(name: str) -> None:
    """Make one file and print its length, its time and the memory it took above idle, as JSON."""
    import django

    _settle()
    django.setup()
    from django.db import connection
    from django.test import Client

    connection.ensure_connection()
    # What every process has loaded before anyone asks for a file.
    Client().get("/enterprises/")
    if name in STOCK:
        import import_export.resources  # noqa: F401
        import openpyxl  # noqa: F401
    highest = idle = _memory()
    done = threading.Event()

    def watch() -> None:
        nonlocal highest
        while not done.wait(0.02):
            highest = max(highest, _memory())

    work: Callable[[], int] = {
        "copy": _copied,
        **{form: (lambda form=form: _ours(form)) for form in OURS},
        **{stock: (lambda stock=stock: _stock(stock)) for stock in STOCK},
    }[name]
    watcher = threading.Thread(target=watch)
    watcher.start()
    start, used = time.perf_counter(), time.process_time()
    length = work()
    took, used = time.perf_counter() - start, time.process_time() - used
    done.set()
    watcher.join()
    print(json.dumps([length, took, used, idle, max(highest, _memory()) - idle]))


def _settle() -> None:
    from django.conf import settings

    # Names of files without the manifest that collectstatic writes.
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }


def fill(rows: int) -> int:
    """Publish rows, multiply them, and return how many there are."""
    from django.core.management import call_command
    from django.db import connection

    from apps.enterprises.models import RosterEntry

    call_command("migrate", verbosity=0)
    there = RosterEntry.objects.count()
    if there < min(rows, PUBLISHED):
        call_command("make_benchmark_data", rows=min(rows, PUBLISHED) - there)
        there = RosterEntry.objects.count()
    names = [
        field.column
        for field in RosterEntry._meta.concrete_fields
        if field.column not in {"id", "uid"}
    ]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE enterprises_rosterentry DISABLE TRIGGER USER")
        while there < rows:
            cursor.execute(
                f"INSERT INTO enterprises_rosterentry (uid, {', '.join(names)})"
                f" SELECT gen_random_uuid(), {', '.join(names)} FROM enterprises_rosterentry"
                " ORDER BY id LIMIT %s",
                [min(PUBLISHED, rows - there)],
            )
            there = RosterEntry.objects.count()
            print(f"  {there:,} rows", flush=True)
        cursor.execute("ALTER TABLE enterprises_rosterentry ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE enterprises_rosterentry")
    return there


def measure(rows: int, names: Sequence[str]) -> None:
    """Print a line for each file."""
    base: dict[str, float] = {}
    print(f"{'':20}{'MB':>9}{'s':>9}{'CPU s':>9}{'MB above idle':>15}   × COPY")
    for name in names:
        command = [sys.executable, "-m", "bench.exports", "--one", name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name:20} failed: {done.stderr.strip().splitlines()[-1]}")
            continue
        length, took, used, _idle, above = json.loads(done.stdout.splitlines()[-1])
        base.setdefault("copy", took)
        note = f"   (of {PUBLISHED:,} rows)" if name in STOCK and rows > PUBLISHED else ""
        print(
            f"{name:20}{length / 1e6:9.1f}{took:9.2f}{used:9.2f}{above:15.1f}"
            f"   {took / base['copy']:.1f}{note}",
            flush=True,
        )


def main() -> int:
    """Make the rows where they are missing, and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=PUBLISHED)
    parser.add_argument("--keep", type=Path, help="a directory whose database is used again")
    parser.add_argument("--ours", action="store_true", help="leave the packages out")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        make_one(options.one)
        return 0
    from config.postgres import SERVING, Server

    directory = options.keep or Path(tempfile.mkdtemp(prefix="yongke-bench-"))
    directory.mkdir(parents=True, exist_ok=True)
    server = Server(directory / "postgres", SERVING)
    server.start(tied=True)
    os.environ |= {
        "DATABASE_URL": server.url,
        "YONGKE_VAR": str(directory),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "YONGKE_ALLOWED_HOSTS": "testserver",
    }
    try:
        import django

        django.setup()
        there = fill(options.rows)
        print(f"{there:,} rows; load {os.getloadavg()[0]:.1f}")
        measure(there, ("copy", *OURS) if options.ours else ("copy", *OURS, *STOCK))
    finally:
        server.stop()
        if options.keep is None:
            shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
