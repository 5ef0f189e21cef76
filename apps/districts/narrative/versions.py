"""The versions of a narrative section, and what each changed."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

# Saves of one person within this time of the first are one version: a section saves itself.
SITTING = dt.timedelta(minutes=10)
_PIECES = re.compile(r"\{\{[^{}\n]*\}\}|[A-Za-z0-9.,%]+|\s+|.", re.DOTALL)

KEPT, ADDED, REMOVED = "kept", "added", "removed"


@dataclass(frozen=True)
class Piece:
    """A part of a text that was kept, added or removed."""

    what: str
    text: str


@dataclass(frozen=True)
class Version:
    """What one person saved in one sitting. ``number`` counts from 1."""

    number: int
    event: Any
    pieces: tuple[Piece, ...]
    is_current: bool = False


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """Return how ``before`` became ``after``: by characters in Chinese, by words in Latin script."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    pieces: list[Piece] = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece(KEPT, "".join(new[k:m])))
            continue
        if i < j:
            pieces.append(Piece(REMOVED, "".join(old[i:j])))
        if k < m:
            pieces.append(Piece(ADDED, "".join(new[k:m])))
    return tuple(pieces)


def _is_one_sitting(first: Any, then: Any) -> bool:
    return (
        first.updated_by_id == then.updated_by_id
        and first.revision_id == then.revision_id
        and then.updated_at - first.updated_at <= SITTING
    )


def versions_of(events: Sequence[Any]) -> list[Version]:
    """Return the versions that a section's history holds, newest first.

    ``events`` are its stored states, oldest first, through all revisions.
    """
    kept: list[Any] = []
    begun: Any = None
    for event in events:
        if event.pgh_label == "delete":
            continue
        if kept and (kept[-1].heading, kept[-1].text) == (event.heading, event.text):
            # Copied into a correction, or moved: nothing was written.
            continue
        if kept and _is_one_sitting(begun, event):
            kept[-1] = event
        else:
            kept.append(event)
            begun = event
    versions = []
    before = ""
    for number, event in enumerate(kept, start=1):
        versions.append(Version(number, event, difference(before, event.text), number == len(kept)))
        before = event.text
    return versions[::-1]
