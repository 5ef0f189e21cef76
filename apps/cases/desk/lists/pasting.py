"""A block copied from a spreadsheet, laid over a list: what it would change. It writes nothing."""

import csv
import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.cases.desk.lists.cells import Cells
from apps.cases.desk.lists.filters import ListFilter
from apps.cases.desk.lists.grid import Openness
from apps.cases.desk.values import EMPTY, in_words
from apps.cases.domain.bulk import Change, faults_of
from apps.cases.domain.many import Block
from apps.cases.domain.records import is_same
from apps.cases.errors import Refused
from apps.cases.models import Record
from apps.cases.spreadsheets import undefused

MOST_ROWS = 5000
LONGEST_CELL = 100_000
# Of a long block so many rows and faults are shown; all are counted.
SHOWN = 100


@dataclass(frozen=True)
class PastedCell:
    """One value that the block changes or brings."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class PastedRow:
    """One row of the block beside the row it falls on."""

    number: int
    title: str
    is_new: bool
    cells: list[PastedCell]


@dataclass(frozen=True)
class Fault:
    """What keeps the block from being stored: the row of the block, the column, a sentence."""

    row: int
    column: str
    text: str


@dataclass
class Pasted:
    """What a block would do."""

    block: Block = field(default_factory=Block)
    shown: list[PastedRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0
    unchanged: int = 0
    digest: str = ""

    def blame(self, row: int, column: str, text: str) -> None:
        """Count a fault; keep the first ones."""
        self.fault_count += 1
        if len(self.faults) < SHOWN:
            self.faults.append(Fault(row, column, text))


def read_rows(text: str) -> list[list[str]]:
    """Return the cells of a text as spreadsheets put it into the clipboard. Raises ``Refused``."""
    lines = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").splitlines(True)
    too_long = _("A cell is too long. Copy the block again without it.")
    try:
        rows = list(csv.reader(lines, "excel-tab"))
    except csv.Error as error:
        raise Refused(too_long) from error
    # The reader's own limit is one of the whole process, which any library may lift.
    if any(len(cell) > LONGEST_CELL for row in rows for cell in row):
        raise Refused(too_long)
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if "'" in text:
        # Cells of our own CSV: the apostrophe belongs to the file, not to the value.
        rows = [list(map(undefused, row)) for row in rows]
    if not rows:
        raise Refused(_("There is nothing to paste. Copy the cells in the spreadsheet first."))
    if len(rows) > MOST_ROWS:
        raise Refused(
            _("A block has %(most)s rows at most. Take the file in as a table instead.")
            % {"most": MOST_ROWS}
        )
    return rows


def read_block(
    asked: ListFilter,
    cells: Cells,
    openness: Openness,
    text: str,
    *,
    column: str,
    anchor: uuid.UUID | None,
) -> Pasted:
    """Return what the block would do, from the field ``column`` of the row ``anchor`` on.

    Rows go down the list as it is filtered; those that find no row are added behind the list.
    Without ``anchor`` all are added. A first row that names columns says which they are.
    Raises ``Refused``.
    """
    rows = read_rows(text)
    names, head = _columns(cells, rows, column)
    body = rows[head:]
    records = _records_from(asked, anchor, len(body))
    pasted, seen = Pasted(), hashlib.sha256()
    for place, row in enumerate(body):
        number = place + 1 + head
        if not any(cell.strip() for cell in row):
            pasted.unchanged += 1
            continue
        record = records[place] if place < len(records) else None
        _read_row(pasted, cells, openness, asked, record, number, names, row)
    for change in pasted.block.changes:
        seen.update(f"{change.uid}:{change.version}:{sorted(change.values.items())!r}".encode())
    for values in pasted.block.new:
        seen.update(repr(sorted(values.items())).encode())
    pasted.digest = seen.hexdigest()
    return pasted


def _columns(cells: Cells, rows: Sequence[Sequence[str]], column: str) -> tuple[list[str], int]:
    """Return the fields of the block's columns, and how many rows name them."""
    known = {label.casefold(): name for name, label in cells.labels.items()}
    known |= {name: name for name in cells.names}
    heads = [cell.strip().casefold() for cell in rows[0]]
    if len(rows) > 1 and len(heads) > 1 and all(head in known for head in heads):
        return [known[head] for head in heads], 1
    start = cells.names.index(column) if column in cells.names else 0
    return cells.names[start:], 0


def _records_from(asked: ListFilter, anchor: uuid.UUID | None, count: int) -> list[Any]:
    """Return the rows on which the block falls, in the order of the page."""
    if anchor is None:
        return []
    first = asked.all_rows.filter(uid=anchor).values_list("position", "pk").first()
    if first is None:
        raise Refused(_("The row at which the block begins was removed. Choose another one."))
    position, pk = first
    behind = Q(position__gt=position) | Q(position=position, pk__gte=pk)
    rows = asked.rows().filter(behind).order_by("position", "pk")
    if asked.kind.select_related:
        rows = rows.select_related(*asked.kind.select_related)
    return list(rows[:count])


def _read_row(
    pasted: Pasted,
    cells: Cells,
    openness: Openness,
    asked: ListFilter,
    record: Record | None,
    number: int,
    names: Sequence[str],
    row: Sequence[str],
) -> None:
    """Read one row of the block into ``pasted``."""
    is_new = record is None
    target: Any = record
    if target is None:
        target = cells.kind.model(revision=asked.revision, updated_by=openness.user)
    if not openness.of(None if is_new else target.uid):
        pasted.blame(number, "", _("This row is locked: the case was returned for other items."))
        return
    if any(cell.strip() for cell in row[len(names) :]):
        pasted.blame(number, "", _("The block is wider than the list. Begin further to the left."))
        return
    values: dict[str, Any] = {}
    shown: list[PastedCell] = []
    title = "" if is_new else str(getattr(target, cells.kind.title_field))
    wrong: set[str] = set()
    for name, text in zip(names, row, strict=False):
        try:
            value = cells.from_sheet(name, text)
        except ValidationError as error:
            pasted.blame(number, cells.labels[name], " ".join(error.messages))
            wrong.add(name)
            continue
        if not is_new and is_same(getattr(target, name), value):
            continue
        before = EMPTY if is_new else in_words(target, name)
        setattr(target, name, value)
        values[name] = value
        shown.append(PastedCell(cells.labels[name], before, in_words(target, name)))
    for name, texts in faults_of(target).items():
        if name not in wrong:
            label = "" if name == NON_FIELD_ERRORS else cells.labels.get(name, name)
            pasted.blame(number, label, " ".join(texts))
            wrong.add(name)
    if wrong:
        return
    if not values:
        pasted.unchanged += 1
        return
    if is_new:
        pasted.block.new.append(values)
        title = str(getattr(target, cells.kind.title_field))
    else:
        pasted.block.changes.append(Change(target.uid, target.version, values))
    if len(pasted.shown) < SHOWN:
        pasted.shown.append(PastedRow(number, title, is_new, shown))
