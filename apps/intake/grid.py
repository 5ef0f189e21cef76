"""The grid: a table as it was found, every row with the line it came from."""

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Mark:
    """A doubt met while reading: the printed column it is about, and a short code."""

    column: str
    code: str


@dataclass(frozen=True)
class Row:
    """One row: cells as printed (outer blanks off), and its source line, counted from 1."""

    line: int
    cells: tuple[str, ...]
    marks: tuple[Mark, ...] = ()

    def with_cell(self, index: int, value: str) -> "Row":
        """The same row with one cell changed."""
        cells = (*self.cells[:index], value, *self.cells[index + 1 :])
        return replace(self, cells=cells)

    def marked(self, column: str, code: str) -> "Row":
        """The same row with one mark more."""
        return replace(self, marks=(*self.marks, Mark(column, code)))


@dataclass(frozen=True)
class Grid:
    """A table: the title above it, its header cells and its body rows, in printed order."""

    title: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def width(self) -> int:
        """Number of columns, by the header."""
        return len(self.header)

    def index(self, column: str) -> int:
        """Position of a column by its printed header; KeyError names the headers there are."""
        if column not in self.header:
            raise KeyError(f"no column {column!r}; the table has {', '.join(self.header)}")
        return self.header.index(column)

    def map_rows(self, change: Callable[[Row], Row]) -> "Grid":
        """The grid with every body row passed through ``change``."""
        return replace(self, rows=tuple(change(row) for row in self.rows))
