"""The lines of a long table as ``COPY`` takes them: most told at a glance, the others read closely."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models

from apps.cases.domain.writing import in_pieces
from apps.intake.fields import read_field
from apps.intake.imports.copying import SIGNS, form_of
from apps.intake.imports.lines import AT_ONCE, Found, LineReader
from apps.intake.plain import plain_column
from apps.intake.records import UNREADABLE

MOST_KNOWN = 5000
"""Cells of one column that are remembered as plain."""


def pieces(lines: LineReader, found: Iterable[Found]) -> Iterator[list[str]]:
    """Yield the lines of rows as ``COPY`` takes them, in pieces."""
    glance = Glance(lines) if lines.reading else None
    for piece in in_pieces(found, AT_ONCE):
        if glance is None:
            yield [lines.line(*each).text() for each in piece]
        else:
            yield glance.texts(piece)


class Glance:
    """Tells the plain rows of a table, column by column, and writes them without a closer look.

    A plain row has no mark and nobody touched it; each of its cells is blank, or is its field's
    value as it stands and fits there. Plain rows with the same blanks are of one form: the first
    of a form is read closely, the others differ from it in their cells alone.
    """

    def __init__(self, lines: LineReader) -> None:
        assert lines.reading is not None
        assert lines.typist is not None
        self.lines = lines
        self.width = lines.reading.table.width
        reader = lines.reading.reader
        # Where one cell tells of another, none is plain by itself; nor is a permanent id.
        self.is_blind = (
            not reader.reads_cell_by_cell or reader.at_id is not None or lines.typist.shape is None
        )
        self.columns = [(at, name) for at, name, _is_plain in reader.columns]
        self.looks = [] if self.is_blind else [Look(lines, *column) for column in reader.columns]
        self.forms: dict[tuple[bool, ...], tuple[str, list[int]]] = {}

    def texts(self, piece: Sequence[Found]) -> list[str]:
        """Return the lines of ``piece`` as ``COPY`` takes them."""
        if self.is_blind:
            return [self.lines.line(*each).text() for each in piece]
        close = self._not_plain(piece)
        if not close and not any("" in row.cells for _, row, *_rest in piece):
            return self._of_one_form(piece)
        texts = []
        for at, found in enumerate(piece):
            if at in close:
                texts.append(self.lines.line(*found).text())
                continue
            position, row, _moved, place, _edits, _settled = found
            cells = row.cells
            said = tuple([cells[at] != "" for at, _ in self.columns])
            form, places = self.forms.get(said) or self._form(said, found)
            values = [cells[at] for at in places]
            texts.append(form % (position, row.line, *cells, place, row.offset, *values))
        return texts

    def _of_one_form(self, piece: Sequence[Found]) -> list[str]:
        """Return the lines of plain rows without any blank."""
        said = (True,) * len(self.columns)
        form, at_values = self.forms.get(said) or self._form(said, piece[0])
        positions, rows, _moved, places, _edits, _settled = zip(*piece, strict=True)
        columns = list(zip(*[row.cells for row in rows], strict=True))
        holes = zip(
            positions,
            [row.line for row in rows],
            *columns,
            places,
            [row.offset for row in rows],
            *[columns[at] for at in at_values],
            strict=True,
        )
        return list(map(form.__mod__, holes))

    def _not_plain(self, piece: Sequence[Found]) -> set[int]:
        """Return which of ``piece`` need a closer look."""
        close = {
            at
            for at, (_position, row, moved, _place, edits, settled) in enumerate(piece)
            if moved is not row or row.marks or edits or settled or len(row.cells) != self.width
        }
        rest = [at for at in range(len(piece)) if at not in close]
        rows = [piece[at][1].cells for at in rest]
        if SIGNS.search("".join(map("".join, rows))):
            close |= {at for at in rest if SIGNS.search("".join(piece[at][1].cells))}
        by_column = list(zip(*rows, strict=True))
        for look in self.looks if rows else ():
            if odd := look.odd(by_column[look.at]):
                cells = zip(rest, by_column[look.at], strict=True)
                close |= {row for row, cell in cells if cell in odd}
        return close

    def _form(self, said: tuple[bool, ...], found: Found) -> tuple[str, list[int]]:
        """Work out how the lines of a form are written, by the first of them."""
        line = self.lines.line(*found)
        columns = {
            name: at
            for (at, name), is_said in zip(self.columns, said, strict=True)
            if is_said and name not in self.lines.constants
        }
        places = [columns[name] for name in line.values if name in columns]
        self.forms[said] = form_of(line, self.width, columns), places
        return self.forms[said]


class Look:
    """Tells of the cells of one column which are their field's value as they stand, and fit there."""

    def __init__(
        self, lines: LineReader, at: int, name: str, is_plain: Callable[[str], object]
    ) -> None:
        assert lines.typist is not None
        assert lines.typist.shape is not None
        assert lines.reading is not None
        kind = lines.reading.found.kind
        self.at, self.name, self.is_plain = at, name, is_plain
        self.typist = lines.typist
        self.are_plain = plain_column(kind, name)
        column = lines.typist.shape.by_name.get(name)
        self.order = order_of(column.field) if column else None
        # Cells known to be plain: years and districts come again and again.
        self.known: set[str] = {""} if says_nothing(kind, name, "") else set()

    def odd(self, cells: Iterable[str]) -> set[str]:
        """Return the cells that need a closer look."""
        new = set(cells) - self.known
        if not new or self._fit_together(new):
            return set()
        odd = {cell for cell in new if not self._fits(cell)}
        if len(self.known) < MOST_KNOWN:
            self.known |= new - odd
        return odd

    def _fits(self, cell: str) -> bool:
        return (
            bool(self.is_plain(cell))
            and UNREADABLE not in cell
            and self.typist.fits(self.name, cell)
        )

    def _fit_together(self, cells: set[str]) -> bool:
        """Say whether all fit, where the least and the greatest of them tell it."""
        return (
            self.order is not None
            and self.are_plain(cells)
            and UNREADABLE not in "".join(cells)
            and (self.order is len or all(map(str.isdecimal, cells)))
            and self.typist.fits(self.name, min(cells, key=self.order))
            and self.typist.fits(self.name, max(cells, key=self.order))
        )


def order_of(field: Any) -> Callable[[str], int] | None:
    """Return by what a field's plain cells are ordered so that those between two that fit fit, too;
    None where no order tells it.
    """
    if field.choices:
        return None
    validators = {type(each) for each in field.validators}
    if isinstance(field, models.CharField | models.TextField):
        return len if validators <= {MaxLengthValidator} else None
    if isinstance(field, models.IntegerField):
        return int if validators <= {MinValueValidator, MaxValueValidator} else None
    return None


def says_nothing(kind: str, name: str, cell: str) -> bool:
    """Say whether a cell gives a field of ``kind`` neither a value nor a doubt."""
    found = read_field(kind, name, cell)
    return not found.doubts and not any(found.values.values())
