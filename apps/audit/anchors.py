"""The daily anchor 锚: where the chain stood, in a file outside the database.

One line of canonical JSON a day, appended and never rewritten: the date and time, the last act of
the chain with its number and hash, how many entries and releases there were, and the SHA-256 of the
line before. Whoever rewrites the database with all its hashes cannot rewrite a file that is kept
elsewhere: copy it to another machine, or print it.
"""

import fcntl
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from apps.audit.models import Act
from apps.cases.canonical import canonical_json, sha256
from apps.cases.models import Release


@dataclass(frozen=True)
class Line:
    """One line of the file: its number, its text, and what it says; None where it is unreadable."""

    number: int
    text: str
    said: dict[str, Any] | None


def path() -> Path:
    """Return the file of the anchors."""
    return Path(settings.AUDIT_ANCHORS) / "anchors.jsonl"


def read() -> list[Line]:
    """Return the lines of the file in their order; none where there is no file yet."""
    try:
        texts = path().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [Line(number, text, _said(text)) for number, text in enumerate(texts, start=1)]


def _said(text: str) -> dict[str, Any] | None:
    try:
        said = json.loads(text)
    except ValueError:
        return None
    wanted = {"at", "sequence", "hash", "entries", "releases", "previous"}
    return said if isinstance(said, dict) and wanted <= said.keys() else None


def present(before: Sequence[Line]) -> dict[str, Any]:
    """Return what an anchor says now: where the chain stands, after the lines ``before``."""
    with connection.cursor() as cursor:
        # One statement, one moment.
        cursor.execute(
            f"""
            SELECT a.sequence, a.hash,
                (SELECT coalesce(sum(entries), 0) FROM {Act._meta.db_table}
                    WHERE sequence <= a.sequence),
                (SELECT count(*) FROM {Release._meta.db_table})
            FROM (SELECT 1) one LEFT JOIN LATERAL (
                SELECT sequence, hash FROM {Act._meta.db_table}
                WHERE sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1
            ) a ON true
            """  # noqa: S608 - names come from the models
        )
        sequence, last, entries, releases = cursor.fetchone()
    return {
        "at": timezone.localtime().isoformat(timespec="seconds"),
        "sequence": sequence or 0,
        "hash": last or "",
        "entries": int(entries),
        "releases": releases,
        "previous": sha256(before[-1].text) if before else "",
    }


def write(*, once_a_day: bool = False) -> dict[str, Any] | None:
    """Append an anchor and return it; None where ``once_a_day`` finds one of today.

    The line is on the disk when this returns. One process writes at a time.
    """
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        before = read()
        today = timezone.localdate().isoformat()
        last = before[-1].said if before else None
        if once_a_day and last is not None and last["at"].startswith(today):
            return None
        said = present(before)
        # A line that a power cut left without its end must not swallow this one.
        end = file.read_bytes()[-1:]
        torn = "" if end in (b"", b"\n") else "\n"
        os.write(descriptor, f"{torn}{canonical_json(said)}\n".encode())
        os.fsync(descriptor)
        return said
    finally:
        os.close(descriptor)
