"""The lines of a table as they are stored for review, each read closely."""

from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from apps.cases.kinds import record_kinds
from apps.intake.candidates import Taken
from apps.intake.grid import Row
from apps.intake.imports.copying import NewLine
from apps.intake.imports.values import Typist
from apps.intake.models import ImportRow, ImportTable

AT_ONCE = 2000
NO_KIND = "no-kind"
NONE: Mapping[str, Any] = MappingProxyType({})

Found = tuple[int, Row, Row, int, Mapping[str, Any], Sequence[str]]
"""A row on its way to a line: its position; as it was found, and as it was put right; which of its
table's places it stands in; what a person typed and settled."""


class LineReader:
    """Reads lines of one table: values, doubts, and whether they could be stored."""

    def __init__(self, stored: ImportTable, reading: Taken | None) -> None:
        self.stored = stored
        self.reading = reading
        self.constants: dict[str, Any] = stored.corrections.get("constants", {})
        self.typist = (
            Typist(record_kinds[stored.kind], stored.intake.revision) if stored.kind else None
        )
        # What no column of a list that was downloaded gives, the rows it changes have.
        self.left_out: frozenset[str] = frozenset()
        if reading and reading.reader.own is not None:
            self.left_out = frozenset(record_kinds[stored.kind].fields) - set(reading.reader.at_of)

    def line(
        self,
        position: int,
        row: Row,
        moved: Row,
        place: int,
        edits: Mapping[str, Any] = NONE,
        settled: Sequence[str] = (),
    ) -> NewLine:
        """Return the line of ``row``, read as ``moved``: the row put right; what was typed stays."""
        values, doubts = self.said(moved) if self.reading else ({}, [])
        is_open = doubts if not settled else [each for each in doubts if each[0] not in settled]
        is_faulty, is_unfit = (
            judged(self.typist, {**values, **edits} if edits else values, self.left_out)
            if self.reading and self.typist
            else (False, False)
        )
        return NewLine(
            table_id=self.stored.pk,
            position=position,
            line=row.line,
            cells=row.cells,
            place=place,
            offset=row.offset,
            shift=moved.offset - row.offset,
            marks=[(mark.column, mark.code) for mark in row.marks] if row.marks else (),
            values=values,
            edits=edits,
            doubts=doubts,
            settled=settled,
            is_doubtful=bool(is_open),
            is_faulty=is_faulty,
            is_unfit=is_unfit,
            aside="" if self.reading else NO_KIND,
        )

    def said(self, row: Row) -> tuple[dict[str, Any], list[list[str]]]:
        """Return what a row says by field, with its permanent id, and its doubts."""
        assert self.reading is not None
        reader = self.reading.reader
        values: dict[str, Any]
        values, doubts = reader.read(row)
        if named := reader.id_of(row):
            values["id"] = named
        values |= self.constants
        return values, [[name, code] for name, code in doubts if name not in self.constants]

    def read(self, line: ImportRow, row: Row) -> None:
        """Set what ``row``, the line put right, says."""
        if self.reading is None:
            line.values, line.doubts = {}, []
            line.aside = line.aside or NO_KIND
            return
        line.values, line.doubts = self.said(row)
        self.judge(line)

    def judge(self, line: ImportRow) -> None:
        """Say whether a line needs a person."""
        line.is_doubtful = bool(line.open_doubts)
        line.is_faulty, line.is_unfit = (
            judged(self.typist, line.result, self.left_out) if self.typist else (False, False)
        )


def judged(
    typist: Typist, values: Mapping[str, Any], left_out: Container[str] = ()
) -> tuple[bool, bool]:
    """Say whether a row of these values could not be stored, and whether that is for a value that
    it has: not only for one that it lacks. Of kinds judged as a whole that is not told.

    A row that names one of the case does not lack what is ``left_out``.
    """
    if not typist.is_faulty(values, left_out if values.get("id") else ()):
        return False, False
    return True, typist.shape is None or not all(
        typist.fits(name, value) for name, value in values.items() if name in typist.readers
    )
