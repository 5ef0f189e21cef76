"""What is compared: a revision as it stands, or as it stood at a moment; and which rows differ.

The database compares: both sides are joined by the rows' permanent ids, so that a list of ten
thousand rows with three corrections hands over three keys.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from apps.cases.changes.fields import content_fields
from apps.cases.fields import ExactDecimalField
from apps.cases.kinds import RecordKind
from apps.cases.models import Revision


@dataclass(frozen=True)
class Side:
    """One state of a case. ``moment`` None: as the revision stands now; else as it stood then."""

    revision: Revision
    moment: dt.datetime | None = None
    # Rows that were read already, by kind and key.
    read: Mapping[str, Mapping[int, Any]] = field(default_factory=dict, compare=False)

    def model(self, kind: RecordKind) -> type[models.Model]:
        """Return where the rows of this side are kept: the rows themselves, or their history."""
        if self.moment is None:
            return kind.model
        history: type[models.Model] = kind.model.pgh_event_model  # type: ignore[attr-defined]
        return history

    def sql(self, kind: RecordKind) -> tuple[str, list[Any]]:
        """Return a query for the rows of this side with ``ref``, by which ``rows`` finds them."""
        table = connection.ops.quote_name(self.model(kind)._meta.db_table)
        if self.moment is None:
            return f"SELECT t.*, t.id AS ref FROM {table} t WHERE revision_id = %s", [  # noqa: S608
                self.revision.pk
            ]
        # The last thing that happened to each row up to the moment, if that was not its removal. The
        # trigger's time is the start of its transaction, the row's own that of the save.
        return (
            "SELECT e.*, e.pgh_id AS ref FROM (SELECT DISTINCT ON (uid) *"  # noqa: S608
            f" FROM {table} WHERE revision_id = %s AND pgh_created_at <= %s"
            " AND (pgh_label = 'delete' OR updated_at <= %s)"
            " ORDER BY uid, pgh_id DESC) e WHERE e.pgh_label <> 'delete'",
            [self.revision.pk, self.moment, self.moment],
        )

    def rows(self, kind: RecordKind, refs: Iterable[int]) -> dict[int, Any]:
        """Return the rows that ``refs`` name, with the relations of their kind.

        One query for those that were not read already.
        """
        held = self.read.get(kind.code, {})
        known: dict[int, Any] = {}
        wanted = []
        for ref in refs:
            if ref in held:
                known[ref] = held[ref]
            else:
                wanted.append(ref)
        if not wanted:
            return known
        found = self.model(kind)._default_manager.filter(pk__in=wanted)
        if kind.select_related:
            found = found.select_related(*kind.select_related)
        return known | {row.pk: row for row in found}


def compared(kind: RecordKind, side: str) -> str:
    """Return the content columns of one side as a row value, as the hash would tell them apart."""
    columns = []
    for name in content_fields(kind):
        field = kind.model._meta.get_field(name)
        quoted = connection.ops.quote_name(str(field.column))  # type: ignore[union-attr]
        column = f"{side}.{quoted}"
        # 58.8 and 58.80 are the same number to the database, and not the same in print.
        columns.append(f"{column}::text" if isinstance(field, ExactDecimalField) else column)
    return f"ROW({', '.join(columns)})"


def differing(before: Side, after: Side, kinds: Sequence[RecordKind]) -> list[tuple[Any, ...]]:
    """Return the keys of the rows that differ in content or in place, in their order.

    Each is (number of the kind, uid, differs in content, ref before, ref after, positions differ,
    place). A ref is None where that side has no such row. One query.
    """
    parts, params = [], []
    for number, kind in enumerate(kinds):
        (old, old_params), (new, new_params) = before.sql(kind), after.sql(kind)
        is_other = f"{compared(kind, 'o')} IS DISTINCT FROM {compared(kind, 'n')}"
        parts.append(
            f"SELECT {number} AS kind, coalesce(n.uid, o.uid) AS uid, {is_other} AS is_other,"  # noqa: S608
            " o.ref AS old_ref, n.ref AS new_ref, o.position <> n.position AS is_placed_otherwise,"
            " coalesce(n.position, o.position) AS place"
            f" FROM ({old}) o FULL JOIN ({new}) n ON o.uid = n.uid"
            f" WHERE {is_other} OR o.ref IS NULL OR n.ref IS NULL OR o.position <> n.position"
        )
        params += [*old_params, *new_params]
    sql = " UNION ALL ".join(parts) + " ORDER BY kind, place, uid"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def orders(before: Side, after: Side, kinds: Sequence[RecordKind]) -> list[tuple[Any, ...]]:
    """Return the rows that both sides have, in the order of ``after``, each with its old place.

    Each is (number of the kind, uid, old position, ref before, ref after, place). One query.
    """
    parts, params = [], []
    for number, kind in enumerate(kinds):
        (old, old_params), (new, new_params) = before.sql(kind), after.sql(kind)
        parts.append(
            f"SELECT {number} AS kind, n.uid, o.position AS old_place,"  # noqa: S608
            " o.ref AS old_ref, n.ref AS new_ref, n.position AS place"
            f" FROM ({old}) o JOIN ({new}) n ON o.uid = n.uid"
        )
        params += [*old_params, *new_params]
    sql = " UNION ALL ".join(parts) + " ORDER BY kind, place, old_place"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
