"""Compare two revisions of a roster of 10,000 entries: seconds for the page and for the file.

    python -m bench.diff            makes a database of its own, measures, and removes it
The measure is the comparison of two such revisions under 2 s.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from bench.workbook import database

ROWS, RUNS = 10_000, 5


def timed(name: str, step: Callable[[], Any]) -> None:
    """Print the median and the worst seconds of a few runs, and what the step returned."""
    seconds, result = [], None
    for _ in range(RUNS):
        began = time.perf_counter()
        result = step()
        seconds.append(time.perf_counter() - began)
    print(f"{name:44} {median(seconds):5.2f} s (worst {max(seconds):5.2f})   {result}", flush=True)


def change(revision: Any, every: int) -> None:
    """Change every so-many-th row, straight in the database: what is measured is comparing."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE enterprises_rosterentry SET organisation = organisation || '（更名）',"
            " version = version + 1, updated_at = now()"
            " WHERE revision_id = %s AND position / 10 %% %s = 0",
            [revision.pk, every],
        )


def measure() -> None:
    """Print the comparison at three corrections, at a third of the rows, and at all of them."""
    from apps.accounts.models import Role
    from apps.cases.changes import Diff, Side
    from apps.cases.changes.sheet import write_sheet
    from tests import factories as f
    from tests.cases.desk.pages import signed_in

    published = f.published_case("roster-entries", ROWS)
    revision = f.successor_of(published)
    client = signed_in(f.staff(Role.CITY_PUBLISHER))
    editor = signed_in(f.filler_of(revision))
    url = f"/desk/cases/{revision.case_id}/2/changes/"
    assert client.get("/desk/").status_code == 200

    def compare() -> str:
        diff = Diff(Side(published), Side(revision))
        diff.rows(diff.entries[:50])
        return f"{diff.total} rows differ"

    def page() -> str:
        response = editor.get(url)
        assert response.status_code == 200
        return f"{len(response.content) // 1024} kB"

    def file() -> str:
        with write_sheet(Diff(Side(published), Side(revision)), []) as written:
            return f"{len(written.read()) // 1024} kB"

    for every, words in ((3_500, "a few rows changed"), (3, "a third"), (1, "all rows changed")):
        change(revision, every)
        timed(f"compared, first page read: {words}", compare)
        timed(f"whole page: {words}", page)
    timed("the file with every row", file)


if __name__ == "__main__":
    with database():
        measure()
