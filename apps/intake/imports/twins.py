"""Rows of an import that may be one project with a row of another list: looked for, shown.

Nothing is decided here. Once the rows are stored, the pairs are proposed and answered at the desk
(``apps/cases/twins.py``).
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection

from apps.accounts.models import User
from apps.cases.kinds import RecordKind, TwinFields, record_kinds
from apps.cases.models import Revision
from apps.cases.twins import COMMON, ENDED, LOOKED_AT, RAREST, Side, likeness, sides_of
from apps.intake.models import Import, ImportRow, ImportTable

PIECE = 5_000
"""Lines that are looked at together: each piece passes over the titles of the lists once."""
MOST_SHOWN = 100

# Like the question of apps/cases/twins.py, asked with titles that no row holds yet.
_NEAR = """
WITH line AS MATERIALIZED (
    SELECT * FROM unnest(%(lines)s::bigint[], %(titles)s::text[], %(aparts)s::text[])
        AS line(id, title, apart)
), asked AS MATERIALIZED (
    SELECT id, pair
    FROM line, unnest(tsvector_to_array(yongke_pairs(yongke_fold(title)))) AS pair
), held AS MATERIALIZED (
    SELECT pair, array_agg(stored.id) AS ids
    FROM "{table}" AS stored,
        unnest(tsvector_to_array(yongke_pairs(yongke_fold(stored."{title}")))) AS pair
    WHERE stored.revision_id = ANY(%(revisions)s) AND pair IN (SELECT pair FROM asked)
    GROUP BY pair HAVING count(*) <= %(common)s
), ranked AS (
    SELECT id, ids, row_number() OVER (PARTITION BY id ORDER BY cardinality(ids), pair) AS place
    FROM asked JOIN held USING (pair)
), met AS (
    SELECT ranked.id, near.id AS near, count(*) AS shared
    FROM ranked, unnest(ids) AS near(id) WHERE place <= %(rarest)s
    GROUP BY ranked.id, near.id
), named AS (
    SELECT met.* FROM met JOIN line USING (id) JOIN "{table}" AS stored ON stored.id = met.near
    WHERE stored."{apart}" <> line.apart
)
SELECT id, near FROM (
    SELECT id, near, row_number() OVER (PARTITION BY id ORDER BY shared DESC, near) AS place
    FROM named
) AS ordered WHERE place <= %(most)s ORDER BY id, near
"""


@dataclass(frozen=True)
class Pair:
    """A line of the import and the row of another list that it resembles."""

    line: int
    title: str
    other: Any
    percent: int
    people: int


def look(intake: Import) -> None:
    """Keep with each table which of its lines look like rows of other lists.

    Only lists that whoever took the file in may see. One question for the lists; for each
    ``PIECE`` of lines four.
    """
    for table in intake.tables.filter(is_taken=True).exclude(kind=""):
        kind = record_kinds[table.kind]
        if kind.twins is None:
            continue
        # Of a case's revisions the newest stands; its own case cannot hold the other list.
        others = _others(intake.started_by, intake)
        table.twins = list(_pairs(kind, kind.twins, table, others))[:MOST_SHOWN] if others else []
        table.save(update_fields=["twins"])


def _others(user: User, intake: Import) -> list[int]:
    """Return the revisions of other cases that stand and that a person may see."""
    visible = Revision.objects.visible_to(user).exclude(state__in=ENDED)
    return list(visible.exclude(case_id=intake.revision.case_id).values_list("pk", flat=True))


def _pairs(
    kind: RecordKind, fields: TwinFields, table: ImportTable, others: list[int]
) -> Iterator[dict[str, object]]:
    lines = iter(table.rows.filter(aside="").order_by("position", "pk").iterator(1000))
    while piece := {line.pk: line for line in islice(lines, PIECE)}:
        with connection.cursor() as cursor:
            cursor.execute(
                _NEAR.format(
                    table=kind.model._meta.db_table, title=fields.title, apart=fields.apart
                ),
                {
                    "lines": list(piece),
                    "titles": [_text(line, fields.title) for line in piece.values()],
                    "aparts": [_text(line, fields.apart) for line in piece.values()],
                    "revisions": others,
                    "common": COMMON,
                    "rarest": RAREST,
                    "most": LOOKED_AT,
                },
            )
            near = cursor.fetchall()
        yield from _alike(kind, fields, piece, near)


def _alike(
    kind: RecordKind,
    fields: TwinFields,
    lines: dict[int, ImportRow],
    near: Sequence[tuple[int, int]],
) -> Iterator[dict[str, object]]:
    """Yield the pairs that have enough in common, each row of another list once a line."""
    stored = kind.model.objects.filter(pk__in={pk for _line, pk in near}).values_list(
        "pk", "uid", fields.title, fields.organisations, fields.people
    )
    asked = (
        (
            pk,
            uuid.UUID(int=pk),
            _text(lines[pk], fields.title),
            _list(lines[pk], fields.organisations),
            _list(lines[pk], fields.people),
        )
        for pk in dict.fromkeys(line for line, _pk in near)
    )
    theirs: dict[int, Side] = sides_of(stored)
    ours: dict[int, Side] = sides_of(asked)
    seen = set()
    for line, pk in near:
        alike = likeness(ours[line], theirs[pk])
        if alike is None or (line, theirs[pk].uid) in seen:
            continue
        seen.add((line, theirs[pk].uid))
        yield {
            "line": lines[line].line,
            "title": _text(lines[line], fields.title),
            "other": str(theirs[pk].uid),
            "percent": alike[0],
            "people": alike[1],
        }


def _text(line: ImportRow, name: str) -> str:
    return str(line.result.get(name) or "")


def _list(line: ImportRow, name: str) -> list[str]:
    value = line.result.get(name) or []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def pairs_of(user: User, table: ImportTable) -> list[Pair]:
    """Return what was found for a table, of the rows that ``user`` may see now. One query."""
    if not table.twins:
        return []
    kind = record_kinds[table.kind]
    rows: dict[str, Any] = {str(row.uid): row for row in _visible(user, kind, table.twins)}
    return [
        Pair(each["line"], each["title"], rows[each["other"]], each["percent"], each["people"])
        for each in table.twins
        if each["other"] in rows
    ]


def _visible(user: User, kind: RecordKind, twins: Iterable[dict[str, Any]]) -> Any:
    visible = Revision.objects.visible_to(user).exclude(state__in=ENDED)
    return (
        kind.model.objects.filter(uid__in={each["other"] for each in twins}, revision__in=visible)
        .select_related("revision__case__bureau")
        .order_by("revision__number")
    )
