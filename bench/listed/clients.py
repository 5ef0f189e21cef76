"""Many clients at one server: each asks, reads the answer to its end, and asks again."""

import multiprocessing
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

CLIENTS = 20
PROCESSES = 2
HEAD = "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(application: str, **environment: str) -> Iterator[tuple[int, int]]:
    """Run granian with two workers as ``script/server`` does; yield its port and process."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    command += ["--blocking-threads", "4", "--backpressure", "512", "--log-level", "warning"]
    child = subprocess.Popen([*command, application], env={**os.environ, **environment})
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port, child.pid
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def memory(pid: int) -> int:
    """Return the memory of the process's children in megabytes, the largest one's."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    sizes = [0]
    for child in children:
        for line in Path(f"/proc/{child}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                sizes.append(int(line.split()[1]) // 1024)
    return max(sizes)


class _Reader:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = self._open()

    def _open(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def ask(self, path: str) -> int:
        """Return the status of the answer, read to its end."""
        self.socket.sendall(HEAD.format(path=path).encode())
        data = b""
        while b"\r\n\r\n" not in data:
            part = self.socket.recv(65536)
            if not part:
                self.socket.close()
                self.socket = self._open()
                return 0
            data += part
        head, _gap, body = data.partition(b"\r\n\r\n")
        lengths = [
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ]
        if not lengths:
            # An answer without a length is a fault, and ends with its connection.
            self.socket.close()
            self.socket = self._open()
            return int(head[9:12])
        left = lengths[0]
        left -= len(body)
        while left > 0:
            left -= len(self.socket.recv(min(left, 65536)))
        return int(head[9:12])


def _ask_on(port: int, paths: Sequence[str], seed: int, until: float, out: list[object]) -> None:
    choose, reader = random.Random(seed), _Reader(port)
    while time.monotonic() < until:
        path = choose.choice(paths)
        start = time.perf_counter()
        status = reader.ask(path)
        out.append((status, time.perf_counter() - start))


def _process(port: int, paths: Sequence[str], first: int, seconds: float, answers: object) -> None:
    until = time.monotonic() + seconds
    found: list[object] = []
    threads = [
        threading.Thread(target=_ask_on, args=(port, paths, first + place, until, found))
        for place in range(CLIENTS // PROCESSES)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.put(found)  # type: ignore[attr-defined]


def load(port: int, paths: Sequence[str], seconds: float) -> tuple[float, float, int]:
    """Ask for so many seconds; return requests a second, the 95th percentile in ms, the faults."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    workers = [
        context.Process(target=_process, args=(port, paths, 100 * number, seconds, answers))
        for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    found = [item for _worker in workers for item in answers.get()]
    for worker in workers:
        worker.join()
    times = sorted(taken for _status, taken in found)
    faults = sum(status != 200 for status, _taken in found)
    return len(found) / seconds, times[int(len(times) * 0.95)] * 1000, faults
