"""One page of a list as a table of cells that can be edited in place."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.desk.lists.cells import Cells
from apps.cases.desk.values import in_words
from apps.cases.kinds import RecordKind
from apps.cases.models import WRITABLE, Finding, Record, Revision

ROWS_PER_PAGE = 50


@dataclass(frozen=True)
class Cell:
    """One value: as it reads, and as an editor holds it."""

    name: str
    label: str
    text: str
    raw: str
    is_empty: bool


@dataclass(frozen=True)
class Line:
    """One row of the table."""

    uid: uuid.UUID
    version: int
    number: int
    title: str
    cells: list[Cell]
    findings: int
    is_open: bool
    url: str


class Openness:
    """Which rows of a list a person may write now. One query where the case was returned."""

    def __init__(self, user: User, revision: Revision, kind: RecordKind) -> None:
        """Ask once for all rows."""
        self.user, self.kind = user, kind
        self.may_write = revision.state in WRITABLE and scope.may_fill(
            user, revision.case.kind_spec, revision.case.bureau_id
        )
        self.items: list[Finding] | None = None
        if self.may_write and revision.returned_at is not None:
            self.items = scope.open_items(revision)

    def of(self, uid: uuid.UUID | None) -> bool:
        """Say whether this row may be written; None: whether rows may be added."""
        return self.may_write and (
            self.items is None or scope.row_is_named(self.items, self.kind.code, uid)
        )


def cell(cells: Cells, record: Record, name: str) -> Cell:
    """Return one cell of a stored row."""
    raw = cells.editor_text(record, name)
    return Cell(name, cells.labels[name], in_words(record, name), raw, not raw)


def lines(
    cells: Cells,
    revision: Revision,
    records: list[Any],
    *,
    first: int,
    findings: dict[Any, int],
    openness: Openness,
) -> list[Line]:
    """Return the rows of a page; ``first`` is the number of its first row in what was asked for."""
    kind = cells.kind
    return [
        Line(
            uid=record.uid,
            version=record.version,
            number=number,
            title=str(getattr(record, kind.title_field)),
            cells=[cell(cells, record, name) for name in cells.names],
            findings=findings.get(record.uid, 0),
            is_open=openness.of(record.uid),
            url=reverse("desk:row", args=[revision.case_id, kind.code, record.uid]),
        )
        for number, record in enumerate(records, start=first)
    ]
