"""Figures printed across: years, indicators or districts as columns. Each becomes a list.

A record of a figure is one indicator of one unit in one year. Offices print many in one row, and
say in the header, on one level or several, what the rows do not say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from apps.intake.grid import WHOLE_ROW, Aside, Mark, Row, Table
from apps.intake.numbers import read_figure
from apps.intake.synonyms import KINDS
from apps.intake.synonyms.headers import OTHER_HEADERS, header_fits, plain_header
from apps.intake.synonyms.words import DISTRICT, NUMBER_HEADERS
from apps.intake.titles import YEAR, indicator_of, plain, unit_in_header, year_in_header, year_of

PLACE, NAME, UNIT, PERIOD, VALUE = "地区", "指标名称", "计量单位", "年份", "数值"
ALONG = ("comparison", "rank")
"""Fields that stand beside the figure of one year and belong to it."""
A_PLACE = re.compile(r"\S{1,8}(?:[区县市]|新区|园区|开发区)|市本级|市直|全市")
A_TOTAL = re.compile(r"合计|总计|小计")
MOST = 0.8
FEWEST = 2
FIGURES = KINDS["indicator-values"].columns
ASIDE = {plain_header(head) for head in (*NUMBER_HEADERS, *OTHER_HEADERS)}
"""Columns that say nothing of a figure."""
GENERAL = re.compile(r".{0,4}情况|主要指标|指标|其中|项目|数量|总数")
"""Words over several columns that are no part of an indicator's name."""


@dataclass(frozen=True)
class Figure:
    """A column of figures: what its header says of each; blank for what it does not."""

    at: int
    name: str = ""
    unit: str = ""
    year: str = ""
    place: str = ""


@dataclass(frozen=True)
class Plan:
    """Which columns say what a row is about, which hold its figures, and what comes along with one."""

    kept: dict[str, int]
    figures: tuple[Figure, ...]
    along: tuple[tuple[int, frozenset[int]], ...] = ()
    """Columns beside the figures, and the columns of those each belongs to."""
    totals: tuple[int, ...] = ()
    title: str = ""
    """The indicator where only the table's title names it."""


def as_list(table: Table) -> Table:
    """A table with its figures across as one row a figure; any other as it is."""
    plan = plan_of(table)
    if plan is None:
        return table
    heads = list(plan.kept)
    for head, is_told in (
        (NAME, True),
        (UNIT, True),
        (PERIOD, any(each.year for each in plan.figures)),
        (PLACE, any(each.place for each in plan.figures)),
    ):
        if is_told and head not in heads:
            heads.append(head)
    along = dict.fromkeys(_last(table.header[at]) for at, _year in plan.along)
    header = (*heads, VALUE, *along)
    rows = tuple(long for row in table.rows for long in _long(table, plan, header, row))
    aside = tuple(
        Aside(f"{table.header[at]}: {row.cells[at]}", "total", row.line)
        for row in table.rows
        for at in plan.totals
        if at < len(row.cells) and row.cells[at]
    )
    return replace(
        table, header=header, rows=rows, merged=frozenset(), aside=(*table.aside, *aside)
    )


def plan_of(table: Table) -> Plan | None:
    """How a table is to be read as a list of figures; None where it is one already, or of others."""
    if len(table.header) < FEWEST + 1 or not table.rows:
        return None
    heads = {
        at: head
        for at, head in enumerate(table.header)
        if plain_header(head).rpartition("/")[2] not in ASIDE and (head or _are_places(table, at))
    }
    kept = _kept(table, heads)
    told = {at: head for at, head in heads.items() if at not in kept.values()}
    along = {at: head for at, head in told.items() if _comes_along(head)}
    totals = tuple(at for at, head in told.items() if A_TOTAL.fullmatch(plain_header(head)))
    columns = [at for at in told if at not in along and at not in totals]
    figures = tuple(_figure(at, table.header[at]) for at in columns)
    said = {(each.name, each.year, each.place) for each in figures}
    if not FEWEST <= len(figures) == len(said) or not _all_figures(table, columns):
        return None
    plan = Plan(kept, figures, totals=totals)
    years = {each.year for each in figures}
    if along:
        newest = year_of(table.title)[0]
        newest = newest if newest in years else max(years)
        owners = {at: _owners(table, figures, head, newest) for at, head in along.items()}
        if not all(owners.values()):
            return None
        plan = replace(plan, along=tuple(owners.items()))
    if totals and not all(each.place for each in figures):
        return None
    return _told(table, plan)


def _told(table: Table, plan: Plan) -> Plan | None:
    """The plan, if each figure is told by its row, its header or the title what it is of."""
    figures, kept = plan.figures, plan.kept
    is_named = [bool(each.name) for each in figures]
    if NAME in kept:
        said = {(each.year, each.place) for each in figures}
        return plan if not any(is_named) and len(said) == len(figures) else None
    if not {PLACE, PERIOD} & kept.keys() or UNIT in kept:
        return None
    if all(is_named):
        return plan
    title = indicator_of(table.title)
    is_told = PLACE in kept and all(each.year for each in figures) and not any(is_named)
    return replace(plan, title=title) if is_told and title else None


def _kept(table: Table, heads: dict[int, str]) -> dict[str, int]:
    """The columns that say what each row is about, by what they say."""
    found: dict[str, int] = {}
    for at, head in heads.items():
        if _fits(head, "indicator") and not _all_figures(table, [at]):
            found.setdefault(NAME, at)
        elif _fits(head, "unit"):
            found.setdefault(UNIT, at)
        elif (
            not head or _fits(head, "reporting_unit") or header_fits(head, DISTRICT)
        ) and _are_places(table, at):
            found.setdefault(PLACE, at)
        elif _fits(head, "period") and _are_years(table, at):
            found.setdefault(PERIOD, at)
    return found


def _fits(head: str, name: str) -> bool:
    return header_fits(head, FIGURES[name]) == 1.0


def _last(head: str) -> str:
    return head.rpartition("/")[2]


def _comes_along(head: str) -> bool:
    return any(header_fits(_last(head), FIGURES[name]) for name in ALONG)


def _owners(table: Table, figures: tuple[Figure, ...], head: str, newest: str) -> frozenset[int]:
    """The columns of the figures that a growth belongs to: those of its year, or of the newest; else
    the one that stands beside it under the same words. None where that is not sure."""
    if all(each.year for each in figures):
        year = _year(head) or newest
        return frozenset(each.at for each in figures if each.year == year)
    group = head.rpartition("/")[0]
    beside = [each.at for each in figures if table.header[each.at].rpartition("/")[0] == group]
    return frozenset(beside) if group and len(beside) == 1 else frozenset()


def _year(head: str) -> str:
    """The year that any level of a header names."""
    return next(filter(None, map(year_in_header, head.split("/"))), "")


def _figure(at: int, head: str) -> Figure:
    """What the header of a column says of its figures, one level after the other."""
    unit, year, place, names = "", "", "", []
    for level in head.split("/"):
        bare = re.sub(r"[（(][^（()）]*[)）]$", "", level)
        unit = unit_in_header(level) or unit
        if found := year_in_header(level):
            year = found
        elif A_PLACE.fullmatch(bare):
            place = bare
        else:
            names.append(bare)
    is_said = bool(year or place)
    told = [
        name
        for name in names
        if not GENERAL.fullmatch(name) and not (is_said and _fits(name, "value"))
    ]
    return Figure(at, "".join(told or ([] if is_said else names[-1:])), unit, year, place)


def _column(table: Table, at: int) -> list[str]:
    """The cells of a column that are not blank; rows are not of one length yet."""
    return [row.cells[at] for row in table.rows if at < len(row.cells) and row.cells[at]]


def _are_places(table: Table, at: int) -> bool:
    cells = _column(table, at)
    told = sum(1 for cell in cells if A_PLACE.fullmatch(cell) or A_TOTAL.fullmatch(cell))
    return told >= max(len(cells) * MOST, 1)


def _are_years(table: Table, at: int) -> bool:
    cells = _column(table, at)
    return bool(cells) and all(YEAR.fullmatch(plain(cell)) for cell in cells)


def _all_figures(table: Table, columns: list[int]) -> bool:
    """Whether nearly every cell of each column is a figure, or a sign for none."""
    for at in columns:
        cells = _column(table, at)
        told = sum(1 for cell in cells if read_figure(cell).code in ("", "blank-sign"))
        if not cells or told < len(cells) * MOST:
            return False
    return True


def _long(table: Table, plan: Plan, header: tuple[str, ...], row: Row) -> Iterator[Row]:
    """The rows of one printed row: one a figure, each with the doubts that are about it."""

    def cell(at: int) -> str:
        return row.cells[at] if at < len(row.cells) else ""

    of_rows = {head: cell(at) for head, at in plan.kept.items()}
    for figure in plan.figures:
        told = {NAME: figure.name or plan.title, UNIT: figure.unit}
        told |= {PERIOD: figure.year, PLACE: figure.place, VALUE: cell(figure.at)}
        along = [(at, _last(table.header[at])) for at, owners in plan.along if figure.at in owners]
        told |= {head: cell(at) for at, head in along}
        # What the row itself says is nearer; a unit in the header of a single column is nearer still.
        told |= {head: text for head, text in of_rows.items() if text or not told.get(head)}
        places = {at: header.index(head) for head, at in plan.kept.items()}
        places |= {figure.at: header.index(VALUE)}
        places |= {at: header.index(head) for at, head in along}
        marks = [
            Mark(places.get(mark.column, WHOLE_ROW), mark.code)
            for mark in row.marks
            if mark.column == WHOLE_ROW or mark.column in places
        ]
        if plan.title:
            marks.append(Mark(header.index(NAME), "inferred"))
        cells = tuple(told.get(head, "") for head in header)
        yield replace(row, cells=cells, marks=tuple(marks))
