"""What taking back one transaction would do, counted by the database: what a preview shows.

The rules are those of ``taking_back.undoing_of``, which reads the values to be written as well; of
100,000 rows it takes eight times as long. That both say the same is held by their digests.
"""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import DecimalField

from apps.cases.kinds import RecordKind
from apps.cases.models import Revision

# Of the rows that stay as they are so many are named.
NAMED = 100


class Seen:
    """What a preview has shown, as a digest: which rows would be touched, at which versions."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._parts = {sign: hashlib.sha256() for sign in "+=-"}

    def add(self, sign: str, row: object, version: object = "") -> None:
        """Note a row that goes (+), one that is as before (=), or one that comes back (-)."""
        self._parts[sign].update(f"{row}:{version};".encode())

    @property
    def digest(self) -> str:
        """Return the digest of all that was noted."""
        return hashlib.sha256(b"".join(part.digest() for part in self._parts.values())).hexdigest()


@dataclass
class Would:
    """How many rows would go, be as before, and come back; and which stay as they are."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    # The titles of the first ones.
    left: list[str] = field(default_factory=list)
    left_count: int = 0
    digest: str = ""

    @property
    def total(self) -> int:
        """Return how many rows would be touched."""
        return self.added + self.changed + self.removed


def would_take_back(kind: RecordKind, revision: Revision, context: uuid.UUID) -> Would:
    """Return what taking back the transaction ``context`` would do to rows of ``kind``.

    One query, some bytes a row.
    """
    result, seen = Would(), Seen()
    for event, uid, version, verdict, title in _verdicts(kind, revision, context):
        if verdict == "+":
            result.added += 1
        elif verdict == "=":
            result.changed += 1
        elif verdict == "-":
            result.removed += 1
        else:
            result.left_count += 1
            if len(result.left) < NAMED:
                result.left.append(str(title))
            continue
        seen.add(verdict, event if verdict == "-" else uid, "" if verdict == "-" else version)
    result.digest = seen.digest
    return result


def _verdicts(kind: RecordKind, revision: Revision, context: uuid.UUID) -> Iterable[Any]:
    """Yield of each event its id, the row's permanent id and present version, what would become of
    the row, and its title where it stays.
    """
    table, history = kind.model._meta.db_table, kind.model.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    columns = [_compared(kind, name) for name in (*kind.fields, "flags")]
    title = kind.model._meta.get_field(kind.title_field).column  # type: ignore[union-attr]
    as_written = " AND ".join(f"{c('r')} IS NOT DISTINCT FROM {c('e')}" for c in columns)
    is_other = " OR ".join(f"{c('b')} IS DISTINCT FROM {c('e')}" for c in columns)
    untouched = " AND ".join(
        f"({c('b')} IS NOT DISTINCT FROM {c('e')} OR {c('r')} IS NOT DISTINCT FROM {c('e')})"
        for c in columns
    )
    with connection.cursor() as cursor:
        # Names come from the model. Of a version, the last event counts.
        cursor.execute(
            f"""
            SELECT DISTINCT ON (e.pgh_id) e.pgh_id, e.uid, r.version, CASE
                WHEN e.pgh_label = 'delete' AND r.id IS NULL THEN '-'
                WHEN e.pgh_label = 'insert' AND r.id IS NOT NULL AND {as_written} THEN '+'
                WHEN e.pgh_label = 'update' AND r.id IS NOT NULL AND ({is_other})
                    AND {untouched} THEN '='
                ELSE '' END AS verdict, e."{title}"
            FROM "{history}" e
            LEFT JOIN "{table}" r ON r.revision_id = e.revision_id AND r.uid = e.uid
            LEFT JOIN "{history}" b ON e.pgh_label = 'update' AND b.pgh_obj_id = e.pgh_obj_id
                AND b.version = e.version - 1 AND b.pgh_label <> 'delete'
            WHERE e.pgh_context_id = %s AND e.revision_id = %s
            ORDER BY e.pgh_id, b.pgh_id DESC
            """,  # noqa: S608
            [context, revision.pk],
        )
        while rows := cursor.fetchmany(5000):
            yield from rows


def _compared(kind: RecordKind, name: str) -> Any:
    """Return what writes the column of a field as it is compared: 58.8 and 58.80 differ in print."""
    own: Any = kind.model._meta.get_field(name)
    as_text = "::text" if isinstance(own, DecimalField) else ""
    return lambda table: f'{table}."{own.column}"{as_text}'
