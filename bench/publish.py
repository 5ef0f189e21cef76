"""Publish a roster of 10,000 entries, correct it, publish the correction: seconds for each step.

By the clock, and of the processor (of the process and its database session).

    python -m bench.publish         makes a database of its own, measures, and removes it
The measure is the publication under 10 s.
"""

import time
from collections.abc import Callable
from typing import Any

from bench.apart import cpu_seconds
from bench.workbook import database

ROWS, LIMIT = 10_000, 10


def timed(name: str, step: Callable[[], Any]) -> Any:
    """Print the seconds, by the clock and of the processor, and the queries; return the result."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        began, used = time.perf_counter(), cpu_seconds()
        result = step()
        seconds, used = time.perf_counter() - began, cpu_seconds() - used
    # Two of the queries ask which session it is.
    print(
        f"{name:28} {seconds:6.2f} s {used:6.2f} s of the processor {len(queries) - 2:4} queries",
        flush=True,
    )
    return result


def measure() -> None:
    """Print every step from the entry to the second release."""
    from apps.cases.domain.records import add_records
    from apps.cases.models import State
    from tests import factories as f

    draft = f.open_list("roster-entries", 0)
    kind = draft.case.kind_spec.records[0]
    rows = f.rows_of("roster-entries", ROWS)
    timed("enter", lambda: add_records(f.filler_of(draft), draft.pk, kind, rows))
    revision = timed("report", lambda: f.take("submit", draft))
    revision = timed("accept", lambda: f.take("accept", revision))
    revision = timed("approve", lambda: f.take("approve", revision))
    published = timed("publish", lambda: f.take("publish", revision))
    successor = timed("open a correction", lambda: f.successor_of(published))
    approved = f.advance(f.change_first_row(successor), State.APPROVED)
    corrected = timed("publish the correction", lambda: f.take("publish", approved))
    assert corrected.state == State.PUBLISHED


if __name__ == "__main__":
    with database():
        measure()
