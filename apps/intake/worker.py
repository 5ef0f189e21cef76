"""The process that reads strangers' files: ``python -m apps.intake.worker`` < file > blocks.

It needs no Django, no database and no network, and has limits of its own; when it dies, the
application does not. What it found comes out as JSON, a line a block.
"""

import json
import resource
import signal
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from apps.intake.grid import Aside, Block, Grid, Mark, Paragraph, Place, Row, Span
from apps.intake.readers import read_blocks
from apps.intake.refusal import Refusal

MEMORY = 245 * 2**20
"""Bytes of data the process may hold; with its programs and libraries, less than 300 MB."""
SECONDS = 15
"""Seconds of computing."""
ROWS_A_PIECE = 1000
MOST_KEPT = 200_000


def limit() -> None:
    """Bind this process to its memory and its time; let it write no file."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXCPU, _out_of_time)


def _out_of_time(_signal: int, _frame: object) -> None:
    raise Refusal("too-slow", seconds=SECONDS)


def dump(block: Block) -> Iterator[dict[str, Any]]:
    """A block as plain JSON: a paragraph in one piece, a grid in pieces of so many rows."""
    if isinstance(block, Paragraph):
        yield {"text": block.text, "line": block.line, "place": asdict(block.place)}
        return
    for start in range(0, len(block.rows), ROWS_A_PIECE):
        rows = block.rows[start : start + ROWS_A_PIECE]
        yield {
            "place": asdict(block.rows[0].place),
            "lines": [row.line for row in rows],
            "cells": [row.cells for row in rows],
            "marks": [
                (at, mark.column, mark.code) for at, row in enumerate(rows) for mark in row.marks
            ],
        }
    yield {
        "place": asdict(block.rows[0].place if block.rows else Place()),
        "spans": [(span.row, span.column, span.height, span.width) for span in block.spans],
        "dropped": [(each.text, each.code, each.line, each.cells) for each in block.dropped],
    }


def load(pieces: Iterable[dict[str, Any]]) -> Iterator[Block]:
    """The blocks that ``dump`` wrote. Equal cells are one text: a long column costs little."""
    rows: list[Row] = []
    place = Place()
    kept: dict[str, str] = {}
    for found in pieces:
        # One place is one object, however many rows stand there.
        if asdict(place) != found["place"]:
            place = Place(**found["place"])
        if "lines" in found:
            if len(kept) > MOST_KEPT:
                kept.clear()
            marks: dict[int, tuple[Mark, ...]] = {}
            for at, column, code in found["marks"]:
                marks[at] = (*marks.get(at, ()), Mark(column, code))
            one = kept.setdefault
            rows += [
                Row(line, tuple(map(one, cells, cells)), marks.get(at, ()), place)
                for at, (line, cells) in enumerate(zip(found["lines"], found["cells"], strict=True))
            ]
            continue
        if "text" in found:
            yield Paragraph(found["text"], found["line"], place)
            continue
        yield Grid(
            tuple(rows),
            tuple(Span(*span) for span in found["spans"]),
            tuple(
                Aside(text, code, line, tuple(cells))
                for text, code, line, cells in found["dropped"]
            ),
        )
        rows = []


def main() -> None:
    """Read standard input, write blocks or one refusal to standard output."""
    limit()
    try:
        for block in read_blocks(sys.stdin.buffer.read()):
            for piece in dump(block):
                # As it is, for most of a list is Chinese: escaped, each character takes six.
                line = json.dumps(piece, ensure_ascii=False).encode(errors="surrogatepass")
                sys.stdout.buffer.write(line + b"\n")
    except Refusal as refusal:
        said = {"refusal": refusal.code, "where": refusal.where, "params": refusal.params}
        sys.stdout.buffer.write(json.dumps(said).encode() + b"\n")
    except MemoryError:
        sys.stdout.buffer.write(b'{"refusal": "too-much-memory", "where": "", "params": {}}\n')
    sys.stdout.buffer.write(b'{"end": true}\n')


if __name__ == "__main__":
    main()
