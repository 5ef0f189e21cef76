"""The application on the other PostgreSQL versions this machine has, through ``DATABASE_URL``.

The run's own server is the embedded 18; what is installed under the system's usual place is
started in a temporary directory, and the tests marked ``smoke`` are run on it by a pytest of their
own: all migrations, and a little of everything.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from config.postgres import TESTING, Server

INSTALLED = sorted(
    path.parent.parent.name
    for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")
    if int(path.parent.parent.name) >= 15
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a directory that is not pytest's: each run of pytest closes that to other users."""
    with tempfile.TemporaryDirectory(prefix="yongke-test-") as name:
        yield Path(name)


@pytest.mark.skipif(not INSTALLED, reason="no other PostgreSQL 15+ is installed here")
@pytest.mark.parametrize("version", INSTALLED or ["none"])
def test_smoke_tests_pass_on_another_version(version: str, folder: Path) -> None:
    programs = Path("/usr/lib/postgresql") / version / "bin"
    server = Server(folder / "data", TESTING, programs)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV"))
    }
    server.start(tied=True)
    try:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-m",
                "smoke",
                "-q",
                "-p",
                "no:cacheprovider",
                "tests",
            ],
            cwd=settings.BASE_DIR,
            env={**environment, "DATABASE_URL": server.url},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    finally:
        server.stop()

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b[1-9]\d* passed", done.stdout)
