"""Every saved change of a row is kept by a database trigger, beside the row, in its own table."""

from typing import TypeVar

import pghistory

from apps.cases.models import Record

RecordType = TypeVar("RecordType", bound=type[Record])


def tracked(model: RecordType) -> RecordType:
    """Decorate a record model: keep each row as it was written, removed rows too.

    The event tables themselves refuse UPDATE and DELETE. The person stands in the row
    (``updated_by``) and in the context of the event.
    """
    # The list is inherited from Record.Meta; tracking adds to it and must not add for all kinds.
    model._meta.triggers = list(model._meta.triggers)  # type: ignore[attr-defined]
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        append_only=True,
        # A statement's rows at once: with a trigger a row, a list of 100,000 would write the
        # context of its history 100,000 times, each time slower.
        level=pghistory.Statement,
        # Both follow from what is kept.
        exclude=["list_place", "sounds"],
    )(model)
