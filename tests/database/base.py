"""PostgreSQL as the application uses it, but for one thing: between tests it can be emptied.

The application's own triggers refuse TRUNCATE (``apps/audit/coverage.py``). Only here, and only
for the flush after a test that committed, they are switched off, which takes a superuser.
"""

from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations


class Operations(DatabaseOperations):
    """Flushes a test database."""

    def execute_sql_flush(self, sql_list: Any) -> None:
        """Empty the tables with their triggers switched off, all in one transaction."""
        super().execute_sql_flush(
            ["SET LOCAL session_replication_role = replica", *sql_list] if sql_list else []
        )


class DatabaseWrapper(base.DatabaseWrapper):
    """The application's connection, with the flush of the tests."""

    ops_class = Operations
