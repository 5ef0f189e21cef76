"""A process that is killed at any statement of a step leaves the old state or the new, whole."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from procrastinate.exceptions import ConnectorException

from apps.accounts.models import User
from apps.audit.verification import verify
from apps.cases.domain.transitions import perform
from apps.cases.models import Release, Revision, State
from tests import factories
from tests.cases.support import database_digest

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = ("publish", "restate")
# No step takes more statements; a step that never ends is a failure, not a test that hangs.
MOST = 400
# Fewer would mean that something was not seen.
LEAST = 12


@dataclass
class Killer:
    """The process of ``killing.py``."""

    process: subprocess.Popen[str]

    def ask(self, step: str, revision: Revision, actor: User, statement: int, when: str) -> str:
        """Have the step taken and killed; return how it ended, once its connection is gone."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{step} {revision.pk} {actor.pk} {statement} {when}\n")
        self.process.stdin.flush()
        ended = self.process.stdout.readline().strip()
        _wait_for_the_others_to_end()
        return ended


def _wait_for_the_others_to_end() -> None:
    """Wait until the server has rolled back what the killed process left."""
    deadline = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            if not cursor.fetchone()[0]:
                return
            time.sleep(0.005)
    raise AssertionError("the killed process still holds a connection")


@contextmanager
def _killer() -> Iterator[Killer]:
    """Run ``killing.py`` on this test's database."""
    name = connection.settings_dict["NAME"]
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(url),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.cases.killing"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Killer(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()


def _ready_for(step: str) -> Revision:
    """Return a correction that waits for publication, or a published case to be corrected."""
    if step == "restate":
        return factories.published_case(rows=3)
    published = factories.published_case(rows=3)
    return factories.advance(
        factories.change_first_row(factories.successor_of(published)), State.APPROVED
    )


def _faults() -> list[str]:
    return [str(fault) for fault in verify()]


def _assert_done(step: str, revision: Revision) -> None:
    """The new state, whole: what the step does is there, once, and the database is sound."""
    numbers = list(revision.case.revisions.order_by("number").values_list("state", flat=True))
    if step == "publish":
        assert numbers == [State.SUPERSEDED, State.PUBLISHED]
        assert Release.objects.count() == 2
    else:
        assert numbers == [State.PUBLISHED, State.DRAFT]
        successor = revision.case.revisions.get(number=2)
        assert len(factories.records_of(successor)) == 3
        assert successor.mentions.count() == revision.mentions.count()
    assert _faults() == []


@pytest.mark.parametrize("step", STEPS)
def test_process_killed_at_any_statement_leaves_the_old_state(step: str) -> None:
    revision = _ready_for(step)
    actor = factories.doer(step, revision)
    before = database_digest()
    statement = 0

    with _killer() as killer:
        while killer.ask(step, revision, actor, statement + 1, "before") == "killed":
            statement += 1
            assert statement < MOST
            assert database_digest() == before, f"killed before statement {statement}"
            # What was asked last has run to its end below; every other one is tried twice.
            assert killer.ask(step, revision, actor, statement, "after") == "killed"
            assert database_digest() == before, f"killed after statement {statement}"
            if statement % 10 == 1:
                assert _faults() == []

    # Nothing was left to kill: the same process has taken the step.
    assert statement >= LEAST
    _assert_done(step, revision)


@pytest.mark.parametrize("step", STEPS)
def test_process_killed_at_the_commit_leaves_the_old_state(step: str) -> None:
    revision = _ready_for(step)
    actor = factories.doer(step, revision)
    before = database_digest()

    with _killer() as killer:
        assert killer.ask(step, revision, actor, 0, "commit") == "killed"
        assert database_digest() == before
        assert _faults() == []
        assert killer.ask(step, revision, actor, 0, "never") == "done"

    _assert_done(step, revision)


@pytest.mark.parametrize("step", STEPS)
def test_connection_ended_at_any_statement_leaves_the_old_state(step: str) -> None:
    revision = _ready_for(step)
    actor = factories.doer(step, revision)
    before = database_digest()
    ended = 0

    while True:
        count = 0

        def ending(execute, sql, params, many, context, at=ended + 1):
            nonlocal count
            count += 1
            if count == at:
                with connection.copy().cursor() as other:
                    other.execute(
                        "SELECT pg_terminate_backend(%s, 5000)",
                        [connection.connection.info.backend_pid],
                    )
                    other.db.close()
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(ending):
                perform(
                    step,
                    revision.pk,
                    actor,
                    reason=factories.REASON,
                    details={"reason_code": "correction"},
                )
        except (OperationalError, InterfaceError, ConnectorException):
            connection.close()
            ended += 1
            assert ended < MOST
            assert database_digest() == before, f"ended at statement {ended}"
            continue
        break

    assert ended >= LEAST
    _assert_done(step, revision)
