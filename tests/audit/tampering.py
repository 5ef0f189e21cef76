"""Altering a database as its owner can: raw SQL with every trigger switched off.

Tables and columns come from the catalogue, so that what is added later is covered by itself.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction

from apps.audit.coverage import NOT_AUDITED, covered_tables

OPERATIONS = ("change", "insert", "delete", "reorder")
CHAIN = ("audit_act", "audit_entry", "audit_addedrows")


@dataclass(frozen=True)
class Column:
    """One column of a table, with its type in PostgreSQL's words."""

    name: str
    type: str


@dataclass(frozen=True)
class Table:
    """A table that has rows: its key and its other columns."""

    name: str
    key: Column
    columns: tuple[Column, ...]
    rows: int


def tables() -> list[Table]:
    """Return every table the audit speaks of that holds a row, from the catalogue."""
    names = [*CHAIN, *(covered.table for covered in covered_tables())]
    found = []
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(
                "SELECT attname, format_type(atttypid, NULL), attnum = ANY(indkey) FROM pg_attribute"
                " JOIN pg_index ON indrelid = attrelid AND indisprimary"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
                # What the database computes nobody can write.
                " AND attgenerated = '' ORDER BY attnum",
                [name],
            )
            columns = [(Column(column, kind), key) for column, kind, key in cursor.fetchall()]
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            (rows,) = cursor.fetchone()
            if rows:
                found.append(
                    Table(
                        name,
                        next(column for column, key in columns if key),
                        tuple(
                            column
                            for column, key in columns
                            if not key and column.name not in NOT_AUDITED.get(name, {})
                        ),
                        rows,
                    )
                )
    return found


def other_value(column: Column) -> str:
    """Return an SQL expression that is of the column's type and differs from its value."""
    name, kind = f'"{column.name}"', column.type
    if kind.endswith("[]"):
        return f"array_append({name}, 'x')"
    if kind in {"character varying", "text"}:
        return f"CASE WHEN {name} ~ '^[0-9a-f]{{64}}$' THEN reverse({name}) || '' ELSE left('x' || {name}, greatest(length({name}), 1)) END"
    return {
        "boolean": f"NOT {name}",
        "date": f"coalesce({name}, '2020-01-01'::date) + 1",
        "timestamp with time zone": f"coalesce({name}, now()) + interval '1 second'",
        "uuid": "gen_random_uuid()",
        "jsonb": """'{"x": 1}'::jsonb""",
        "bytea": f"coalesce({name}, '') || '\\x00'::bytea",
        "inet": "'192.0.2.1'::inet",
    }.get(kind, f"coalesce({name}, 0) + 1")


@contextmanager
def undone() -> Iterator[None]:
    """Roll back whatever is done inside, as if it had never been."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def tamper(chance: random.Random, choice: list[Table]) -> str:
    """Alter something and return what, in words. Tries again where a constraint refuses it."""
    while True:
        table = chance.choice(choice)
        operation = chance.choice(OPERATIONS)
        row = chance.randrange(table.rows)
        column = chance.choice([table.key, *table.columns])
        sql = _statement(operation, table, row, column, chance.randrange(table.rows))
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute(sql)
                done = cursor.rowcount
                cursor.execute("SET LOCAL session_replication_role = origin")
        except IntegrityError:
            continue
        if done:
            return f"{operation} {table.name} row {row} column {column.name}: {sql}"


def _statement(operation: str, table: Table, row: int, column: Column, other: int) -> str:
    key, name = f'"{table.key.name}"', f'"{table.name}"'
    at = f"(SELECT {key} FROM {name} ORDER BY {key} OFFSET {row} LIMIT 1)"
    there = f"(SELECT {key} FROM {name} ORDER BY {key} OFFSET {other} LIMIT 1)"
    value = f'"{column.name}"'
    if operation == "delete":
        return f"DELETE FROM {name} WHERE {key} = {at}"
    if operation == "insert":
        # A copy of a row under another key, and another value where only one may be.
        names = [table.key, *table.columns]
        values = [other_value(c) if c in (table.key, column) else f'"{c.name}"' for c in names]
        if table.key.type in {"bigint", "integer", "smallint"}:
            values[0] = f"(SELECT max({key}) + 1 FROM {name})"
        listed = ", ".join(f'"{c.name}"' for c in names)
        return f"INSERT INTO {name} ({listed}) SELECT {', '.join(values)} FROM {name} WHERE {key} = {at}"
    if operation == "reorder":
        # Two rows change their places: all but the key, or one column of them.
        swapped = table.columns if column == table.key else (column,)
        listed = ", ".join(f'"{c.name}"' for c in swapped)
        return (
            f"UPDATE {name} t SET ({listed}) = (SELECT {listed} FROM {name} o WHERE o.{key} ="
            f" CASE WHEN t.{key} = {at} THEN {there} ELSE {at} END)"
            f" WHERE t.{key} IN ({at}, {there}) AND EXISTS (SELECT FROM {name} a, {name} b"
            f" WHERE a.{key} = {at} AND b.{key} = {there}"
            f" AND (a.{', a.'.join(f'{chr(34)}{c.name}{chr(34)}' for c in swapped)})::text"
            f" <> (b.{', b.'.join(f'{chr(34)}{c.name}{chr(34)}' for c in swapped)})::text)"
        )
    return f"UPDATE {name} SET {value} = {other_value(column)} WHERE {key} = {at} AND {value} IS DISTINCT FROM ({other_value(column)})"
