"""From a document to candidates: one a table, with its kind, its rows, its doubts, its source.

A candidate is only a proposal: nothing here writes anything. The pipeline is the list of small
functions in ``understood`` and ``records``, each tested by itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from apps.intake import titles
from apps.intake.days import read_period
from apps.intake.fields import Value, read_field
from apps.intake.finding import find_tables
from apps.intake.grid import WHOLE_ROW, Aside, Block, Row, Table
from apps.intake.mapping import ColumnGuess, Guess, guess
from apps.intake.repair import (
    fill_down,
    is_grouped,
    mark_unlike,
    pad_rows,
    restore_first_cell,
    unglue_category,
    without_signs,
)
from apps.intake.synonyms import KINDS
from apps.intake.synonyms.headers import plain_header

COLUMNS: dict[str, tuple[str, ...]] = {
    "awards": (
        "programme",
        "award_class",
        "grade",
        "award_year",
        "title",
        "organisations",
        "people",
    ),
    "laureates": ("programme", "award_year", "name", "employer", "nominator"),
    "certifications": (
        "platform",
        "type",
        "level",
        "year",
        "batch",
        "hosts",
        "district",
        "status",
    ),
    "roster-entries": (
        "roster",
        "year",
        "rank",
        "title",
        "organisation",
        "district",
        "certificate_number",
        "credit_code",
    ),
    "indicator-values": (
        "indicator",
        "unit",
        "reporting_unit",
        "subject",
        "period",
        "scope",
        "value",
        "blank",
        "qualifier",
        "comparison",
        "rank",
        "status",
    ),
    "policies": ("title", "category", "year", "note", "document_number", "issued_on"),
    "events": ("date_from", "date_to", "title", "note"),
}
"""The fields of each kind, in order (DESIGN §6); other rooms rely on these names."""

UNREADABLE = "\ufffd"
"""What stands for a letter that a reader could not tell."""
LISTS = {"organisations", "people", "hosts"}
WHOLE_NUMBERS = {"award_year", "year"}
REQUIRED = {
    "awards": ("programme", "grade", "award_year", "title"),
    "laureates": ("programme", "award_year", "name"),
    "certifications": ("platform", "type"),
    "roster-entries": ("roster", "year", "organisation"),
    "indicator-values": ("indicator", "period"),
    "policies": ("title",),
    "events": ("date_from", "title"),
}


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a candidate: values by field, doubts as (field, code), where it was printed."""

    values: dict[str, Value]
    doubts: tuple[tuple[str, str], ...]
    source: dict[str, object]
    # The permanent id that the row names: it means that row, and no new one.
    id: str = ""


@dataclass(frozen=True)
class Candidate:
    """A table taken for a list: what it is, its rows, and what became no row."""

    kind: str
    title: str
    confidence: float
    columns: tuple[ColumnGuess, ...] = ()
    records: tuple[Record, ...] = ()
    aside: tuple[Aside, ...] = field(default=())


def candidates(blocks: Iterable[Block], kind: str = "") -> list[Candidate]:
    """A candidate for every table of a document; ``kind`` overrides the guess.

    A table that cannot be of the kind, or of any, becomes a candidate without a kind, all its
    rows set aside.
    """
    return [candidate(table, kind) for table in find_tables(blocks)]


def candidate(table: Table, kind: str = "") -> Candidate:
    """One table as a candidate."""
    found = guess(table, kind)
    if not found.confidence:
        aside = (*table.aside, *(Aside(row.text(), "no-kind", row.line) for row in table.rows))
        return Candidate("", table.title, 0.0, found.columns, (), aside)
    taken = take(table, found)
    return Candidate(
        found.kind,
        table.title,
        found.confidence,
        taken.found.columns,
        tuple(taken.records()),
        (*taken.table.aside, *unread_columns(taken.table, taken.found)),
    )


@dataclass(frozen=True)
class Taken:
    """A table taken for a kind, everything put back in its place, ready to be read row by row."""

    table: Table
    found: Guess
    constants: dict[str, Value]
    said: tuple[tuple[str, str], ...]

    def records(self) -> Iterator[Record]:
        """Its rows, one after the other: a long table is never held twice."""
        return (self.record(row) for row in self.table.rows)

    def record(self, row: Row, *, is_placed: bool = True) -> Record:
        """One row as it is read in this table; with the place of each cell, if it is asked for."""
        return record(self.table, self.found, row, self.constants, self.said, is_placed=is_placed)


def take(table: Table, found: Guess, columns: Mapping[int, str] | None = None) -> Taken:
    """Take a table for the kind of ``found``; ``columns`` are those a person has named."""
    found = corrected(found, columns or {})
    table = understood(table, found)
    # What was put back in its place may tell more about the columns.
    again = replace(guess(table, found.kind), confidence=found.confidence)
    found = corrected(again, columns or {})
    return Taken(table, found, *constants_of(table, found))


def corrected(found: Guess, columns: Mapping[int, str]) -> Guess:
    """A guess with the fields a person named; what he gave to one column no other one has."""
    if not columns:
        return found
    named = {name for name in columns.values() if name}
    return replace(
        found,
        columns=tuple(
            replace(column, field=columns[column.index], confidence=1.0)
            if column.index in columns
            else replace(column, field="" if column.field in named else column.field)
            for column in found.columns
        ),
    )


def understood(table: Table, found: Guess) -> Table:
    """The table with everything put back in its place, ready to be read row by row."""
    words = KINDS[found.kind]
    if not table.header:
        width = max(len(row.cells) for row in table.rows)
        table = replace(table, header=("",) * width)
    table = restore_first_cell(pad_rows(without_signs(table)))
    columns = found.fields
    for name in words.sectioned_by:
        if name in columns and "title" in columns:
            table = unglue_category(table, columns["title"], columns[name])
    for name, at in columns.items():
        if (
            name in words.columns
            and words.columns[name].fills
            and (is_grouped(table, at) or name in words.sectioned_by or at in table.merged)
        ):
            is_sure = name in words.sectioned_by or at in table.merged
            table = fill_down(table, at, is_sure)
    return mark_unlike(table)


def constants_of(
    table: Table, found: Guess
) -> tuple[dict[str, Value], tuple[tuple[str, str], ...]]:
    """What the title and the lines above say for every row, and what is doubtful about that."""
    kind, fields = found.kind, found.fields
    values: dict[str, Value] = {}
    doubts: list[tuple[str, str]] = []
    year, is_own = titles.year_of(table.title, *table.above)
    year_field = {
        "awards": "award_year",
        "laureates": "award_year",
        "indicator-values": "period",
    }.get(kind, "year" if "year" in COLUMNS[kind] else "")
    if year_field and year_field not in fields and year:
        values[year_field] = year
        if not is_own:
            doubts.append((year_field, "from-context"))
    if kind in ("awards", "laureates"):
        lines = (table.title, *table.above)
        names = [name for line in lines if (name := titles.programme_of(line))]
        if names and "programme" not in fields:
            values["programme"] = names[0]
            if not titles.programme_of(table.title):
                doubts.append(("programme", "from-context"))
    elif kind == "roster-entries":
        values["roster"] = titles.roster_of(table.title)
    elif kind == "certifications":
        said, unsure = _certification(table, found)
        values |= {name: value for name, value in said.items() if name not in fields and value}
        doubts += [(name, "inferred") for name in unsure if name in values]
    elif kind == "indicator-values":
        unit = titles.unit_of(table.above)
        if "value" in fields and table.header:
            unit = titles.unit_in_header(table.header[fields["value"]]) or unit
        values |= {"unit": unit} if unit else {}
        values["status"] = "actual"
    return values, tuple(doubts)


def _certification(table: Table, found: Guess) -> tuple[dict[str, Value], list[str]]:
    """Type, level and status of bodies, out of the title and the headers; and which are inferred."""
    headers = [column.header for column in found.columns if column.field in ("platform", "year")]
    platform = next((c.header for c in found.columns if c.field == "platform"), "")
    kind_of_body = titles.type_of(platform) or titles.type_of(table.title)
    status = titles.status_of(table.title, *headers)
    unsure = [] if status else ["status"]
    status = status or titles.STATUS_OF_TYPE.get(kind_of_body, "认定")
    return {"type": kind_of_body, "level": titles.level_of(table.title), "status": status}, unsure


def unread_columns(table: Table, found: Guess) -> list[Aside]:
    """Columns that no field was found for, each with its header and some cells."""
    ignored = KINDS[found.kind].columns_ignored
    return [
        Aside(": ".join(filter(None, (column.header, " ".join(column.samples)))), "column-unread")
        for column in found.columns
        if not column.field and column.samples and plain_header(column.header) not in ignored
    ]


def record(
    table: Table,
    found: Guess,
    row: Row,
    constants: dict[str, Value],
    said: tuple[tuple[str, str], ...],
    *,
    is_placed: bool = True,
) -> Record:
    """One row, field by field, with its doubts and the place of each cell."""
    kind = found.kind
    values: dict[str, Value] = dict(constants)
    names = {column.index: column.field for column in found.columns if column.field}
    doubts = [
        (_shown(names[mark.column]), mark.code) for mark in row.marks if names.get(mark.column)
    ]
    if row.marks:
        chief = chief_field(kind, names)
        doubts += [(chief, mark.code) for mark in row.marks if mark.column == WHOLE_ROW]
    for at, name in names.items():
        cell = row.cells[at]
        if name == "id":
            continue
        if name == "date":
            new, codes = _period(cell, values, table)
        else:
            read = read_field(kind, name, cell)
            new, codes = read.values, list(read.doubts)
        for key, value in new.items():
            if value or key not in values:
                values[key] = list(value) if isinstance(value, list) else value
        doubts += codes
    doubts += _award_doubts(values) if kind == "awards" else []
    doubts += [(name, "missing") for name in REQUIRED[kind] if not values.get(name)]
    doubts += [(name, "unreadable") for name, value in values.items() if UNREADABLE in str(value)]
    doubts += list(said)
    empty: dict[str, Value] = {name: [] if name in LISTS else "" for name in COLUMNS[kind]}
    kept: dict[str, Value] = {name: values.get(name) or empty[name] for name in COLUMNS[kind]}
    at_id = next((at for at, name in names.items() if name == "id"), None)
    named = row.cells[at_id].strip().lower() if at_id is not None else ""
    source = source_of(row, names) if is_placed else {}
    return Record(kept, tuple(dict.fromkeys(doubts)), source, named)


def chief_field(kind: str, names: Mapping[int, str]) -> str:
    """The field that a doubt about a whole row is shown at: what the row is called by."""
    have = set(names.values())
    return _shown(next((name for name in KINDS[kind].needs[0] if name in have), REQUIRED[kind][-1]))


def _shown(name: str) -> str:
    """The field a mark is about: the class, where one cell gives class and grade."""
    return {"award_category": "award_class", "date": "date_from"}.get(name, name)


def _period(
    cell: str, values: dict[str, Value], table: Table
) -> tuple[dict[str, Value], list[tuple[str, str]]]:
    year, is_own = titles.year_of(table.title, *table.above)
    if not cell:
        return {"date_from": "", "date_to": ""}, []
    try:
        first, last, is_sure = read_period(cell, int(year) if year else None)
    except ValueError:
        return {"date_from": cell, "date_to": cell}, [("date_from", "not-a-day")]
    doubts = [] if is_sure else [("date_from", "day-unsure")]
    if year and not is_own and year not in cell:
        doubts.append(("date_from", "from-context"))
    return {"date_from": first, "date_to": last}, doubts


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
