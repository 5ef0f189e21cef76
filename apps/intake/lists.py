"""From a printed table to the rows of one list of a data pack, by a reading that a person declared.

The road is the intake's own; only the mapping is given instead of guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.intake.columns import COLUMNS as FIELDS
from apps.intake.fields import Value, read_field
from apps.intake.finding import find_tables
from apps.intake.grid import Row, Table
from apps.intake.readers.text import read_text
from apps.intake.repair import fill_down, pad_rows, restore_first_cell, unglue_category

INNER = "|"
"""Parts names inside a CSV field, and flags."""

UNPRINTED = {"document_number", "issued_on", "announced_on", "valid_from", "valid_to"}
COLUMNS: dict[str, tuple[str, ...]] = {
    kind: ("source_line", *(name for name in fields if name not in UNPRINTED), "flags")
    for kind, fields in FIELDS.items()
    if kind != "indicator-values"
}
"""The CSV columns of each kind of list, in order; other rooms rely on these names."""


@dataclass(frozen=True)
class Reading:
    """How one list is read: the table's title, its columns, and what is said once for all.

    ``columns`` maps a printed header to a field, ``fill_down`` names the header of a merged
    category column, ``constants`` gives fields that no cell holds.
    """

    title: str
    columns: Mapping[str, str]
    fill_down: str = ""
    constants: Mapping[str, str] = field(default_factory=dict)


def read_list(kind: str, text: str, reading: Reading) -> list[dict[str, str]]:
    """The rows of one list in a text, in printed order, as the CSV columns of its kind.

    Raises LookupError when the text holds no table of that title, KeyError for a header the
    table has not, ValueError for a cell that cannot be what its column says.
    """
    tables = [table for table in find_tables(read_text(text)) if table.title == reading.title]
    if len(tables) != 1:
        raise LookupError(f"{len(tables)} tables are called {reading.title!r}, not one")
    table = repaired(tables[0], reading)
    return [_list_row(kind, table, row, reading) for row in table.rows]


def repaired(table: Table, reading: Reading) -> Table:
    """The table with everything put back in its place, ready to be read row by row."""
    table = pad_rows(table)
    if not reading.fill_down:
        return table
    category = table.index(reading.fill_down)
    if category == 0:
        table = restore_first_cell(table)
    for printed, name in reading.columns.items():
        if name == "title":
            table = unglue_category(table, table.index(printed), category)
    return fill_down(table, category)


def _list_row(kind: str, table: Table, row: Row, reading: Reading) -> dict[str, str]:
    values: dict[str, Value] = {"source_line": str(row.line), **reading.constants}
    chief = next(iter(reading.columns))
    flags = [
        f"{_field_of(table.header[mark.column] if mark.column >= 0 else chief, reading)}:{mark.code}"
        for mark in row.marks
    ]
    for printed, name in reading.columns.items():
        found = read_field(kind, name, row.cells[table.index(printed)])
        if ("grade", "category-unknown") in found.doubts:
            raise ValueError(f"line {row.line}: not an award class with a grade")
        values.update(found.values)
        flags += [f"{field_name}:{code}" for field_name, code in found.doubts]
    values["flags"] = INNER.join(flags)
    return {column: _joined(values.get(column, "")) for column in COLUMNS[kind]}


def _joined(value: Value) -> str:
    return INNER.join(value) if isinstance(value, list) else value


def _field_of(column: str, reading: Reading) -> str:
    """The field a mark is about: the class, where one cell gives class and grade."""
    name = reading.columns.get(column, column)
    return "award_class" if name == "award_category" else name
