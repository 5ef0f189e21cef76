"""From a document to candidates: one a table, with its kind, its rows, its doubts, its source.

A candidate is only a proposal: nothing here writes anything. The pipeline is the list of small
functions in ``understood`` and ``records``, each tested by itself.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from apps.intake import titles
from apps.intake.columns import COLUMNS
from apps.intake.fields import Value
from apps.intake.finding.rows import printed_number
from apps.intake.finding.titles import stands_apart
from apps.intake.grid import WHOLE_ROW, Aside, Block, Row, Table
from apps.intake.mapping import ColumnGuess, Guess, guess
from apps.intake.own import heads
from apps.intake.own.tables import tables_of
from apps.intake.parted_lists import with_whole_lists
from apps.intake.records import Record, RowReader
from apps.intake.repair import (
    fill_down,
    is_grouped,
    mark_unlike,
    pad_rows,
    restore_first_cell,
    unglue_category,
)
from apps.intake.signs import without_signs
from apps.intake.synonyms import KINDS
from apps.intake.synonyms.headers import plain_header


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
    return [candidate(table, kind) for table in tables_of(blocks)]


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
    is_steady: bool = False
    """Whether the columns meant the same before anything was put back in its place."""

    def records(self) -> Iterator[Record]:
        """Its rows, one after the other: a long table is never held twice."""
        return (self.record(row) for row in self.table.rows)

    def record(self, row: Row) -> Record:
        """One row as it is read in this table, with the place of each cell."""
        return self.reader.record(row)

    @cached_property
    def reader(self) -> RowReader:
        """What reads its rows."""
        return RowReader(self.table, self.found, self.constants, self.said)


def take(table: Table, found: Guess, columns: Mapping[int, str] | None = None) -> Taken:
    """Take a table for the kind of ``found``; ``columns`` are those a person has named."""
    if heads.is_own(table.header, found.kind):
        # Nothing of it is put right, and its title says nothing of its rows.
        return Taken(pad_rows(table), corrected(found, columns or {}), {}, (), is_steady=True)
    whole = with_whole_lists(table, found.kind, columns or ())
    if whole is not table:
        table, found = whole, replace(guess(whole, found.kind), confidence=found.confidence)
    found = corrected(found, columns or {})
    first = found.fields
    table = understood(table, found)
    # What was put back in its place may tell more about the columns.
    again = replace(guess(table, found.kind), confidence=found.confidence)
    found = corrected(again, columns or {})
    table = with_columns_twice(table, found)
    return Taken(table, found, *constants_of(table, found), is_steady=first == found.fields)


def with_columns_twice(table: Table, found: Guess) -> Table:
    """Rows marked that hold something in a column nobody reads, headed as one that is read."""
    read = {plain_header(column.header) for column in found.columns if column.field} - {""}
    twice = [
        column.index
        for column in found.columns
        if not column.field and column.samples and plain_header(column.header) in read
    ]
    if not twice:
        return table
    return table.map_rows(
        lambda row: (
            row.marked(WHOLE_ROW, "column-twice") if any(row.cells[at] for at in twice) else row
        )
    )


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
    if heads.is_own(table.header, kind):
        return values, ()
    doubts: list[tuple[str, str]] = []
    year, is_own = titles.year_of(table.title, *table.above)
    is_apart = bool(table.title) and stands_apart(table.above)
    is_own = is_own and not is_apart
    place = next((name for name in ("district", "reporting_unit") if name in COLUMNS[kind]), "")
    told = next(filter(titles.A_PLACE.fullmatch, table.above), "")
    if place and place not in fields and told:
        values[place] = told
        doubts.append((place, "from-context"))
    year_field = {
        "awards": "award_year",
        "laureates": "award_year",
        "indicator-values": "period",
    }.get(kind, "year" if "year" in COLUMNS[kind] else "")
    if year_field and year_field not in fields and year:
        values[year_field] = year
        if not is_own:
            doubts.append((year_field, "from-context"))
    district = titles.district_of(table.title)
    if district and "district" in COLUMNS[kind] and "district" not in fields:
        values["district"] = district
        doubts.append(("district", "from-context"))
    if kind in ("awards", "laureates"):
        lines = (table.title, *table.above)
        names = [name for line in lines if (name := titles.programme_of(line))]
        if names and "programme" not in fields:
            values["programme"] = names[0]
            if is_apart or not titles.programme_of(table.title):
                doubts.append(("programme", "from-context"))
        elif kind == "laureates" and "programme" not in fields:
            values["programme"] = titles.honour_of(table.title)
            doubts += [("programme", "inferred")] if values["programme"] else []
    elif kind == "roster-entries":
        values["roster"] = titles.roster_of(table.title)
        doubts += [("roster", "from-context")] if is_apart else []
    elif kind == "certifications":
        said, unsure = _certification(table, found)
        values |= {name: value for name, value in said.items() if name not in fields and value}
        unsure += ["type", "level"] if is_apart else []
        doubts += [(name, "inferred") for name in dict.fromkeys(unsure) if name in values]
    elif kind == "indicator-values":
        unit = titles.unit_of(table.above) or titles.unit_in_header(table.title)
        if titles.is_of_part_of_year(table.title):
            doubts.append(("period", "part-of-year"))
        if "value" in fields and table.header:
            head = table.header[fields["value"]]
            unit = titles.unit_in_header(head) or unit
            if "period" not in fields and (own := titles.year_in_header(head)):
                values["period"] = own
                doubts = [doubt for doubt in doubts if doubt[1] != "from-context"]
        values |= {"unit": unit} if unit else {}
        values["status"] = "actual"
    return values, tuple(doubts)


def _certification(table: Table, found: Guess) -> tuple[dict[str, Value], list[str]]:
    """Type, level and status of bodies, out of the title and the headers; and which are inferred."""
    headers = [column.header for column in found.columns if column.field in ("platform", "year")]
    platform = next((c.header for c in found.columns if c.field == "platform"), "")
    of_head, of_title = titles.type_of(platform), titles.type_of(table.title)
    # The title may say more closely what the header calls a laboratory.
    is_closer = of_title.endswith(of_head) or (of_title and of_head in titles.ANY_TYPE)
    kind_of_body = of_title if is_closer else of_head
    names = [row.cells[found.fields["platform"]] for row in table.rows]
    kind_of_body = titles.type_in_full(kind_of_body, table.title, names)
    status = titles.status_of(table.title, *headers)
    unsure = [] if status else ["status"]
    level = titles.level_of(table.title)
    if not kind_of_body:
        # The heading of the page, before a paragraph, is none of the table; it may say what it is of.
        heading = next(filter(titles.type_of, table.above), "")
        kind_of_body, level = titles.type_of(heading), level or titles.level_of(heading)
        unsure.append("type")
    if kind_of_body in titles.ANY_TYPE:
        # The names may say what the bodies are; the word for any says it of none.
        kind_of_body = titles.type_of_all(names) or kind_of_body
        unsure.append("type")
    if not (level and titles.LEVEL_SAID.search(table.title)):
        # A city's list is of its own level as a rule, and may be of all that it has.
        unsure.append("level")
    status = status or titles.STATUS_OF_TYPE.get(kind_of_body, "认定")
    return {"type": kind_of_body, "level": level, "status": status}, unsure


RUNNING = re.compile(r"[（(第]?(?:\d+|[一二三四五六七八九十百]+|[①-⑳])[)）名]?[.、．:：]?")


def is_running(text: str) -> bool:
    """Whether a cell is a running number and no code: 12, (3), 七, ①; not 2016-J-01."""
    return printed_number(text) is not None or RUNNING.fullmatch(text) is not None


def unread_columns(table: Table, found: Guess) -> list[Aside]:
    """Columns that no field was found for, each with its header and some cells.

    Running numbers say nothing; what else stands under 编号 is a number of the row's own.
    """
    ignored = KINDS[found.kind].columns_ignored
    return [
        Aside(": ".join(filter(None, (column.header, " ".join(column.samples)))), "column-unread")
        for column in found.columns
        if not column.field
        and column.samples
        and not (plain_header(column.header) in ignored and all(map(is_running, column.samples)))
    ]
