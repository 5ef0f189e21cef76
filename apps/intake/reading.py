"""Reading a file in a process of its own, and what the application gets of it."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from apps.intake.candidates import Candidate, candidates
from apps.intake.formats import LARGEST_FILE, sniff
from apps.intake.grid import Block
from apps.intake.numbers import is_scientific
from apps.intake.refusal import Refusal
from apps.intake.worker import load

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 18
"""Seconds until a reader is ended, whatever it waits for."""


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
    return Intake(found, list(_refusals(found, kind)))


def blocks_apart(data: bytes) -> list[Block]:
    """The blocks of a file, read by the worker. Raises ``Refusal``."""
    command = [sys.executable, "-m", "apps.intake.worker"]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no word of the file on its line
            command,
            input=data,
            capture_output=True,
            timeout=PATIENCE,
            cwd=ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refusal("too-slow", seconds=PATIENCE) from error
    blocks: list[Block] = []
    for line in done.stdout.splitlines():
        found = json.loads(line)
        if "refusal" in found:
            raise Refusal(found["refusal"], found["where"], **found["params"])
        if "end" in found:
            return blocks
        blocks.append(load(found))
    # It was ended before it could say why: memory that could not be had, or time.
    raise Refusal(
        "too-much-memory" if done.returncode in (-6, -9, 1, 134, 137) else "reader-failed"
    )


def _refusals(found: list[Candidate], kind: str) -> list[Refusal]:
    """What is wrong with candidates as a whole, and with cells that nobody can put right here."""
    if not found:
        return [Refusal("no-table")]
    if not any(each.kind for each in found):
        missing = ", ".join(" / ".join(group) for group in needs_unmet(kind)) if kind else ""
        return [Refusal("wrong-kind", missing=missing) if kind else Refusal("no-kind")]
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
