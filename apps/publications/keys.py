"""The order of the API's rows as a key: the same as the page's, and the condition of what follows.

A page of the API begins behind the last row of the one before, found by comparing keys and never
by skipping rows. PostgreSQL puts what has no value last, or first where the order is turned round;
so does the comparison here.
"""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError as FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Field, Model, Q, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from apps.cases.kinds import PRINTED_ORDER, RecordKind

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.ASCII)


@dataclass(frozen=True)
class SortKey:
    """One column of an order. ``path`` leads from the row to the column."""

    path: str
    field: Field
    descending: bool
    nullable: bool

    @property
    def order(self) -> str:
        """Return the column as ``order_by`` takes it."""
        return f"-{self.path}" if self.descending else self.path

    def of(self, row: Any) -> Any:
        """Return the value of ``row``."""
        for name in self.path.split("__"):
            row = getattr(row, name, None)
        return row

    def behind(self, value: Any) -> Q:
        """Return the condition that a row's value stands behind ``value``."""
        if value is None:
            # Nothing comes behind no value; turned round, everything that has one does.
            return Q(**{f"{self.path}__isnull": False}) if self.descending else Q(pk__in=[])
        typed = Value(value, output_field=self.field)
        if self.descending:
            return Q(**{f"{self.path}__lt": typed})
        beyond = Q(**{f"{self.path}__gt": typed})
        return beyond | Q(**{f"{self.path}__isnull": True}) if self.nullable else beyond

    def same(self, value: Any) -> Q:
        """Return the condition that a row's value is ``value``."""
        if value is None:
            return Q(**{f"{self.path}__isnull": True})
        return Q(**{self.path: Value(value, output_field=self.field)})

    def from_on(self, value: Any) -> Q:
        """Return a condition of all that stands at ``value`` or behind, which an index answers."""
        if value is None or (self.nullable and not self.descending):
            return Q()
        side = "lte" if self.descending else "gte"
        return Q(**{f"{self.path}__{side}": Value(value, output_field=self.field)})


def sortable(kind: RecordKind) -> list[str]:
    """Return the names that ``sort`` takes: the columns of the listing."""
    return [
        name
        for name, column in kind.table.base_columns.items()
        if column.orderable is not False and _columns(kind.model, _path(kind, name))
    ]


def _path(kind: RecordKind, name: str) -> str:
    return str(kind.table.base_columns[name].accessor or name).replace(".", "__")


def _columns(
    model: type[Model], path: str, descending: bool = False, nullable: bool = False
) -> list[tuple[str, Field, bool, bool]]:
    """Return the columns that ordering by ``path`` compares: a relation by its own order."""
    known: Any = model
    field: Any = None
    for name in path.split("__"):
        if name not in {other.name for other in known._meta.get_fields()}:
            return []
        field = known._meta.get_field(name)
        nullable = nullable or field.null
        known = field.related_model
    if not field.is_relation:
        return [(path, field, descending, nullable)]
    found = []
    for name in known._meta.ordering:
        turned = name.startswith("-")
        found += _columns(
            model, f"{path}__{name.removeprefix('-')}", descending is not turned, nullable
        )
    return found


def sort_keys(kind: RecordKind, text: str) -> list[SortKey]:
    """Return the order that ``text`` names, such as ``-award_year,title``.

    The printed order comes behind it. Raises ``ValidationError`` for a column there is not.
    """
    names = text.split(",") if text else []
    known = sortable(kind)
    found: dict[str, SortKey] = {}
    for name in names:
        bare = name.removeprefix("-")
        if bare not in known:
            raise ValidationError(
                {
                    "sort": [
                        _("There is no column “%(name)s” to sort by. There is: %(known)s.")
                        % {"name": bare, "known": ", ".join(known)}
                    ]
                }
            )
        for path, field, descending, nullable in _columns(
            kind.model, _path(kind, bare), name.startswith("-")
        ):
            found.setdefault(path, SortKey(path, field, descending, nullable))
    return list(found.values())


def order_of(keys: Sequence[SortKey]) -> list[str]:
    """Return what ``order_by`` takes: the keys, then the printed order."""
    return [*(key.order for key in keys), *PRINTED_ORDER]


def key_of(row: Any, keys: Sequence[SortKey]) -> list[Any]:
    """Return the place of a row in that order."""
    return [*(key.of(row) for key in keys), row.list_place, row.position, str(row.uid)]


def behind(keys: Sequence[SortKey], values: Sequence[Any]) -> Any:
    """Return the condition of all rows behind the place ``values``.

    One comparison of rows where every column goes up and has a value: an index of the order
    answers it at any depth alike, which the same spelt with OR does not. Where columns go either
    way, the first is bounded by itself, so that its index still leads there.
    """
    places = list(values[len(keys) :])
    if all(_goes_up(key) for key in keys):
        names = [*(key.path for key in keys), *PRINTED_ORDER]
        typed = [
            *(
                Value(value, output_field=key.field)
                for key, value in zip(keys, values, strict=False)
            ),
            *places,
        ]
        return TupleGreaterThan(Tuple(*(F(name) for name in names)), typed)
    condition = Q(TupleGreaterThan(Tuple(*(F(name) for name in PRINTED_ORDER)), places))
    for key, value in reversed(list(zip(keys, values, strict=False))):
        condition = key.behind(value) | (key.same(value) & condition)
    return keys[0].from_on(values[0]) & condition


def _goes_up(key: SortKey) -> bool:
    return not (key.descending or key.nullable or isinstance(key.field, ArrayField))


def encode(sort: str, values: Sequence[Any]) -> str:
    """Return a place in an order as one opaque word."""
    text = json.dumps([sort, list(values)], cls=DjangoJSONEncoder)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def opened(cursor: str) -> Any:
    """Return what is in ``cursor``. Raises ``ValidationError`` for what no database would take."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        # No half characters, and no null ones.
        if b"\x00" in repr_of(found):
            raise ValueError
    except (ValueError, binascii.Error, RecursionError) as error:
        raise bad_cursor() from error
    return found


def repr_of(value: Any) -> bytes:
    """Return every text in ``value``. Raises ``ValueError`` where one is no text."""
    if isinstance(value, list):
        return b"".join(repr_of(item) for item in value)
    return value.encode() if isinstance(value, str) else b""


def decode(cursor: str, sort: str, keys: Sequence[SortKey]) -> list[Any]:
    """Return the place in ``cursor``. Raises ``ValidationError`` for anything made up."""
    found = opened(cursor)
    if not (
        isinstance(found, list)
        and len(found) == 2
        and found[0] == sort
        and isinstance(found[1], list)
        and len(found[1]) == len(keys) + len(PRINTED_ORDER)
    ):
        raise bad_cursor()
    values = found[1]
    place, position, uid = values[len(keys) :]
    if not (
        type(position) is int
        and 0 <= position < 2**31
        and type(place) is int
        and 0 <= place < 2**63
        and is_uid(uid)
    ):
        raise bad_cursor()
    return [
        *(_typed(key, value) for key, value in zip(keys, values, strict=False)),
        place,
        position,
        uid,
    ]


def is_uid(value: Any) -> bool:
    """Say whether ``value`` is a permanent id as rows have it."""
    return isinstance(value, str) and _UUID.match(value) is not None


def _typed(key: SortKey, value: Any) -> Any:
    """Return ``value`` as the column has it. Raises ``ValidationError``."""
    if value is None and key.nullable:
        return None
    parts = [value]
    if isinstance(key.field, ArrayField):
        parts = value if isinstance(value, list) else [None]
    if not all(isinstance(part, int | str) for part in parts):
        raise bad_cursor()
    try:
        typed = key.field.to_python(value)
        key.field.run_validators(typed)
    except (FieldError, TypeError, ValueError, ArithmeticError) as error:
        raise bad_cursor() from error
    return typed


def bad_cursor() -> ValidationError:
    """Return the refusal of a cursor that was made by somebody else."""
    return ValidationError(
        {"cursor": [_("This cursor was not made by this interface. Follow “next” as it is given.")]}
    )
