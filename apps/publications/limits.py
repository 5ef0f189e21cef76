"""No public question holds the database longer than it should."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.conf import settings
from django.db import OperationalError, connections, router

from apps.publications.models import Tally


class TooSlow(Exception):
    """The database gave the question up: it took longer than a public page may."""


@contextmanager
def limited() -> Iterator[None]:
    """Let each statement inside run ``PUBLIC_SECONDS`` at most. Raises ``TooSlow`` beyond.

    Where the question for the edition has set the limit already, it is not set again. What is
    read later, while a file is sent, is not limited.
    """
    connection = connections[router.db_for_read(Tally)]
    connection.ensure_connection()
    raw: Any = connection.connection
    # Past the wrapper: these are no queries of the page.
    if not is_limited(connection):
        raw.execute(f"SET statement_timeout = {int(settings.PUBLIC_SECONDS * 1000)}")
    inside = connection.in_atomic_block
    if inside:
        raw.execute("SAVEPOINT question")
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            if inside:
                raw.execute("ROLLBACK TO SAVEPOINT question")
            raise TooSlow from error
        raise
    finally:
        unlimited(connection)


def is_limited(connection: Any) -> bool:
    """Say whether the limit is set already (``edition.py``): on this very connection."""
    limited_one = getattr(connection, "limited", None)
    return limited_one is not None and limited_one is connection.connection


def unlimited(connection: Any) -> None:
    """Take the limit away again."""
    connection.limited = None
    with suppress(psycopg.Error):
        connection.connection.execute("SET statement_timeout = DEFAULT")
