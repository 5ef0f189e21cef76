"""A draft's own list as a file: every row, or those of a filter, streamed from the database."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from apps.cases.desk.lists.cells import Cells
from apps.cases.desk.values import field_label
from apps.cases.errors import Refused
from apps.cases.kinds import RecordKind
from apps.cases.spreadsheets import BOM, EXCEL_CELL, csv_line, parts, written_sheet
from apps.intake.imports.values import known_districts, known_indicators
from apps.intake.own.cells import Cell, as_text, writers
from apps.registry.models import District, Indicator

AT_ONCE = 2000
DICTIONARIES: dict[type[Model], Callable[[], dict[str, Any]]] = {
    District: known_districts,
    Indicator: known_indicators,
}


class OwnList:
    """The rows of a list as they are written to be changed and taken in again.

    The columns are those of the list page, in the reader's language, and the permanent ids behind
    them. One query, and one for each dictionary that its fields point into; the rows are read some
    thousand at a time.
    """

    def __init__(self, kind: RecordKind, rows: QuerySet[Any]) -> None:
        """Take the words of the language that is active now: the file may be sent later."""
        self.kind = kind
        self.names = [*Cells(kind).names, "uid"]
        self.heads = [field_label(kind.model, name) for name in self.names]
        fields = [kind.model._meta.get_field(name) for name in self.names]
        known = {
            model: names_of(model) for field in fields if (model := field.related_model) is not None
        }
        made = writers(kind.code, known)
        self.write = [made.get(name, str) for name in self.names]
        attributes = [field.attname for field in fields]  # type: ignore[union-attr]
        self.rows = rows.order_by("position", "pk").values_list(*attributes)

    def cells(self) -> Iterator[list[Cell]]:
        """Yield each row as cells."""
        for row in self.rows.iterator(chunk_size=AT_ONCE):
            yield [write(value) for write, value in zip(self.write, row, strict=True)]

    def csv(self) -> Iterator[bytes]:
        """Yield the parts of the CSV file."""
        return parts(self._lines())

    def _lines(self) -> Iterator[bytes]:
        yield BOM + csv_line(self.heads)
        for cells in self.cells():
            yield csv_line(map(as_text, cells))

    def xlsx(self) -> Any:
        """Return the open file of the sheet. Raises ``Refused`` where Excel cannot hold a cell."""
        return written_sheet(self._records(), str(self.kind.label_plural))

    def _records(self) -> Iterator[dict[str, Cell]]:
        cells: list[Cell] = [None] * len(self.heads)
        is_empty = True
        for cells in self.cells():
            is_empty = False
            for head, cell in zip(self.heads, cells, strict=True):
                if isinstance(cell, str) and len(cell) > EXCEL_CELL:
                    raise Refused(
                        _(
                            "An Excel cell holds 32,767 characters; a text in the column “%(name)s” has more. Take CSV, which holds it whole."
                        )
                        % {"name": head}
                    )
            yield dict(
                zip(self.heads, [None if cell == "" else cell for cell in cells], strict=True)
            )
        if is_empty:
            # The head is made from the first row.
            yield dict.fromkeys(self.heads)


def names_of(model: type[Model]) -> dict[Any, str]:
    """Return what each entry of a dictionary is written as: its name in the reader's language; where
    another one is called so, too, the first of its words by which the intake knows it. One query.
    """
    known = DICTIONARIES[model]()
    words: dict[Any, list[str]] = {}
    for word in sorted(known):
        words.setdefault(known[word].pk, []).append(word)
    return {
        pk: str(entry) if str(entry) in its else its[0]
        for pk, its in words.items()
        if (entry := known[its[0]])
    }
