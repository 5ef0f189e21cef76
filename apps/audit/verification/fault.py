"""What a verification finds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was: in which table, at which row, what."""

    table: str
    row: str
    what: str

    def __str__(self) -> str:
        """Return the line that ``manage.py verify`` prints."""
        return f"{self.table} {self.row}: {self.what}" if self.row else f"{self.table}: {self.what}"

    def as_json(self) -> dict[str, str]:
        """Return the fault as ``manage.py verify --json`` prints it."""
        return {"table": self.table, "row": self.row, "what": self.what}


def rows_of(sql: str, params: dict[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
    """Yield what ``sql`` answers, 2,000 rows at a time from the server, however many there are."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(2000):
            yield from rows
