"""Writing the rows of a case: one at a time from a form, many at once from a pack or an import."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
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
from apps.cases.errors import Invalid, Refused, StaleRecord
from apps.cases.kinds import RecordKind
from apps.cases.models import Record, Revision

# Rows further apart than one, so that a row can be put between two without moving the rest.
STEP = 10


def _open_revision(actor: User, revision_id: int, kind: RecordKind) -> Revision:
    """Return the revision, held against transitions, if ``actor`` may write rows of ``kind`` in it.

    Raises ``Revision.DoesNotExist`` out of scope, ``NotAllowed`` or ``Locked``.
    """
    scope.lock_shared(revision_id)
    revision = Revision.objects.visible_to(actor).select_related("case__bureau").get(pk=revision_id)
    if kind not in revision.case.kind_spec.records:
        raise Refused(_("A case of this kind holds no %(rows)s.") % {"rows": kind.label_plural})
    scope.ensure_may_fill(actor, revision)
    return revision


def _clean(record: Record, row: int | None = None) -> None:
    """Raise ``Invalid`` with every fault of ``record`` at once."""
    try:
        record.clean_fields(exclude=["revision", "updated_by"])
        record.clean()
    except ValidationError as error:
        errors = getattr(error, "message_dict", {NON_FIELD_ERRORS: error.messages})
        raise Invalid(errors, row) from error


def _store(records: Sequence[Record], write: Callable[[], object]) -> None:
    """Run ``write``, which stores ``records``; raise ``Invalid`` where a check refuses one.

    The model's check constraints are asked row by row only after the database has refused. A row
    that is there already stays an ``IntegrityError``.
    """
    try:
        with transaction.atomic():
            write()
    except IntegrityError as refusal:
        for number, record in enumerate(records, start=1):
            for constraint in type(record)._meta.constraints:
                if not isinstance(constraint, CheckConstraint):
                    continue
                try:
                    constraint.validate(type(record), record)
                except ValidationError as error:
                    row = number if len(records) > 1 else None
                    raise Invalid({NON_FIELD_ERRORS: error.messages}, row) from refusal
        raise


def _is_same(stored: Any, value: Any) -> bool:
    """Say whether saving ``value`` would change nothing. 58.8 and 58.80 are printed differently."""
    if isinstance(stored, Decimal) and isinstance(value, Decimal):
        return stored.as_tuple() == value.as_tuple()
    return bool(stored == value)


@transaction.atomic
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

    Effects, in one transaction: the row with its saver and time, its next version, its mentions,
    and (by trigger) its history. A save that changes nothing leaves the row as it is.
    ``values`` may hold a part of ``kind.fields``, ``position`` and ``flags``.
    Raises ``Revision.DoesNotExist`` or the model's ``DoesNotExist`` (out of scope), ``NotAllowed``,
    ``Locked``, ``Invalid``, and ``StaleRecord`` when the row was saved by somebody else meanwhile.
    """
    revision = _open_revision(actor, revision_id, kind)
    scope.ensure_row_is_open(revision, kind.code, uid)
    if uid is None:
        last = kind.model.objects.filter(revision=revision).aggregate(last=Max("position"))["last"]
        record = kind.model(revision=revision, position=(last or 0) + STEP, version=0)
    else:
        record = kind.model.objects.select_for_update().get(revision=revision, uid=uid)
        if all(_is_same(getattr(record, name), value) for name, value in values.items()):
            return record
        if version is not None and version != record.version:
            raise StaleRecord(record, dict(values))
    for name, value in values.items():
        setattr(record, name, value)
    record.version += 1
    record.updated_at = timezone.now()
    record.updated_by = actor
    _clean(record)
    with pghistory.context(user=actor.pk):
        _store([record], record.save)
        write_mentions(revision, kind, [record])
    return record


@transaction.atomic
def remove_record(
    actor: User, revision_id: int, kind: RecordKind, uid: uuid.UUID, *, version: int | None = None
) -> None:
    """Remove one row from a case that is open. Its history stays.

    Raises as ``save_record`` does.
    """
    revision = _open_revision(actor, revision_id, kind)
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
    revision = _open_revision(actor, revision_id, kind)
    scope.ensure_row_is_open(revision, kind.code, uid)
    record = kind.model.objects.filter(revision=revision, uid=uid).first()
    if record is not None:
        return record
    last = (
        kind.model.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
            revision_id=revision.pk, uid=uid
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
            _store([record], record.save)
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
    revision = _open_revision(actor, revision_id, kind)
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
        _store(records, lambda: kind.model.objects.bulk_create(records, batch_size=2000))
        write_mentions(revision, kind, records)
    return records
