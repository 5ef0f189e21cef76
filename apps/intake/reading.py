"""Reading a file in a process of its own, and what the application gets of it."""

import contextlib
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apps.intake.candidates import Candidate, candidates
from apps.intake.formats import LARGEST_FILE, sniff
from apps.intake.grid import Block
from apps.intake.numbers import is_scientific
from apps.intake.refusal import Refusal
from apps.intake.worker import load

logger = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
"""Seconds by the clock until a reader is ended, whatever it waits for. How long it may compute is
its own limit (``worker.SECONDS``): on a busy machine a good file only takes its turn."""


@dataclass
class Intake:
    """What a file gave: candidates, and refusals that stand beside or instead of them."""

    candidates: list[Candidate] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def read_file(path: Path, kind: str = "") -> Intake:
    """The candidates of a file; refusals say what is wrong and where. Raises nothing of its own."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Refusal("file-too-large", megabytes=LARGEST_FILE // 2**20)
        data = path.read_bytes()
    except OSError:
        return Intake(refusals=[Refusal("no-file", where=str(path.name))])
    except Refusal as refusal:
        return Intake(refusals=[refusal])
    return read_bytes(data, kind)


def read_bytes(data: bytes, kind: str = "") -> Intake:
    """The candidates of a file's content, whatever it is called."""
    try:
        # What can be refused by its first bytes or its directory needs no process.
        sniff(data)
        found = candidates(blocks_apart(data), kind)
    except Refusal as refusal:
        return Intake(refusals=[refusal])
    except Exception:
        # A fault of ours; whoever hands a file in gets a sentence all the same.
        logger.exception("a file could not be read")
        return Intake(refusals=[Refusal("reader-failed")])
    return Intake(found, list(_refusals(found, kind)))


Watch = Callable[[int], object]
"""Told now and then how many rows were read; what it raises ends the reading."""


def blocks_apart(data: bytes, watch: Watch | None = None) -> list[Block]:
    """The blocks of a file, read by the worker. Raises ``Refusal``, and what ``watch`` raises."""
    command = [sys.executable, "-m", "apps.intake.worker"]
    with subprocess.Popen(  # noqa: S603 - our own program, no word of the file on its line
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT
    ) as process:
        late = threading.Event()
        timer = threading.Timer(PATIENCE, _end, (process, late))
        feeder = threading.Thread(target=_feed, args=(process, data))
        timer.start()
        feeder.start()
        try:
            pieces = Pieces(process, watch)
            blocks = list(load(pieces))
        finally:
            timer.cancel()
            process.kill()
            feeder.join()
    if late.is_set():
        raise Refusal("too-slow", seconds=PATIENCE)
    if not pieces.has_ended:
        # It was ended before it could say why: memory that could not be had, or time.
        is_memory = process.returncode in (-6, -9, 1, 134, 137)
        raise Refusal("too-much-memory" if is_memory else "reader-failed")
    return blocks


class Pieces:
    """What a worker writes, piece by piece; whether it came to its end. Raises its ``Refusal``."""

    def __init__(self, process: "subprocess.Popen[bytes]", watch: Watch | None) -> None:
        self.process = process
        self.watch = watch
        self.has_ended = False
        self.rows = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                found = json.loads(line)
            except ValueError:
                return  # It was ended in the middle of a line.
            if "refusal" in found:
                raise Refusal(found["refusal"], found["where"], **found["params"])
            if "end" in found:
                self.has_ended = True
                return
            if "lines" in found and self.watch is not None:
                self.rows += len(found["lines"])
                self.watch(self.rows)
            yield found
        self.process.wait()


def _feed(process: "subprocess.Popen[bytes]", data: bytes) -> None:
    assert process.stdin is not None
    # It may have refused the file, or have been ended, before it has read it all.
    with contextlib.suppress(OSError), process.stdin as pipe:
        pipe.write(data)


def _end(process: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    late.set()
    process.kill()


def _refusals(found: list[Candidate], kind: str) -> list[Refusal]:
    """What is wrong with candidates as a whole, and with cells that nobody can put right here."""
    if not found:
        return [Refusal("no-table")]
    if not any(each.kind for each in found):
        missing = ", ".join(" / ".join(group) for group in needs_unmet(kind)) if kind else ""
        return [Refusal("wrong-kind", missing=missing, kind=kind) if kind else Refusal("no-kind")]
    return [
        Refusal("digits-lost", where=where(record.source, name), value=str(record.values[name]))
        for each in found
        for record in each.records
        for name, code in record.doubts
        if code == "digits-lost" and is_scientific(str(record.values.get(name, "")))
    ]


def needs_unmet(kind: str) -> tuple[tuple[str, ...], ...]:
    """The fields without which a table is no list of a kind."""
    from apps.intake.synonyms import KINDS

    return KINDS[kind].needs


def where(source: dict[str, object], name: str) -> str:
    """A place in words that a person finds: sheet and cell, page and table, or line."""
    parts = []
    cells = source.get("cells")
    cell = cells.get(name) if isinstance(cells, dict) else None
    for key in ("sheet", "page", "table"):
        if key in source:
            parts.append(f"{key} {source[key]}")
    parts.append(f"cell {cell}" if isinstance(cell, str) else f"line {source['line']}")
    return ", ".join(parts)
