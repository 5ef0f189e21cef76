"""How long all rules take on a return of 200 indicators and 5,000 rows.

    python -m bench.rules

starts a database of its own in a temporary directory and removes it again. Last year's return, of
as many rows, is published; the narrative has twelve sections.
"""

import os
import time

import django
from django.db import connection
from django.test.runner import DiscoverRunner
from django.test.utils import CaptureQueriesContext

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

ROWS, INDICATORS, LIMIT, RUNS = 5000, 200, 2.0, 5


def measure() -> bool:
    """Print the times; return whether the rules held the limit."""
    from apps.cases.domain.findings import explain, run_checks
    from apps.districts.checks import RETURN_RULES, return_rules
    from apps.districts.checks.reading import Reading
    from tests import factories
    from tests.districts.checks.generated import Generated, Maker, load_dictionary, store

    load_dictionary()
    maker = Maker(INDICATORS, subjects=ROWS // INDICATORS - 1)
    maker.of_bodies = maker.wanted
    made = maker.make()
    made.rows = made.rows[:ROWS]
    former = factories.open_list("district-returns", 0, year=2022)
    store(former, Generated(), made.before)
    for finding in factories.run_rules(former):
        if finding.severity == "explain":
            explain(factories.filler_of(former), finding.pk, "与原印报告一致，已经核对。")
    factories.advance(former, "published")
    revision = factories.open_list("district-returns", 0)
    store(revision, made)
    connection.cursor().execute("ANALYZE")

    times = []
    for _run in range(RUNS):
        start = time.perf_counter()
        found = list(return_rules(factories.fresh(revision)))
        times.append(time.perf_counter() - start)
    with CaptureQueriesContext(connection) as queries:
        list(return_rules(factories.fresh(revision)))
    start = time.perf_counter()
    run_checks(factories.fresh(revision))
    stored = time.perf_counter() - start
    reading = Reading(factories.fresh(revision))
    start = time.perf_counter()
    _ = (reading.figures, reading.sections, reading.published, reading.places, reading.indicators)
    print(f"{len(made.rows)} rows, {len(maker.wanted)} indicators, {len(RETURN_RULES)} rules")
    print(f"reading: {time.perf_counter() - start:.2f} s")
    for rule in RETURN_RULES:
        start = time.perf_counter()
        list(rule(reading))
        print(f"  {rule.__name__}: {time.perf_counter() - start:.3f} s")
    middle = sorted(times)[RUNS // 2]
    print(
        f"all rules: median {middle:.2f} s of {RUNS} runs (best {min(times):.2f}, "
        f"worst {max(times):.2f}), {len(found)} findings, {len(queries)} queries"
    )
    print(f"with the findings stored: {stored:.2f} s")
    return middle < LIMIT


def main() -> int:
    """Run the measure in a test database; return nought where the limit was held."""
    django.setup()
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        held = measure()
    finally:
        runner.teardown_databases(databases)
    print(f"limit {LIMIT} s: {'held' if held else 'NOT held'}")
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
