"""Figures printed across: years or indicators as columns, a table on its side. Each becomes a list.

A record of a figure is one indicator of one unit in one year. Offices print many in one row.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from apps.intake.finding.rows import is_header
from apps.intake.grid import WHOLE_ROW, Grid, Mark, Row, Span, Table
from apps.intake.numbers import read_figure
from apps.intake.synonyms import KINDS
from apps.intake.synonyms.headers import (
    OTHER_HEADERS,
    header_fits,
    is_known_header,
    plain_header,
)
from apps.intake.synonyms.words import NUMBER_HEADERS
from apps.intake.titles import unit_in_header, year_in_header

TURNED = "turned"
"""The mark of a row that was a column: its place in the source is another."""
PLACE, NAME, UNIT, YEAR, VALUE = "地区", "指标名称", "计量单位", "年份", "数值"
DISTRICT = re.compile(r"\S{1,8}(?:[区县市]|新区|园区|开发区)|市本级|市直|全市|合计|总计")
MOST = 0.8
FEWEST = 2
FIGURES = KINDS["indicator-values"].columns
ASIDE = {plain_header(head) for head in (*NUMBER_HEADERS, *OTHER_HEADERS)}
"""Columns that say nothing of a figure."""
GENERAL = re.compile(r".{0,4}情况|主要指标|指标|其中|项目")
"""Words over several columns that are no part of an indicator's name."""


@dataclass(frozen=True)
class Plan:
    """Which columns of a table say what each row is about, and which hold its figures."""

    kept: dict[str, int]
    figures: tuple[int, ...]
    are_years: bool


def as_list(table: Table) -> Table:
    """A table with a column for each year, or for each indicator, as one row a figure."""
    plan = plan_of(table)
    if plan is None:
        return table
    unit = [] if UNIT in plan.kept else [UNIT]
    header = (*plan.kept, *([*unit, YEAR] if plan.are_years else [NAME, *unit]), VALUE)
    rows = tuple(long for row in table.rows for long in _long(table, plan, row))
    return replace(table, header=header, rows=rows, merged=frozenset())


def plan_of(table: Table) -> Plan | None:
    """How a table is to be read as a list of figures; None where it is one already, or of others."""
    if len(table.header) < FEWEST + 1 or not table.rows:
        return None
    heads = {
        at: head
        for at, head in enumerate(table.header)
        if head and plain_header(head).rpartition("/")[2] not in ASIDE
    }
    years = tuple(at for at, head in heads.items() if year_in_header(head))
    if len({year_in_header(heads[at]) for at in years}) >= FEWEST:
        kept = {
            name: at
            for at, head in heads.items()
            for name, field in ((NAME, "indicator"), (UNIT, "unit"), (PLACE, "reporting_unit"))
            if at not in years and header_fits(head, FIGURES[field]) == 1.0
        }
        if NAME in kept and len(kept) + len(years) == len(heads):
            return Plan(kept, years, True) if _all_figures(table, years) else None
        return None
    places = [
        at
        for at, head in heads.items()
        if header_fits(head, FIGURES["reporting_unit"]) == 1.0 and _are_districts(table, at)
    ]
    others = [at for at in heads if at not in places]
    if len(places) != 1 or len(others) < FEWEST or not _all_figures(table, others):
        return None
    return Plan({PLACE: places[0]}, tuple(others), False)


def _column(table: Table, at: int) -> list[str]:
    """The cells of a column that are not blank; rows are not of one length yet."""
    return [row.cells[at] for row in table.rows if at < len(row.cells) and row.cells[at]]


def _are_districts(table: Table, at: int) -> bool:
    cells = _column(table, at)
    return sum(1 for cell in cells if DISTRICT.fullmatch(cell)) >= max(len(cells) * MOST, 1)


def _all_figures(table: Table, columns: tuple[int, ...] | list[int]) -> bool:
    """Whether nearly every cell of each column is a figure, or a sign for none."""
    for at in columns:
        cells = _column(table, at)
        told = sum(1 for cell in cells if read_figure(cell).code in ("", "blank-sign"))
        if not cells or told < len(cells) * MOST:
            return False
    return True


def _long(table: Table, plan: Plan, row: Row) -> Iterator[Row]:
    """The rows of one printed row: one a figure, each with the doubts that are about it."""
    kept = [row.cells[at] if at < len(row.cells) else "" for at in plan.kept.values()]
    old = {at: new for new, at in enumerate(plan.kept.values())}
    for at in plan.figures:
        head, cell = table.header[at], row.cells[at] if at < len(row.cells) else ""
        unit = unit_in_header(head) or unit_in_header(head.partition("/")[0])
        told = [] if UNIT in plan.kept else [unit]
        told = [*told, year_in_header(head)] if plan.are_years else [_bare(head), *told]
        new = {**old, at: len(kept) + len(told)}
        marks = tuple(
            Mark(new.get(mark.column, WHOLE_ROW), mark.code)
            for mark in row.marks
            if mark.column == WHOLE_ROW or mark.column in new
        )
        yield replace(row, cells=(*kept, *told, cell), marks=marks)


def _bare(head: str) -> str:
    """An indicator by its header: without its unit, its levels one behind the other."""
    levels = [re.sub(r"[（(][^（()）]*[)）]$", "", level) for level in head.split("/")]
    told = [level for level in levels if not GENERAL.fullmatch(level)]
    return "".join(told or levels[-1:])


def upright(grid: Grid) -> Grid:
    """A grid whose headers run down the first column, turned; each row is marked."""
    top = 0
    while top < len(grid.rows) and len(grid.rows[top].printed()) == 1:
        top += 1
    rows = grid.rows[top:]
    if not lies(rows):
        return grid
    width = max(len(row.cells) for row in rows)
    turned = [
        Row(
            rows[0].line + at,
            tuple(row.cells[at] if at < len(row.cells) else "" for row in rows),
            ((Mark(WHOLE_ROW, TURNED),) if at else ())
            + tuple(
                Mark(number, mark.code)
                for number, row in enumerate(rows)
                for mark in row.marks
                if mark.column == at
            ),
            rows[0].place,
        )
        for at in range(width)
    ]
    spans = [
        Span(span.column + top, span.row - top, span.width, span.height)
        for span in grid.spans
        if span.row >= top
    ]
    return replace(grid, rows=(*grid.rows[:top], *turned), spans=tuple(spans))


def lies(rows: tuple[Row, ...]) -> bool:
    """Whether each row begins with a header's word, and the first row is no header.

    Units, of which a row may hold nothing else, are headers' words too.
    """
    if len(rows) < FEWEST or max(len(row.cells) for row in rows) < FEWEST + 1:
        return False
    first = [row.cells[0] if row.cells else "" for row in rows]
    return all(map(is_known_header, first)) and not is_header(rows[0])
