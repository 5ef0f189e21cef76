"""Where the database is: named by ``DATABASE_URL``, or PostgreSQL embedded under ``var/``."""

import os
from pathlib import Path

from config.postgres import shared_server


def database_url(var: Path) -> str:
    """Return ``DATABASE_URL``, else the URL of the embedded server under ``var/postgres``.

    The embedded server is started when it is down and stops with the last process that uses it.
    """
    return os.environ.get("DATABASE_URL") or shared_server(var / "postgres").url
