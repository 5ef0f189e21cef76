"""What changed between two states of a case: row by row, by permanent id."""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.cases.desk.queries import with_relations
from apps.cases.desk.values import field_label, in_words
from apps.cases.kinds import RecordKind
from apps.cases.models import Revision

ADDED, CHANGED, REMOVED = "added", "changed", "removed"


@dataclass(frozen=True)
class Name:
    """One name of a list, and whether the other state has it too."""

    text: str
    is_kept: bool


@dataclass(frozen=True)
class FieldChange:
    """One field before and after, as text; for lists of names also name by name."""

    name: str
    label: str
    before: str
    after: str
    names_before: tuple[Name, ...] = ()
    names_after: tuple[Name, ...] = ()


@dataclass(frozen=True)
class RowChange:
    """One row that was added, changed or removed."""

    kind: RecordKind
    uid: uuid.UUID
    what: str
    title: str
    fields: tuple[FieldChange, ...] = field(default=())
    moved: bool = False


@dataclass(frozen=True)
class Changes:
    """All that differs, and where it is told from."""

    rows: tuple[RowChange, ...]

    def count(self, what: str) -> int:
        """Return how many rows were ``what``."""
        return sum(row.what == what for row in self.rows)

    @property
    def added(self) -> int:
        """Return how many rows are new."""
        return self.count(ADDED)

    @property
    def changed(self) -> int:
        """Return how many rows have other values."""
        return self.count(CHANGED)

    @property
    def removed(self) -> int:
        """Return how many rows are gone."""
        return self.count(REMOVED)

    @property
    def marks(self) -> dict[tuple[str, str], str]:
        """Return what happened to each row, by record kind and uid."""
        return {(row.kind.code, str(row.uid)): row.what for row in self.rows}


def field_changes(kind: RecordKind, before: Any, after: Any) -> tuple[FieldChange, ...]:
    """Return the content fields in which two states of a row differ."""
    return tuple(_changed_fields(kind, before, after))


def _changed_fields(kind: RecordKind, before: Any, after: Any) -> Iterator[FieldChange]:
    for name in kind.fields:
        # A relation is compared by its key: no query for a value that did not change.
        attname = kind.model._meta.get_field(name).attname  # type: ignore[union-attr]
        old, new = getattr(before, attname), getattr(after, attname)
        if old == new:
            continue
        lists = isinstance(old, list) and isinstance(new, list)
        yield FieldChange(
            name,
            field_label(kind.model, name),
            in_words(before, name),
            in_words(after, name),
            _names(old, new) if lists else (),
            _names(new, old) if lists else (),
        )


def _names(these: list[Any], others: list[Any]) -> tuple[Name, ...]:
    """Return ``these`` with a mark where ``others`` has no such name at the same turn."""
    left = list(others)
    names = []
    for text in these:
        kept = text in left
        if kept:
            left.remove(text)
        names.append(Name(str(text), kept))
    return tuple(names)


def _title(kind: RecordKind, row: Any) -> str:
    return str(getattr(row, kind.title_field))


def changes_between(base: Revision, revision: Revision) -> Changes:
    """Return what ``revision`` changes against ``base``, the revision it was copied from.

    Only rows that were saved since the copy are read in full: a list of many thousand rows with
    three corrections costs little more than the three.
    """
    rows: list[RowChange] = []
    for kind in revision.case.kind_spec.records:
        old_keys = _keys(kind, base)
        new_keys = _keys(kind, revision)
        touched = {
            uid
            for uid in old_keys.keys() | new_keys.keys()
            if old_keys.get(uid) != new_keys.get(uid)
        }
        rows += _compare(kind, _rows(kind, base, touched), _rows(kind, revision, touched))
    return Changes(tuple(rows))


def changes_since(revision: Revision, moment: dt.datetime) -> Changes:
    """Return what was changed in ``revision`` itself after ``moment``, told by its history."""
    rows: list[RowChange] = []
    for kind in revision.case.kind_spec.records:
        events = kind.model.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
            revision=revision
        )
        later = events.filter(pgh_created_at__gt=moment).values_list("uid", flat=True)
        touched = set(later)
        before: dict[uuid.UUID, Any] = {}
        earlier = events.filter(pgh_created_at__lte=moment, uid__in=touched)
        for event in with_relations(earlier, kind).order_by("pgh_id"):
            before[event.uid] = event
        before = {uid: event for uid, event in before.items() if event.pgh_label != "delete"}
        rows += _compare(kind, before, _rows(kind, revision, touched))
    return Changes(tuple(rows))


def _keys(kind: RecordKind, revision: Revision) -> dict[uuid.UUID, tuple[Any, ...]]:
    """Return per row what tells whether it was saved since it was copied."""
    rows = kind.model.objects.filter(revision=revision)
    return {uid: rest for uid, *rest in rows.values_list("uid", "version", "updated_at")}  # type: ignore[misc]


def _rows(kind: RecordKind, revision: Revision, uids: set[uuid.UUID]) -> dict[uuid.UUID, Any]:
    rows = kind.model.objects.filter(revision=revision, uid__in=uids)
    return {row.uid: row for row in with_relations(rows, kind).order_by("position", "id")}


def _compare(
    kind: RecordKind, old: Mapping[uuid.UUID, Any], new: Mapping[uuid.UUID, Any]
) -> Iterator[RowChange]:
    """Yield the differences: changed and new rows in their order, then the removed ones."""
    for uid, row in new.items():
        former = old.get(uid)
        if former is None:
            yield RowChange(kind, uid, ADDED, _title(kind, row))
            continue
        changed = field_changes(kind, former, row)
        moved = former.position != row.position
        if changed or moved:
            yield RowChange(kind, uid, CHANGED, _title(kind, row), changed, moved)
    for uid, row in old.items():
        if uid not in new:
            yield RowChange(kind, uid, REMOVED, _title(kind, row))
