"""Writing the rows of a case: one at a time from a form, many at once from a pack or an import."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pghistory
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.domain.mentions import remove_mentions, write_mentions
from apps.cases.domain.writing import update_rows, with_sounds
from apps.cases.errors import Invalid, Refused, StaleRecord
from apps.cases.kinds import RecordKind
from apps.cases.models import Record, Revision

# Rows further apart than one, so that a row can be put between two without moving the rest.
STEP = 10


def open_revision(actor: User, revision_id: int, kind: RecordKind) -> Revision:
    """Return the revision, held against transitions, if ``actor`` may write rows of ``kind`` in it.

    Called in the transaction that writes the rows. Raises ``Revision.DoesNotExist`` out of scope,
    ``NotAllowed`` or ``Locked``.
    """
    scope.lock_shared(revision_id)
    return _open_locked(actor, revision_id, kind)


def open_newest(actor: User, case_id: int, kind: RecordKind) -> Revision:
    """Return the newest revision of a case as ``open_revision`` does: one query less to find it."""
    revision_id = scope.lock_newest(case_id)
    if revision_id is None:
        raise Revision.DoesNotExist
    return _open_locked(actor, revision_id, kind)


def _open_locked(actor: User, revision_id: int, kind: RecordKind) -> Revision:
    revision = Revision.objects.visible_to(actor).select_related("case__bureau").get(pk=revision_id)
    if kind not in revision.case.kind_spec.records:
        raise Refused(_("A case of this kind holds no %(rows)s.") % {"rows": kind.label_plural})
    scope.ensure_may_fill(actor, revision)
    return revision


def _clean(record: Record, row: int | None = None, only: Collection[str] | None = None) -> None:
    """Raise ``Invalid`` with every fault of ``record`` at once; of the fields ``only`` if given.

    A row that a field names and that is at hand is not looked up again.
    """
    exclude = {"revision", "updated_by"}
    for field in record._meta.concrete_fields:
        at_hand = field.is_relation and field.is_cached(record)  # type: ignore[attr-defined]
        if at_hand or (only is not None and field.name not in only):
            exclude.add(field.name)
    try:
        record.clean_fields(exclude=exclude)
        record.clean()
    except ValidationError as error:
        errors = getattr(error, "message_dict", {NON_FIELD_ERRORS: error.messages})
        raise Invalid(errors, row) from error


def store(
    records: Iterable[Record], write: Callable[[], object], *, is_sound: bool = False
) -> None:
    """Run ``write``, which stores ``records``; raise ``Invalid`` where a check refuses one.

    The model's check constraints are asked row by row only after the database has refused, and
    ``records`` gone through only then. A row
    that is there already stays an ``IntegrityError``. ``is_sound``: the caller gives no value that
    a check could refuse, so there is nothing to go back to and to say.
    """
    if is_sound:
        write()
        return
    try:
        with transaction.atomic():
            write()
    except IntegrityError as refusal:
        written = list(records)
        for number, record in enumerate(written, start=1):
            for constraint in type(record)._meta.constraints:
                if not isinstance(constraint, CheckConstraint):
                    continue
                try:
                    constraint.validate(type(record), record)
                except ValidationError as error:
                    row = number if len(written) > 1 else None
                    raise Invalid({NON_FIELD_ERRORS: error.messages}, row) from refusal
        raise


def is_same(stored: Any, value: Any) -> bool:
    """Say whether saving ``value`` would change nothing. 58.8 and 58.80 are printed differently."""
    if isinstance(stored, Decimal) and isinstance(value, Decimal):
        return stored.as_tuple() == value.as_tuple()
    return bool(stored == value)


@dataclass(frozen=True)
class Change:
    """What a row is to become: a new one, or the row ``uid`` as the person read it at ``version``.

    ``values`` holds a part of the kind's fields, ``position`` and ``flags``.
    """

    values: Mapping[str, Any]
    uid: uuid.UUID | None = None
    version: int | None = None


def save_record(
    actor: User,
    revision_id: int,
    kind: RecordKind,
    values: Mapping[str, Any],
    *,
    uid: uuid.UUID | None = None,
    version: int | None = None,
) -> Record:
    """Store one row and return it: a new one, or the row ``uid`` as read at ``version``.

    Effects and errors are those of ``save_records``.
    """
    return save_records(actor, revision_id, kind, [Change(values, uid, version)])[0]


@transaction.atomic
def save_records(
    actor: User, revision_id: int, kind: RecordKind, changes: Sequence[Change]
) -> list[Record]:
    """Store rows, all or none, and return them in the order of ``changes``.

    Effects, in one transaction: each row with its saver and time, its next version, its mentions,
    and (by trigger) its history. A change that changes nothing leaves its row as it is.
    A constant number of queries per 2,000 rows.
    Raises ``Revision.DoesNotExist`` or the model's ``DoesNotExist`` (out of scope), ``NotAllowed``,
    ``Locked``, ``Invalid``, and ``StaleRecord`` when a row was saved by somebody else meanwhile.
    """
    return store_changes(actor, open_revision(actor, revision_id, kind), kind, changes)


def store_changes(
    actor: User,
    revision: Revision,
    kind: RecordKind,
    changes: Sequence[Change],
    *,
    is_sound: bool = False,
) -> list[Record]:
    """Store rows of a revision that ``open_revision`` opened in this transaction.

    ``is_sound``: no value breaks a check constraint of the kind, so rows that stand are written
    without a savepoint. Otherwise as ``save_records``.
    """
    scope.ensure_rows_are_open(revision, kind.code, [change.uid for change in changes])
    uids = [change.uid for change in changes if change.uid is not None]
    # In the order of their keys: two people who save the same rows wait for each other once.
    stored = {record.uid: record for record in _held(revision, kind, uids)} if uids else {}
    last = 0
    if len(uids) < len(changes):
        rows = kind.model.objects.filter(revision=revision)
        last = rows.aggregate(last=Max("position"))["last"] or 0
    records, new, changed = [], [], []
    for change in changes:
        if change.uid is None:
            last += STEP
            record = kind.model(revision=revision, position=last, version=0)
            new.append(record)
        elif (found := stored.get(change.uid)) is None:
            raise kind.model.DoesNotExist
        else:
            record = found
            if all(is_same(getattr(record, n), value) for n, value in change.values.items()):
                records.append(record)
                continue
            if change.version is not None and change.version != record.version:
                if not was_stored(actor, kind, record, change.values, change.version):
                    raise StaleRecord(record, dict(change.values))
                records.append(record)
                continue
            changed.append(record)
        for name, value in change.values.items():
            setattr(record, name, value)
        record.version += 1
        record.updated_at = timezone.now()
        record.updated_by = actor
        _clean(record, only=None if change.uid is None else change.values)
        records.append(record)
    names = {name for change in changes for name in change.values}
    with pghistory.context(user=actor.pk):
        if new:
            store(new, lambda: kind.model.objects.bulk_create(new, batch_size=2000))
        if changed:
            store(changed, lambda: _update(kind, changed, names), is_sound=is_sound)
        if new or changed:
            write_mentions(revision, kind, [*new, *changed])
    return records


def _held(revision: Revision, kind: RecordKind, uids: Collection[uuid.UUID]) -> Iterable[Record]:
    """Return rows of the revision, locked, with the rows that their own rules look at."""
    rows = kind.model.objects.select_for_update(of=("self",))
    if kind.select_related:
        rows = rows.select_related(*kind.select_related)
    return rows.filter(revision=revision, uid__in=uids).order_by("pk")


def _update(kind: RecordKind, records: Sequence[Record], names: Collection[str]) -> None:
    """Write the fields ``names`` of rows that stand, with who saved them and when."""
    written = [*names, "version", "updated_at", "updated_by"]
    if len(records) == 1:
        records[0].save(force_update=True, update_fields=with_sounds(kind.model, written))
    else:
        update_rows(kind.model, records, written)


def was_stored(
    actor: User, kind: RecordKind, record: Record, values: Mapping[str, Any], version: int
) -> bool:
    """Say whether ``actor`` has stored these values upon ``version`` of the row before.

    A save whose answer was lost on the way comes again; the history knows that it was stored, and
    it is no stale save against itself. ``version`` 0 is a first entry.
    """
    kept = (
        kind.model.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
            pgh_obj_id=record.pk, version=version + 1, updated_by=actor
        )
        .order_by("-pgh_id")
        .first()
    )
    return kept is not None and all(
        is_same(getattr(kept, name), value) for name, value in values.items()
    )


@transaction.atomic
def remove_record(
    actor: User, revision_id: int, kind: RecordKind, uid: uuid.UUID, *, version: int | None = None
) -> None:
    """Remove one row from a case that is open. Its history stays.

    Raises as ``save_record`` does.
    """
    revision = open_revision(actor, revision_id, kind)
    scope.ensure_row_is_open(revision, kind.code, uid)
    record = kind.model.objects.select_for_update().get(revision=revision, uid=uid)
    if version is not None and version != record.version:
        raise StaleRecord(record, {})
    with pghistory.context(user=actor.pk, removed_by=actor.pk):
        remove_mentions(revision, kind, [uid])
        record.delete()


@transaction.atomic
def restore_record(actor: User, revision_id: int, kind: RecordKind, uid: uuid.UUID) -> Record:
    """Put a removed row back as it was, with its permanent id and its place, and return it.

    The values come from the row's history. A row that stands is returned as it is, so that a
    repeated call is harmless. Raises as ``save_record`` does; ``DoesNotExist`` of the model
    where the revision never held such a row.
    """
    revision = open_revision(actor, revision_id, kind)
    scope.ensure_row_is_open(revision, kind.code, uid)
    record = kind.model.objects.filter(revision=revision, uid=uid).first()
    if record is not None:
        return record
    last = (
        kind.model.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
            revision_id=revision.pk, uid=uid, pgh_label="delete"
        )
        .order_by("-pgh_id")
        .first()
    )
    if last is None:
        raise kind.model.DoesNotExist
    values = {name: getattr(last, name) for name in kind.fields}
    record = kind.model(
        revision=revision,
        uid=uid,
        position=last.position,
        source_line=last.source_line,
        flags=last.flags,
        version=last.version + 1,
        updated_by=actor,
        **values,
    )
    _clean(record)
    with pghistory.context(user=actor.pk):
        try:
            store([record], record.save)
        except IntegrityError:
            # Somebody else put it back at the same moment; both asked for the same.
            return kind.model.objects.get(revision=revision, uid=uid)
        write_mentions(revision, kind, [record])
    return record


@transaction.atomic
def add_records(
    actor: User, revision_id: int, kind: RecordKind, rows: Iterable[Mapping[str, Any]]
) -> list[Record]:
    """Add ``rows`` behind the present ones, in their order, all or none. Return the new rows.

    A constant number of queries per 2,000 rows. Raises as ``save_record`` does; ``Invalid`` names
    the row, counted from 1.
    """
    revision = open_revision(actor, revision_id, kind)
    scope.ensure_row_is_open(revision, kind.code, None)
    last = kind.model.objects.filter(revision=revision).aggregate(last=Max("position"))["last"] or 0
    now = timezone.now()
    records = []
    for number, values in enumerate(rows, start=1):
        record = kind.model(
            revision=revision,
            position=last + number * STEP,
            updated_at=now,
            updated_by=actor,
            **values,
        )
        _clean(record, number)
        records.append(record)
    with pghistory.context(user=actor.pk):
        store(records, lambda: kind.model.objects.bulk_create(records, batch_size=2000))
        write_mentions(revision, kind, records)
    return records
