"""Writing very many rows of a case at once: added, changed or removed, all or none.

The rules are those of ``records``; the rows stream through, so that a hundred thousand of them
are never held together.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import pghistory
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.domain.mentions import (
    names_in,
    printed_names,
    remove_mentions,
    write_mentions,
)
from apps.cases.domain.records import STEP, open_revision, store
from apps.cases.domain.shapes import Shape, shape_of
from apps.cases.domain.writing import (
    copy_in,
    copy_values,
    in_pieces,
    name_the_writer,
    update_rows,
)
from apps.cases.errors import Invalid, StaleRecord
from apps.cases.kinds import RecordKind
from apps.cases.models import Mention, Record, Revision
from apps.registry.domain import name_ids
from apps.registry.sounds import SoundsField, sounds_of

MOST_NAMES = 50_000
"""Of so many names at most the ids are kept in mind while a list is stored: some 10 MB."""


@dataclass(frozen=True)
class Change:
    """New values of one row, as it was read at ``version``."""

    uid: uuid.UUID
    version: int
    values: Mapping[str, Any]


def faults_of(record: Record) -> dict[str, list[str]]:
    """Return every fault of one row, by field, without asking the database.

    That a relation exists is the database's own constraint; here it only has to be there.
    """
    errors: dict[str, list[str]] = {}
    relations = []
    for each in record._meta.concrete_fields:
        if isinstance(each, models.ForeignKey):
            relations.append(each.name)
            if not each.null and getattr(record, each.attname) is None:
                errors[each.name] = [str(each.error_messages["null"])]
    try:
        record.clean_fields(exclude=relations)
        record.clean()
    except ValidationError as error:
        errors |= getattr(error, "message_dict", {NON_FIELD_ERRORS: error.messages})
    return errors


def _clean(record: Record, row: int) -> None:
    if errors := faults_of(record):
        raise Invalid(errors, row)


def faults_in(model: type[Record], values: Mapping[str, Any], **fixed: Any) -> dict[str, list[str]]:
    """Return every fault of a row of these values, as ``faults_of`` does, without making the row."""
    shape = shape_of(model)
    if shape is None:
        return faults_of(model(**fixed, **values))
    return shape.row(values, fixed)[1]


def add_rows(
    actor: User, revision_id: int, kind: RecordKind, rows: Iterable[Mapping[str, Any]]
) -> int:
    """Add ``rows`` behind the present ones, in their order, all or none; return how many.

    ``rows`` may name their ``uid``. A constant number of queries per 2,000 rows. Raises as
    ``records.add_records`` does.
    """
    return add_pieces(actor, revision_id, kind, in_pieces(rows))


@transaction.atomic
def add_pieces(
    actor: User, revision_id: int, kind: RecordKind, pieces: Iterable[Iterable[Mapping[str, Any]]]
) -> int:
    """Add the rows of all ``pieces`` as ``add_rows`` does, with a constant number of queries each.

    The rows of a piece may be made while they are drawn, which is while the database stores those
    before: two processors work at once. They must not ask the database anything meanwhile.
    """
    revision = open_revision(actor, revision_id, kind)
    last = kind.model.objects.filter(revision=revision).aggregate(last=Max("position"))["last"] or 0
    adding = _Adding(
        revision,
        kind,
        {
            "revision": revision,
            "list_place": revision.case.list_place,
            "updated_at": timezone.now(),
            "updated_by": actor,
        },
        last,
    )
    add = adding.plain if shape_of(kind.model) else adding.records
    with pghistory.context(user=actor.pk):
        name_the_writer()
        for piece in pieces:
            rows = iter(piece)
            for first in rows:
                if not adding.count:
                    scope.ensure_row_is_open(revision, kind.code, None)
                add(chain([first], rows))
    return adding.count


@dataclass
class _Adding:
    """Rows on their way behind those of a revision, whose own ended at the position ``last``."""

    revision: Revision
    kind: RecordKind
    fixed: dict[str, Any]
    last: int
    count: int = 0
    # Organisation names that were asked for, with their ids: a list names most of them again.
    names: dict[str, int] = field(default_factory=dict)

    def records(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Store new rows of a kind that looks at each as a whole."""
        records = []
        for values in rows:
            self.count += 1
            position = self.last + self.count * STEP
            record = self.kind.model(**self.fixed, position=position, **values)
            _clean(record, self.count)
            records.append(record)
        store(records, lambda: copy_in(self.kind.model, records))
        copy_in_mentions(self.revision, self.kind, records)

    def plain(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Store new rows column by column, without an object for each: a third of the time."""
        model, shape = self.kind.model, shape_of(self.kind.model)
        assert shape is not None
        made: list[list[Any]] = []
        store(
            # Only where the database refuses a row are there objects to ask which.
            (model(**dict(zip(shape.attnames, row, strict=True))) for row in made),
            lambda: copy_values(model, shape.attnames, self._made(shape, rows, made)),
        )
        at_uid = shape.by_name["uid"].at
        for name in self.kind.mentions:
            at = shape.by_name[name].at
            _copy_mentions(
                self.revision,
                self.kind,
                [
                    (row[at_uid], name, position, text)
                    for row in made
                    for position, text in enumerate(names_in(row[at]))
                ],
                self.names,
            )

    def _made(
        self, shape: Shape, rows: Iterable[Mapping[str, Any]], made: list[list[Any]]
    ) -> Iterator[list[Any]]:
        """Yield the values of each row, column by column, and keep them in ``made``."""
        spelled = [
            (column.at, [shape.by_name[name].at for name in column.field.of])
            for column in shape.columns
            if isinstance(column.field, SoundsField)
        ]
        keys = {name: getattr(value, "pk", value) for name, value in self.fixed.items()}
        for values in rows:
            self.count += 1
            keys["position"] = self.last + self.count * STEP
            row, faults = shape.row(values, keys)
            if faults:
                raise Invalid(faults, self.count)
            for at, of in spelled:
                row[at] = sounds_of([row[each] for each in of])
            made.append(row)
            yield row


def copy_in_mentions(revision: Revision, kind: RecordKind, records: Sequence[Record]) -> None:
    """Store the mentions of rows that are new."""
    _copy_mentions(
        revision,
        kind,
        [
            (record.uid, field, position, name)
            for record in records
            for field in kind.mentions
            for position, name in enumerate(printed_names(record, field))
        ],
    )


def _copy_mentions(
    revision: Revision,
    kind: RecordKind,
    printed: Sequence[tuple[uuid.UUID, str, int, str]],
    known: dict[str, int] | None = None,
) -> None:
    """Store mentions that are new: permanent id of the row, field, place in it, name.

    ``known`` are ids of names that were asked for before; it gets those that were not.
    """
    if not printed:
        return
    names = {} if known is None or len(known) > MOST_NAMES else known
    names |= name_ids({name for *_, name in printed} - names.keys())
    copy_values(
        Mention,
        ("revision_id", "record_kind", "record_uid", "field", "position", "name_id"),
        (
            (revision.pk, kind.code, uid, field, position, names[name])
            for uid, field, position, name in printed
        ),
    )


def _held(
    revision: Revision, kind: RecordKind, versions: Mapping[uuid.UUID, int]
) -> dict[uuid.UUID, Record]:
    """Return the rows, locked, at the versions they were read at. Raises ``StaleRecord``."""
    rows = (
        kind.model.objects.select_for_update(of=("self",))
        .filter(revision=revision, uid__in=versions)
        .order_by("pk")
    )
    held = {row.uid: row for row in rows}
    for uid, version in versions.items():
        if uid not in held:
            raise kind.model.DoesNotExist
        if held[uid].version != version:
            raise StaleRecord(held[uid], {})
    scope.ensure_rows_are_open(revision, kind.code, versions)
    return held


@transaction.atomic
def change_rows(actor: User, revision_id: int, kind: RecordKind, changes: Iterable[Change]) -> int:
    """Store the new values of rows, each at the version it was read at, all or none.

    Effects of each as those of ``records.save_record``. Raises as it does; ``StaleRecord`` where
    any row was saved by somebody else since.
    """
    revision = open_revision(actor, revision_id, kind)
    now, count = timezone.now(), 0
    with pghistory.context(user=actor.pk):
        name_the_writer()
        for piece in in_pieces(changes):
            held = _held(revision, kind, {change.uid: change.version for change in piece})
            names: set[str] = set()
            for change in piece:
                record = held[change.uid]
                for name, value in change.values.items():
                    setattr(record, name, value)
                names |= set(change.values)
                record.version += 1
                record.updated_at, record.updated_by = now, actor
                count += 1
                _clean(record, count)
            fields = sorted(names | {"version", "updated_at", "updated_by"})
            records = list(held.values())
            store(
                records,
                lambda rows=records, fields=fields: update_rows(kind.model, rows, fields),  # type: ignore[misc]
            )
            write_mentions(revision, kind, records)
    return count


@transaction.atomic
def remove_rows(
    actor: User, revision_id: int, kind: RecordKind, versions: Mapping[uuid.UUID, int]
) -> int:
    """Remove rows, each at the version it was read at, all or none. Their history stays.

    Raises as ``records.remove_record`` does.
    """
    revision = open_revision(actor, revision_id, kind)
    with pghistory.context(user=actor.pk, removed_by=actor.pk):
        for piece in in_pieces(versions.items()):
            held = _held(revision, kind, dict(piece))
            remove_mentions(revision, kind, held)
            kind.model.objects.filter(pk__in=[row.pk for row in held.values()]).delete()
    return len(versions)
