"""How long the public lists take, beside what they are measured against. One command:

    python -m bench.public                     # 100,000 rows, then 1,000,000: under 15 minutes
    python -m bench.public --rows 100000       # one size only

``YONGKE_BENCH_DIR`` names the directory where the databases are kept and used again (default
``/tmp/yongke-bench``; a million rows take 5 GB, and a quarter of an hour to make the first time).
Each starts with the run and stops with it. Beside each page of ours stand, on the same rows in
the same run: (a) the floor: psycopg and an f-string; (b) stock django-tables2 with django-filter
and ``icontains``; (c) the list of Django's administration (``bench/listed/``).

Pages are asked with all middleware and templates, none kept. "first page after a release" has
everything that is remembered of an edition read anew, in a process that has served before.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.listed import clients, data

RUNS = 9
SIZES = (100_000, 1_000_000)
SECONDS = float(os.environ.get("SECONDS_OF_LOAD", "20"))
# A question of the slow ones is not asked more often than fits into so many seconds.
PATIENCE = 6.0


def timed(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median of ``runs`` times in milliseconds, after one that is not counted."""
    begin = time.perf_counter()
    work()
    times: list[float] = []
    while len(times) < runs and (not times or time.perf_counter() - begin < PATIENCE):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def ours() -> Callable[[str], bytes]:
    """Return what asks our own page, through every middleware and template."""
    from django.test import Client

    client = Client()

    def page(query: str) -> bytes:
        response = client.get(f"/enterprises/?{query}")
        assert response.status_code == 200, (query, response.status_code)
        body: bytes = response.content
        return body

    return page


def questions(rows: int) -> list[tuple[str, str, str, str, str, float]]:
    """Return name, the query of ours, of the floor, of stock, of the administration; the limit."""
    from apps.enterprises.models import RosterEntry
    from apps.registry.models import District

    district = District.objects.exclude(kind="city").order_by("pk").first()
    assert district is not None
    last = rows // 50
    deep = min(1000, last - 1)
    place = RosterEntry.objects.order_by("list_place", "position", "uid")[50 * (deep - 1) - 1].uid
    pages = [
        ("first page", "", "", "", "", 15.0),
        (
            "filtered",
            f"district={district.slug}",
            f"district={district.pk}",
            f"district={district.pk}",
            f"district__id__exact={district.pk}",
            15.0,
        ),
        ("page 200", "page=200", "page=200", "page=200", "p=200", 15.0),
        (f"page {deep:,}", f"after={place}", f"after={place}", f"page={deep}", f"p={deep}", 15.0),
        ("last page", "page=last", "page=last", f"page={last}", f"p={last}", 15.0),
    ]
    for name, word, limit, more in [
        ("2 characters", "江丰", 20.0, ""),
        ("4 characters", "江丰科技", 20.0, ""),
        ("no hit", "魑魅魍魉", 20.0, ""),
        ("initials", "jfkj", 20.0, ""),
        ("a quarter of all", "股份", 60.0, "&common=1"),
        ("every row", "有限公司", 60.0, "&common=1"),
    ]:
        asked = f"q={word}"
        pages.append((name, asked, asked + more, f"organisation={word}", asked, limit))
    return pages


def pages(rows: int) -> dict[str, float]:
    """Print a line for each question: ours and what stands beside; return ours."""
    from apps.publications import edition
    from bench.listed import floor, stock

    own, low, usual, listed = ours(), floor.page, stock.stock(), stock.administration()
    own("")
    for text, forget in [("after a release", edition.counts.clear), ("again", lambda: None)]:
        forget()
        start = time.perf_counter()
        own("")
        print(f"first page {text}: {(time.perf_counter() - start) * 1000:,.0f} ms")
    print(
        f"{'ms, median':22}{'ours':>8}{'limit':>7}{'floor':>8}{'stock':>9}{'admin':>9}"
        f"{'ours/floor':>12}{'stock/ours':>12}"
    )
    found = {}
    for name, our_query, low_query, stock_query, admin_query, limit in questions(rows):
        our = timed(lambda query=our_query: own(query))
        bare = timed(lambda query=low_query: low(query))
        high = timed(lambda query=stock_query: usual(query), 3)
        of_admin = timed(lambda query=admin_query: listed(query), 3)
        found[name.replace(f"{min(1000, rows // 50 - 1):,}", "deep")] = our
        print(
            f"{name:22}{our:8.1f}{limit:7.0f}{bare:8.1f}{high:9.1f}{of_admin:9.1f}"
            f"{our / bare:12.1f}{high / our:12.1f}{'' if our <= limit else '  over the limit'}",
            flush=True,
        )
    return found


def mixed(rows: int) -> tuple[list[str], list[str], list[str]]:
    """Return the same 300 questions as ours, the floor's and stock's query strings."""
    from apps.enterprises.models import RosterEntry
    from apps.registry.models import District

    choose = random.Random(4)
    districts = list(District.objects.exclude(kind="city").order_by("pk"))
    names = list(RosterEntry.objects.order_by("pk").values_list("organisation", flat=True)[:400])
    made: list[tuple[str, str, str]] = []
    for number in range(300):
        sort = number % 10
        # As far as a district's rows go, and our numbers.
        page = choose.randint(2, min(200, rows // 50 // len(districts) - 10))
        if sort < 3:
            made.append((f"page={page}",) * 3)
        elif sort < 6:
            district = choose.choice(districts)
            made.append(
                (
                    f"district={district.slug}&page={page}",
                    f"district={district.pk}&page={page}",
                    f"district={district.pk}&page={page}",
                )
            )
        elif sort == 6:
            made.append(("page=last", "page=last", f"page={rows // 50}"))
        else:
            name = choose.choice(names)
            start = choose.randrange(2, 5)
            word = quote(name[start : start + choose.randint(2, 4)])
            made.append((f"q={word}", f"q={word}", f"organisation={word}"))
    return [m[0] for m in made], [m[1] for m in made], [m[2] for m in made]


def under_load(rows: int) -> None:
    """Print what 20 clients get from two workers: of ours, kept or not, the floor's, stock's."""
    our, low, usual = ([f"/enterprises/?{query}" for query in part] for part in mixed(rows))
    repeated = slice(0, 40)
    print(f"{clients.CLIENTS} clients, {SECONDS:.0f} s each; 2 workers", flush=True)
    results = {}
    for name, application, paths, environment in [
        ("ours, none kept", "config.wsgi:application", our, {"YONGKE_KEPT_PAGES_MEGABYTES": "0"}),
        ("floor", "bench.listed.floor:application", low, {}),
        ("stock", "bench.listed.stock:application", usual, {}),
        ("ours, 40 that repeat", "config.wsgi:application", our[repeated], {}),
        ("floor, the same 40", "bench.listed.floor:application", low[repeated], {}),
    ]:
        settings = {"YONGKE_KEPT_PAGES_MEGABYTES": "32", **environment}
        with clients.served(application, **settings) as (port, pid):
            clients.load(port, paths, min(5.0, SECONDS))
            rate, slow, faults = clients.load(port, paths, SECONDS)
            size = clients.memory(pid)
        results[name] = rate
        print(
            f"  {name:22}{rate:9,.1f} requests/s, 95 % within {slow:7,.0f} ms,"
            f" {faults} faults, {size} MB a worker",
            flush=True,
        )
    print(
        f"  ours / stock, none kept: {results['ours, none kept'] / results['stock']:.1f}"
        " (asked: 30)"
    )
    print(
        f"  ours / floor, that repeat: "
        f"{results['ours, 40 that repeat'] / results['floor, the same 40']:.2f} (asked: 0.5)"
    )


def files() -> None:
    """Print how long the files of the whole list take beside COPY."""
    from django.db import connection
    from django.test import Client

    def copied() -> None:
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY (SELECT * FROM enterprises_rosterentry) TO STDOUT CSV") as copy,
        ):
            for _part in copy:
                pass

    def whole(form: str) -> None:
        response: Any = Client().get(f"/enterprises/?_export={form}")
        assert response.status_code == 200
        for _part in response.streaming_content:
            pass

    base = timed(copied, 1)
    print(f"COPY TO of all columns: {base:,.0f} ms")
    for form in ("csv", "xlsx"):
        start = time.perf_counter()
        whole(form)
        taken = (time.perf_counter() - start) * 1000
        print(f"{form}: {taken:,.0f} ms, {taken / base:.1f} × COPY", flush=True)


def measure(rows: int, only: str) -> None:
    """Measure one size, in a process of its own: settings are read once."""
    from config.postgres import SERVING, Server

    kept = data.directory(rows)
    server = Server(kept / "postgres", SERVING)
    server.start(tied=True)
    try:
        os.environ["YONGKE_KEPT_PAGES_MEGABYTES"] = "0"
        data.settings_for(server, kept)
        from bench.listed import stock

        stock.set_up(kept)
        from django.core.management import call_command
        from django.db import connection

        from apps.enterprises.models import RosterEntry

        call_command("migrate", verbosity=0)
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
            check=True,
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"\n{RosterEntry.objects.count():,} rows; load {os.getloadavg()[0]:.1f}", flush=True)
        if only in ("", "pages"):
            for name, our in pages(rows).items():
                print(f"#{name}#{our:.2f}")
        if only in ("", "load"):
            under_load(rows)
        if rows == SIZES[0] and only in ("", "files"):
            files()
    finally:
        server.stop()


def main() -> int:
    """Make the rows where they are missing, measure each size, compare the two."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, help="one size only")
    parser.add_argument("--only", default="", choices=("", "pages", "load", "files"))
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.rows, options.only)
        return 0
    found: list[dict[str, float]] = []
    for rows in [options.rows] if options.rows else SIZES:
        for command in (
            ["-m", "bench.listed.data", str(rows)],
            ["-m", "bench.public", "--rows", str(rows), "--only", options.only, "--measure"],
        ):
            child = subprocess.Popen(
                [sys.executable, *command],
                stdout=subprocess.PIPE,
                text=True,
                cwd=Path(__file__).parent.parent,
            )
            assert child.stdout is not None
            times: dict[str, float] = {}
            for line in child.stdout:
                if line.startswith("#"):
                    name, value = line.strip("#\n").split("#")
                    times[name] = float(value)
                else:
                    print(line, end="", flush=True)
            if child.wait():
                return child.returncode
        found.append(times)
    if len(found) == 2:
        print("\nms at 1,000,000 rows / at 100,000 (asked: 1.5 for pages)")
        for name, taken in found[1].items():
            print(f"  {name:22}{taken / found[0][name]:6.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
