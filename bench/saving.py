"""Many people saving at once, against the server as it is installed.

    python -m bench.saving              # five minutes; SECONDS=15 for a look

starts a database and a web server of its own (as script/server does: two workers on the embedded
PostgreSQL) in a temporary directory, measures, and removes both. Three runs of a minute:

- 50 clients write random cells of one return for 60 s. Lost edits: every save that was acknowledged
  must stand in the history at its version with its value and its author, and whoever saved on top
  of it must have been shown it before.
- The deadline hour: 200 people in ten returns, each saving once in 3 s, for 60 s.
- The same with all pages asking what is new and the rules running, as real pages do
  (``static/js/return/live.js``): soon after each save, else every 4 s, and less often the longer
  an answer takes.

Beside the last two, /healthz at the same load, asked as a monitor does (without a session); and
the processor time of web server, database and this program itself, which says what a save costs
however busy the machine is. A page has been shown its figures before it saves.
"""

import asyncio
import contextlib
import itertools
import json
import math
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CLIENTS, CELLS = 50, 100
SECONDS = float(os.environ.get("SECONDS", "60"))
SAVERS, RETURNS, EVERY = 200, 10, 3.0
# As in live.js, in seconds.
LOOKED_AT, AFTER_SAVE, PATIENCE, LONGEST = 4.0, 1.2, 40, 30.0
LIMIT, BARE = 300, 50
TOKEN = "b" * 32
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Person:
    """One signed-in person and the return he writes in."""

    pk: int
    cookie: str
    case: int


@dataclass
class Client:
    """One browser: a kept connection, and what it has been shown."""

    port: int
    person: Person
    known: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    shown: set[tuple[str, int]] = field(default_factory=set)
    acknowledged: list[tuple[str, int, str]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        """Send a request over the kept connection; return status and body."""
        return await self.send(
            method,
            path,
            urllib.parse.urlencode(data or {}).encode(),
            f"Cookie: sessionid={self.person.cookie}; csrftoken={TOKEN}",
            f"X-CSRFToken: {TOKEN}",
            f"X-Person: {self.person.pk}",
        )

    async def send(self, method: str, path: str, body: bytes, *headers: str) -> Any:
        """Send a request with these headers; return status and body."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        assert self.reader is not None
        head = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            *headers,
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
        self.writer.write("\r\n".join([*head, "", ""]).encode() + body)
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:])}
        length = int(headers.get("content-length", 0))
        return int(lines[0].split()[1]), await self.reader.readexactly(length)

    async def save(self, code: str, value: str) -> int:
        """Save a cell upon what is known of it, as the page does; return the status."""
        figure = self.known.get(code)
        place = {"uid": figure["uid"], "version": figure["version"]} if figure else {}
        began = time.perf_counter()
        status, body = await self.ask(
            "POST",
            f"/desk/returns/{self.person.case}/figures/{code}/",
            {"value": value, "qualifier": "", "blank": "", **place},
        )
        self.times.append((time.perf_counter() - began) * 1000)
        self.statuses[status] += 1
        if status in {200, 409}:
            shown = json.loads(body)["figure"]
            self.known[code] = shown
            self.shown.add((code, shown["version"]))
        if status == 200:
            self.acknowledged.append((code, shown["version"], value))
        return status

    async def hear(self, again: int = 4) -> int:
        """Ask what is new and what the rules say, as the page does after a save."""
        versions = {code: f["version"] if f else 0 for code, f in self.known.items()}
        status, body = await self.ask(
            "POST",
            f"/desk/returns/{self.person.case}/hear/",
            {"section": 1, "figures": json.dumps(versions), "check": "on", "again": again},
        )
        if status == 200:
            for code, figure in json.loads(body).get("figures", {}).items():
                self.known[code] = figure
                if figure:
                    self.shown.add((code, figure["version"]))
        return int(status)


def percentile(times: list[float], share: float = 0.95) -> float:
    """Return the value below which that share of the times lies, in ms."""
    return sorted(times)[int(len(times) * share)] if times else float("nan")


# The data


def prepare() -> list[list[Person]]:
    """Make eleven returns and their people: 50 in the first, 20 in each other; by return."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from apps.accounts.models import Bureau, BureauKind, Role
    from apps.registry.models import District, DistrictKind
    from tests import factories

    for number in range(CELLS):
        factories.indicator(f"cell-{number}", order=number)
    people: list[list[Person]] = []
    for number in range(RETURNS + 1):
        slug = f"district-{number}"
        bureau = Bureau.objects.create(
            slug=slug, name=f"第{number}区科技局", name_en=slug, kind=BureauKind.DIVISION
        )
        District.objects.create(
            slug=slug,
            name=f"第{number}区",
            name_en=slug,
            kind=DistrictKind.DIVISION,
            code=f"33{number:04}",
            bureau=bureau,
        )
        rows = [
            factories.figure_values(n, bureau, indicator=factories.indicator(f"cell-{n}"))
            for n in range(CELLS // 2)
        ]
        revision = factories.open_return(bureau, rows)
        group = []
        for _person in range(SAVERS // RETURNS if number else CLIENTS):
            user = factories.person(Role.DISTRICT_FILLER, bureau)
            session = SessionStore()
            session["_auth_user_id"] = str(user.pk)
            session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[-1]
            session["_auth_user_hash"] = user.get_session_auth_hash()
            session["seen"] = int(time.time())
            session.create()
            group.append(Person(user.pk, str(session.session_key), revision.case_id))
        people.append(group)
    connection.cursor().execute("ANALYZE")
    return people


def events_of(case: int) -> dict[str, list[tuple[int, str, int]]]:
    """Return the history of a return's figures: code → (version, value, author)."""
    from apps.districts.models import IndicatorValue

    rows = (
        IndicatorValue.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
            revision__case_id=case
        )
        .order_by("pgh_id")
        .values_list("indicator__code", "version", "value", "updated_by_id")
    )
    history: dict[str, list[tuple[int, str, int]]] = {}
    for code, version, value, author in rows:
        history.setdefault(code, []).append((version, f"{value:f}", author))
    return history


# The measures


async def writers(port: int, people: list[Person], seconds: float) -> list[Client]:
    """Let each client write random cells one after the other until the time is over."""
    clients = [Client(port, person) for person in people]
    end = time.monotonic() + seconds

    async def write(client: Client, chance: random.Random) -> None:
        while time.monotonic() < end:
            code = f"cell-{chance.randrange(CELLS)}"
            status = await client.save(code, f"{chance.randrange(10**6)}.{client.person.pk:04}")
            # Shown the other value: half of the people insist, the others let it stand.
            if status == 409 and chance.random() < 0.5:
                await client.save(code, f"{chance.randrange(10**6)}.{client.person.pk:04}")

    await asyncio.gather(*(write(client, random.Random(n)) for n, client in enumerate(clients)))
    return clients


def lost(clients: list[Client], history: dict[str, list[tuple[int, str, int]]]) -> list[str]:
    """Return what was lost: a save that is not in the history, or one saved over unseen."""
    shown = {client.person.pk: client.shown for client in clients}
    kept = {
        (code, v): (value, author) for code, rows in history.items() for v, value, author in rows
    }
    faults = [
        f"{code} version {version}: {value} is not there"
        for client in clients
        for code, version, value in client.acknowledged
        if kept.get((code, version)) != (value, client.person.pk)
    ]
    for code, rows in history.items():
        if [version for version, _value, _author in rows] != list(range(1, len(rows) + 1)):
            faults.append(f"{code}: the versions do not follow one another")
        faults.extend(
            f"{code} version {version}: saved over by {author}, who had not seen it"
            for (version, _v, _a), (_next, _value, author) in itertools.pairwise(rows)
            if (code, version) not in shown[author]
        )
    return faults


def own_cells(person: Person) -> list[str]:
    """Return the cells of the return that this one of its people fills."""
    several = SAVERS // RETURNS
    return [f"cell-{n}" for n in range(CELLS) if n % several == person.pk % several]


async def deadline(
    port: int, people: list[list[Person]], seconds: float, *, with_hearing: bool
) -> tuple[list[Client], list[float], Counter[int]]:
    """Let everyone save once in three seconds; return the clients and the times of /healthz."""
    clients = [Client(port, person) for group in people for person in group]
    for client in clients:
        client.known = dict.fromkeys(own_cells(client.person))
        await client.hear()
    heard: Counter[int] = Counter()
    bare: list[float] = []
    end = time.monotonic() + seconds

    async def work(client: Client, chance: random.Random) -> None:
        own = own_cells(client.person)
        await asyncio.sleep(chance.random() * EVERY)
        while time.monotonic() < end:
            began = time.monotonic()
            await client.save(chance.choice(own), f"{chance.randrange(10**6)}.5")
            await asyncio.sleep(max(0.0, EVERY - (time.monotonic() - began)))

    async def listen(client: Client, chance: random.Random) -> None:
        page = Client(port, client.person)
        page.known = client.known
        due = time.monotonic() + chance.random() * LOOKED_AT
        pause, saved, took = LOOKED_AT, len(client.times), [0.0, 0.0]
        while time.monotonic() < end:
            if len(client.times) > saved:
                saved = len(client.times)
                due = min(due, time.monotonic() + (pause if pause > LOOKED_AT else AFTER_SAVE))
            if time.monotonic() < due:
                await asyncio.sleep(0.2)
                continue
            began = time.monotonic()
            heard[await page.hear(again=math.ceil(pause))] += 1
            took = [took[1], time.monotonic() - began]
            pause = min(LONGEST, max(LOOKED_AT, PATIENCE * min(took)))
            due = time.monotonic() + pause

    async def probe() -> None:
        client = Client(port, people[0][0])
        while time.monotonic() < end:
            began = time.perf_counter()
            await client.send("GET", "/healthz", b"")
            bare.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.1)

    jobs = [work(client, random.Random(n)) for n, client in enumerate(clients)]
    if with_hearing:
        jobs += [listen(client, random.Random(n)) for n, client in enumerate(clients)]
    await asyncio.gather(probe(), *jobs)
    return clients, bare, heard


class Processors:
    """Processor time of the web server, the database and this program since it was made."""

    def __init__(self, web: int, database: int) -> None:
        """Note where each process stands."""
        self.roots = {"web": web, "database": database}
        self.before = {name: tree_seconds(pid) for name, pid in self.roots.items()}
        self.own = time.process_time()

    def words(self, answers: int) -> str:
        """Return what one of ``answers`` took of each, in ms."""
        spent = {n: tree_seconds(pid) - self.before[n] for n, pid in self.roots.items()}
        each = ", ".join(f"{n} {s / answers * 1000:.1f} ms" for n, s in spent.items())
        own = (time.process_time() - self.own) / answers * 1000
        return f"{each}, this program {own:.1f} ms"


def tree_seconds(root: int) -> float:
    """Return the processor seconds that a process and all its children have used (Linux)."""
    parents: dict[int, tuple[int, float]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            ticks = sum(map(int, fields[11:15]))
            parents[int(path.parent.name)] = int(fields[1]), ticks / os.sysconf("SC_CLK_TCK")
    total, wanted = 0.0, {root}
    while wanted:
        total += sum(parents[pid][1] for pid in wanted if pid in parents)
        wanted = {pid for pid, (parent, _s) in parents.items() if parent in wanted}
    return total


def report(
    clients: list[Client], bare: list[float], heard: Counter[int], spent: Processors
) -> bool:
    """Print a deadline hour; return whether it held the limits."""
    times = [t for client in clients for t in client.times]
    statuses = sum((client.statuses for client in clients), Counter())
    errors = sum(n for status, n in statuses.items() if status not in {200, 409})
    errors += sum(n for status, n in heard.items() if status != 200)
    save, health = percentile(times), percentile(bare)
    answers = len(times) + sum(heard.values()) + len(bare)
    print(f"  processor time of one of {answers} answers: {spent.words(answers)}")
    print(
        f"  {len(times)} saves, answers {dict(statuses)}, heard {dict(heard)}, errors {errors}\n"
        f"  save: median {percentile(times, 0.5):.0f} ms, p95 {save:.0f} ms, "
        f"worst {max(times):.0f} ms; /healthz beside it: median {percentile(bare, 0.5):.0f} ms, "
        f"p95 {health:.0f} ms; load average {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    if health >= BARE:
        print(f"  not judged: /healthz itself took {BARE} ms or more", flush=True)
    return errors == 0 and save < LIMIT


def measure(port: int, people: list[list[Person]], web: int, database: int) -> bool:
    """Run all measures; return whether each held its limit."""
    group = people[0]
    clients = asyncio.run(writers(port, group, SECONDS))
    statuses = sum((client.statuses for client in clients), Counter())
    faults = lost(clients, events_of(people[0][0].case))
    times = [t for client in clients for t in client.times]
    print(
        f"{len(group)} clients on one return of {CELLS} cells, {SECONDS:.0f} s: {len(times)} saves, "
        f"answers {dict(statuses)}, p95 {percentile(times):.0f} ms, lost edits {len(faults)}; "
        f"load average {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    for fault in faults[:10]:
        print(f"  {fault}")
    held = not faults and not set(statuses) - {200, 409}
    for with_hearing in (False, True):
        print(
            f"{SAVERS} people in {RETURNS} returns, a save each {EVERY:.0f} s"
            + (", each page asking what is new, with rules" if with_hearing else ""),
            flush=True,
        )
        spent = Processors(web, database)
        run = deadline(port, people[1:], SECONDS, with_hearing=with_hearing)
        held &= report(*asyncio.run(run), spent)
    return held


def wait_for(port: int, seconds: float = 60) -> None:
    """Return when the application answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            return
        time.sleep(0.2)
    raise TimeoutError("The web server does not answer.")


def main() -> int:
    """Set everything up, measure, and take it down; return nought where all limits held."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="yongke-bench-") as directory:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "YONGKE_VAR": directory,
            "YONGKE_DEMO": "1",
            "YONGKE_SECRET_KEY": secrets.token_urlsafe(50),
        }
        from config.postgres import Server
        from script.serve import web_arguments

        os.chmod(directory, 0o755)  # noqa: S103 - the database may run as a user of its own
        database = Server(Path(directory) / "postgres")
        database.start(tied=True)
        assert database.child is not None
        (Path(directory) / "static").mkdir()
        os.environ["DATABASE_URL"] = database.url
        try:
            people = prepare()
            command = [sys.executable, *web_arguments("127.0.0.1", port)]
            # A conflict is an answer here and no news: what the server says goes beside its data.
            with open(Path(directory) / "web.log", "wb") as log:
                web = subprocess.Popen(command, cwd=ROOT, stderr=log, start_new_session=True)
            try:
                wait_for(port)
                held = measure(port, people, web.pid, database.child.pid)
            finally:
                os.killpg(web.pid, signal.SIGTERM)
                web.wait(20)
        finally:
            database.stop()
    print("held" if held else "NOT held")
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
