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


def make_cases() -> None:
    """Make returns and save their figures again, sign people in: entries of every kind."""
    from tests import factories

    revisions = [
        factories.open_return(factories.district(slug), rows=100, year=year)
        for year in range(2016, 2024)
        for slug in ("haishu", "jiangbei", "beilun")
    ]
    factories.published_case()
    for _ in range(2):
        sql(
            "UPDATE districts_indicatorvalue SET value = value + 1, version = version + 1,"
            " updated_at = now()"
        )
    sql(
        "INSERT INTO accounts_securityevent (at, kind, outcome, actor_id, actor_name,"
        " subject_name, agent, detail) SELECT now(), 'signed_in', 'done', u.id, u.username, '',"
        " '', '{}' FROM generate_series(1, 1000), accounts_user u"
    )
    print(f"{len(revisions)} returns of 100 figures saved three times", flush=True)


def fill() -> None:
    """Add entries up to the number wanted: each says again what the last one of its row says.

    They are hashed and sealed as all others, 20,000 an act, so that the verification has them all
    to check; only the trigger that refuses entries from anywhere else is off meanwhile.
    """
    sql("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    sql("ALTER TABLE audit_act DISABLE TRIGGER USER")
    sql("ALTER TABLE audit_act ENABLE TRIGGER audit_seal")
    sql(
        "CREATE TABLE last_entries AS SELECT DISTINCT ON (table_name, row_id) e.* FROM audit_entry e"
        " WHERE kind <> '' AND operation <> 'D' ORDER BY table_name, row_id, id DESC"
    )
    left = ENTRIES - count()
    while left > 0:
        sql(
            """
            INSERT INTO audit_entry SELECT (h.entry).* FROM (
                SELECT jsonb_populate_record(x.entry, jsonb_build_object(
                    'hash', audit_entry_hash(x.entry))) AS entry
                FROM (
                    SELECT jsonb_populate_record(e::text::audit_entry, jsonb_build_object(
                        'id', nextval('audit_entry_id_seq'), 'act_id', audit_current_act(),
                        'at', now(), 'operation', 'U')) AS entry
                    FROM last_entries e, generate_series(1, 20) ORDER BY random() LIMIT %s
                ) x OFFSET 0
            ) h
            """,
            min(left, 20_000),
        )
        left -= 20_000
    sql("DROP TABLE last_entries")
    sql("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    sql("ALTER TABLE audit_act ENABLE TRIGGER USER")
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


def measure() -> None:
    """Run every step."""
    print(f"load {os.getloadavg()[0]:.0f} at the beginning", flush=True)
    make_cases()
    savers()
    roster()
    check()
    timed("fill", fill)
    print(f"{count():,} entries to search", flush=True)
    searches()
    check()
    print(f"load {os.getloadavg()[0]:.0f} at the end", flush=True)


if __name__ == "__main__":
    with database():
        measure()
