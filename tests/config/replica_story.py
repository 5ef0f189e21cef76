"""The story that ``test_replicas`` reads: a primary, a replica of it, and readers. Prints JSON.

It runs in a process of its own, since Django's settings name the databases before anything else.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from config.postgres import TESTING, Server

WAL = {**TESTING, "wal_level": "replica", "max_wal_senders": "4", "hot_standby": "on"}
# What a page on the replica still looks at is not cleared away under it.
WAL["hot_standby_feedback"] = "on"
told: dict[str, Any] = {}


def copy_of(primary: Server, data: Path) -> Server:
    """Return a started streaming replica of ``primary``, made by its own pg_basebackup."""
    replica = Server(data, WAL)
    command = [str(primary.programs / "pg_basebackup"), "-D", str(data), "-R", "-X", "stream"]
    command += ["-c", "fast", "-h", str(primary.socket_directory), "-U", "postgres"]
    subprocess.run(command, check=True, capture_output=True, **primary._as_user())
    for lock in data.glob(".s.PGSQL.*"):
        lock.unlink()
    replica.start(tied=True)
    return replica


def main(folder: Path) -> None:
    primary = Server(folder / "primary", WAL)
    primary.start(tied=True)
    (folder / "copies").mkdir(mode=0o777)
    (folder / "copies").chmod(0o777)
    replica = copy_of(primary, folder / "copies" / "replica")
    os.environ.update(
        DATABASE_URL=primary.url,
        YONGKE_REPLICA_URLS=replica.url,
        YONGKE_DEBUG="1",
        YONGKE_VAR=str(folder / "var"),
        DJANGO_SETTINGS_MODULE="config.settings",
    )
    import django

    django.setup()
    try:
        tell(replica)
    finally:
        replica.stop()
        primary.stop()


def tell(replica: Server) -> None:
    from django.core.management import call_command
    from django.db import connections
    from django.test import Client
    from django.test.utils import setup_test_environment

    from apps.accounts.models import User
    from config import replicas
    from tests import factories

    setup_test_environment()
    call_command("migrate", verbosity=0)

    def ask(alias: str, sql: str) -> Any:
        with connections[alias].cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]

    def catch_up() -> None:
        place = ask("default", "SELECT pg_current_wal_insert_lsn()::text")
        deadline = time.monotonic() + 30
        # Asked on a connection of its own: the page's has a snapshot.
        other = connections.create_connection("replica1")
        try:
            while time.monotonic() < deadline:
                with other.cursor() as cursor:
                    cursor.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [place])
                    if cursor.fetchone()[0]:
                        return
                time.sleep(0.05)
        finally:
            other.close()
        raise TimeoutError("the replica does not catch up")

    def control(sql: str) -> None:
        other = connections.create_connection("replica1")
        with other.cursor() as cursor:
            cursor.execute(sql)
        other.close()

    @contextmanager
    def counted(first: Callable[[], None] | None = None) -> Iterator[dict[str, int]]:
        """Count the queries of each database; run ``first`` after the replica's first query."""
        counts = {"default": 0, "replica1": 0}

        def wrapper(alias: str) -> Callable[..., Any]:
            def run(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
                counts[alias] += 1
                found = execute(sql, params, many, context)
                if alias == "replica1" and counts[alias] == 1 and first:
                    first()
                return found

            return run

        with ExitStack() as stack:
            for alias in counts:
                stack.enter_context(connections[alias].execute_wrapper(wrapper(alias)))
            yield counts

    reader = Client(SERVER_NAME="127.0.0.1")
    official = Client(SERVER_NAME="127.0.0.1")

    def rows(client: Client = reader) -> int:
        return len(client.get("/api/v1/awards/").json()["results"])

    factories.published_case("awards", [factories.award_values(n) for n in (1, 2)])
    official.force_login(User.objects.filter(roles__contains=["city_editor"]).get())
    catch_up()
    with counted() as counts:
        told["rows at first"] = rows()
    told["queries of a reader"] = counts.copy()
    with counted() as counts:
        lines = b"".join(reader.get("/awards/?_export=csv").streaming_content)  # type: ignore[attr-defined]
    told["lines of a file"] = lines.count(b"\r\n")
    told["queries of a file"] = counts.copy()

    control("SELECT pg_wal_replay_pause()")
    factories.published_case("awards", [factories.award_values(n) for n in (3, 4, 5)])
    told["rows while the replica is behind"] = rows()
    with counted() as counts:
        told["rows for an official meanwhile"] = rows(official)
    told["queries of an official"] = counts.copy()

    def release_arrives() -> None:
        control("SELECT pg_wal_replay_resume()")
        catch_up()

    with counted(release_arrives) as counts:
        page = reader.get("/").context
    told["front page while a release arrives"] = [
        page["stats"][0]["value"],
        page["winners"].bars[0].printed,
        len(page["releases"]),
    ]
    told["rows after it"] = rows()
    page = reader.get("/").context
    told["front page after it"] = [
        page["stats"][0]["value"],
        page["winners"].bars[0].printed,
        len(page["releases"]),
    ]
    told["missing page"] = reader.get("/releases/2099-999/").status_code

    replica.stop()
    with counted() as counts:
        told["rows without the replica"] = rows()
    told["queries without the replica"] = counts["default"] > 0
    began = time.monotonic()
    with counted() as counts:
        rows()
    told["a resting replica is not asked"] = (counts["replica1"], time.monotonic() - began < 2)

    replica.child = None
    replica.start(tied=True)
    time.sleep(1.1)
    assert replicas.REST_SECONDS > 1
    reader.handler.load_middleware()  # a new process knows of no failure
    with counted() as counts:
        told["rows from the replica again"] = rows()
    told["queries from the replica again"] = counts.copy()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    sys.stdout.write(json.dumps(told))
