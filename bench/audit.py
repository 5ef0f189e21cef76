"""The audit at a million entries: search, verification, and what it costs those who write.

    python -m bench.audit            makes a database of its own, measures, and removes it
    python -m bench.audit 100000     with so many entries instead of a million
Prints one line a measure. Asked for: a search under 1 s; publishing 10,000 rows under 10 s.
"""

import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from bench.workbook import database, timed

ENTRIES = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
ROSTER = 10_000
SAVERS, SAVES = 40, 5


def sql(statement: str, *values: object) -> None:
    """Run SQL in a transaction of its own."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def fill() -> None:
    """Make the entries through the real triggers: figures saved again and again, sign-ins."""
    from tests import factories

    revisions = [
        factories.open_return(factories.district(slug), rows=300, year=year)
        for year in range(2014, 2024)
        for slug in ("haishu", "jiangbei", "beilun")
    ]
    print(f"{len(revisions)} returns of 300 figures", flush=True)
    # A third of the entries are changes of figures, the rest is what the security log gets.
    for _ in range(max(1, ENTRIES // 3 // (300 * len(revisions)))):
        sql(
            "UPDATE districts_indicatorvalue SET value = value + 1, version = version + 1,"
            " updated_at = now()"
        )
    left = ENTRIES - count()
    while left > 0:
        sql(
            "INSERT INTO accounts_securityevent (at, kind, outcome, actor_id, actor_name,"
            " subject_name, agent, detail) SELECT now(), 'signed_in', 'done', u.id, u.username, '',"
            " '', '{}' FROM generate_series(1, %s) n JOIN LATERAL (SELECT id, username FROM"
            " accounts_user ORDER BY id OFFSET n %% 7 LIMIT 1) u ON true",
            min(left, 50_000),
        )
        left -= 50_000
    sql("ANALYZE")


def count() -> int:
    """Return how many entries can be searched."""
    from apps.audit.models import Entry

    return Entry.objects.exclude(kind="").count()


def searches() -> None:
    """Ask each question three times as the auditor's page does; print the median."""
    from django.test import Client
    from django.utils import timezone

    from apps.accounts.models import Role, User
    from apps.cases.models import Revision
    from tests import factories

    client = Client()
    client.force_login(factories.staff(Role.AUDITOR))
    case = Revision.objects.order_by("pk")[3].case_id
    filler = User.objects.filter(roles__contains=[Role.DISTRICT_FILLER]).first()
    assert filler is not None
    today = timezone.localdate().isoformat()
    questions: dict[str, dict[str, Any]] = {
        "nothing asked: the newest": {},
        "one figure of one district and year": {
            "indicator": "indicator-7",
            "district": "beilun",
            "year": 2020,
        },
        "one figure of all districts and years": {"indicator": "indicator-7"},
        "one person": {"person": filler.username},
        "one case": {"case": case},
        "one kind": {"kind": "step"},
        "one day": {"since": today, "until": today},
        "person, case, kind and day": {
            "person": filler.username,
            "case": case,
            "kind": "row",
            "since": today,
        },
        "nothing fits": {"person": "nobody of that name"},
    }
    for name, asked in questions.items():
        took = []
        for _ in range(3):
            began = time.perf_counter()
            page = client.get("/desk/audit/", asked)
            took.append(time.perf_counter() - began)
            assert page.status_code == 200
        print(
            f"search: {name:40} {statistics.median(took):6.3f} s   {len(page.context['lines'])} shown",
            flush=True,
        )


def check() -> None:
    """Verify everything."""
    from apps.audit.verification import verify

    faults = timed("verify all of it", lambda: [str(fault) for fault in verify()])
    assert faults == [], faults[:5]


def roster() -> None:
    """Publish and correct a roster of 10,000 entries."""
    from apps.cases.models import State
    from tests import factories

    approved = timed(
        "enter, report, approve 10,000 rows",
        lambda: factories.case_in(State.APPROVED, "roster-entries", rows=ROSTER),
    )
    published = timed("publish 10,000 rows", lambda: factories.take("publish", approved))
    timed("open a correction of 10,000 rows", lambda: factories.successor_of(published))


def savers() -> None:
    """Let many people save at once, each in his own list: how long does one save take?"""
    from django.db import connection

    from tests import factories

    revisions = [factories.open_award_list(rows=1) for _ in range(SAVERS)]
    took: list[float] = []

    def save(revision: Any) -> None:
        for _ in range(SAVES):
            began = time.perf_counter()
            factories.change_first_row(revision)
            took.append(time.perf_counter() - began)
        connection.close()

    threads = [threading.Thread(target=save, args=(revision,)) for revision in revisions]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    assert len(took) == SAVERS * SAVES
    print(
        f"{SAVERS} savers at once: {len(took) / seconds:.0f} saves a second, median"
        f" {statistics.median(took):.2f} s, slowest {max(took):.2f} s",
        flush=True,
    )


def measure(steps: dict[str, Callable[[], None]]) -> None:
    """Run every step."""
    load = os.getloadavg()[0]
    timed("fill", fill)
    print(f"{count():,} entries to search, load {load:.0f} at the beginning", flush=True)
    for step in steps.values():
        step()


if __name__ == "__main__":
    with database():
        measure(
            {
                "searches": searches,
                "check": check,
                "roster": roster,
                "savers": savers,
                "again": check,
            }
        )
