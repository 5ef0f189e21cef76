"""Workers of the task queue in processes of their own, to be killed in the middle of their work."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections

PATIENCE = 90


def wait_until(happened: Callable[[], object]) -> None:
    """Wait until something has happened; fail where it never does."""
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.02)


def kill(process: multiprocessing.process.BaseProcess) -> None:
    """End a worker as a power cut does: nothing of its own runs any more."""
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL


def waits_for_a_lock() -> bool:
    """Say whether some session waits for a table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'")
        return bool(cursor.fetchone()[0])


def started_beside(
    held: Any, step: Callable[..., Any], *arguments: Any
) -> multiprocessing.process.BaseProcess:
    """Begin a step in a worker process while this one keeps its database session."""

    def run() -> None:
        # The session is the parent's: forgotten here, never closed.
        connections["default"].connection = None
        connections["default"].in_atomic_block = False
        connections["default"].savepoint_ids = []
        connections["default"].needs_rollback = False
        step(*arguments)
        os._exit(0)

    assert held is not None
    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    return process
