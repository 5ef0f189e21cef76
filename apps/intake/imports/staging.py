"""Reading an import: from its bytes to tables and lines that a person can review."""

import time
from bisect import bisect
from collections.abc import Iterator
from dataclasses import asdict
from itertools import repeat
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.cases.domain.shapes import shape_of
from apps.cases.domain.writing import in_pieces
from apps.cases.kinds import record_kinds
from apps.intake.candidates import Taken, constants_of, take
from apps.intake.grid import Mark, Place, Row, Table
from apps.intake.imports import copying, glance, organisations, twins
from apps.intake.imports.copying import NewLine
from apps.intake.imports.layouts import layout_of, remembered
from apps.intake.imports.lines import AT_ONCE, NO_KIND, NONE, LineReader
from apps.intake.imports.scope import kinds_of
from apps.intake.mapping import ColumnGuess, Guess, fits_well, guess
from apps.intake.models import Import, ImportEdit, ImportRow, ImportState, ImportTable, SourceFile
from apps.intake.own.tables import tables_of
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
    for kind in kinds_of(intake.revision):
        # Worked out once and kept, with errors whose tracebacks keep whatever was held above them:
        # before there are tables that is nothing.
        shape_of(record_kinds[kind].model)
    _store_tables(intake, tables_of(blocks_apart(_content_of(intake), progress)), progress)
    # The tables are gone by now: names need room of their own.
    organisations.look(intake)
    twins.look(intake)


def _content_of(intake: Import) -> bytes:
    """Return the bytes of the import's file; the import itself does not hold them."""
    return bytes(SourceFile.objects.values_list("content", flat=True).get(pk=intake.source_id))


def _store_tables(intake: Import, tables: list[Table], progress: Progress) -> None:
    """Store the lines of each table; ``tables`` is empty afterwards."""
    if not tables:
        raise Refusal("no-table")
    total = sum(len(table.rows) for table in tables)
    if total > MOST_ROWS:
        raise Refusal("table-too-large")
    Import.objects.filter(pk=intake.pk).update(rows_total=total, rows_read=0)
    offered = kinds_of(intake.revision)
    layouts = remembered(intake.revision.case.bureau_id, map(layout_of, tables), offered)
    done = 0
    while tables:
        table = tables.pop(0)
        layout = layout_of(table)
        stored = new_table(intake, table, layout, offered, layouts.get(layout))
        for piece in lines_of(stored, table):
            copying.write(piece)
            done += len(piece)
            progress(min(done, total))


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
        is_taken = is_taken and fits_well(found, table)
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
            "places": [asdict(place) for place in dict.fromkeys(places_of(table).values())],
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


def places_of(table: Table) -> dict[int, Place]:
    """Return the places of a table's rows by their identity: very many rows share few."""
    return {id(row.place): row.place for row in table.rows}


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


def note(stored: ImportTable, table: Table, reading: Taken | None) -> None:
    """Set what is kept of how a table is read."""
    found = reading.found if reading else guess(table)
    stored.columns = columns_of(found, bool(reading))
    stored.frame["is_steady"] = reading is not None and reading.is_steady


def lines_of(stored: ImportTable, table: Table) -> Iterator[list[str]]:
    """Yield the lines of a table in pieces, as ``COPY`` takes them; set the columns of ``stored``."""
    reading = taken(stored, table)
    note(stored, table, reading)
    stored.save(update_fields=["columns", "frame"])
    of_rows = places_of(table)
    order = {place: at for at, place in enumerate(dict.fromkeys(of_rows.values()))}
    places = {key: order[place] for key, place in of_rows.items()}
    after = reading.table.rows if reading else table.rows
    yield from glance.pieces(
        LineReader(stored, reading),
        zip(
            range(STEP, STEP * (len(table.rows) + 1), STEP),
            table.rows,
            after,
            (places[id(row.place)] for row in table.rows),
            repeat(NONE),
            repeat(()),
            # The last two never end.
            strict=False,
        ),
    )
    for piece in in_pieces(asides(stored, table), AT_ONCE):
        yield [line.text() for line in piece]


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
                cells=each.cells,
                aside=each.code,
            )


def table_of(stored: ImportTable) -> Table:
    """Return a stored table as it was found: the lines that are its rows, in their order."""
    frame = stored.frame
    places = [Place(**place) for place in frame["places"]] or [Place()]
    lines = stored.rows.filter(aside="").order_by("position", "pk")
    known: dict[str, str] = {}
    one = known.setdefault
    rows = tuple(
        # Equal cells are one text: a long column costs little.
        Row(
            line,
            tuple(map(one, cells, cells)),
            tuple(Mark(*mark) for mark in marks),
            places[place],
            offset,
        )
        for line, cells, marks, place, offset in lines.values_list(
            "line", "cells", "marks", "place", "offset"
        ).iterator(chunk_size=AT_ONCE)
    )
    return Table(
        stored.title,
        tuple(frame["header"]),
        rows,
        tuple(frame["above"]),
        merged=frozenset(frame["merged"]),
    )


@transaction.atomic
def read_again(stored: ImportTable) -> None:
    """Read a table's lines again, by what was said about its kind and columns.

    What a person typed or settled stays; what he set aside stays aside. The lines stream through:
    what was typed is never held for all of them.
    """
    if stored.kind:
        stored.rows.filter(aside=NO_KIND).update(aside="")
    table = table_of(stored)
    if not table.rows:
        return
    reading = taken(stored, table)
    note(stored, table, reading)
    stored.save()
    reader = LineReader(stored, reading)
    after = reading.table.rows if reading else table.rows
    before = stored.rows.filter(aside="").order_by("position", "pk")
    last = before.aggregate(last=Max("pk"))["last"]
    kept = before.values_list("position", "place", "edits", "settled").iterator(chunk_size=AT_ONCE)
    lines = (
        (position, row, moved, place, edits, settled)
        for (position, place, edits, settled), row, moved in zip(
            kept, table.rows, after, strict=True
        )
    )
    for piece in glance.pieces(reader, lines):
        copying.write(piece)
    old = stored.rows.filter(aside__in=["", NO_KIND], pk__lte=last)
    ImportEdit.objects.filter(row__in=old).delete()
    # Nothing else hangs on a line: it need not be loaded to be removed.
    old._raw_delete(old.db)


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
