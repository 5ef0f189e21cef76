"""The printed lists of a data pack: which there are, and how to read them again.

A pack is a directory with ``pack.toml``, one CSV file a list, and ``remarks.csv``: what a
person saw who read the rows beside the printed page. Flags of a row are what the reader
found and then what the person remarked.

    python -m apps.intake.packs PACK REPORT

writes the CSV of every list that is printed as a table in the report.
"""

import csv
import hashlib
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.intake.lists import COLUMNS, INNER, Reading, read_list

Rows = list[dict[str, str]]
NAMES = ("title", "platform", "organisation", "name")
"""Fields that name a row, for a remark on one of two rows that share a line."""


@dataclass(frozen=True)
class PackList:
    """One list of a pack; ``reading`` is None where no table was printed for it."""

    kind: str
    file: str
    subject: str
    lines: str
    rows: int
    reading: Reading | None


def pack_lists(pack: Path) -> list[PackList]:
    """The lists that a pack declares as cases, without cases of figures and returns."""
    with (pack / "pack.toml").open("rb") as stream:
        cases = tomllib.load(stream)["case"]
    return [_pack_list(case) for case in cases if case["kind"] in COLUMNS]


def _pack_list(case: dict[str, Any]) -> PackList:
    reading = case.get("reading")
    return PackList(
        kind=case["kind"],
        file=case["file"],
        subject=case["subject"],
        lines=case["lines"],
        rows=case["rows"],
        reading=Reading(**reading) if reading else None,
    )


def read_csv(path: Path) -> Rows:
    """The rows of a CSV file with a header, in order, every value a text."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_csv(path: Path, kind: str, rows: Rows) -> None:
    """Rows as CSV: UTF-8, LF, the columns of the kind. Replaces the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS[kind], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def digest(rows: Rows) -> str:
    """SHA-256 over all values in order of rows and columns; a moved row changes it."""
    lines = ("\x1f".join(row.values()) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def with_remarks(rows: Rows, remarks: Iterable[dict[str, str]]) -> Rows:
    """The rows of one file with the flags of its remarks added behind their own.

    A remark names a source line, and an item where rows share that line; without a line it
    is about every row. Raises LookupError
    for a remark that meets no row: a remark must not lose its row unseen.
    """
    marked = [dict(row) for row in rows]
    for remark in remarks:
        met = [row for row in marked if _is_about(remark, row)]
        if not met:
            raise LookupError(f"no row for the remark {remark}")
        for row in met:
            row["flags"] = INNER.join(filter(None, (row["flags"], remark["flag"])))
    return marked


def _is_about(remark: dict[str, str], row: dict[str, str]) -> bool:
    if remark["source_line"] not in ("", row["source_line"]):
        return False
    return not remark["item"] or remark["item"] in (row.get(name) for name in NAMES)


def reread(pack: Path, wanted: PackList, text: str) -> Rows:
    """The rows of a printed list as the reader gives them from the report's text, remarks added."""
    if wanted.reading is None:
        raise ValueError(f"{wanted.file} was not printed as a table")
    remarks = [each for each in read_csv(pack / "remarks.csv") if each["file"] == wanted.file]
    return with_remarks(read_list(wanted.kind, text, wanted.reading), remarks)


def main(pack: Path, report: Path) -> None:
    """Write the CSV of every list printed as a table, and say how many rows each has."""
    text = report.read_text(encoding="utf-8")
    for wanted in pack_lists(pack):
        if wanted.reading:
            rows = reread(pack, wanted, text)
            write_csv(pack / wanted.file, wanted.kind, rows)
            sys.stdout.write(f"{wanted.file}\t{len(rows)}\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
