"""Lines of the review as they are looked at: the source beside the result, with their doubts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import cached_property

from apps.cases.desk.values import field_label
from apps.cases.kinds import RecordKind, record_kinds
from apps.intake import sentences
from apps.intake.columns import COLUMNS, REQUIRED
from apps.intake.imports.comparing import GIVES, spoken_fields
from apps.intake.imports.values import Typist, as_text, is_list
from apps.intake.models import ImportRow, ImportTable
from apps.intake.places import parts_of, place_of

LONG = 16
"""Characters from which on a value gets a field as wide as the form."""


@dataclass(frozen=True)
class SourceCell:
    """A cell as it was found, and the field it was taken for."""

    text: str
    name: str


@dataclass(frozen=True)
class ResultCell:
    """A field of a line as it would be stored, with what is unsure or wrong about it."""

    name: str
    label: str
    text: str
    doubts: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    is_settled: bool = False
    is_edited: bool = False


@dataclass(frozen=True)
class Line:
    """One line of the review: the source beside the result."""

    row: ImportRow
    source: list[SourceCell]
    cells: list[ResultCell]
    faults: list[str]

    @property
    def place(self) -> str:
        """Return where the line stands in the file, in words."""
        return place_of(self.row.table, self.row.line, self.row.place)

    @property
    def mark(self) -> str:
        """Return the same as short as may be: under a heading that says “Line” the number does."""
        return self.place if len(parts_of(self.row.table)) > 1 else str(self.row.line or "–")

    @property
    def reason(self) -> str:
        """Return why it is no row."""
        return sentences.aside(self.row.aside) if self.row.aside else ""


class Shower:
    """Makes lines of one table ready to be looked at."""

    def __init__(self, table: ImportTable) -> None:
        """Know which fields to show: those said, and those that must not be missing."""
        self.table = table
        self.kind: RecordKind | None = record_kinds.get(table.kind)

    @cached_property
    def names(self) -> list[str]:
        """Return the fields shown, in the kind's order."""
        if self.kind is None:
            return []
        code = self.table.kind
        constants = self.table.corrections.get("constants", {})
        shown = spoken_fields(self.table) | set(REQUIRED[code]) | set(constants)
        if code == "awards":
            shown |= {"award_class"}
        return [name for name in self.kind.fields if name in shown and name in COLUMNS[code]]

    @cached_property
    def headers(self) -> list[str]:
        """Return the fields shown, in words."""
        return [self.label(name) for name in self.names]

    @cached_property
    def typist(self) -> Typist:
        """Return what knows the dictionaries: asked for only where something does not fit."""
        assert self.kind is not None
        return Typist(self.kind, self.table.intake.revision)

    def label(self, name: str) -> str:
        """Return a field in words."""
        assert self.kind is not None
        return field_label(self.kind.model, name)

    def line(self, row: ImportRow) -> Line:
        """Return one line."""
        if self.kind is None or row.aside:
            return Line(row, self.source(row), [], [])
        faults = self.typist.faults(row.result) if row.is_faulty else {}
        reasons: dict[str, list[str]] = {}
        for name, code in row.doubts:
            reasons.setdefault(name, []).append(sentences.doubt(code))
        cells = [
            ResultCell(
                name,
                self.label(name),
                as_text(row.result.get(name)).replace("\n", "、"),
                reasons.get(name, []),
                faults.get(name, []),
                name in row.settled,
                name in row.edits,
            )
            for name in self.names
        ]
        rest = [text for name, texts in faults.items() if name not in self.names for text in texts]
        return Line(row, self.source(row), cells, rest)

    def source(self, row: ImportRow) -> list[SourceCell]:
        """Return the cells as found, each with the field it was taken for."""
        names = [column["field"] for column in self.table.columns]
        found = []
        for at, text in enumerate(row.cells):
            column = at - row.shift
            name = names[column] if 0 <= column < len(names) else ""
            found.append(SourceCell(text, " ".join(GIVES.get(name, (name,))) if name else ""))
        return found

    def inputs(
        self, row: ImportRow, typed: Mapping[str, str] | None = None, wanted: str = ""
    ) -> list[dict[str, Any]]:
        """Return the fields of a line as they are edited: all that the kind has.

        ``typed`` is what a person typed and could not be taken over; it stays. The cursor goes to
        the field ``wanted``, else to the first that was typed, is wrong or unsure.
        """
        assert self.kind is not None
        faults = self.typist.faults(row.result)
        open_doubts = {name for name, _code in row.open_doubts}
        names = [name for name in self.kind.fields if name in COLUMNS[self.table.kind]]
        now = {name: as_text(row.result.get(name, "")) for name in names}
        shown = {name: (typed or now).get(name, now[name]) for name in names}
        order = (
            *(name for name in names if shown[name].split() != now[name].split()),
            *(name for name in names if faults.get(name) or name in open_doubts),
            names[0],
        )
        focus = wanted if wanted in names else order[0]
        return [
            {
                "name": name,
                "label": self.label(name),
                "value": shown[name],
                "seen": now[name],
                "is_list": is_list(self.kind, name),
                "is_long": max(len(now[name]), len(shown[name])) > LONG
                and not is_list(self.kind, name),
                "has_focus": name == focus,
                "faults": faults.get(name, []),
                "doubts": [
                    sentences.doubt(c) for n, c in row.doubts if n == name and n in open_doubts
                ],
            }
            for name in names
        ]


def lacking_in(lines: Sequence[Line]) -> list[str]:
    """Return the fields that must not be blank and that none of these lines has."""
    if not lines or not all(line.cells for line in lines):
        return []
    return [
        cells[0].name
        for cells in zip(*(line.cells for line in lines), strict=True)
        if all(cell.faults and not cell.text for cell in cells)
    ]
