"""The rows that the public lists are measured on, in a database of the measurement's own.

They are published by the same road as ``manage.py make_benchmark_data`` takes, list by list, but
for speed with the triggers of the database at rest: neither history nor audit is written, and the
indexes of the search are built once at the end. Nothing here ever touches an installation.
"""

import os
import time
from pathlib import Path

from config.postgres import SERVING, Server

# A list has some thousand rows, as real ones have: a million stand in 250 revisions.
ROWS_OF_LIST = 4_000
# A server that is filled may forget everything in a power cut; it is made again then.
FILLING = {
    **SERVING,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "8GB",
    "log_min_duration_statement": "-1",
}
SEARCHED = ("enterprises_rosterentry", "registry_organisationname")


def directory(rows: int) -> Path:
    """Return where the database with so many rows is kept: under ``YONGKE_BENCH_DIR``."""
    base = os.environ.get("YONGKE_BENCH_DIR") or "/tmp/yongke-bench"  # noqa: S108
    return Path(base) / str(rows)


def settings_for(server: Server, kept: Path) -> None:
    """Let Django's settings name this server."""
    os.environ |= {
        "DATABASE_URL": server.url,
        "YONGKE_VAR": str(kept),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "YONGKE_ALLOWED_HOSTS": "testserver,127.0.0.1",
    }
    os.environ.pop("YONGKE_DEBUG", None)


def prepare(rows: int) -> None:
    """Publish the rows that are missing. In a process of its own: ``python -m bench.listed.data``."""
    kept = directory(rows)
    kept.mkdir(parents=True, exist_ok=True)
    server = Server(kept / "postgres", FILLING)
    server.start(tied=True)
    try:
        settings_for(server, kept)
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from apps.enterprises.models import RosterEntry
        from apps.publications import benchmark

        call_command("migrate", verbosity=0)
        missing = rows - RosterEntry.objects.count()
        if missing <= 0:
            return
        start = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for table in SEARCHED:
                cursor.execute(f"DROP INDEX IF EXISTS {table}_search")
        done = 0
        while done < missing:
            part = min(missing - done, 100_000)
            benchmark.make(part, seed=done + 1, rows_of_list=ROWS_OF_LIST, say=lambda text: None)
            done += part
            print(f"  {done:,} rows published, {time.monotonic() - start:.0f} s", flush=True)
        with connection.cursor() as cursor:
            for table in SEARCHED:
                cursor.execute(f"CREATE INDEX {table}_search ON {table} USING gin (search_index)")
            cursor.execute("VACUUM (ANALYZE)")
        print(f"  ready after {time.monotonic() - start:.0f} s", flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    import sys

    prepare(int(sys.argv[1]))
