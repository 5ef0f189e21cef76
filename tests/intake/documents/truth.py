"""What a document says: a list by field, and how it is printed as a table of cells."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Truth:
    """A list as it should come out: its kind, its title, its columns as printed, its rows."""

    kind: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[dict, ...]
    constants: dict = field(default_factory=dict)
    grouped: str = ""
    printed: tuple[dict, ...] = ()
    """The rows as printed, where one of them holds several of ``rows``."""


@dataclass
class Matrix:
    """A table as it is printed: cells, merged ranges (row, column, height, width), hidden rows.

    ``paper`` says how a page of it is printed, for the formats that have pages.
    """

    rows: list[list[str]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    heads: int = 0
    paper: frozenset[str] = frozenset()


def numbered(rows: list[dict]) -> list[dict]:
    """Return rows with their printed numbers."""
    return [{**row, "number": str(number)} for number, row in enumerate(rows, start=1)]
