"""A change of many rows as it was ordered: made at once, or by the task queue, by the same means.

An order is JSON: what a person chose, the value as he gave it, the digest of what he was shown.
Everything is asked again when it is carried out.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.cases.desk.lists.cells import Cells
from apps.cases.desk.lists.choosing import Choice, uid_of
from apps.cases.desk.lists.filters import ListFilter
from apps.cases.desk.lists.grid import Openness
from apps.cases.desk.lists.pasting import read_block
from apps.cases.desk.values import words
from apps.cases.domain import long_changes, many
from apps.cases.domain.findings import check_case
from apps.cases.domain.taking_back import Tick, nobody
from apps.cases.errors import Invalid, StaleRecord
from apps.cases.kinds import RecordKind, record_kinds
from apps.cases.models import LongChange, Operation, Revision

SET, CLEAR, REMOVE, PASTE = "set", "clear", "remove", "paste"
CHANGE, UNDO = "list", "list_undo"

Order = Mapping[str, Any]


@transaction.atomic
def carry_out(
    actor: User, revision: Revision, kind: RecordKind, order: Order, tick: Tick = nobody
) -> Operation:
    """Change the rows of ``order`` as they were shown, all or none; return the operation.

    Raises as ``many.set_field``, ``many.remove`` and ``many.paste`` do; ``Moved`` where the rows
    are not as they were shown.
    """
    if order["do"] == PASTE:
        return _paste(actor, revision, kind, order, tick)
    choice = Choice.of_order(revision, kind, order)
    digest, name = order["digest"], order["field"]
    if order["do"] == REMOVE:
        return many.remove(actor, revision.pk, kind, choice.rows, digest, tick=tick)
    value = value_of(kind, order)
    return many.set_field(
        actor, revision.pk, kind, choice.rows, name, value, digest, words=words(value), tick=tick
    )


def value_of(kind: RecordKind, order: Order) -> Any:
    """Return the value that the field is to get. Raises ``Invalid``; ``Refused`` as said there."""
    name = order["field"]
    if order["do"] == CLEAR:
        return many.empty_value(kind, name)
    try:
        return Cells(kind).from_editor(name, order["value"])
    except ValidationError as error:
        raise Invalid({name: error.messages}) from error


def _paste(
    actor: User, revision: Revision, kind: RecordKind, order: Order, tick: Tick
) -> Operation:
    asked = ListFilter(revision, kind, QueryDict(order["query"]))
    pasted = read_block(
        asked,
        Cells(kind),
        Openness(actor, revision, kind),
        order["text"],
        column=order["column"],
        anchor=uid_of(order["row"]),
    )
    if pasted.fault_count or pasted.digest != order["digest"]:
        raise many.Moved
    try:
        return many.paste(actor, revision.pk, kind, pasted.block, tick=tick)
    except StaleRecord as error:
        raise many.Moved from error


def in_words(kind: RecordKind, order: Order, count: int) -> str:
    """Return what an order is to do, in a few words."""
    if order["do"] == PASTE:
        return ngettext(
            "Store a block of %(count)s row", "Store a block of %(count)s rows", count
        ) % {"count": count}
    if order["do"] == REMOVE:
        return ngettext("Remove %(count)s row", "Remove %(count)s rows", count) % {"count": count}
    label = Cells(kind).labels[order["field"]]
    if order["do"] == CLEAR:
        text = ngettext(
            "Clear %(field)s in %(count)s row", "Clear %(field)s in %(count)s rows", count
        )
        return text % {"field": label, "count": count}
    text = ngettext(
        "Set %(field)s to “%(value)s” in %(count)s row",
        "Set %(field)s to “%(value)s” in %(count)s rows",
        count,
    )
    value = words(value_of(kind, order))
    return text % {"field": label, "value": value[:100], "count": count}


def undo_words(operation: Operation) -> str:
    """Return what taking an operation back is, in a few words."""
    return _("Undo: %(change)s") % {"change": operation}


def _change(actor: User, change: LongChange, tick: Tick) -> dict[str, Any]:
    """Carry an order out for the task queue, with the rules."""
    kind, revision = record_kinds[change.order["kind"]], _revision(actor, change)
    done = carry_out(actor, revision, kind, change.order, tick)
    check_case(actor, revision.pk)
    return {"operation": done.pk, "kind": kind.code}


def _undo(actor: User, change: LongChange, tick: Tick) -> dict[str, Any]:
    """Take an operation back for the task queue, with the rules."""
    operation = Operation.objects.get(pk=change.order["operation"], revision=change.revision)
    done = many.undo(actor, operation.pk, change.order["digest"], tick=tick)
    check_case(actor, change.revision_id)
    return {"undone": done.total, "left": done.left[: many.SHOWN], "left_count": len(done.left)}


def _revision(actor: User, change: LongChange) -> Revision:
    visible = Revision.objects.visible_to(actor).select_related("case__bureau")
    return visible.get(pk=change.revision_id)


long_changes.doers[CHANGE] = _change
long_changes.doers[UNDO] = _undo
