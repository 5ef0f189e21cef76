"""What the tests of the workflow share: the database at a glance, and the table of DESIGN §3."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection

from apps.accounts.models import Role
from apps.cases.models import State


def database_digest(*, leave_out: tuple[str, ...] = ()) -> dict[str, tuple[int, str]]:
    """Return per table its number of rows and a digest of their content. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        )
        tables = [name for (name,) in cursor.fetchall() if name not in leave_out]
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}', count(*),"  # names come from the catalogue
                f" md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), ''))"
                f' FROM "{name}" t'
                for name in tables
            )
        )
        return {name: (count, digest) for name, count, digest in cursor.fetchall()}


DISTRICT_KIND, CITY_KIND = "district-returns", "awards"
KINDS = (DISTRICT_KIND, CITY_KIND)

_FILLER, _SIGNATORY = Role.DISTRICT_FILLER, Role.DISTRICT_SIGNATORY
_EDITOR, _REVIEWER = Role.CITY_EDITOR, Role.CITY_REVIEWER
_PUBLISHER = Role.CITY_PUBLISHER

# DESIGN §3, written out: step -> (kind of case) -> (from states, to state, roles).
ROAD = {
    "hand_over": {DISTRICT_KIND: ({"draft", "returned"}, "checking", {_FILLER})},
    "send_back": {DISTRICT_KIND: ({"checking"}, "draft", {_SIGNATORY})},
    "submit": {
        DISTRICT_KIND: ({"checking"}, "submitted", {_SIGNATORY}),
        CITY_KIND: ({"draft", "returned"}, "submitted", {_EDITOR}),
    },
    "recall": {
        DISTRICT_KIND: ({"submitted"}, "draft", {_SIGNATORY}),
        CITY_KIND: ({"submitted"}, "draft", {_EDITOR}),
    },
    "accept": dict.fromkeys(KINDS, ({"submitted"}, "reviewing", {_REVIEWER})),
    "return": dict.fromkeys(KINDS, ({"reviewing"}, "returned", {_REVIEWER})),
    "approve": dict.fromkeys(KINDS, ({"reviewing"}, "approved", {_REVIEWER})),
    "reopen": dict.fromkeys(
        KINDS, ({"approved", "on_notice"}, "reviewing", {_REVIEWER, _PUBLISHER})
    ),
    "announce": dict.fromkeys(KINDS, ({"approved"}, "on_notice", {_PUBLISHER})),
    "publish": dict.fromkeys(KINDS, ({"approved", "on_notice"}, "published", {_PUBLISHER})),
    "restate": dict.fromkeys(KINDS, ({"published"}, "published", {_PUBLISHER})),
    "propose_withdrawal": dict.fromkeys(KINDS, ({"published"}, "published", {_PUBLISHER})),
    "withdraw": dict.fromkeys(KINDS, ({"published"}, "withdrawn", {_PUBLISHER, _REVIEWER})),
}
STATES = tuple(State.values)


Outcome = tuple[str, Any]


def at_once(jobs: Sequence[Callable[[], Any]]) -> list[Outcome]:
    """Run every job at the same moment, each on a database connection of its own.

    Returns per job the name of the exception it raised, or "", and what it returned.
    """
    start = threading.Barrier(len(jobs))
    outcomes: list[Outcome] = [("did not end", None)] * len(jobs)

    def run(number: int, job: Callable[[], Any]) -> None:
        try:
            with connection.cursor() as cursor:
                # A deadlock or an endless wait is a failure, not a test that hangs.
                cursor.execute("SET lock_timeout = '60s'")
            start.wait(60)
            outcomes[number] = ("", job())
        except Exception as error:
            outcomes[number] = (type(error).__name__, error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, job)) for number, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return outcomes


def names_of(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Return how often each outcome came: "" is success."""
    return dict(Counter(name for name, _value in outcomes))


Said = tuple[str, str, str, str]


def said_by(check: Callable[[Any], Iterable[Any]], revision: Any) -> list[Said]:
    """Return what one rule says of a revision: severity, row, field and sentence.

    The rule is checked to name itself, to read only, and to say the same when it is asked again.
    """
    before = database_digest()
    problems = list(check(revision))
    assert {problem.rule for problem in problems} <= {check.__name__}
    assert list(check(revision)) == problems
    assert database_digest() == before
    return [
        (
            str(problem.severity),
            str(problem.record) if problem.record else "",
            problem.field,
            problem.message % problem.params,
        )
        for problem in problems
    ]
