"""Changing many rows of a draft at once: a field set or cleared, rows removed, a block pasted.

Each is one named operation in one transaction, and can be taken back until the case is reported.
Whoever confirms it has seen a preview; ``digest`` says which. Where a row was saved, added or
removed since, nothing is done.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, F, Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.domain import bulk
from apps.cases.domain.records import is_same, open_revision
from apps.cases.domain.taking_back import Tick, Undoing, nobody, take_back, undoing_of
from apps.cases.domain.would_take_back import Would, would_take_back
from apps.cases.domain.writing import (
    context_id,
    copy_in,
    in_pieces,
    name_the_writer,
    update_rows,
    with_sounds,
)
from apps.cases.errors import Invalid, Locked, Refused, WorkflowError, WrongState
from apps.cases.kinds import RecordKind, record_kinds
from apps.cases.models import WRITABLE, Mention, Operation, OperationKind, Record, Revision
from apps.registry.domain import names_for

# Of what a preview or a refusal lists, so many are shown; all are counted.
SHOWN = 20
# Rows of one statement: its list of keys stays of a size the planner likes.
PER_STATEMENT = 10_000


class Moved(WorkflowError):
    """The rows are not as they were in the preview. Nothing was done."""

    def __init__(self) -> None:
        """Say so, with the cure."""
        super().__init__(
            _(
                "The rows have changed since you looked. Nothing was done; look at the preview again."
            )
        )


@dataclass
class Look:
    """The rows that were chosen, as they stand: what a preview is made of."""

    total: int
    # Those that would change: primary key, permanent id, version.
    touched: list[tuple[int, uuid.UUID, int]]
    digest: str


def look(rows: QuerySet[Any], name: str = "", value: Any = None) -> Look:
    """Return the rows that setting ``name`` to ``value`` would change; all without a name.

    One query, some bytes a row.
    """
    attname = _attname(rows.model, name) if name else "pk"
    wanted = value.pk if isinstance(value, Model) else value
    seen, total, touched = hashlib.sha256(f"{name}={wanted!r}".encode()), 0, []
    found = rows.order_by("pk").values_list("pk", "uid", "version", attname)
    for pk, uid, version, present in found.iterator(chunk_size=10_000):
        total += 1
        seen.update(f"{uid}:{version};".encode())
        if not name or not is_same(present, wanted):
            touched.append((pk, uid, version))
    return Look(total, touched, seen.hexdigest())


def _attname(model: type[Any], name: str) -> str:
    return str(model._meta.get_field(name).attname)


def empty_value(kind: RecordKind, name: str) -> Any:
    """Return what a cleared field holds. Raises ``Refused`` where every row needs a value."""
    field: Any = kind.model._meta.get_field(name)
    if not field.blank:
        raise Refused(
            _("%(field)s cannot be empty. Set another value instead.")
            % {"field": str(field.verbose_name)}
        )
    if isinstance(field, ArrayField):
        return []
    return None if field.null else ""


def _held(rows: QuerySet[Any], revision: Revision, digest: str, *named: Any) -> Look:
    """Lock the chosen rows and look again. Raises ``Moved``, ``Refused`` where there are none."""
    # The lock waits for a save under way; the look after it sees what that save wrote.
    list(
        rows.filter(revision=revision)
        .select_for_update(of=("self",))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    found = look(rows.filter(revision=revision), *named)
    if found.digest != digest:
        raise Moved
    if not found.touched:
        raise Refused(_("No row would change. There is nothing to do."))
    return found


@transaction.atomic
def set_field(
    actor: User,
    revision_id: int,
    kind: RecordKind,
    rows: QuerySet[Any],
    name: str,
    value: Any,
    digest: str,
    *,
    words: str = "",
    tick: Tick = nobody,
) -> Operation:
    """Set (or clear) one field of the chosen rows, all or none, and return the operation.

    ``rows`` is asked again inside the transaction. A row that holds the value already stays as it
    is. A constant number of queries per 10,000 rows; ``tick`` hears of each. Raises as ``save_records`` does; ``Moved``;
    ``Refused`` where nothing would change; ``Invalid`` with the fault of the first row that does
    not take the value.
    """
    revision = open_revision(actor, revision_id, kind)
    value = _cleaned(kind, name, value)
    cleared = value in (None, "", [])
    with pghistory.context(user=actor.pk, operation=OperationKind.SET):
        name_the_writer()
        found = _held(rows, revision, digest, name, value)
        scope.ensure_rows_are_open(revision, kind.code, [uid for _pk, uid, _v in found.touched])
        _ensure_rows_take(kind, found, name, value)
        written = {
            name: value,
            "version": F("version") + 1,
            "updated_at": timezone.now(),
            "updated_by": actor,
        }
        for piece in in_pieces(found.touched, PER_STATEMENT):
            _update(kind, [pk for pk, _uid, _version in piece], written)
            _set_mentions(revision, kind, name, value, [uid for _pk, uid, _version in piece])
            tick(len(piece))
        return _noted(
            actor,
            revision,
            kind,
            OperationKind.CLEAR if cleared else OperationKind.SET,
            changed=len(found.touched),
            field=name,
            value="" if cleared else (words or str(value)),
        )


def _cleaned(kind: RecordKind, name: str, value: Any) -> Any:
    """Return ``value`` as the field holds it. Raises ``Invalid``."""
    if name not in kind.fields:
        raise Refused(_("A row of this kind has no such field."))
    field: Any = kind.model._meta.get_field(name)
    if value in (None, "", []):
        return empty_value(kind, name)
    if field.is_relation:
        return value
    try:
        return field.clean(value, None)
    except ValidationError as error:
        raise Invalid({name: error.messages}) from error


def _ensure_rows_take(kind: RecordKind, found: Look, name: str, value: Any) -> None:
    """Raise ``Invalid`` where a rule of the whole row refuses the value.

    Only kinds with such a rule are read; their check constraints are the database's own.
    """
    if kind.model.clean is Record.clean:
        return
    for piece in in_pieces(found.touched):
        for record in kind.model.objects.filter(pk__in=[pk for pk, *_rest in piece]).order_by("pk"):
            setattr(record, name, value)
            try:
                record.clean()
            except ValidationError as error:
                errors = getattr(error, "message_dict", {NON_FIELD_ERRORS: error.messages})
                title = str(getattr(record, kind.title_field))
                raise Invalid(
                    {key: [f"{title}: {text}" for text in texts] for key, texts in errors.items()}
                ) from error


def _update(kind: RecordKind, keys: Sequence[int], written: Mapping[str, Any]) -> None:
    """Write the same values into the rows of ``keys``; how they sound is computed row by row."""
    rows = kind.model.objects.filter(pk__in=keys)
    is_spelled = len(with_sounds(kind.model, written)) > len(written)
    try:
        with transaction.atomic():
            if is_spelled:
                _update_spelled(kind, keys, written)
            else:
                rows.update(**written)
    except IntegrityError as error:
        texts = {
            text
            for constraint in kind.model._meta.constraints
            if isinstance(constraint, CheckConstraint)
            and constraint.name
            and constraint.name in str(error)
            for text in [str(constraint.get_violation_error_message())]
        }
        if not texts:
            raise
        raise Invalid({NON_FIELD_ERRORS: sorted(texts)}) from error


def _update_spelled(kind: RecordKind, keys: Sequence[int], written: Mapping[str, Any]) -> None:
    """Write the values and how each row sounds with them, both in one ``UPDATE``: the columns of
    the search are computed once.
    """
    for piece in in_pieces(keys):
        records = list(kind.model.objects.filter(pk__in=piece))
        for record in records:
            for name, value in written.items():
                setattr(record, name, record.version + 1 if name == "version" else value)
        update_rows(kind.model, records, written)


def _set_mentions(
    revision: Revision, kind: RecordKind, name: str, value: Any, uids: Sequence[uuid.UUID]
) -> None:
    """Let each row mention what its field names now."""
    if name not in kind.mentions:
        return
    Mention.objects.filter(
        revision=revision, record_kind=kind.code, field=name, record_uid__in=uids
    ).delete()
    printed = [text for text in (value if isinstance(value, list) else [value]) if text]
    names = names_for(printed)
    copy_in(
        Mention,
        (
            Mention(
                revision=revision,
                record_kind=kind.code,
                record_uid=uid,
                field=name,
                position=position,
                name=names[text],
            )
            for uid in uids
            for position, text in enumerate(printed)
        ),
    )


@transaction.atomic
def remove(
    actor: User,
    revision_id: int,
    kind: RecordKind,
    rows: QuerySet[Any],
    digest: str,
    *,
    tick: Tick = nobody,
) -> Operation:
    """Remove the chosen rows, all or none, and return the operation. Raises as ``set_field``."""
    revision = open_revision(actor, revision_id, kind)
    with pghistory.context(user=actor.pk, removed_by=actor.pk, operation=OperationKind.REMOVE):
        found = _held(rows, revision, digest)
        for piece in in_pieces(found.touched, PER_STATEMENT):
            versions = {uid: version for _pk, uid, version in piece}
            tick(bulk.remove_rows(actor, revision_id, kind, versions))
        return _noted(actor, revision, kind, OperationKind.REMOVE, changed=found.total)


@dataclass
class Block:
    """What a pasted block does: rows that change, each as it was read, and rows that are new."""

    changes: list[bulk.Change] = field(default_factory=list)
    new: list[Mapping[str, Any]] = field(default_factory=list)


@transaction.atomic
def paste(
    actor: User, revision_id: int, kind: RecordKind, block: Block, *, tick: Tick = nobody
) -> Operation:
    """Store a block that was looked at, all or none, and return the operation.

    Raises as ``bulk.add_rows`` and ``bulk.change_rows`` do; ``Refused`` where nothing would change.
    """
    if not block.changes and not block.new:
        raise Refused(_("No row would change. There is nothing to do."))
    revision = open_revision(actor, revision_id, kind)
    with pghistory.context(user=actor.pk, operation=OperationKind.PASTE):
        if block.changes:
            tick(bulk.change_rows(actor, revision_id, kind, block.changes))
        added = bulk.add_rows(actor, revision_id, kind, block.new)
        tick(added)
        return _noted(
            actor, revision, kind, OperationKind.PASTE, changed=len(block.changes), added=added
        )


def _noted(
    actor: User, revision: Revision, kind: RecordKind, what: OperationKind, **said: Any
) -> Operation:
    """Keep the operation, with the id under which the rows' history holds it."""
    if "value" in said:
        longest = Operation._meta.get_field("value").max_length
        said["value"] = said["value"][:longest]
    return Operation.objects.create(
        revision=revision,
        record_kind=kind.code,
        what=what,
        by=actor,
        context=context_id(),
        **said,
    )


def why_not_undone(operation: Operation) -> WorkflowError | None:
    """Return why an operation cannot be taken back any more, or None."""
    revision = operation.revision
    if operation.undone_at is not None:
        return WrongState(_("This is undone already."))
    if revision.state not in WRITABLE or (
        revision.returned_at is not None and operation.at < revision.returned_at
    ):
        return Locked(
            _("This can be undone until the case is reported. It has been reported since.")
        )
    return None


def preview_undoing(operation: Operation) -> Would:
    """Return what taking an operation back would do. Raises as ``why_not_undone`` says."""
    if refusal := why_not_undone(operation):
        raise refusal
    kind = record_kinds[operation.record_kind]
    return would_take_back(kind, operation.revision, operation.context)


@transaction.atomic
def undo(
    actor: User, operation_id: int, digest: str | None = None, *, tick: Tick = nobody
) -> Undoing:
    """Take an operation back, and return what was done; rows saved since stay as they are.

    Anyone who fills the case may. ``digest`` says which preview was seen (None: none); ``Moved``
    where it would show something else now. Raises ``Operation.DoesNotExist``, ``Revision.DoesNotExist``
    out of scope, and as ``why_not_undone`` and ``open_revision`` do.
    """
    operation = Operation.objects.select_related("revision").get(pk=operation_id)
    kind = record_kinds[operation.record_kind]
    revision = open_revision(actor, operation.revision_id, kind)
    operation = Operation.objects.select_for_update().get(pk=operation_id)
    operation.revision = revision
    if refusal := why_not_undone(operation):
        raise refusal
    undoing = undoing_of(kind, revision, operation.context)
    if digest is not None and digest != undoing.digest:
        raise Moved
    with pghistory.context(user=actor.pk, undone_operation=operation.pk):
        name_the_writer()
        take_back(actor, revision, undoing, tick)
        operation.undone_at, operation.undone_by = timezone.now(), actor
        operation.save(update_fields=["undone_at", "undone_by"])
    return undoing
