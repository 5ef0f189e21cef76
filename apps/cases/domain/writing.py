"""Writing many rows in few statements. Triggers run as ever: histories, audit, guards."""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from apps.registry.sounds import SoundsField

Item = TypeVar("Item")
AT_ONCE = 2000


def in_pieces(items: Iterable[Item], size: int = AT_ONCE) -> Iterator[list[Item]]:
    """Yield ``items`` in lists of at most ``size``."""
    source = iter(items)
    while piece := list(islice(source, size)):
        yield piece


def name_the_writer() -> None:
    """Tell the database whose history this is: a ``COPY`` passes the hook that does it otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '60s'")


def context_id() -> uuid.UUID:
    """Return the id under which this transaction's changes stand in the history."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pghistory.context_id')::uuid")
        found: uuid.UUID = cursor.fetchone()[0]
    return found


def copy_in(model: type[models.Model], rows: Iterable[Any]) -> None:
    """Insert ``rows`` by ``COPY``: a sixth of the time of an ``INSERT``. Triggers run as ever."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    _copy(f'"{model._meta.db_table}"', fields, rows, is_new=True)


def copy_values(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows of plain values by ``COPY``; ``names`` are the attributes, in their order.

    What a field computes of others is the caller's to give.
    """
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    _copy_lines(f'"{model._meta.db_table}"', fields, rows)


def copy_rows(model: type[models.Model], source: models.Model, target: models.Model) -> None:
    """Insert a copy of each row of the revision ``source`` as one of ``target``, in their order."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(
        "%(target)s" if field.name == "revision" else f'"{field.column}"' for field in fields
    )
    with connection.cursor() as cursor:
        # Names come from the model.
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({columns})'  # noqa: S608
            f' SELECT {values} FROM "{model._meta.db_table}"'
            f" WHERE revision_id = %(source)s ORDER BY position, id",
            {"source": source.pk, "target": target.pk},
        )


def _copy(table: str, fields: Sequence[Any], rows: Iterable[Any], *, is_new: bool) -> None:
    # What a field computes of the others is computed here as in ``save``.
    computed = [field for field in fields if _is_computed(field)]
    names = [field.attname for field in fields]
    values_of = attrgetter(*names) if len(names) > 1 else lambda row: (getattr(row, names[0]),)

    def lines() -> Iterator[Sequence[Any]]:
        for row in rows:
            for field in computed:
                setattr(row, field.attname, field.pre_save(row, is_new))
            yield values_of(row)

    _copy_lines(table, fields, lines())


def _is_computed(field: Any) -> bool:
    if isinstance(field, models.DateField) and not (field.auto_now or field.auto_now_add):
        return False
    return type(field).pre_save is not models.Field.pre_save


def _copy_lines(table: str, fields: Sequence[Any], lines: Iterable[Sequence[Any]]) -> None:
    columns = ", ".join(f'"{field.column}"' for field in fields)
    written = [(at, dump) for at, field in enumerate(fields) if (dump := _dump_of(field))]
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as stream,
    ):
        for line in lines:
            values = list(line)
            for at, dump in written:
                values[at] = dump(values[at])
            stream.write_row(values)


# Of these the driver writes the values as they are.
_AS_THEY_ARE = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.UUIDField,
    models.DateTimeField,
    models.ForeignKey,
)


def _dump_of(field: Any) -> Callable[[Any], Any] | None:
    """Return what makes a value of ``field`` ready for ``COPY``; None where it is."""
    if isinstance(field, models.JSONField) and field.encoder is None:
        return lambda value: None if value is None else _JSON.encode(value)
    if isinstance(field, ArrayField) and isinstance(
        field.base_field, models.CharField | models.TextField
    ):
        return _names
    if isinstance(field, _AS_THEY_ARE):
        return None
    return lambda value: field.get_db_prep_save(value, connection)


_JSON = json.JSONEncoder(ensure_ascii=False)


def _names(value: Sequence[str] | None) -> str | None:
    """Return texts as PostgreSQL reads an array of them."""
    if not value:
        return None if value is None else "{}"
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in value)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"


def with_sounds(model: type[models.Model], names: Iterable[str]) -> list[str]:
    """Return ``names`` and the fields that say how those of them sound."""
    wanted = set(names)
    for field in model._meta.concrete_fields:
        if isinstance(field, SoundsField) and wanted & set(field.of):
            wanted.add(field.name)
    return sorted(wanted)


def update_rows(
    model: type[models.Model], rows: Sequence[models.Model], names: Iterable[str]
) -> None:
    """Write the fields ``names`` of rows that stand, each its own values, in one ``UPDATE``.

    The values are copied into a table of this transaction first: a ``CASE`` per row, as
    ``bulk_update`` writes it, takes ten times as long.
    """
    options = model._meta
    assert options.pk is not None
    fields = [options.get_field(name) for name in with_sounds(model, names)]
    copied: list[Any] = [options.pk, *fields]
    columns = ", ".join(f'"{field.column}"' for field in copied)
    values = ", ".join(f'"{field.column}" = given."{field.column}"' for field in copied[1:])
    key = options.pk.column
    with connection.wrap_database_errors, connection.cursor() as cursor:
        # Names come from the model.
        cursor.execute(
            f'CREATE TEMPORARY TABLE given_rows AS SELECT {columns} FROM "{options.db_table}"'  # noqa: S608
            " WITH NO DATA"
        )
        _copy("given_rows", copied, rows, is_new=False)
        cursor.execute(
            f'UPDATE "{options.db_table}" SET {values} FROM given_rows given'  # noqa: S608
            f' WHERE "{options.db_table}"."{key}" = given."{key}"'
        )
        cursor.execute("DROP TABLE given_rows")
