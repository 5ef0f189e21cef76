"""What became public, was corrected or was withdrawn, row by row, in the order of time.

An act is a released case, or its withdrawal. A correction is compared with what stood before it,
by the database; a row that both have alike is no change. Only ids go out, no content: what a
withdrawn row said is not told again.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, router
from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleGreaterThanOrEqual

from apps.cases.changes.sides import compared
from apps.cases.kinds import RecordKind, kinds
from apps.cases.models import Event, Release, ReleaseItem, Revision, State

# So many acts, and about so many rows of them, are looked through for one page; a page that finds
# fewer changes than it may hold is short, and goes on.
MOST_ACTS = 50
MOST_ROWS = 100_000
PUBLISHED, CORRECTED, WITHDRAWN = "published", "corrected", "withdrawn"
RELEASED, TAKEN_BACK = 0, 1


@dataclass(frozen=True)
class Act:
    """A released case, or its withdrawal: when, which (0 or 1), of which revision."""

    at: dt.datetime
    sort: int
    revision: Revision
    rows: int
    release: Release | None = None

    @property
    def key(self) -> tuple[dt.datetime, int, int]:
        """Return its place among all acts."""
        return (self.at, self.sort, self.revision.pk)


@dataclass(frozen=True)
class Place:
    """A place in the feed: behind a row of an act, or behind the whole act."""

    act: tuple[dt.datetime, int, int]
    row: tuple[int, int, str] | None = None


@dataclass(frozen=True)
class Change:
    """One row that became public, was corrected, or is no longer public."""

    change: str
    kind: RecordKind
    uid: str
    act: Act
    place: Place
    reason: str


def acts(since: dt.datetime | None, behind: Place | None) -> list[Act]:
    """Return the next acts after a moment, or from a place on; one more than a page looks at."""
    items = ReleaseItem.objects.select_related("release", "revision__case").defer(
        "release__manifest"
    )
    gone = Revision.objects.filter(state=State.WITHDRAWN).select_related("case", "release_item")
    if since is not None:
        items = items.filter(release__published_at__gt=since)
        gone = gone.filter(withdrawn_at__gt=since)
    if behind is not None:
        moment, sort, pk = behind.act
        # Where it stands within an act, that act comes again.
        after: Any = TupleGreaterThan if behind.row is None else TupleGreaterThanOrEqual
        at = Tuple(F("release__published_at"), F("revision_id"))
        items = (
            items.filter(after(at, (moment, pk)))
            if sort == RELEASED
            else items.filter(release__published_at__gt=moment)
        )
        at = Tuple(F("withdrawn_at"), F("pk"))
        gone = (
            gone.filter(after(at, (moment, pk)))
            if sort == TAKEN_BACK
            else gone.filter(withdrawn_at__gte=moment)
        )
    found = [
        Act(item.release.published_at, RELEASED, item.revision, item.rows, item.release)
        for item in items.order_by("release__published_at", "revision_id")[: MOST_ACTS + 1]
    ]
    found += [
        Act(one.withdrawn_at, TAKEN_BACK, one, one.release_item.rows)  # type: ignore[arg-type]
        for one in gone.order_by("withdrawn_at", "pk")[: MOST_ACTS + 1]
    ]
    return sorted(found, key=lambda act: act.key)[: MOST_ACTS + 1]


def changes(
    since: dt.datetime | None, behind: Place | None, wanted: Sequence[RecordKind], size: int
) -> tuple[list[Change], Place | None]:
    """Return the next changes of rows of the kinds ``wanted``, and where to go on, if anywhere.

    Five queries at most.
    """
    known = acts(since, behind)
    looked = _looked_at(known, size)
    rows = _rows(looked, behind, wanted, size + 1) if looked else []
    reasons = _reasons(looked)
    found = [
        Change(
            change,
            wanted[kind],
            str(uid),
            looked[act],
            Place(looked[act].key, (kind, position, str(uid))),
            reasons.get(looked[act].key, ""),
        )
        for act, kind, position, uid, change in rows[:size]
    ]
    if len(rows) > size:
        return found, found[-1].place
    if len(looked) < len(known):
        return found, Place(looked[-1].key)
    return found, None


def _looked_at(known: Sequence[Act], size: int) -> list[Act]:
    """Return the acts that one page looks through: at least one."""
    looked: list[Act] = []
    rows = certain = 0
    for act in known[:MOST_ACTS]:
        looked.append(act)
        rows += act.rows
        # All rows of a first release, or of a withdrawal, are changes.
        if act.sort == TAKEN_BACK or act.revision.based_on_id is None:
            certain += act.rows
        if rows >= MOST_ROWS or certain > size:
            break
    return looked


def _reasons(looked: Sequence[Act]) -> dict[tuple[dt.datetime, int, int], str]:
    """Return why each act was done: one query where something was withdrawn."""
    reasons = {
        act.key: act.revision.reason or (act.release.reason if act.release else "")
        for act in looked
    }
    gone = {act.revision.pk: act.key for act in looked if act.sort == TAKEN_BACK}
    if gone:
        events = Event.objects.filter(revision__in=gone, transition="withdraw")
        for pk, reason in events.values_list("revision_id", "reason"):
            reasons[gone[pk]] = reason
    return reasons


def _rows(
    looked: Sequence[Act], behind: Place | None, wanted: Sequence[RecordKind], most: int
) -> list[tuple[Any, ...]]:
    """Return (number of the act, of the kind, position, uid, change), in order. One query."""
    parts: list[str] = []
    params: list[Any] = []
    for number, act in enumerate(looked):
        start = behind.row if behind is not None and behind.act == act.key else None
        for place, kind in enumerate(wanted):
            if kind not in kinds[act.revision.case.kind].records:
                continue
            if start is not None and place < start[0]:
                continue
            key = start[1:] if start is not None and place == start[0] else None
            for sql, own in _changed(act, kind):
                where = " WHERE (position, uid) > (%s, %s)" if key else ""
                parts.append(
                    f"(SELECT {number} AS act, {place} AS kind, position, uid, change"  # noqa: S608
                    f" FROM ({sql}) AS one{where} ORDER BY position, uid LIMIT {most})"
                )
                params += [*own, *(key or ())]
    if not parts:
        return []
    sql = (
        f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS every"  # noqa: S608
        f" ORDER BY act, kind, position, uid LIMIT {most}"
    )
    with connections[router.db_for_read(Revision) or "default"].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _changed(act: Act, kind: RecordKind) -> list[tuple[str, list[Any]]]:
    """Return the queries for the rows of an act that changed: position, uid, what happened."""
    table = f'"{kind.model._meta.db_table}"'
    pk, former = act.revision.pk, act.revision.based_on_id
    if act.sort == TAKEN_BACK or former is None:
        word = WITHDRAWN if act.sort == TAKEN_BACK else PUBLISHED
        return [
            (f"SELECT position, uid, '{word}' AS change FROM {table} WHERE revision_id = %s", [pk])  # noqa: S608
        ]
    return [
        (
            f"SELECT n.position, n.uid, CASE WHEN o.uid IS NULL THEN '{PUBLISHED}'"  # noqa: S608
            f" ELSE '{CORRECTED}' END AS change FROM {table} n"
            f" LEFT JOIN {table} o ON o.revision_id = %s AND o.uid = n.uid"
            f" WHERE n.revision_id = %s AND (o.uid IS NULL"
            f" OR {compared(kind, 'o')} IS DISTINCT FROM {compared(kind, 'n')})",
            [former, pk],
        ),
        (
            f"SELECT o.position, o.uid, '{WITHDRAWN}' AS change FROM {table} o"  # noqa: S608
            f" WHERE o.revision_id = %s AND NOT EXISTS (SELECT FROM {table} n"
            " WHERE n.revision_id = %s AND n.uid = o.uid)",
            [former, pk],
        ),
    ]
