"""From a printed table to the rows of one list, field by field.

What belongs to one document (which table, which header means which field, what the title
says once for all rows) comes in as a ``Reading``; nothing here knows a document.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from apps.intake import cells
from apps.intake.find import find_tables, join_continued
from apps.intake.grid import Grid, Row
from apps.intake.repair import (
    fill_down,
    pad_rows,
    restore_first_cell,
    split_side_by_side,
    unglue_category,
)

INNER = "|"
"""Parts names inside a CSV field, and flags."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "awards": (
        "source_line",
        "programme",
        "award_class",
        "grade",
        "award_year",
        "title",
        "organisations",
        "people",
        "flags",
    ),
    "laureates": (
        "source_line",
        "programme",
        "award_year",
        "name",
        "employer",
        "nominator",
        "flags",
    ),
    "certifications": (
        "source_line",
        "platform",
        "type",
        "level",
        "year",
        "batch",
        "hosts",
        "district",
        "status",
        "flags",
    ),
    "roster-entries": (
        "source_line",
        "roster",
        "year",
        "rank",
        "title",
        "organisation",
        "district",
        "certificate_number",
        "credit_code",
        "flags",
    ),
    "policies": ("source_line", "title", "category", "year", "note", "flags"),
    "events": ("source_line", "date_from", "date_to", "title", "note", "flags"),
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


@dataclass(frozen=True)
class Fields:
    """What one cell gives: its fields, and codes of what was doubtful in it, by field."""

    values: dict[str, str]
    doubts: tuple[tuple[str, str], ...] = ()


def read_list(kind: str, text: str, reading: Reading) -> list[dict[str, str]]:
    """The rows of one list in a text, in printed order, as the CSV columns of its kind.

    Raises LookupError when the text holds no table of that title, KeyError for a header the
    table has not, ValueError for a cell that cannot be what its column says.
    """
    grids = [grid for grid in join_continued(find_tables(text)) if grid.title == reading.title]
    if len(grids) != 1:
        raise LookupError(f"{len(grids)} tables are called {reading.title!r}, not one")
    grid = repaired(grids[0], reading)
    return [_list_row(kind, grid, row, reading) for row in grid.rows]


def repaired(grid: Grid, reading: Reading) -> Grid:
    """The table with everything put back in its place, ready to be read row by row."""
    grid = split_side_by_side(pad_rows(grid))
    if not reading.fill_down:
        return grid
    if reading.fill_down == grid.header[0]:
        grid = restore_first_cell(grid)
    for printed in _headers_of(reading, "title"):
        grid = unglue_category(grid, printed, reading.fill_down)
    return fill_down(grid, reading.fill_down)


def _headers_of(reading: Reading, name: str) -> list[str]:
    return [printed for printed, field_name in reading.columns.items() if field_name == name]


def _list_row(kind: str, grid: Grid, row: Row, reading: Reading) -> dict[str, str]:
    values = {"source_line": str(row.line), **reading.constants}
    flags = [f"{_field_of(mark.column, reading)}:{mark.code}" for mark in row.marks]
    for printed, name in reading.columns.items():
        found = read_field(kind, name, row.cells[grid.index(printed)])
        values.update(found.values)
        flags += [f"{field_name}:{code}" for field_name, code in found.doubts]
    values["flags"] = INNER.join(flags)
    return {column: values.get(column, "") for column in COLUMNS[kind]}


def _field_of(column: str, reading: Reading) -> str:
    """The field a mark is about: the class, where one cell gives class and grade."""
    name = reading.columns.get(column, column)
    return "award_class" if name == "award_category" else name


def read_field(kind: str, name: str, cell: str) -> Fields:
    """What a cell says for a field of a kind of list."""
    if kind == "policies" and name == "title":
        return read_policy_title(cell)
    return READERS.get(name, _plain(name))(cell)


def _plain(name: str) -> Callable[[str], Fields]:
    return lambda cell: Fields({name: cell})


def read_title(cell: str) -> Fields:
    """A title as printed; a blank between Chinese characters is kept and reported."""
    return Fields({"title": cell}, _inner_blank(cell))


def read_policy_title(cell: str) -> Fields:
    """A policy's title without 《》, and the note that stands behind it."""
    title, note = cells.split_title_note(cell)
    return Fields({"title": title, "note": note}, _inner_blank(title))


def _inner_blank(title: str) -> tuple[tuple[str, str], ...]:
    return (("title", "inner-blank"),) if cells.has_inner_blank(title) else ()


def read_category(cell: str) -> Fields:
    """Award class and grade out of one category cell."""
    award_class, grade = cells.split_award_category(cell)
    return Fields({"award_class": award_class, "grade": grade})


def read_organisations(name: str) -> Callable[[str], Fields]:
    """A reader of a list of organisations for the field ``name``."""

    def read(cell: str) -> Fields:
        names = cells.split_list(cell)
        return Fields({name: INNER.join(names)}, _list_doubts(name, cell, names))

    return read


def read_people(cell: str) -> Fields:
    """A list of people in printed order, padding blanks taken out and reported."""
    names = cells.split_people(cell)
    doubts = list(_list_doubts("people", cell, names))
    if cells.has_padded_name(cell):
        doubts.insert(0, ("people", "blank-removed"))
    if any(cells.looks_like_two_names(name) for name in names):
        doubts.append(("people", "possibly-two-names"))
    return Fields({"people": INNER.join(names)}, tuple(doubts))


def _list_doubts(name: str, cell: str, names: list[str]) -> tuple[tuple[str, str], ...]:
    separators = cells.separators_used(cell)
    codes = []
    if len(separators) > 1:
        codes.append("mixed-separator")
    elif separators - {"、", "\n"}:
        codes.append("comma-separator")
    if len(set(names)) < len(names):
        codes.append("possible-duplicate")
    return tuple((name, code) for code in codes)


READERS: dict[str, Callable[[str], Fields]] = {
    "title": read_title,
    "award_category": read_category,
    "organisations": read_organisations("organisations"),
    "hosts": read_organisations("hosts"),
    "people": read_people,
    "name": lambda cell: Fields({"name": cells.tidy_person(cell)}),
    "rank": lambda cell: Fields({"rank": cells.normalise_number(cell)}),
    "year": lambda cell: Fields({"year": cells.read_year(cell)}),
    "certificate_number": lambda cell: Fields({"certificate_number": cells.normalise_number(cell)}),
    "credit_code": lambda cell: Fields({"credit_code": cells.normalise_number(cell)}),
}
