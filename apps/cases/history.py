"""Every saved change of a row is kept by a database trigger, beside the row, in its own table."""

from typing import Any, TypeVar

import pghistory
from django.db import connections, models
from django.db.models import Q

from apps.cases.models import Record

RecordType = TypeVar("RecordType", bound=type[Record])


# What a history is asked by: the rows of a revision, of one row, of one act; the auditor asks for
# figures of an indicator and a district. Any other relation of an event needs no index.
ASKED_BY = {"revision", "pgh_obj", "pgh_context", "indicator", "reporting_unit"}


def tracked(model: RecordType) -> RecordType:
    """Decorate a record model: keep each row as it was written, removed rows too.

    The event tables themselves refuse UPDATE and DELETE. The person stands in the row
    (``updated_by``) and in the context of the event.
    """
    # The list is inherited from Record.Meta; tracking adds to it and must not add for all kinds.
    model._meta.triggers = list(model._meta.triggers)  # type: ignore[attr-defined]
    tracks = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        append_only=True,
        # A statement's rows at once: with a trigger a row, a list of 100,000 would write the
        # context of its history 100,000 times, each time slower.
        level=pghistory.Statement,
        # Both follow from what is kept.
        exclude=["list_place", "sounds"],
        meta={
            "indexes": [
                # What was removed from a list, and under which keys a row stood before it was put
                # back. Of the rows that stand the row's own key finds the history; so an index of
                # every event by the permanent id, which each save would have to write, is spared.
                models.Index(
                    fields=["revision", "uid"],
                    condition=Q(pgh_label="delete"),
                    name=f"{model._meta.model_name}_removed",
                )
            ]
        },
    )
    found = tracks(model)
    for field in found.pgh_event_model._meta.local_fields:
        if field.is_relation and field.name not in ASKED_BY:
            field.db_index = False
    return found


def join_by_hash(using: str, **_signal: Any) -> None:
    """Let changed rows be brought together with what they were by a hash. Runs after migrations.

    A session keeps the plan that a trigger got first. One made for a single row is a
    nested loop: with it a change of 10,000 rows goes through them 10,000 times.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT p.oid::regprocedure FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgoldtable IS NOT NULL AND t.tgnewtable IS NOT NULL AND p.proconfig IS NULL"
        )
        for (function,) in cursor.fetchall():
            cursor.execute(f"ALTER FUNCTION {function} SET enable_nestloop TO off")
