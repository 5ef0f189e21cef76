"""Doubts that many rows share: said to be right in all of them at once, and taken back at once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from apps.accounts.models import User
from apps.intake.models import ImportEdit, ImportRow, ImportTable

# Each row's open doubts, by field: the row, the field, its reasons. A value that is missing or
# cannot be stored is never right as it is.
_OPEN = """
    SELECT line.id, doubt ->> 0 AS name, array_agg(DISTINCT doubt ->> 1 ORDER BY doubt ->> 1) AS codes
    FROM intake_importrow line, jsonb_array_elements(line.doubts) doubt
    WHERE line.table_id = %(table)s AND line.aside = '' AND line.is_doubtful
        AND NOT doubt ->> 0 = ANY(line.settled)
    GROUP BY line.id, doubt ->> 0
    HAVING NOT 'missing' = ANY(array_agg(doubt ->> 1))
"""
_STILL_DOUBTFUL = """
    EXISTS (SELECT FROM jsonb_array_elements(line.doubts) doubt
            WHERE NOT doubt ->> 0 = ANY({settled}))
"""


@dataclass(frozen=True)
class Alike:
    """A field that is unsure for the same reasons in several rows of a table."""

    name: str
    codes: tuple[str, ...]
    rows: int


def shared_doubts(table: ImportTable, least: int = 2) -> list[Alike]:
    """Return what is unsure alike in at least ``least`` rows, the most rows first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT name, codes, count(*) FROM ({_OPEN}) AS open GROUP BY name, codes"  # noqa: S608
            " HAVING count(*) >= %(least)s ORDER BY 3 DESC, 1, 2",
            {"table": table.pk, "least": least},
        )
        return [Alike(name, tuple(codes), rows) for name, codes, rows in cursor.fetchall()]


def settle(actor: User, table: ImportTable, name: str, codes: Sequence[str]) -> int:
    """Settle a field in every row of ``table`` where these are its open reasons; count the rows.

    The edits are one step for ``take_back``. The import is held by the caller.
    """
    together = str(uuid.uuid4())
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH alike AS (
                SELECT id FROM ({_OPEN}) AS open WHERE name = %(name)s AND codes = %(codes)s::text[]
            ), noted AS (
                INSERT INTO {ImportEdit._meta.db_table} (intake_id, row_id, at, by_id, before)
                SELECT %(intake)s, line.id, now(), %(actor)s, jsonb_build_object(
                    'edits', line.edits, 'settled', to_jsonb(line.settled), 'aside', line.aside,
                    'together', %(together)s::text)
                FROM {ImportRow._meta.db_table} line JOIN alike USING (id) ORDER BY line.position
            )
            UPDATE {ImportRow._meta.db_table} line
            SET settled = array_append(line.settled, %(name)s),
                is_doubtful = {_STILL_DOUBTFUL.format(settled="array_append(line.settled, %(name)s)")}
            FROM alike WHERE alike.id = line.id
            """,  # noqa: S608 - the tables' names are ours
            {
                "table": table.pk,
                "name": name,
                "codes": sorted(codes),
                "intake": table.intake_id,
                "actor": actor.pk,
                "together": together,
            },
        )
        return cursor.rowcount


def take_back(last: ImportEdit) -> int:
    """Open again what was settled in one step with ``last``; return how many rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH undone AS (
                DELETE FROM {ImportEdit._meta.db_table}
                WHERE intake_id = %(intake)s AND before ->> 'together' = %(together)s
                RETURNING row_id, ARRAY(SELECT jsonb_array_elements_text(before -> 'settled')) AS settled
            )
            UPDATE {ImportRow._meta.db_table} line
            SET settled = undone.settled,
                is_doubtful = {_STILL_DOUBTFUL.format(settled="undone.settled")}
            FROM undone WHERE undone.row_id = line.id
            """,  # noqa: S608 - the tables' names are ours
            {"intake": last.intake_id, "together": last.before["together"]},
        )
        return cursor.rowcount
