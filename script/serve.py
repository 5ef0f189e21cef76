"""The supervisor behind script/server: PostgreSQL, web server and task worker as one program.

It starts what is missing, waits until the application answers, and then waits for a signal or for
the death of one of its children; either stops everything. Each child is a session of its own, so
that Ctrl-C reaches only this process and the order of stopping is kept: first the web server and
the worker, last the database. On Linux the kernel ends the children even if this process is
killed outright.
"""

import contextlib
import fcntl
import os
import secrets
import signal
import socket
import string
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import NoReturn

from config.postgres import PostgresError, Server, die_with_parent, shared_server

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 120.0
PATIENCE_SECONDS = 10.0


class StoppedError(Exception):
    """Someone asked us to stop while we were starting."""


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"→ {text}", flush=True)


def fail(problem: str, cure: str) -> NoReturn:
    """Print what is wrong and what to do, and leave."""
    print(f"\n✗ {problem}\n  {cure}", file=sys.stderr, flush=True)
    sys.exit(1)


class Child:
    """A process of ours with its log."""

    def __init__(
        self, name: str, command: list[str], log: Path | None, *, last_signal: int
    ) -> None:
        """Start it as the leader of a session of its own.

        ``last_signal`` is what the kernel sends it if this process is killed.
        """
        self.name = name
        self.log = log
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            if log.exists():
                log.replace(log.with_suffix(".log.1"))
        output = log.open("wb") if log is not None else None
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=True,
            preexec_fn=die_with_parent(last_signal),
        )
        if output:
            output.close()

    def send(self, signum: int) -> None:
        """Signal the process and all it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signum)

    def tail(self) -> str:
        """Return the end of its log."""
        if self.log is None:
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])


def web_arguments(host: str, port: int) -> list[str]:
    """Return what follows the interpreter's name to start the web server."""
    return [
        *("-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", host, "--port", str(port)),
        # Each thread keeps a database connection: few threads, few connections.
        *("--workers", "2", "--blocking-threads", "4", "--backpressure", "512"),
        *("--log-level", "warning", "--workers-kill-timeout", "8"),
        "config.wsgi:application",
    ]


class Supervisor:
    """Starts, watches and stops the processes of one installation."""

    def __init__(self) -> None:
        """Read the environment and complete it for the children."""
        environment = os.environ
        self.began = float(environment.pop("SERVER_STARTED", time.time()))
        self.port = _port()
        self.host = environment.get("YONGKE_HOST", "127.0.0.1")
        self.var = Path(environment.get("YONGKE_VAR") or ROOT / "var").resolve()
        self.var.mkdir(parents=True, exist_ok=True)
        shown = self.host if self.host not in {"0.0.0.0", "::"} else "127.0.0.1"  # noqa: S104
        self.address = f"http://{shown}:{self.port}"
        environment["YONGKE_VAR"] = str(self.var)
        environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
        environment.setdefault("YONGKE_DEMO", "1")
        environment.setdefault("YONGKE_SITE_URL", self.address)
        self.is_demo = environment["YONGKE_DEMO"].lower() in {"1", "true", "yes", "on"}
        self.database: Server | None = None
        self.children: list[Child] = []
        self.stop_asked = False

    def run(self) -> int:
        """Serve until stopped; return the exit status: 0 when asked to stop, 1 otherwise."""
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._on_signal)
        lock = self._lock()
        try:
            self._check_port()
            self._start()
            self._announce()
            return self._watch()
        except StoppedError:
            return 0
        except PostgresError as error:
            print(f"\n✗ {error}", file=sys.stderr)
            return 1
        finally:
            self._stop()
            os.close(lock)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        """Remember that we are to stop; the loops look."""
        self.stop_asked = True

    def _lock(self) -> int:
        """Make sure that we are alone on this data; return the lock's descriptor."""
        path = self.var / "server.lock"
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.read(lock, 200).decode(errors="replace").strip()
            fail(
                f"A server already runs on the data in {self.var} ({other}).",
                "Stop it with Ctrl-C, or run a second one beside it: "
                f"PORT={self.port + 1} YONGKE_VAR=/another/directory script/server",
            )
        os.ftruncate(lock, 0)
        os.write(lock, f"process {os.getpid()}, {self.address}\n".encode())
        return lock

    def _check_port(self) -> None:
        """Leave with a clear message where the port is taken or forbidden."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                fail(
                    f"Port {self.port} on {self.host} cannot be used: {error.strerror}.",
                    f"Choose another: PORT={self.port + 1 if self.port < 65535 else 8001} "
                    "script/server",
                )

    def _start(self) -> None:
        """Bring up the database, prepare it, and start what serves."""
        if os.environ.get("DATABASE_URL"):
            say("using the PostgreSQL that DATABASE_URL names")
        else:
            is_new = not (self.var / "postgres" / "PG_VERSION").exists()
            say("making and starting PostgreSQL" if is_new else "starting PostgreSQL")
            self.database = shared_server(self.var / "postgres", tied=True)
            os.environ["DATABASE_URL"] = self.database.url
        if self.is_demo:
            self._set_demo_password()
        self._look()
        prepare = self._spawn("preparation", ["-m", "script.prepare"], log=None)
        while (status := prepare.process.poll()) is None:
            self._pause()
        self.children.remove(prepare)
        if status:
            fail("The preparation failed (see above).", "Nothing is served.")
        say("starting the web server and the task worker")
        self._spawn(
            "web server",
            web_arguments(self.host, self.port),
            log=self.var / "log" / "web.log",
            last_signal=signal.SIGTERM,  # it has workers of its own to end
        )
        self._spawn(
            "task worker",
            ["manage.py", "procrastinate", "worker", "--shutdown-graceful-timeout", "8"],
            log=self.var / "log" / "worker.log",
        )
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            self._pause()
            if dead := self._dead_child():
                self._report(dead)
                raise PostgresError("The application did not start.")
            if time.monotonic() > deadline:
                fail("The web server does not answer.", f"See {self.var / 'log' / 'web.log'}.")

    def _spawn(
        self, name: str, arguments: list[str], log: Path | None, last_signal: int = signal.SIGKILL
    ) -> Child:
        """Start a child of this interpreter."""
        child = Child(name, [sys.executable, *arguments], log, last_signal=last_signal)
        self.children.append(child)
        return child

    def _look(self) -> None:
        """Raise StoppedError if a signal came."""
        if self.stop_asked:
            raise StoppedError

    def _pause(self) -> None:
        """Wait a moment; raise StoppedError if a signal came."""
        self._look()
        time.sleep(0.05)
        self._look()

    def _answers(self) -> bool:
        """Say whether the application answers."""
        request = urllib.request.Request(  # noqa: S310
            f"{self.address}/healthz", headers={"Host": f"127.0.0.1:{self.port}"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _set_demo_password(self) -> None:
        """Take the demo accounts' password from the environment, or make and keep one."""
        kept = self.var / "demo_password"
        if not os.environ.get("YONGKE_DEMO_PASSWORD"):
            if not kept.exists():
                letters = "".join(
                    secrets.choice(string.ascii_lowercase + string.digits) for _ in range(10)
                )
                descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                os.write(descriptor, f"Yk-{secrets.randbelow(10)}{letters}\n".encode())
                os.close(descriptor)
            os.environ["YONGKE_DEMO_PASSWORD"] = kept.read_text().strip()

    def _announce(self) -> None:
        """Print the address, and the demo accounts with their password."""
        print(f"\n  Yongke 甬科 is served at  {self.address}/")
        if self.is_demo:
            print(
                "\n  Demo accounts (sign in at /accounts/login/):\n"
                "    <district>-filler, <district>-signatory   beilun-filler, yuyao-signatory, …\n"
                "    city-editor  city-reviewer  city-publisher  auditor  admin\n"
                f"  Password of all of them: {os.environ['YONGKE_DEMO_PASSWORD']}"
            )
        print(f"\n  Data and logs: {self.var}")
        seconds = time.time() - self.began
        print(f"  Started in {seconds:.1f} s. Ctrl-C stops everything.\n", flush=True)

    def _watch(self) -> int:
        """Wait for a signal (return 0) or the death of a child (return 1)."""
        while not self.stop_asked:
            if dead := self._dead_child():
                self._report(dead)
                return 1
            if self.database and self.database.child and self.database.child.poll() is not None:
                print(f"\n✗ PostgreSQL ended; see {self.database.log}", file=sys.stderr)
                return 1
            time.sleep(0.2)
        return 0

    def _dead_child(self) -> Child | None:
        """Return a child that ended, if there is one."""
        return next((child for child in self.children if child.process.poll() is not None), None)

    def _report(self, child: Child) -> None:
        """Print that a child ended, with the end of its log."""
        print(
            f"\n✗ The {child.name} ended (status {child.process.returncode}). Its log says:\n"
            f"{child.tail()}",
            file=sys.stderr,
            flush=True,
        )

    def _stop(self) -> None:
        """Stop the children, then the database. Nothing of ours is left when this returns."""
        if self.children or self.database:
            print("\n→ stopping", flush=True)
        for child in self.children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE_SECONDS
        for child in self.children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, deadline - time.monotonic()))
            child.send(signal.SIGKILL)
            child.process.wait()
        if self.database and self.database.child:
            self.database.stop()
        if self.children or self.database:
            print("→ stopped", flush=True)


def _port() -> int:
    """Return the port to serve on."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        fail(f"PORT={text} is not a port.", "Choose a number from 1 to 65535, such as PORT=8001.")
    return int(text)


if __name__ == "__main__":
    if "-h" in sys.argv or "--help" in sys.argv:
        print((ROOT / "docs" / "operations.md").read_text())
        sys.exit(0)
    sys.exit(Supervisor().run())
