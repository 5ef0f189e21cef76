"""Work on a list of 100,000 rows in a draft: pages, one field in 10,000 rows, undo, paste, twins.

    python -m bench.long_lists [ROWS] [MANY]     makes a database of its own, and removes it
The measures: a page in ten queries or fewer; a field of 10,000 rows set in few statements; memory
that does not grow with the list.
"""

import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.apart import cpu_seconds
from bench.workbook import database

ROWS, MANY = 100_000, 10_000


def timed(name: str, step: Callable[[], Any]) -> Any:
    """Print a step's seconds, by the clock and of the processor, its queries, and the most memory
    so far; return its result.
    """
    from django.db import connection, reset_queries
    from django.test.utils import CaptureQueriesContext

    reset_queries()
    with CaptureQueriesContext(connection) as queries:
        began, used = time.perf_counter(), cpu_seconds()
        result = step()
        seconds, used = time.perf_counter() - began, cpu_seconds() - used
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    # Two of the queries ask which session it is.
    print(
        f"{name:52} {seconds:7.2f} s {used:7.3f} s of the processor"
        f" {len(queries) - 2:5} queries {memory:5} MB",
        flush=True,
    )
    return result


def measure(size: int, many_rows: int) -> None:
    """Print each step of a day's work on one list."""
    from apps.cases.desk.lists.duplicates import find_duplicates
    from apps.cases.domain import bulk, long_changes, many
    from apps.cases.models import LongChange
    from tests import factories as f
    from tests.cases.desk.pages import signed_in

    revision = f.open_list("roster-entries", 0)
    kind = revision.case.kind_spec.records[0]
    filler = f.filler_of(revision)
    timed(
        f"{size:,} rows added",
        lambda: bulk.add_rows(
            filler, revision.pk, kind, (f.roster_entry_values(n) for n in range(1, size + 1))
        ),
    )
    client = signed_in(filler)
    url = f"/desk/cases/{revision.case_id}/list/roster-entries/"

    def page(query: str) -> Callable[[], None]:
        def get() -> None:
            assert client.get(f"{url}?{query}").status_code == 200

        return get

    page("")()
    for words, query in (
        ("first page", ""),
        ("page 1,000", "page=1000"),
        ("last page", f"page={size // 50}"),
        ("any text, 11 hits", "q=精密1234"),
        ("any text, every row", "q=2023"),
        ("one value, page in the middle", f"year=2023&page={size // 100}"),
        ("rows without a district", "blank=district"),
        ("with the values counted", "values=counted"),
    ):
        timed(f"page: {words}", page(query))
    timed("page of the case", lambda: client.get(f"/desk/cases/{revision.case_id}/"))
    row = kind.model.objects.filter(revision=revision).order_by("position").first()
    cell = {"uid": row.uid, "version": 1, "field": "title", "value": "甲案"}
    timed("one cell saved", lambda: client.post(f"{url}cell/", cell))

    chosen = kind.model.objects.filter(revision=revision, rank__gt=1, rank__lte=many_rows + 1)

    def setting(name: str, value: Any) -> Callable[[], Any]:
        def do() -> Any:
            digest = many.look(chosen, name, value).digest
            return many.set_field(filler, revision.pk, kind, chosen, name, value, digest)

        return do

    words = f"{many_rows:,} rows"
    beilun = f.district("beilun").district
    timed(f"look at {words} before", lambda: many.look(chosen, "district", beilun))
    one = timed(f"a field of {words} set", setting("district", beilun))
    timed("what undoing it would do", lambda: many.preview_undoing(one))
    timed(
        "history of one row",
        lambda: client.get(
            f"/desk/cases/{revision.case_id}/rows/roster-entries/{row.uid}/history/"
        ),
    )
    timed("the same undone", lambda: many.undo(filler, one.pk))
    other = timed(f"a name of {words} set (mentions, pinyin)", setting("organisation", "宁波大学"))
    timed("the same undone", lambda: many.undo(filler, other.pk))
    gone = timed(
        f"{words} removed",
        lambda: many.remove(filler, revision.pk, kind, chosen, many.look(chosen).digest),
    )
    timed("the same undone", lambda: many.undo(filler, gone.pk))
    text = "\n".join(f"案{n}\t企业{n}" for n in range(5000))
    data = {"text": text, "row": str(row.uid), "column": "title"}
    shown = timed("a block of 5,000 rows looked at", lambda: client.post(f"{url}paste/", data))
    digest = shown.context["pasted"].digest
    timed("the block asked for", lambda: client.post(f"{url}paste/", {**data, "digest": digest}))
    change = LongChange.objects.latest("pk")
    timed("the block stored by the task queue", lambda: long_changes.carry_out(change.pk))
    everything = {"do": "set", "field": "title", "all": "1", "query": "", "value": "甲"}
    shown = timed("a field of every row looked at", lambda: client.post(f"{url}many/", everything))
    everything["digest"] = shown.context["found"].digest
    timed("asked for", lambda: client.post(f"{url}many/", everything))
    change = LongChange.objects.latest("pk")
    timed("made by the task queue, with the rules", lambda: long_changes.carry_out(change.pk))
    timed("duplicates found", lambda: find_duplicates(revision, kind))
    for words, address in (
        ("organisations", "/desk/organisations/"),
        ("organisations by a word", "/desk/organisations/?q=精密12"),
        ("twins", "/desk/twins/"),
    ):
        timed(f"page: {words}", lambda address=address: client.get(address))


if __name__ == "__main__":
    sizes = [int(text.replace(",", "")) for text in sys.argv[1:]]
    with database():
        measure(*(sizes + [ROWS, MANY][len(sizes) :]))
