"""A step of a benchmark in a process of its own: what it takes, without what stood there before."""

import multiprocessing
import os
import re
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple


class Taken(NamedTuple):
    """What a step took: seconds of the processor and by the clock, the most memory in MB."""

    processor: float
    clock: float
    megabytes: int
    result: Any


def apart(step: Callable[..., Any], *arguments: Any) -> Taken:
    """Run a step in a new process, on this one's database."""
    from django.db import connections

    name = connections["default"].settings_dict["NAME"]
    connections.close_all()
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(sender, name, step, arguments))
    process.start()
    sender.close()
    found: Taken = receiver.recv()
    process.join()
    return found


def work(
    sender: Connection, name: str, step: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    """Do a step in this process, with the database ``name``; send what it took."""
    import django

    django.setup()
    from django.db import connections
    from django.test.utils import setup_test_environment

    setup_test_environment()
    import config.urls  # noqa: F401 - as a server or a worker has loaded it

    connections["default"].settings_dict["NAME"] = name
    began, clock = cpu_seconds(), time.monotonic()
    result = step(*arguments)
    sender.send(Taken(cpu_seconds() - began, time.monotonic() - clock, peak(), result))


def cpu_seconds() -> float:
    """Return the seconds of processor used by this process, its children, its database session."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    # The session may run on this machine only; elsewhere its time is not counted.
    stat = Path(f"/proc/{pid}/stat")
    fields = stat.read_text().rpartition(")")[2].split() if stat.exists() else ["0"] * 20
    session = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    used = os.times()
    return session + used.user + used.system + used.children_user + used.children_system


def peak() -> int:
    """Return the most memory this process held, MB; not what the one held that began it."""
    (line,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(line) // 1024
