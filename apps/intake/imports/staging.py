"""Reading an import: from its bytes to tables and lines that a person can review."""

import time
from bisect import bisect
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.cases.domain.writing import copy_in, in_pieces
from apps.cases.kinds import record_kinds
from apps.intake.candidates import Record, Taken, constants_of, take
from apps.intake.finding import find_tables
from apps.intake.grid import Mark, Place, Row, Table
from apps.intake.imports import organisations, twins
from apps.intake.imports.layouts import fingerprint, remembered
from apps.intake.imports.starting import kinds_of
from apps.intake.imports.values import Typist
from apps.intake.mapping import ColumnGuess, Guess, guess
from apps.intake.models import Import, ImportRow, ImportState, ImportTable
from apps.intake.reading import blocks_apart
from apps.intake.refusal import Refusal

STEP = 10
MOST_ROWS = 300_000
MOST_REMARKS = 500
BEAT_SECONDS = 0.5
BY_HAND = "by-hand"


class Stopped(Exception):
    """The person cancelled, or another worker took the import over. Nothing more is to be done."""


class Progress:
    """Says how far the reading is, twice a second at most; ends it where it was cancelled."""

    def __init__(self, intake: Import) -> None:
        self.intake = intake
        self.said_at = 0.0

    def __call__(self, rows: int) -> None:
        """Store the number of rows. Raises ``Stopped``."""
        now = time.monotonic()
        if now - self.said_at < BEAT_SECONDS:
            return
        self.said_at = now
        still = Import.objects.filter(
            pk=self.intake.pk, state=ImportState.READING, attempts=self.intake.attempts
        ).update(rows_read=rows, beat_at=timezone.now())
        if not still:
            raise Stopped


def read(intake: Import) -> None:
    """Store the tables of the import's file for review. Raises ``Refusal`` or ``Stopped``.

    Lines are committed as they come, so that the progress is seen; before the state says that all
    is read nobody is shown any, and a second attempt begins anew.
    """
    intake.tables.all().delete()
    progress = Progress(intake)
    tables = find_tables(blocks_apart(bytes(intake.source.content), progress))
    if not tables:
        raise Refusal("no-table")
    total = sum(len(table.rows) for table in tables)
    if total > MOST_ROWS:
        raise Refusal("table-too-large")
    Import.objects.filter(pk=intake.pk).update(rows_total=total, rows_read=0)
    offered = kinds_of(intake.revision)
    layouts = remembered(
        intake.revision.case.bureau_id, (fingerprint(table.header) for table in tables), offered
    )
    done = 0
    while tables:
        table = tables.pop(0)
        layout = fingerprint(table.header)
        stored = new_table(intake, table, layout, offered, layouts.get(layout))
        for piece in lines_of(stored, table):
            copy_in(ImportRow, piece)
            done += len(piece)
            progress(min(done, total))
    organisations.look(intake)
    twins.look(intake)


def new_table(
    intake: Import, table: Table, layout: str, offered: list[str], known: Any
) -> ImportTable:
    """Store a table without its lines: what it is taken for, or that it is no list of the case."""
    number = intake.tables.count() + 1
    corrections: dict[str, Any] = {}
    if intake.kind:
        found = guess(table, intake.kind)
        is_taken = bool(found.confidence)
    elif known is not None:
        found, is_taken = guess(table, known.kind), True
        corrections = {"kind": known.kind, "columns": known.columns}
    else:
        found, is_taken = best_guess(table, offered)
    if known is not None and found.kind == known.kind:
        corrections = {"kind": known.kind, "columns": known.columns}
    return ImportTable.objects.create(
        intake=intake,
        number=number,
        kind=found.kind if found.confidence or corrections else "",
        title=table.title[:500],
        confidence=found.confidence,
        is_taken=is_taken,
        is_remembered=bool(corrections),
        corrections=corrections,
        layout=layout,
        frame={
            "header": table.header,
            "above": table.above,
            "merged": sorted(table.merged),
            "places": [asdict(place) for place in dict.fromkeys(row.place for row in table.rows)],
        },
        remarks=[
            {"text": each.text[:500], "code": each.code} for each in table.aside if not each.cells
        ][:MOST_REMARKS],
    )


def best_guess(table: Table, offered: list[str]) -> tuple[Guess, bool]:
    """Return the likeliest kind of those the case holds, and whether the table seems to be it.

    A table that looks more like another kind of list is shown, but not taken unasked.
    """
    overall = guess(table)
    if overall.confidence and overall.kind in offered:
        return overall, True
    own = max((guess(table, kind) for kind in offered), key=lambda found: found.confidence)
    return own, bool(own.confidence) and not overall.confidence


def taken(stored: ImportTable, table: Table) -> Taken | None:
    """Take a table as ``stored`` says it is to be read; None where it is of no kind."""
    if not stored.kind:
        return None
    columns = {int(at): name for at, name in stored.corrections.get("columns", {}).items()}
    return take(table, guess(table, stored.kind), columns)


def columns_of(found: Guess, is_taken: bool) -> list[dict[str, Any]]:
    """Return the columns of a table as they are stored."""
    return [
        {
            "header": column.header,
            "field": column.field if is_taken else "",
            "confidence": column.confidence,
            "samples": list(column.samples),
        }
        for column in found.columns
    ]


@dataclass(slots=True)
class NewLine:
    """A line that is not stored yet, with the attributes of ``ImportRow``, which costs far more."""

    table_id: int
    position: int
    line: int
    cells: list[str]
    place: int = 0
    offset: int = 0
    shift: int = 0
    marks: list[tuple[int, str]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    edits: dict[str, Any] = field(default_factory=dict)
    doubts: list[list[str]] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    is_doubtful: bool = False
    is_faulty: bool = False
    aside: str = ""

    @property
    def result(self) -> dict[str, Any]:
        """Return the values as they stand."""
        return {**self.values, **self.edits}

    @property
    def open_doubts(self) -> list[list[str]]:
        """Return the doubts: nobody has settled any."""
        return self.doubts


def lines_of(stored: ImportTable, table: Table) -> Iterator[list[NewLine]]:
    """Yield the lines of a table in pieces, unsaved; set the columns of ``stored``."""
    reading = taken(stored, table)
    found = reading.found if reading else guess(table)
    stored.columns = columns_of(found, bool(reading))
    stored.save(update_fields=["columns"])
    places = {place: at for at, place in enumerate(dict.fromkeys(row.place for row in table.rows))}
    reader = LineReader(stored, reading)
    after = reading.table.rows if reading else table.rows
    positions = range(STEP, STEP * (len(table.rows) + 1), STEP)

    def rows() -> Iterator[NewLine]:
        for position, row, moved in zip(positions, table.rows, after, strict=True):
            line = NewLine(
                table_id=stored.pk,
                position=position,
                line=row.line,
                place=places[row.place],
                offset=row.offset,
                shift=moved.offset - row.offset,
                cells=list(row.cells),
                marks=[(mark.column, mark.code) for mark in row.marks],
            )
            reader.read(line, moved)
            yield line
        yield from asides(stored, table)

    return in_pieces(rows(), 1000)


def asides(stored: ImportTable, table: Table) -> Iterator[NewLine]:
    """Yield the lines that became no row, each where it stood: a person may put it back."""
    lines = [row.line for row in table.rows]
    in_order = lines == sorted(lines)
    for each in table.aside:
        if each.cells:
            before = bisect(lines, each.line) if in_order else len(lines)
            yield NewLine(
                table_id=stored.pk,
                position=before * STEP + STEP // 2,
                line=each.line,
                cells=list(each.cells),
                aside=each.code,
            )


class LineReader:
    """Reads lines of one table: values, doubts, and whether they could be stored."""

    def __init__(self, stored: ImportTable, reading: Taken | None) -> None:
        self.stored = stored
        self.reading = reading
        self.constants: dict[str, Any] = stored.corrections.get("constants", {})
        self.typist = (
            Typist(record_kinds[stored.kind], stored.intake.revision) if stored.kind else None
        )

    def read(self, line: ImportRow | NewLine, row: Row) -> None:
        """Set what ``row``, the line put right, says."""
        if self.reading is None:
            line.values, line.doubts = {}, []
            line.aside = line.aside or "no-kind"
            return
        record = self.reading.record(row, is_placed=False)
        line.values = {**values_of(record), **self.constants}
        line.doubts = [[name, code] for name, code in record.doubts if name not in self.constants]
        self.judge(line)

    def judge(self, line: ImportRow | NewLine) -> None:
        """Say whether a line needs a person."""
        line.is_doubtful = bool(line.open_doubts)
        line.is_faulty = self.typist is not None and bool(self.typist.faults(line.result))


def values_of(record: Record) -> dict[str, Any]:
    """Return what a row says, without the fields it says nothing of; and its permanent id."""
    values: dict[str, Any] = {name: value for name, value in record.values.items() if value}
    if record.id:
        values["id"] = record.id
    return values


def table_of(stored: ImportTable) -> tuple[Table, list[ImportRow]]:
    """Return a stored table as it was found, with the lines that are its rows, in their order."""
    lines = list(stored.rows.filter(aside="").order_by("position", "pk"))
    frame = stored.frame
    places = [Place(**place) for place in frame["places"]]
    rows = tuple(
        Row(
            line.line,
            tuple(line.cells),
            tuple(Mark(column, code) for column, code in line.marks),
            places[line.place] if places else Place(),
            line.offset,
        )
        for line in lines
    )
    table = Table(
        stored.title,
        tuple(frame["header"]),
        rows,
        tuple(frame["above"]),
        merged=frozenset(frame["merged"]),
    )
    return table, lines


@transaction.atomic
def read_again(stored: ImportTable) -> None:
    """Read a table's lines again, by what was said about its kind and columns.

    What a person typed or settled stays; what he set aside stays aside.
    """
    if stored.kind:
        stored.rows.filter(aside="no-kind").update(aside="")
    table, lines = table_of(stored)
    if not lines:
        return
    reading = taken(stored, table)
    found = reading.found if reading else guess(table)
    stored.columns = columns_of(found, bool(reading))
    stored.save()
    reader = LineReader(stored, reading)
    after = reading.table.rows if reading else table.rows
    stored.rows.filter(aside="").delete()
    for line, row, moved in zip(lines, table.rows, after, strict=True):
        line.shift = moved.offset - row.offset
        reader.read(line, moved)
    for piece in in_pieces(lines, 1000):
        copy_in(ImportRow, piece)


def reading_of(stored: ImportTable) -> Taken | None:
    """Return how the lines of a stored table are read, without loading them."""
    if not stored.kind:
        return None
    frame = stored.frame
    table = Table(stored.title, tuple(frame["header"]), (), tuple(frame["above"]))
    columns = tuple(
        ColumnGuess(at, each["header"], each["field"], each["confidence"], tuple(each["samples"]))
        for at, each in enumerate(stored.columns)
    )
    found = Guess(stored.kind, stored.confidence, columns)
    return Taken(table, found, *constants_of(table, found))


def read_one(line: ImportRow) -> None:
    """Read one line that was put back, by itself, as the others of its table are read."""
    stored = line.table
    width = len(stored.columns)
    cells = (*line.cells, *[""] * width)[:width]
    places = stored.frame["places"]
    place = Place(**places[line.place]) if places else Place()
    LineReader(stored, reading_of(stored)).read(line, Row(line.line, cells, (), place, line.offset))
