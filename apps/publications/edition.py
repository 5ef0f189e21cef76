"""Which edition of the public pages is valid now, and what is remembered as long as it is.

An edition ends the moment anything is published, corrected, withdrawn or put on notice, when a
notice runs out, and when a dictionary changes. What was computed from public rows is remembered
under the edition that was read *before* them: it can be newer than its edition, never older, and
an edition that is over is not asked for again. So no process has to tell another anything.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connections, router
from django.utils import timezone

from apps.publications.limits import is_limited, unlimited
from apps.publications.models import Edition

T = TypeVar("T")
Number = tuple[Any, ...]

# Not only the last: transactions may end in another order than they began, also while the past is
# cleared away. Together the three never return to what they were.
_NUMBER = """
SELECT count(*), max(id),
    (SELECT min(notice_until) FROM cases_revision
        WHERE state = 'on_notice' AND notice_until > %s),
    sum(id)"""
_OF_EDITIONS = " FROM publications_edition"
# More editions than these are replaced by one: they are counted for each page.
MOST_EDITIONS = 100
# Counts of facets and the like, a few kilobytes each.
MOST_REMEMBERED = 400


def edition(alias: str | None = None, *, limit: float | None = None) -> Number:
    """Return what stands for the present edition, as the database ``alias`` knows it.

    One question of a tenth of a millisecond, asked past Django's wrapper: for a kept page it is
    most of the work. The first of a request, it also tells whether the kept connection still
    stands, and with ``limit`` sets the seconds that each question after it may take
    (``limits.py``): every question more is a turn of two processes. Raises
    ``django.db.DatabaseError``.
    """
    connection: Any = connections[alias or router.db_for_read(Edition) or "default"]
    connection.ensure_connection()
    try:
        number = _ask(connection, limit)
    except (OperationalError, InterfaceError):
        if connection.health_check_done or connection.in_atomic_block:
            raise
        # What broke may be the connection of an hour ago.
        connection.close()
        connection.ensure_connection()
        number = _ask(connection, limit)
    connection.health_check_done = True
    return number


def _ask(connection: Any, limit: float | None) -> Number:
    sql = _NUMBER
    params: list[Any] = [timezone.now()]
    if limit is not None:
        sql += ", set_config('statement_timeout', %s, false)"
        params.append(str(int(limit * 1000)))
    with connection.wrap_database_errors:
        found = tuple(connection.connection.execute(sql + _OF_EDITIONS, params).fetchone())
    if limit is None:
        return found
    connection.limited = connection.connection
    return found[:-1]


_valid: ContextVar[Number | None] = ContextVar("valid", default=None)


@contextmanager
def valid_edition(known: Number | None = None, *, limit: float | None = None) -> Iterator[Number]:
    """Let what is computed inside be remembered under the edition that is valid at the start.

    ``known`` is what the primary said a moment ago; a page that is read elsewhere asks there.
    """
    alias = router.db_for_read(Edition) or "default"
    number = edition(alias, limit=limit) if known is None or alias != "default" else known
    token = _valid.set(number)
    try:
        yield number
    finally:
        _valid.reset(token)
        if is_limited(connections[alias]):
            # Refused before anything was asked.
            unlimited(connections[alias])


def is_remembering() -> bool:
    """Say whether this is inside a page that knows its edition."""
    return _valid.get() is not None


def remembered(key: Any, compute: Callable[[], T]) -> T:
    """Return what ``compute`` returns, or returned before in this edition under ``key``.

    Outside a page that reads the edition nothing is remembered.
    """
    number = _valid.get()
    return compute() if number is None else counts.recall((number, key), compute)


class Memory:
    """What was computed last, the least used forgotten first. Safe between threads."""

    def __init__(self, most: int) -> None:
        """Remember ``most`` things at most."""
        self.most = most
        self.kept: OrderedDict[Any, Any] = OrderedDict()
        self.lock = Lock()

    def get(self, key: Any) -> Any:
        """Return what is remembered of ``key``, or None."""
        with self.lock:
            if key in self.kept:
                self.kept.move_to_end(key)
            return self.kept.get(key)

    def put(self, key: Any, value: Any) -> None:
        """Remember ``value``."""
        with self.lock:
            self.kept[key] = value
            while len(self.kept) > self.most:
                self.kept.popitem(last=False)

    def recall(self, key: Any, compute: Callable[[], T]) -> T:
        """Return what is remembered of ``key``, else what ``compute`` returns now."""
        with self.lock:
            if key in self.kept:
                self.kept.move_to_end(key)
                found: T = self.kept[key]
                return found
        found = compute()
        self.put(key, found)
        return found

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.kept.clear()


counts = Memory(MOST_REMEMBERED)


def shorten(most: int = MOST_EDITIONS) -> int:
    """Replace the editions by one new where there are more than ``most``; return how many are gone.

    The new number is greater than any before, so no edition of the past comes back.
    """
    if Edition.objects.count() <= most:
        return 0
    new = Edition.objects.create()
    gone, _each = Edition.objects.filter(pk__lt=new.pk).delete()
    return gone
