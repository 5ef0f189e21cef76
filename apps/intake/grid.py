"""The grid: a table as it was found, and the table that was understood out of it.

A reader gives a document as blocks in reading order: paragraphs and grids. Every row knows the
place it came from, so that each value can be shown beside its source. Nothing here needs Django:
files are read in a process of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands: the file's format, and page, table or sheet, counted from 1."""

    format: str = "text"
    page: int = 0
    table: int = 0
    sheet: str = ""


TEXT = Place()
WHOLE_ROW = -2
"""The column of a mark that is about a row as a whole."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A doubt met while reading: the column it is about, counted from 0, and a short code.

    A mark of the column ``WHOLE_ROW`` is about the whole row.
    """

    column: int
    code: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: cells as printed (outer blanks off), and its number in its place, from 1.

    ``offset`` is the source's column of the first cell: not 0 where tables stood side by side,
    or where a lost first cell was put back.
    """

    line: int
    cells: tuple[str, ...]
    marks: tuple[Mark, ...] = ()
    place: Place = TEXT
    offset: int = 0

    def with_cell(self, index: int, value: str) -> "Row":
        """The same row with one cell changed."""
        cells = (*self.cells[:index], value, *self.cells[index + 1 :])
        return replace(self, cells=cells)

    def marked(self, column: int, code: str) -> "Row":
        """The same row with one mark more; a mark is made once."""
        mark = Mark(column, code)
        return self if mark in self.marks else replace(self, marks=(*self.marks, mark))

    def printed(self) -> list[str]:
        """The cells that hold something."""
        return [cell for cell in self.cells if cell]

    @property
    def held(self) -> int:
        """How many cells hold something."""
        return len(self.cells) - self.cells.count("")

    def part(self, start: int, end: int) -> "Row":
        """The cells from ``start`` to ``end`` as a row of their own, with their marks."""
        if not start and end == len(self.cells):
            return self
        marks = tuple(
            m if m.column == WHOLE_ROW else Mark(m.column - start, m.code)
            for m in self.marks
            if start <= m.column < end or m.column == WHOLE_ROW
        )
        return replace(self, cells=self.cells[start:end], marks=marks, offset=self.offset + start)

    def text(self) -> str:
        """The row in one line, for a person to read."""
        return " ".join(" ".join(self.printed()).split())


@dataclass(frozen=True, slots=True)
class Span:
    """A merged cell: the row (index in the grid) and column it begins at, and its size."""

    row: int
    column: int
    height: int = 1
    width: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of text outside a table."""

    text: str
    line: int = 0
    place: Place = TEXT


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it stands in the source: its rows, its merged cells, what was left out.

    ``wraps`` says that a line break inside a cell may only be the end of a printed line.
    """

    rows: tuple[Row, ...]
    spans: tuple[Span, ...] = ()
    dropped: tuple["Aside", ...] = ()
    wraps: bool = False


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Aside:
    """Text of the source that became no row, and a short code of the reason.

    Where it was a row of the table, its cells: a person may find that it is one.
    """

    text: str
    code: str
    line: int = 0
    cells: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Table:
    """A table understood: the title above it, its header cells and its body in printed order."""

    title: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    above: tuple[str, ...] = ()
    aside: tuple[Aside, ...] = field(default=())
    merged: frozenset[int] = frozenset()
    """Columns in which the source itself says which cells are merged."""
    heads: frozenset[int] = field(default=frozenset(), compare=False)
    """The lines of its grid that its title and its header were taken from."""
    levels: int = field(default=0, compare=False)
    """How many lines its header stands on."""

    @property
    def width(self) -> int:
        """Number of columns, by the header."""
        return len(self.header)

    def index(self, column: str) -> int:
        """Position of a column by its printed header; KeyError names the headers there are."""
        if column not in self.header:
            raise KeyError(f"no column {column!r}; the table has {', '.join(self.header)}")
        return self.header.index(column)

    def column(self, index: int) -> list[str]:
        """The cells of one column that hold something. A row may be shorter than the header."""
        return [
            row.cells[index] for row in self.rows if index < len(row.cells) and row.cells[index]
        ]

    def map_rows(self, change: Callable[[Row], Row]) -> "Table":
        """The table with every body row passed through ``change``."""
        return replace(self, rows=tuple(change(row) for row in self.rows))

    def with_rows(self, rows: Iterable[Row], aside: Iterable[Aside] = ()) -> "Table":
        """The table with another body, and more set aside."""
        return replace(self, rows=tuple(rows), aside=(*self.aside, *aside))
