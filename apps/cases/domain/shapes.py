"""What the fields of one kind of row take and hold, worked out once for very many rows.

``Model.full_clean`` asks each field of each row anew. Here a value that is plainly what its field
holds is let through at once; any other is asked of the field itself, with its own messages.
"""

import datetime as dt
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models

Field = Any
"""A field of a model."""
Faults = dict[str, list[str]]
Says = Callable[[Any], bool]
_TYPES: dict[type[Field], type] = {
    models.DateTimeField: dt.datetime,
    models.UUIDField: uuid.UUID,
    models.BooleanField: bool,
}


def plainly(of: Field) -> Says | None:
    """Return what says of a value that ``of`` takes it as it is; None where only the field knows."""
    if of.choices:
        return None
    if isinstance(of, ArrayField):
        each = plainly(of.base_field)
        if each is None or of.validators:
            return None
        return lambda value: type(value) is list and all(map(each, value)) and bool(value)
    if isinstance(of, models.CharField | models.TextField):
        return _text(of)
    if isinstance(of, models.IntegerField):
        return _whole_number(of)
    wanted = _TYPES.get(type(of))
    if wanted is None or of.validators:
        return None
    return lambda value: type(value) is wanted


def _text(of: Field) -> Says | None:
    if any(type(validator) is not MaxLengthValidator for validator in of.validators):
        return None
    longest = of.max_length or sys.maxsize
    shortest = 0 if of.blank else 1
    return lambda value: (
        type(value) is str and shortest <= len(value) <= longest and "\0" not in value
    )


def _whole_number(of: Field) -> Says | None:
    lowest, highest = -sys.maxsize, sys.maxsize
    for validator in of.validators:
        limit = getattr(validator, "limit_value", None)
        if type(limit) is not int:
            return None
        if type(validator) is MinValueValidator:
            lowest = max(lowest, limit)
        elif type(validator) is MaxValueValidator:
            highest = min(highest, limit)
        else:
            return None
    return lambda value: type(value) is int and lowest <= value <= highest


@dataclass
class Column:
    """One field: where its value stands in a row, and what it says of a value."""

    at: int
    field: Field
    is_plain: Says | None
    is_relation: bool = field(init=False)

    def __post_init__(self) -> None:
        """Say whether it points to another table."""
        self.is_relation = self.field.is_relation

    def read(self, value: Any) -> Any:
        """Return ``value`` as it is stored. Raises ``ValidationError``."""
        if self.is_relation:
            # That the other row exists is the database's own constraint.
            value = value.pk if isinstance(value, models.Model) else value
            if value is None and not self.field.null:
                raise ValidationError(self.field.error_messages["null"])
            return value
        if self.is_plain is not None and self.is_plain(value):
            return value
        if self.field.blank and value in self.field.empty_values:
            return value
        return self.field.clean(value, None)


class Shape:
    """The columns of a model, and how a row of plain values is made of what is given."""

    def __init__(self, model: type[models.Model]) -> None:
        """Work out each column, what it holds where nothing is given, and what has to be given."""
        fields = [each for each in model._meta.concrete_fields if not each.primary_key]
        self.attnames = [each.attname for each in fields]
        self.columns = [Column(at, each, plainly(each)) for at, each in enumerate(fields)]
        self.by_name = {each.field.name: each for each in self.columns}
        self.by_name |= {each.field.attname: each for each in self.columns}
        self.made: list[tuple[int, Callable[[], Any]]] = []
        self.empty: list[Any] = []
        # What is wrong with a row that says nothing of a field; in the words of whoever asks.
        self.unsaid: dict[int, ValidationError] = {}
        self.forms: dict[tuple[int, tuple[str, ...]], _Form] = {}
        for column in self.columns:
            default = column.field.get_default()
            if column.field.has_default() and callable(column.field.default):
                self.made.append((column.at, column.field.get_default))
            self.empty.append(default)
            try:
                self.empty[-1] = column.read(default)
            except ValidationError as error:
                # Without it the stack of whoever asked first would be held for ever.
                self.unsaid[column.at] = error.with_traceback(None)

    def row(self, given: Mapping[str, Any], fixed: Mapping[str, Any]) -> tuple[list[Any], Faults]:
        """Return the values of a row, column by column, and every fault, by field.

        ``fixed`` are values of the house's own, which are not looked at.
        """
        names = (*fixed, *given)
        form = self.forms.get((len(fixed), names))
        if form is None:
            form = self.forms[len(fixed), names] = _Form(self, names, len(fixed))
        row, faults = self.empty.copy(), {}
        for at, make in form.made:
            row[at] = make()
        for at, value in zip(form.fixed, fixed.values(), strict=True):
            row[at] = value
        for (at, is_plain, read), value in zip(form.given, given.values(), strict=True):
            if is_plain is not None and is_plain(value):
                row[at] = value
                continue
            try:
                row[at] = read(value)
            except ValidationError as error:
                faults[at] = error.messages
        if not faults and not form.unsaid:
            return row, {}
        faults |= {at: error.messages for at, error in form.unsaid.items()}
        # Relations first, then in the order of the fields: so the model itself says it.
        order = sorted(faults, key=lambda at: (not self.columns[at].is_relation, at))
        return row, {self.columns[at].field.name: faults[at] for at in order}


class _Form:
    """Where the values of rows go that say something of the same fields: a list has few forms."""

    def __init__(self, shape: Shape, names: Sequence[str], fixed: int) -> None:
        """Find the columns; the first ``fixed`` of ``names`` are the house's own."""
        for name in names:
            if name not in shape.by_name:
                raise TypeError(f"no field {name}")
        columns = [shape.by_name[name] for name in names]
        said = {column.at for column in columns}
        self.fixed = [column.at for column in columns[:fixed]]
        self.given = [
            (column.at, None if column.is_relation else column.is_plain, column.read)
            for column in columns[fixed:]
        ]
        # What is made anew for each row that does not say it; what is wrong with not saying it.
        self.made = [(at, make) for at, make in shape.made if at not in said]
        self.unsaid = {at: error for at, error in shape.unsaid.items() if at not in said}


@cache
def shape_of(model: type[models.Model]) -> Shape | None:
    """Return a model's shape; None where a rule of its own looks at the row as a whole."""
    return Shape(model) if model.clean is models.Model.clean else None
