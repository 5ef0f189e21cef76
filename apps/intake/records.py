"""From a row of a table to a record: each cell read for the field of its column."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from apps.intake import titles
from apps.intake.columns import COLUMNS, LISTS, REQUIRED
from apps.intake.days import read_period
from apps.intake.fields import Reader, Value, read_field
from apps.intake.finding.pages import TITLE_UNSURE
from apps.intake.grid import WHOLE_ROW, Row, Table
from apps.intake.mapping import Guess
from apps.intake.plain import plain_cells
from apps.intake.repair import FIRST_CELL_RESTORED, MORE_CELLS
from apps.intake.synonyms import KINDS

OF_THE_ROW = {FIRST_CELL_RESTORED, MORE_CELLS}
"""Marks of a cell that tell of all the others of its row, though nobody reads that cell."""

UNREADABLE = "\ufffd"
"""What stands for a letter that a reader could not tell."""
LOST = re.compile(r"[\ufffd□\ue000-\uf8ff]|(?<=\w)[?？](?=\w)")
"""Such a letter, or one that the writer of the source had no type for: 温州□密机械."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a candidate: values by field, doubts as (field, code), where it was printed."""

    values: dict[str, Value]
    doubts: tuple[tuple[str, str], ...]
    source: dict[str, object]
    # The permanent id that the row names: it means that row, and no new one.
    id: str = ""


class RowReader:
    """Reads the rows of one table, one after the other; what all share is worked out once."""

    def __init__(
        self,
        table: Table,
        found: Guess,
        constants: Mapping[str, Value],
        said: tuple[tuple[str, str], ...],
    ) -> None:
        """Take what is known of the columns, and what is said once for all rows."""
        self.kind = found.kind
        self.names = {column.index: column.field for column in found.columns if column.field}
        self.constants, self.said = constants, said
        self.year, self.is_own_year = titles.year_of(table.title, *table.above)
        self.at_id = next((at for at, name in self.names.items() if name == "id"), None)
        self.columns: list[tuple[int, str, Callable[[str], object]]] = [
            (at, name, plain_cells(self.kind, name))
            for at, name in self.names.items()
            if name != "id"
        ]
        self.at_of = {name: at for at, name, _is_plain in self.columns}
        self.is_marred = LOST.search(str(constants)) is not None
        units = str(constants.get("unit", ""))
        self.has_several_units = titles.unit_among(units, "") != units
        # A list as it was downloaded says in each cell what it says.
        self.own = _own_readers(table.header, self.kind)
        # No cell tells anything of another.
        self.reads_cell_by_cell = (
            self.kind not in ("awards", "policies")
            and not self.is_marred
            and not self.has_several_units
        )

    def record(self, row: Row) -> Record:
        """One row with every field of its kind, and the place of each cell."""
        values, doubts = self.read(row)
        every: dict[str, Value] = {
            name: _own(values[name]) if name in values else [] if name in LISTS else ""
            for name in COLUMNS[self.kind]
        }
        return Record(every, doubts, source_of(row, self.names), self.id_of(row))

    def id_of(self, row: Row) -> str:
        """The permanent id that a row names; blank where it names none."""
        return "" if self.at_id is None else row.cells[self.at_id].strip().lower()

    def read(self, row: Row) -> tuple[dict[str, Value], tuple[tuple[str, str], ...]]:
        """What a row says by field, without the fields it says nothing of; and its doubts.

        Nobody changes a list that it gives: rows that say the same share it.
        """
        if self.own is not None:
            return self._read_own(row, self.own)
        values: dict[str, Value] = dict(self.constants)
        doubts = self._marked(row) if row.marks else []
        cells, is_marred = row.cells, self.is_marred
        also: list[tuple[str, Value]] = []
        for at, name, is_plain in self.columns:
            cell = cells[at]
            if is_plain(cell):
                values[name] = cell
                continue
            is_marred = is_marred or LOST.search(cell) is not None
            if name == "date":
                new, codes = self._period(cell)
            else:
                read = read_field(self.kind, name, cell)
                new, codes = read.values, read.doubts
            for key, value in new.items():
                if value or key not in values:
                    values[key] = value
                if value and key != name:
                    also.append((key, value))
            doubts += codes
        if also:
            doubts += self._said_twice(also, cells, values)
        if self.kind == "awards":
            doubts += _award_doubts(values)
        if self.kind == "policies" and "year" not in self.at_of and not self.is_own_year:
            doubts += _year_of_policy(values)
        if self.has_several_units and values.get("unit") == self.constants["unit"]:
            values["unit"] = titles.unit_among(
                str(values["unit"]), str(values.get("indicator", ""))
            )
            doubts.append(("unit", "inferred" if values["unit"] else "missing"))
        doubts += [(name, "missing") for name in REQUIRED[self.kind] if not values.get(name)]
        if is_marred:
            marred = (
                name
                for name, value in values.items()
                if LOST.search("\n".join([value] if isinstance(value, str) else value))
            )
            doubts += [(name, "unreadable") for name in marred]
        doubts += self.said
        kept = {name: values[name] for name in COLUMNS[self.kind] if values.get(name)}
        return kept, tuple(dict.fromkeys(doubts)) if doubts else ()

    def _read_own(
        self, row: Row, readers: Mapping[str, Reader]
    ) -> tuple[dict[str, Value], tuple[tuple[str, str], ...]]:
        """What a row of a list says that was downloaded, changed perhaps, and handed in again."""
        values: dict[str, Value] = {}
        doubts = self._marked(row) if row.marks else []
        for at, name, _is_plain in self.columns:
            read = readers[name](row.cells[at])
            for key, value in read.values.items():
                if value or key not in values:
                    values[key] = value
            doubts += read.doubts
        # What no column gives, the row has that is changed.
        needed = self.at_of if self.id_of(row) else COLUMNS[self.kind]
        doubts += [
            (name, "missing")
            for name in REQUIRED[self.kind]
            if name in needed and not values.get(name)
        ]
        kept = {name: values[name] for name in COLUMNS[self.kind] if values.get(name)}
        return kept, tuple(dict.fromkeys(doubts))

    def _said_twice(
        self, also: list[tuple[str, Value]], cells: tuple[str, ...], values: Mapping[str, Value]
    ) -> list[tuple[str, str]]:
        """Fields that a cell of another field gives ``also``, where two cells say different things."""
        found = []
        for name, value in also:
            own = value
            if name in self.at_of and (cell := cells[self.at_of[name]]):
                own = read_field(self.kind, name, cell).values.get(name) or value
            if not own == value == values[name]:
                found.append((name, "said-twice"))
        return found

    def _marked(self, row: Row) -> list[tuple[str, str]]:
        """What the finding of the table doubts: a cell, or the whole row."""
        names = self.names
        doubts: list[tuple[str, str]] = []
        for mark in row.marks:
            if mark.code == TITLE_UNSURE:
                doubts += [(name, mark.code) for name in self.constants]
            elif mark.column in names:
                doubts.append((_shown(names[mark.column]), mark.code))
            elif mark.column == WHOLE_ROW or mark.code in OF_THE_ROW:
                doubts.append((chief_field(self.kind, names), mark.code))
        return doubts

    def _period(self, cell: str) -> tuple[dict[str, Value], tuple[tuple[str, str], ...]]:
        if not cell:
            return {"date_from": "", "date_to": ""}, ()
        try:
            first, last, is_sure = read_period(cell, int(self.year) if self.year else None)
        except ValueError:
            days: dict[str, Value] = {"date_from": cell, "date_to": cell}
            return days, tuple((name, "not-a-day") for name in days)
        doubts = [] if is_sure else [("date_from", "day-unsure"), ("date_to", "day-unsure")]
        if self.year and not self.is_own_year and self.year not in cell:
            doubts.append(("date_from", "from-context"))
        return {"date_from": first, "date_to": last}, tuple(doubts)


def _own_readers(header: tuple[str, ...], kind: str) -> Mapping[str, Reader] | None:
    from apps.intake.own import cells, heads  # they know the fields from here

    return cells.readers(kind) if heads.is_own(header, kind) else None


def _own(value: Value) -> Value:
    return list(value) if isinstance(value, list) else value


def chief_field(kind: str, names: Mapping[int, str]) -> str:
    """The field that a doubt about a whole row is shown at: what the row is called by."""
    have = set(names.values())
    return _shown(next((name for name in KINDS[kind].needs[0] if name in have), REQUIRED[kind][-1]))


def _shown(name: str) -> str:
    """The field a mark is about: the class, where one cell gives class and grade."""
    return {"award_category": "award_class", "date": "date_from"}.get(name, name)


def _award_doubts(values: dict[str, Value]) -> list[tuple[str, str]]:
    """A class that the title or the programme tells, and who awards where both say it."""
    doubts: list[tuple[str, str]] = []
    programme, awarder = str(values.get("programme", "")), str(values.pop("awarder", ""))
    if not values.get("award_class"):
        for name in ("科学技术进步奖", "科技进步奖", "技术发明奖", "自然科学奖"):
            if programme.endswith(name):
                values["award_class"] = name.replace("科技进步", "科学技术进步")
                doubts.append(("award_class", "inferred"))
    if not programme and len(awarder) > 1 and awarder[-1] in "省市家":
        values["programme"] = f"{awarder}科学技术奖"
        doubts.append(("programme", "inferred"))
    elif awarder and programme and awarder[:1] == "国" and "国家" not in programme:
        doubts.append(("programme", "differs-from-category"))
    return doubts


def _year_of_policy(values: dict[str, Value]) -> list[tuple[str, str]]:
    """The year of the day a policy was issued on, else of its number: 市科〔2021〕20号."""
    for name in ("issued_on", "document_number"):
        if found := titles.YEAR.search(str(values.get(name, ""))):
            values["year"] = found[1]
            return [("year", "inferred")]
    return []


def source_of(row: Row, names: dict[int, str]) -> dict[str, object]:
    """Where a row stands, and each of its cells: in a sheet by letter and number."""
    place = row.place
    source: dict[str, object] = {"format": place.format, "line": row.line}
    if place.page:
        source["page"] = place.page
    if place.table:
        source["table"] = place.table
    if place.sheet:
        source["sheet"] = place.sheet
        source["cells"] = {
            name: f"{letters(at + row.offset)}{row.line}" for at, name in names.items()
        }
    else:
        source["cells"] = {name: at + row.offset + 1 for at, name in names.items()}
    return source


def letters(column: int) -> str:
    """The letters of a sheet's column, counted from 0."""
    name = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
