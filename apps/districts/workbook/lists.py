"""The city's lists of the year as a sheet: each row of the district's with a cell to confirm it.

A dispute, and a row that is missing, need a reason and a file: they are made on the page.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from apps.cases import scope
from apps.cases.kinds import record_kinds
from apps.districts.kind import LIST_STATEMENT
from apps.districts.lists.domain import Read
from apps.districts.lists.models import Says
from apps.districts.lists.standing import Line
from apps.districts.returns import Return
from apps.districts.workbook.errors import Fault, Note

COLUMNS = ("key", "list", "title", "kind", "standing", "statement")
INPUT = "statement"
HEAD_ROWS = 10


def column_labels() -> dict[str, str]:
    """Return the heading of each column in the reader's language."""
    return {
        "key": _("code"),
        "list": _("list"),
        "title": _("row of the list"),
        "kind": _("kind"),
        "standing": _("how it stands"),
        "statement": _("your statement"),
    }


@dataclass(frozen=True)
class ListRow:
    """One row of the city's lists as the sheet shows it."""

    line: Line
    title: str
    list_name: str
    kind: str
    is_open: bool

    @property
    def key(self) -> str:
        """Return what the sheet knows the row by."""
        return str(self.line.key.uid) if self.line.key else str(self.line.statement.uid)  # type: ignore[union-attr]

    @property
    def read(self) -> str:
        """Return the revision of the list in which it is shown; nothing where it is on none."""
        return str(self.line.key.revision_id) if self.line.key else ""

    @property
    def statement(self) -> str:
        """Return what the district has said that still holds, in words."""
        return "" if self.line.is_waiting else self.line.label


def list_rows(page: Return) -> list[ListRow]:
    """Return the rows of the district's on the city's lists. One query per kind of row."""
    lists = page.lists
    if lists is None:
        return []
    lists.read_rows(lists.lines)
    items = None
    if page.may_fill and page.revision.returned_at is not None:
        items = scope.open_items(page.revision)
    found = []
    for line in lists.lines:
        kind, said = record_kinds[line.kind], line.statement
        uid = said.uid if said else None
        is_open = page.may_fill and (
            items is None or scope.row_is_named(items, LIST_STATEMENT.code, uid)
        )
        if line.row is not None:
            title, name = str(getattr(line.row, kind.title_field)), str(line.row.revision.case)
        else:
            assert said is not None
            title, name = said.title, str(said.list_revision.case)
        is_open = is_open and line.key is not None and line.is_waiting
        found.append(ListRow(line, title, name, str(kind.label), is_open))
    return found


@dataclass(frozen=True)
class ListImprint:
    """What the sheet of lists was made from; part of the workbook's signed hidden sheet."""

    sheet: str
    statement: str
    confirmed: str
    # Of each row its key, the revision of its list, and what its cell said.
    rows: tuple[tuple[str, str, str], ...]

    @classmethod
    def of(cls, sheet: str, rows: Iterable[ListRow]) -> "ListImprint":
        """Return the imprint of a sheet that is written now."""
        origins = tuple((row.key, row.read, row.statement) for row in rows)
        return cls(sheet, column_labels()[INPUT], str(Says.CONFIRMED.label), origins)

    def table(self) -> list[list[str]]:
        """Return it as rows of texts; none where there are no lists."""
        if not self.rows:
            return []
        head = ["lists", self.sheet, self.statement, self.confirmed]
        return [head, *(["listed", *row] for row in self.rows)]

    @classmethod
    def read_table(cls, table: Iterable[list[str]]) -> "ListImprint":
        """Return the imprint in the rows of a hidden sheet."""
        head, rows = ["", "", "", ""], []
        for row in table:
            if row[0] == "lists":
                head = row
            elif row[0] == "listed":
                key, read, said = [*row[1:], "", ""][:3]
                rows.append((key, read, said))
        return cls(head[1], head[2], head[3], tuple(rows))


@dataclass(frozen=True)
class Confirmation:
    """One row that the workbook confirms."""

    title: str
    list_name: str
    where: str
    read: Read


@dataclass
class ListDifferences:
    """What the sheet of lists would change, and what is wrong with it."""

    confirmations: list[Confirmation] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unchanged: int = 0


# A cell of the sheet: the key of its row, its place, and what stands in it.
Said = tuple[str, str, Any]


def read_cells(book: Workbook, imprint: ListImprint) -> list[Said] | None:
    """Return what an uploaded workbook says of the lists; None where its sheet cannot be read."""
    sheet = next((each for each in book.worksheets if each.title == imprint.sheet), None)
    columns, head = _columns(sheet, imprint) if sheet else ({}, 0)
    return list(_cells(sheet, columns, head)) if sheet and columns else None


def compare_lists(
    cells: Sequence[Said] | None, imprint: ListImprint, page: Return
) -> ListDifferences:
    """Return all that ``cells`` would change, and all that is wrong with them, at once."""
    result = ListDifferences()
    if not imprint.rows:
        return result
    if cells is None:
        text = _("The sheet, or one of its headings, is missing: nothing of the lists was read.")
        result.notes.append(Note(imprint.sheet, "", text))
        return result
    origins = {key: (read, said) for key, read, said in imprint.rows}
    present = {row.key: row for row in list_rows(page)}
    times = Counter(key for key, _place, _value in cells)
    for key, place, value in cells:
        _compare(key, place, value, times[key], origins, present, imprint, result)
    return result


def _columns(sheet: Worksheet, imprint: ListImprint) -> tuple[dict[str, int], int]:
    """Return the places of the two columns that are read, and the row of their headings."""
    for number, row in enumerate(sheet.iter_rows(max_row=HEAD_ROWS, values_only=True), start=1):
        words = ["" if value is None else str(value).strip() for value in row]
        if words.count(imprint.statement) == 1 and words and words[0]:
            return {"key": 1, INPUT: words.index(imprint.statement) + 1}, number
    return {}, 0


def _cells(sheet: Worksheet, columns: dict[str, int], head: int) -> Iterable[tuple[str, str, Any]]:
    letter = get_column_letter(columns[INPUT])
    for number in range(head + 1, min(sheet.max_row, 12_000) + 1):
        key = str(sheet.cell(number, 1).value or "").strip()
        value = sheet.cell(number, columns[INPUT]).value
        if key or value is not None:
            yield key, f"{letter}{number}", value


def _compare(
    key: str,
    place: str,
    value: Any,
    times: int,
    origins: dict[str, tuple[str, str]],
    present: dict[str, ListRow],
    imprint: ListImprint,
    result: ListDifferences,
) -> None:
    typed = " ".join(str(value or "").split())
    read, said = origins.get(key, ("", ""))
    row = present.get(key)

    def fault(rule: str, cure: str) -> None:
        label = row.title if row else ""
        result.faults.append(Fault(imprint.sheet, place, typed[:60], rule, cure, label))

    if key not in origins:
        if typed:
            fault(
                _("This row is not on the city's lists."),
                _("Add a missing row on the page “Lists”."),
            )
    elif times > 1:
        fault(_("This row stands more than once."), _("Remove the copies."))
    elif typed == said:
        result.unchanged += 1
    elif typed.casefold() not in {imprint.confirmed.casefold(), Says.CONFIRMED.value}:
        fault(
            _("Only “%(word)s” can be said here.") % {"word": imprint.confirmed},
            _(
                "To dispute a row, or to take a statement back, use the page “Lists”: a dispute needs a reason and a file."
            ),
        )
    elif row is None or row.read != read:
        fault(
            _("The city has published this list anew since the download."),
            _("Look at the row on the page “Lists”, or download the workbook again."),
        )
    elif row.line.standing == Says.CONFIRMED:
        result.unchanged += 1
    elif not row.is_open:
        fault(
            _("This row is settled already, or not open for writing."),
            _("Put back what stood here: %(value)s.") % {"value": said or _("nothing")},
        )
    else:
        result.confirmations.append(
            Confirmation(
                row.title,
                row.list_name,
                f"{imprint.sheet}!{place}",
                Read(uuid.UUID(key), int(read)),
            )
        )


def reads_of(confirmations: Sequence[Confirmation]) -> list[Read]:
    """Return the rows to confirm, as they were read."""
    return [each.read for each in confirmations]
