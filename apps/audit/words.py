"""Entries in words: what was written, what was before and after."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit.coverage import covered_models
from apps.audit.models import Entry, Operation
from apps.audit.names import NAMED, Names, names_of
from apps.cases.kinds import record_kind_of
from apps.cases.models import Record
from apps.cases.workflow import EVENT_LABELS
from apps.registry.models import District

# Columns that say nothing to a reader: the key, and what counts writes.
QUIET = frozenset(
    {"id", "uid", "version", "fingerprint", "at", "actor_id", "author_id", "agent"}
    | {"updated_at", "updated_by_id", "record_uid", "list_place", "sounds"}
)
LONGEST = 200


@dataclass(frozen=True)
class Change:
    """One column of an entry: its name, what it was, what it is."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One entry as the page and the export show it."""

    entry: Entry
    table: str
    changes: tuple[Change, ...]

    @property
    def url(self) -> str:
        """Return the address of the row of a case that it is about, with all its history, or ""."""
        model = _model_of(self.entry.table_name)
        if model is None or not issubclass(model, Record) or self.entry.case_id is None:
            return ""
        if self.entry.row_uid is None:
            # Many rows: their case is shown beside them.
            return ""
        code = record_kind_of(model).code
        return reverse("desk:row", args=[self.entry.case_id, code, self.entry.row_uid])

    @property
    def text(self) -> str:
        """Return the changes as one text."""
        return "; ".join(f"{c.label}: {c.before} → {c.after}" for c in self.changes)


@cache
def _model_of(table: str) -> type[models.Model] | None:
    return next((m for m in covered_models() if m._meta.db_table == table), None)


def _field_of(table: str, column: str) -> Any:
    model = _model_of(table)
    fields = model._meta.concrete_fields if model is not None else ()
    return next((field for field in fields if field.column == column), None)


def _keys(entry: Entry) -> list[str]:
    """Return the columns of an entry that are worth showing, as the model orders them."""
    model = _model_of(entry.table_name)
    there = {**(entry.old or {}), **(entry.new or {})}
    if model is None:
        return sorted(there)
    return [
        str(field.column)
        for field in model._meta.concrete_fields
        if field.column in there and field.column not in QUIET
    ]


def lines(entries: Iterable[Entry], districts: Iterable[District] | None = None) -> list[Line]:
    """Return the entries in words. One query for the names that occur in them.

    ``districts`` are all districts, where the caller has read them; else a second query.
    """
    entries = list(entries)
    names = dict(_names(entries))
    names |= {(District, row.pk): str(row) for row in districts or District.objects.all()}
    return [
        Line(
            entry,
            str(model._meta.verbose_name) if (model := _model_of(entry.table_name)) else "",
            tuple(_changes(entry, names)),
        )
        for entry in entries
    ]


def _names(entries: Iterable[Entry]) -> Names:
    """Return what the rows are called that the entries point to, in one query."""
    wanted: dict[type[models.Model], set[Any]] = {model: set() for model in NAMED}
    for entry in entries:
        for column in _keys(entry):
            field = _field_of(entry.table_name, column)
            if field is not None and field.related_model in wanted:
                for side in (entry.old, entry.new):
                    if side and side.get(column) is not None:
                        wanted[field.related_model].add(side[column])
    return names_of(wanted)


def _changes(entry: Entry, names: Names) -> list[Change]:
    if entry.operation == Operation.ADDED_TOGETHER:
        return [Change(_("rows"), "", str(entry.row_count))]  # type: ignore[attr-defined]
    found = []
    for column in _keys(entry):
        field = _field_of(entry.table_name, column)
        before, after = (
            _in_words(side.get(column), field, names) if side else ""
            for side in (entry.old, entry.new)
        )
        if before or after:
            found.append(Change(_label(field, column), before, after))
    return found


def _label(field: Any, column: str) -> str:
    """Return what a column is called; a relation that has no name of its own by what it leads to."""
    if field is None:
        return column
    if field.related_model and str(field.verbose_name) == field.name.replace("_", " "):
        return str(field.related_model._meta.verbose_name)
    return str(field.verbose_name)


def _in_words(value: Any, field: Any, names: Names) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if field is not None and field.related_model:
        return names.get((field.related_model, value), str(value))
    if field is not None and field.name == "transition":
        return str(EVENT_LABELS.get(value, value))
    if field is not None and field.choices and isinstance(value, str):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateTimeField) and isinstance(value, str):
        return f"{timezone.localtime(dt.datetime.fromisoformat(value)):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = "、".join(str(part) for part in value) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
