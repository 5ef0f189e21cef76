"""script/server's supervisor, for real: it serves, refuses what it must, and leaves nothing."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psutil
import pytest
from django.conf import settings


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Run:
    """One run of the supervisor, without the demo pack."""

    def __init__(self, var: Path, port: int) -> None:
        """Start it."""
        self.var = var
        self.port = port
        environment = {
            name: value
            for name, value in os.environ.items()
            # Without coverage's own variables: measuring would only slow the start down.
            if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"} and not name.startswith("COV")
        }
        environment |= {
            "PORT": str(port),
            "YONGKE_VAR": str(var),
            "YONGKE_DEMO": "0",
            "PYTHONUNBUFFERED": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "script.serve"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""

    def wait_until_served(self) -> None:
        """Read its output until it says the address."""
        stream = self._stream()
        while "Ctrl-C" not in self.output:
            line = stream.readline()
            assert line, f"it ended:\n{self.output}"
            self.output += line

    def tree(self) -> list[psutil.Process]:
        """Return its process and all below it."""
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]

    def end(self) -> int:
        """Wait until it ends; return its status."""
        if not self._stream().closed:
            self.output += self._stream().read()
            self._stream().close()
        return self.process.wait(60)

    def get(self, path: str) -> str:
        """Return what the application answers."""
        url = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as answer:
            return str(answer.read().decode())

    def _stream(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that still run."""
    return [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data that the tests start their servers on, one after the other."""
    return tmp_path_factory.mktemp("server") / "var"


@pytest.fixture
def served(var: Path) -> Iterator[Run]:
    """Return a server that answers; it is ended afterwards if the test did not."""
    run = Run(var, free_port())
    try:
        run.wait_until_served()
        yield run
    finally:
        run.process.terminate()
        run.end()


def test_server_serves_refuses_a_twin_and_leaves_nothing(served: Run, tmp_path: Path) -> None:
    assert '"migrations_missing": 0' in served.get("/readyz")
    names = {p.name() for p in served.tree()}
    assert "postgres" in names

    same_data = Run(served.var, free_port())
    assert same_data.end() == 1
    assert "A server already runs on the data" in same_data.output
    assert "YONGKE_VAR=" in same_data.output

    same_port = Run(tmp_path / "other", served.port)
    assert same_port.end() == 1
    assert f"Port {served.port}" in same_port.output
    assert f"PORT={served.port + 1}" in same_port.output

    processes = served.tree()
    served.process.send_signal(signal.SIGINT)

    assert served.end() == 0
    assert alive(processes) == []


def test_a_second_server_runs_beside_the_first(served: Run, tmp_path: Path) -> None:
    second = Run(tmp_path / "second", free_port())
    second.wait_until_served()

    assert served.get("/healthz") == second.get("/healthz")
    second.process.terminate()
    assert second.end() == 0
    assert '"status": "ok"' in served.get("/readyz")


def test_death_of_a_child_stops_everything(served: Run) -> None:
    processes = served.tree()
    worker = next(p for p in processes if "procrastinate" in p.cmdline())

    worker.kill()

    assert served.end() == 1
    assert "The task worker ended" in served.output
    assert alive(processes) == []


def test_a_killed_supervisor_takes_its_children_along(served: Run) -> None:
    processes = served.tree()

    served.process.kill()

    deadline = time.monotonic() + 30
    while alive(processes) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert alive(processes) == []


def test_a_port_that_is_none_is_explained(tmp_path: Path) -> None:
    run = Run(tmp_path, 70000)

    assert run.end() == 1
    assert "PORT=70000 is not a port" in run.output
