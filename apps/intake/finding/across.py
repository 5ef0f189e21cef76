"""Figures printed across: years, indicators or districts as columns. Each becomes a list.

A record of a figure is one indicator of one unit in one year. Offices print many in one row, and
say in the header, on one level or several, what the rows do not say.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice

from apps.intake.grid import WHOLE_ROW, Aside, Mark, Row, Table
from apps.intake.numbers import read_figure
from apps.intake.synonyms import KINDS
from apps.intake.synonyms.headers import OTHER_HEADERS, header_fits, plain_header
from apps.intake.synonyms.words import DISTRICT, NUMBER_HEADERS
from apps.intake.titles import (
    A_PLACE,
    YEAR,
    indicator_of,
    plain,
    unit_in_header,
    year_in_header,
    year_of,
)

PLACE, NAME, UNIT, PERIOD, VALUE = "地区", "指标名称", "计量单位", "年份", "数值"
STATUS = "状态"
TARGET = re.compile(r"(?:目标|任务|计划)[数值]?$")
"""The end of an indicator's name that says that its figures have yet to come true."""
ALONG = ("comparison", "rank")
"""Fields that stand beside a figure and belong to it."""
A_TOTAL = re.compile(r"合计|总计|小计")
OF_A_YEAR = re.compile(r"((?:19|20)\d\d)年度?(\S+)")
THIS_YEAR = re.compile(r"(?:本年|本期|当年|今年)(?:度|累计|实际|实绩|完成|数|值)*")
LAST_YEAR = re.compile(r"(?:上年|去年)(?:同期|度|累计|实际|实绩|完成|数|值)*")
PART_OF_YEAR = re.compile(
    r"(?:第?[一二三四1-4]季度|[上下]半年|前[一二三]季度|(?:\d{1,2}月?[-—–~～至])?\d{1,2}月份?|全年)(?:累计)?"
)
MOST = 0.8
FEWEST = 2
SAMPLE = 100
FIGURES = KINDS["indicator-values"].columns
ASIDE = {plain_header(head) for head in (*NUMBER_HEADERS, *OTHER_HEADERS)}
"""Columns that say nothing of a figure."""
GENERAL = re.compile(r".{0,4}情况|主要指标|指标|其中|项目|数量|总数")
"""Words over several columns that are no part of an indicator's name."""


@dataclass(frozen=True)
class Head:
    """What the header of a column says of its figures; blank for what it does not.

    ``role`` is blank for the figures themselves, or the field that comes along with them.
    """

    at: int
    name: str = ""
    unit: str = ""
    year: str = ""
    place: str = ""
    role: str = ""


@dataclass(frozen=True)
class Plan:
    """Which columns say what a row is about, which hold its figures, and what comes along with one."""

    kept: dict[str, int]
    figures: tuple[Head, ...]
    along: dict[int, tuple[Head, ...]]
    """By the column of a figure what comes along with it."""
    totals: tuple[int, ...] = ()
    unread: tuple[int, ...] = ()
    """Columns that come along with nobody knows what."""
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
        (STATUS, any(TARGET.search(each.name) for each in plan.figures)),
    ):
        if is_told and head not in heads:
            heads.append(head)
    along = {each.role: _role_head(table.header[each.at]) for each in chain(*plan.along.values())}
    header = (*heads, VALUE, *along.values())
    rows = tuple(long for row in table.rows for long in _long(plan, header, list(along), row))
    aside = tuple(
        Aside(f"{table.header[at]}: {row.cells[at]}", code, row.line)
        for row in table.rows
        for columns, code in ((plan.totals, "total"), (plan.unread, "column-unread"))
        for at in columns
        if at < len(row.cells) and row.cells[at]
    )
    return replace(
        table, header=header, rows=rows, merged=frozenset(), aside=(*table.aside, *aside)
    )


def plan_of(table: Table) -> Plan | None:
    """How a table is to be read as a list of figures; None where it is one already, or of others."""
    if len(table.header) < FEWEST or not table.rows:
        return None
    columns = {
        at: head
        for at, head in enumerate(table.header)
        if plain_header(head).rpartition("/")[2] not in ASIDE and (head or _are_places(table, at))
    }
    kept = _kept(table, columns)
    told = {at: head for at, head in columns.items() if at not in kept.values()}
    totals = tuple(at for at, head in told.items() if A_TOTAL.fullmatch(plain_header(head)))
    this_year = year_of(table.title)[0]
    heads = [_head(at, head, this_year) for at, head in told.items() if at not in totals]
    figures = tuple(_of_part(each, this_year) for each in heads if not each.role)
    said = {(each.name, each.year, each.place) for each in figures}
    if not 0 < len(figures) == len(said) or not _all_figures(table, [each.at for each in figures]):
        return None
    if totals and not all(each.place for each in figures):
        return None
    along: dict[int, tuple[Head, ...]] = {}
    unread = []
    for each in heads:
        if each.role:
            found = _belongs_to(each, figures, this_year)
            if found is None:
                unread.append(each.at)
            else:
                along[found.at] = (*along.get(found.at, ()), each)
    is_alone = len(figures) < FEWEST and not (figures[0].name and (figures[0].unit or along))
    plan = Plan(kept, figures, along, totals, tuple(unread))
    return None if is_alone else _told(table, plan)


def _of_part(head: Head, this_year: str) -> Head:
    """A head that only names a part of the title's year, as the time its figures are of."""
    if head.year or not this_year or not PART_OF_YEAR.fullmatch(head.name):
        return head
    part = "" if head.name.startswith("全年") else f"年{head.name}"
    return replace(head, name="", year=f"{this_year}{part}")


def _belongs_to(head: Head, figures: tuple[Head, ...], this_year: str) -> Head | None:
    """The one figure that a growth or a rank belongs to: of the newest year where it names none."""
    years = {each.year for each in figures}
    newest = this_year if this_year in years else max(years)
    found = [
        each
        for each in figures
        if head.name in ("", each.name)
        and head.place in ("", each.place)
        and each.year == (head.year or newest)
    ]
    return found[0] if len(found) == 1 else None


def _told(table: Table, plan: Plan) -> Plan | None:
    """The plan, if each figure is told by its row, its header or the title what it is of."""
    figures, kept = plan.figures, plan.kept
    is_named = [bool(each.name) for each in figures]
    if NAME in kept:
        return plan if not any(is_named) and len(figures) >= FEWEST else None
    if not {PLACE, PERIOD} & kept.keys() or UNIT in kept:
        return None
    title = indicator_of(table.title)
    if all(is_named):
        if not (title and unit_in_header(table.title)) or any(each.unit for each in figures):
            return plan
        # A title with a unit is of one indicator, and the heads only divide it: 新认定, 有效.
        whole = tuple(replace(each, name=f"{title}{each.name}") for each in figures)
        return replace(plan, figures=whole, title=title)
    is_told = not any(is_named) and (
        all(each.year for each in figures) if PLACE in kept else all(each.place for each in figures)
    )
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
            not head
            or at == min(heads)
            or _fits(head, "reporting_unit")
            or header_fits(head, DISTRICT)
        ) and _are_places(table, at):
            # What a list begins with are its places, whatever they are called: 辖市区, 区别.
            found.setdefault(PLACE, at)
        elif _fits(head, "period") and _are_years(table, at):
            found.setdefault(PERIOD, at)
    return found


def _fits(head: str, name: str) -> bool:
    return header_fits(head, FIGURES[name]) == 1.0


def _last(head: str) -> str:
    return head.rpartition("/")[2]


def _role_head(head: str) -> str:
    """The header of what comes along with a figure, without the year that the figure has: 2022年增长."""
    return re.sub(r"^(?:19|20)\d\d年度?(?=\S)", "", plain(_last(head)))


def _role(level: str) -> str:
    return next((name for name in ALONG if header_fits(level, FIGURES[name])), "")


def _head(at: int, text: str, this_year: str) -> Head:
    """What the header of a column says, one level after the other."""
    unit, year, place, role, names = "", "", "", "", []
    for level in text.split("/"):
        bare = re.sub(r"[（(][^（()）]*[)）]$", "", level)
        unit = unit_in_header(level) or unit
        if found := year_in_header(level):
            year = found
            continue
        if of_year := OF_A_YEAR.fullmatch(plain(bare)):
            year, bare = of_year.groups()
        if this_year and THIS_YEAR.fullmatch(bare):
            year = this_year
        elif this_year and LAST_YEAR.fullmatch(bare):
            year = str(int(this_year) - 1)
        elif found := _role(bare):
            role = found
        elif A_PLACE.fullmatch(bare):
            place = bare
        else:
            names.append(bare)
    is_said = bool(year or place or role)
    others = [name for name in names if not GENERAL.fullmatch(name)]
    own = [name for name in others if not _fits(name, "value")]
    told = own or ([] if is_said else others or names[-1:])
    return Head(at, "".join(told), unit, year, place, role)


def _are_places(table: Table, at: int) -> bool:
    return _nearly_all(
        table, at, lambda cell: bool(A_PLACE.fullmatch(cell) or A_TOTAL.fullmatch(cell))
    )


def _are_years(table: Table, at: int) -> bool:
    return _nearly_all(table, at, lambda cell: YEAR.fullmatch(plain(cell)) is not None)


def _all_figures(table: Table, columns: list[int]) -> bool:
    """Whether nearly every cell of each column is a figure, or a sign for none."""
    return all(
        _nearly_all(table, at, lambda cell: read_figure(cell).code in ("", "blank-sign"))
        for at in columns
    )


def _nearly_all(table: Table, at: int, test: Callable[[str], bool]) -> bool:
    """Whether the first cells of a column that are not blank pass a test, nearly all of them.

    They tell as well as all: figures, places and years are printed all down a column.
    """
    cells = (row.cells[at] for row in table.rows if at < len(row.cells) and row.cells[at])
    told = [test(cell) for cell in islice(cells, SAMPLE)]
    return sum(told) >= max(len(told) * MOST, 1)


def _long(plan: Plan, header: tuple[str, ...], roles: list[str], row: Row) -> Iterator[Row]:
    """The rows of one printed row: one a figure, each with the doubts that are about it."""

    def cell(at: int) -> str:
        return row.cells[at] if at < len(row.cells) else ""

    first_role = len(header) - len(roles)
    for figure in plan.figures:
        told = {NAME: figure.name or plan.title, UNIT: figure.unit}
        told |= {PERIOD: figure.year, PLACE: figure.place, VALUE: cell(figure.at)}
        told[STATUS] = "target" if TARGET.search(figure.name) else "actual"
        # What the row itself says is nearer than what stands over its column.
        told |= {head: cell(at) for head, at in plan.kept.items() if cell(at) or not told[head]}
        cells = [told.get(head, "") for head in header]
        places = {at: header.index(head) for head, at in plan.kept.items()}
        places[figure.at] = header.index(VALUE)
        for each in plan.along.get(figure.at, ()):
            places[each.at] = first_role + roles.index(each.role)
            cells[places[each.at]] = cell(each.at)
        marks = [
            Mark(places.get(mark.column, WHOLE_ROW), mark.code)
            for mark in row.marks
            if mark.column == WHOLE_ROW or mark.column in places
        ]
        if told[STATUS] == "target":
            marks.append(Mark(header.index(STATUS), "inferred"))
        if plan.title:
            marks.append(Mark(header.index(NAME), "inferred"))
        yield replace(row, cells=tuple(cells), marks=tuple(marks))
