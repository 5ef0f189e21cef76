"""No public question holds the database longer than it should."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from django.conf import settings
from django.db import OperationalError, connections, router

from apps.publications.models import Tally


class TooSlow(Exception):
    """The database gave the question up: it took longer than a public page may."""


@contextmanager
def limited() -> Iterator[None]:
    """Let each statement inside run ``PUBLIC_SECONDS`` at most. Raises ``TooSlow`` beyond.

    What is read later, while a file is sent, is not limited.
    """
    connection = connections[router.db_for_read(Tally)]
    connection.ensure_connection()
    raw = connection.connection
    # Past the wrapper: these are no queries of the page.
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
        with suppress(psycopg.Error):
            raw.execute("SET statement_timeout = DEFAULT")
