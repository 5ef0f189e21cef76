"""The embedded PostgreSQL: it starts, is shared, and ends when it should."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from config.postgres import TESTING, PostgresError, Server, _open_for_others, binaries

# A program that uses the shared server, says its process, and lives until its input ends.
USER = """
import sys
from pathlib import Path
from config.postgres import shared_server
server = shared_server(Path(sys.argv[1]))
print((server.data / "postmaster.pid").read_text().split()[0], flush=True)
sys.stdin.read()
"""


def start_user(data: Path) -> subprocess.Popen[str]:
    """Start a process that uses the shared server on ``data``."""
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(data)],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def server_process(user: subprocess.Popen[str]) -> int:
    """Return the server's process as the user names it."""
    assert user.stdout is not None
    return int(user.stdout.readline())


def leave(user: subprocess.Popen[str]) -> None:
    """Have a user end by itself."""
    user.communicate("", timeout=60)
    assert user.returncode == 0


def is_alive(pid: int) -> bool:
    """Say whether the process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_server_speaks_utf8_in_code_point_order(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", TESTING)
    server.start(tied=True)
    try:
        with psycopg.connect(server.url) as connection:
            row = connection.execute(
                "select current_setting('server_encoding'), current_setting('fsync'),"
                " upper('é'), array(select unnest(array['乙','b','甲','A']) order by 1)"
            ).fetchone()
    finally:
        server.stop()

    assert row == ("UTF8", "off", "É", ["A", "b", "乙", "甲"])
    assert not server.is_running()


def test_server_keeps_its_data_over_a_restart(tmp_path: Path) -> None:
    for statement in ("create table kept as select 1 as one", "select one from kept"):
        server = Server(tmp_path / "data", TESTING)
        server.start(tied=True)
        with psycopg.connect(server.url) as connection:
            connection.execute(statement)
        server.stop()


def test_server_on_a_long_path_uses_a_short_socket(tmp_path: Path) -> None:
    server = Server(tmp_path / ("d" * 100) / "data", TESTING)
    server.start(tied=True)
    try:
        assert server.socket_directory.parent == Path(tempfile.gettempdir())
        assert server.socket_directory.stat().st_mode & 0o777 == 0o700
        psycopg.connect(server.url).close()
    finally:
        server.stop()


def test_server_that_cannot_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", {**TESTING, "shared_buffers": "nonsense"})

    with pytest.raises(PostgresError, match=r'invalid value for parameter "shared_buffers"'):
        server.start(tied=True)


def test_server_says_why_its_data_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "foreign").write_text("not a database")

    with pytest.raises(PostgresError, match="initdb failed"):
        Server(tmp_path / "data", TESTING).start(tied=True)


def test_stopping_a_server_that_is_down_does_nothing(tmp_path: Path) -> None:
    Server(tmp_path / "data", TESTING).stop()


def test_missing_wheel_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(PostgresError, match="DATABASE_URL"):
        binaries()


def test_shared_server_ends_with_its_last_user(tmp_path: Path) -> None:
    first = start_user(tmp_path / "data")
    pid = server_process(first)
    second = start_user(tmp_path / "data")
    assert server_process(second) == pid

    leave(first)
    assert is_alive(pid)

    leave(second)
    assert not is_alive(pid)


def test_shared_server_forgets_a_user_that_was_killed(tmp_path: Path) -> None:
    killed = start_user(tmp_path / "data")
    pid = server_process(killed)
    killed.kill()
    killed.communicate()
    assert is_alive(pid)

    other = start_user(tmp_path / "data")
    assert server_process(other) == pid
    leave(other)

    assert not is_alive(pid)


def test_tied_server_ends_when_its_owner_is_killed(tmp_path: Path) -> None:
    program = USER.replace("sys.argv[1])", "sys.argv[1]), tied=True")
    owner = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "data")],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = server_process(owner)

    owner.send_signal(signal.SIGKILL)
    owner.communicate()
    # A successor may start at once: it waits for the old server to end.
    successor = start_user(tmp_path / "data")
    assert server_process(successor) != pid
    leave(successor)

    deadline = time.monotonic() + 30
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_alive(pid)


def test_programs_installed_under_a_strict_umask_are_opened_for_the_servers_user(
    tmp_path: Path,
) -> None:
    program = tmp_path / "closed" / "pginstall18" / "bin" / "postgres"
    library = program.parent.parent / "lib" / "libpq.so"
    for path, mode in ((program, 0o700), (library, 0o600)):
        path.parent.mkdir(parents=True, mode=0o700)
        path.touch()
        path.chmod(mode)
    (tmp_path / "closed").chmod(0o700)

    _open_for_others(program.parent.parent)

    assert program.stat().st_mode & 0o777 == 0o705
    assert library.stat().st_mode & 0o777 == 0o604
    assert library.parent.stat().st_mode & 0o005 == 0o005
    assert (tmp_path / "closed").stat().st_mode & 0o777 == 0o701
