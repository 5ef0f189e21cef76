"""The lines of a table as they are stored for review: most at a glance, the others one by one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from apps.cases.domain.writing import in_pieces
from apps.cases.kinds import record_kinds
from apps.intake.candidates import Taken
from apps.intake.fields import read_field
from apps.intake.grid import Row
from apps.intake.imports.copying import SIGNS, NewLine, form_of
from apps.intake.imports.values import Typist
from apps.intake.models import ImportRow, ImportTable
from apps.intake.records import UNREADABLE

AT_ONCE = 2000
MOST_KNOWN = 5000
"""Cells of one column that are remembered as plain."""
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

    def pieces(self, found: Iterable[Found]) -> Iterator[list[str]]:
        """Yield the lines of rows as ``COPY`` takes them, in pieces."""
        glance = Glance(self) if self.reading else None
        for piece in in_pieces(found, AT_ONCE):
            if glance is None:
                yield [self.line(*each).text() for each in piece]
            else:
                yield glance.texts(piece)

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
            judged(self.typist, {**values, **edits} if edits else values)
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
            judged(self.typist, line.result) if self.typist else (False, False)
        )


def judged(typist: Typist, values: Mapping[str, Any]) -> tuple[bool, bool]:
    """Say whether a row of these values could not be stored, and whether that is for a value that
    it has: not only for one that it lacks. Of kinds judged as a whole that is not told.
    """
    if not typist.is_faulty(values):
        return False, False
    return True, typist.shape is None or not all(
        typist.fits(name, value) for name, value in values.items() if name in typist.readers
    )


class Glance:
    """Tells the plain rows of a table, column by column, and writes them without a closer look.

    A plain row has no mark and nobody touched it; each of its cells is blank, or is its field's
    value as it stands and fits there. Plain rows with the same blanks are of one form: the first
    of a form is read closely, the others differ from it in their cells alone.
    """

    def __init__(self, lines: LineReader) -> None:
        assert lines.reading is not None
        assert lines.typist is not None
        self.lines = lines
        self.typist = lines.typist
        self.width = lines.reading.table.width
        reader = lines.reading.reader
        # Where one cell tells of another, none is plain by itself; nor is a permanent id.
        self.is_blind = (
            not reader.reads_cell_by_cell or reader.at_id is not None or self.typist.shape is None
        )
        self.columns = [(at, name, is_plain) for at, name, is_plain in reader.columns]
        # Of each column, cells known to be plain: years and districts come again and again.
        self.known: list[set[str]] = [
            {""} if says_nothing(reader.kind, name, "") else set() for _, name, _ in self.columns
        ]
        self.forms: dict[tuple[bool, ...], tuple[str, list[int]]] = {}

    def texts(self, piece: Sequence[Found]) -> list[str]:
        """Return the lines of ``piece`` as ``COPY`` takes them."""
        close = range(len(piece)) if self.is_blind else self._not_plain(piece)
        texts = []
        for at, found in enumerate(piece):
            if at in close:
                texts.append(self.lines.line(*found).text())
                continue
            position, row, _moved, place, _edits, _settled = found
            cells = row.cells
            said = tuple([cells[at] != "" for at, _, _ in self.columns])
            form, places = self.forms.get(said) or self._form(said, found)
            values = [cells[at] for at in places]
            texts.append(form % (position, row.line, *cells, place, row.offset, *values))
        return texts

    def _not_plain(self, piece: Sequence[Found]) -> set[int]:
        """Return which of ``piece`` need a closer look."""
        close = {
            at
            for at, (_position, row, moved, _place, edits, settled) in enumerate(piece)
            if moved is not row or row.marks or edits or settled or len(row.cells) != self.width
        }
        rest = [at for at in range(len(piece)) if at not in close]
        rows = [piece[at][1].cells for at in rest]
        if SIGNS.search("".join(map("".join, rows))):
            close |= {at for at in rest if SIGNS.search("".join(piece[at][1].cells))}
        by_column = list(zip(*rows, strict=True))
        for (at, name, is_plain), known in zip(self.columns, self.known, strict=True):
            if not rows:
                break
            met = set(by_column[at])
            odd = {
                cell
                for cell in met - known
                if not (is_plain(cell) and UNREADABLE not in cell and self.typist.fits(name, cell))
            }
            if len(known) < MOST_KNOWN:
                known |= met - odd
            if odd:
                close |= {row for row, cell in zip(rest, by_column[at], strict=True) if cell in odd}
        return close

    def _form(self, said: tuple[bool, ...], found: Found) -> tuple[str, list[int]]:
        """Work out how the lines of a form are written, by the first of them."""
        line = self.lines.line(*found)
        columns = {
            name: at
            for (at, name, _), is_said in zip(self.columns, said, strict=True)
            if is_said and name not in self.lines.constants
        }
        places = [columns[name] for name in line.values if name in columns]
        self.forms[said] = form_of(line, self.width, columns), places
        return self.forms[said]


def says_nothing(kind: str, name: str, cell: str) -> bool:
    """Say whether a cell gives a field of ``kind`` neither a value nor a doubt."""
    found = read_field(kind, name, cell)
    return not found.doubts and not any(found.values.values())
