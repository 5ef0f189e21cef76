"""Public pages read from a streaming replica: whole releases, and the primary when it is gone."""

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse

from config.replicas import ReadFromReplica, ReplicaRouter, reading_from


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """Return what happened to the readers of a primary and its replica.

    Not under pytest's own directory: every run of pytest closes that to other users, the
    database's among them.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "DJANGO_"))
    }
    with tempfile.TemporaryDirectory(prefix="yongke-test-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", "tests.config.replica_story", folder],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_reader_reads_the_replica_and_only_it(told: dict[str, Any]) -> None:
    assert told["rows at first"] == 2
    # Only how often the reader asks is counted, and that on the primary.
    assert told["queries of a reader"]["default"] == 1
    assert told["queries of a reader"]["replica1"] > 0


def test_file_is_read_from_the_replica_while_it_is_sent(told: dict[str, Any]) -> None:
    assert told["lines of a file"] == 3
    assert told["queries of a file"]["default"] == 0


def test_replica_that_is_behind_shows_the_state_before_and_officials_their_own(
    told: dict[str, Any],
) -> None:
    assert told["rows while the replica is behind"] == 2
    assert told["rows for an official meanwhile"] == 5
    assert told["queries of an official"]["replica1"] == 0


def test_release_that_arrives_within_a_page_is_not_on_it_by_half(told: dict[str, Any]) -> None:
    assert told["front page while a release arrives"] == ["2", "1", 1]
    assert told["front page after it"] == ["5", "1", 2]
    assert told["rows after it"] == 5


def test_missing_page_is_missing(told: dict[str, Any]) -> None:
    assert told["missing page"] == 404


def test_primary_is_read_when_the_replica_is_gone_and_the_replica_when_it_is_back(
    told: dict[str, Any],
) -> None:
    assert told["rows without the replica"] == 5
    assert told["queries without the replica"]
    assert told["a resting replica is not asked"] == [0, True]
    assert told["rows from the replica again"] == 5
    assert told["queries from the replica again"]["default"] == 1


def test_without_replicas_nothing_is_in_the_way() -> None:
    with pytest.raises(MiddlewareNotUsed):
        ReadFromReplica(lambda request: HttpResponse())


def test_router_sends_writes_and_migrations_to_the_primary() -> None:
    router = ReplicaRouter()

    assert router.db_for_read(object) is None
    with reading_from("replica1"):
        assert router.db_for_read(object) == "replica1"
        assert router.db_for_write(object) == "default"
    assert router.allow_relation(None, None)
    assert router.allow_migrate("default", "cases")
    assert not router.allow_migrate("replica1", "cases")
