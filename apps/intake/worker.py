"""The process that reads strangers' files: ``python -m apps.intake.worker`` < file > blocks.

It needs no Django, no database and no network, and has limits of its own; when it dies, the
application does not. What it found comes out as JSON, a line a block.
"""

import json
import resource
import signal
import sys
from dataclasses import asdict
from typing import Any

from apps.intake.grid import Aside, Block, Grid, Mark, Paragraph, Place, Row, Span
from apps.intake.readers import read_blocks
from apps.intake.refusal import Refusal

MEMORY = 290 * 2**20
"""Bytes of data the process may hold."""
SECONDS = 15
"""Seconds of computing."""


def limit() -> None:
    """Bind this process to its memory and its time; let it write no file."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXCPU, _out_of_time)


def _out_of_time(_signal: int, _frame: object) -> None:
    raise Refusal("too-slow", seconds=SECONDS)


def dump(block: Block) -> dict[str, Any]:
    """A block as plain JSON."""
    if isinstance(block, Paragraph):
        return {"text": block.text, "line": block.line, "place": asdict(block.place)}
    place = block.rows[0].place if block.rows else Place()
    return {
        "place": asdict(place),
        "rows": [
            [row.line, row.cells, [(mark.column, mark.code) for mark in row.marks]]
            for row in block.rows
        ],
        "spans": [(span.row, span.column, span.height, span.width) for span in block.spans],
        "dropped": [(aside.text, aside.code, aside.line) for aside in block.dropped],
    }


def load(found: dict[str, Any]) -> Block:
    """The block that ``dump`` wrote."""
    place = Place(**found["place"])
    if "text" in found:
        return Paragraph(found["text"], found["line"], place)
    return Grid(
        tuple(
            Row(line, tuple(cells), tuple(Mark(*mark) for mark in marks), place)
            for line, cells, marks in found["rows"]
        ),
        tuple(Span(*span) for span in found["spans"]),
        tuple(Aside(*aside) for aside in found["dropped"]),
    )


def main() -> None:
    """Read standard input, write blocks or one refusal to standard output."""
    limit()
    try:
        for block in read_blocks(sys.stdin.buffer.read()):
            sys.stdout.write(json.dumps(dump(block), ensure_ascii=True) + "\n")
    except Refusal as refusal:
        said = {"refusal": refusal.code, "where": refusal.where, "params": refusal.params}
        sys.stdout.write(json.dumps(said) + "\n")
    except MemoryError:
        sys.stdout.write('{"refusal": "too-much-memory", "where": "", "params": {}}\n')
    sys.stdout.write('{"end": true}\n')


if __name__ == "__main__":
    main()
