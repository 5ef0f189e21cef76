"""A revision read once, for the page on which it is signed: what is hashed there is what is shown.

The page, its guards and its hash are made of one and the same rows, findings and files, so that no
row costs a query and no two parts of the page can tell of two states of the case.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from apps.cases.canonical import AttachedFile, attached_files, bytes_of, content_rows, hash_of
from apps.cases.models import Finding, Record, Revision
from apps.cases.statements import Statement
from apps.registry.models import FormVersion


@dataclass(frozen=True)
class Content:
    """All rows of a revision and the files that prove them, by the code of their kind."""

    revision: Revision
    rows: Mapping[str, Sequence[Any]]
    files: Sequence[AttachedFile]

    @cached_property
    def hash(self) -> tuple[str, int]:
        """Return the SHA-256 of these very rows and their number, as ``revision_hash`` does."""
        return hash_of(bytes_of(self.revision, lambda kind: self.rows[kind.code], self.files))

    @cached_property
    def by_key(self) -> dict[str, dict[int, Record]]:
        """Return the rows of each kind by their primary key."""
        return {code: {row.pk: row for row in rows} for code, rows in self.rows.items()}

    @cached_property
    def titles(self) -> dict[tuple[str, str], str]:
        """Return what each row is called, by its kind and its permanent id."""
        return {
            (kind.code, str(row.uid)): str(getattr(row, kind.title_field))
            for kind in self.revision.case.kind_spec.records
            for row in self.rows[kind.code]
        }


def read_content(revision: Revision, files: Sequence[AttachedFile] | None = None) -> Content:
    """Return what a revision holds. One query per kind of row, one for ``files`` if not given."""
    rows = {}
    for kind in revision.case.kind_spec.records:
        found = content_rows(revision, kind)
        if kind.select_related:
            found = found.select_related(*kind.select_related)
        rows[kind.code] = list(found)
        for row in rows[kind.code]:
            row.revision = revision
    return Content(revision, rows, attached_files(revision) if files is None else files)


@dataclass(frozen=True)
class Reading:
    """What a revision was when its page was made; ``at`` is a moment before anything was read."""

    at: dt.datetime
    # None for a kind that has no preview: its rows may be a million, and are hashed in passing.
    content: Content | None
    # Each with its thread.
    findings: Sequence[Finding]
    # The person who reads has entered something in it.
    worked_on: bool
    statement: Statement
    form_head: FormVersion | None


def keep(revision: Revision, reading: Reading) -> None:
    """Let the guards ask ``reading`` of this instance, which is thrown away with its page."""
    revision.reading = reading  # type: ignore[attr-defined]


def reading_of(revision: Revision) -> Reading | None:
    """Return what was read of this very instance; None where its rows are asked each time."""
    reading: Reading | None = getattr(revision, "reading", None)
    return reading


def titles_of(
    content: Content, places: Iterable[tuple[str, object | None]]
) -> dict[tuple[str, str], str]:
    """Return what the rows at ``places`` are called, without a query."""
    wanted = {(code, str(uid)) for code, uid in places}
    return {place: title for place, title in content.titles.items() if place in wanted}
