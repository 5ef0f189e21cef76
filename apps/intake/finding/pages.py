"""A table that goes on over pages: whether it does, and both parts in one."""

from dataclasses import replace

from apps.intake import repair
from apps.intake.finding.checks import number_column
from apps.intake.finding.headings import LINE_BETWEEN
from apps.intake.finding.rows import LIST_TITLE, is_section, printed_number
from apps.intake.finding.titles import bare_title, is_furniture, title_of
from apps.intake.grid import WHOLE_ROW, Aside, Row, Table
from apps.intake.titles import A_PLACE, year_of

TITLE_UNSURE = "title-unsure"


def continues(first: Table, second: Table) -> bool:
    """Whether ``second`` is the next page of ``first``.

    Either header and title are repeated (the title may be missing or say 续), or there is
    neither title nor header: then the width is the same, and numbers, where there are, run on.
    """
    if _is_of_another_sheet(first, second):
        return False
    title = bare_title(second.title)
    is_running_head = _is_running_head(first, second)
    is_same = is_running_head or title in ("", bare_title(first.title))
    if second.header and second.header == first.header:
        return is_same and ((bool(title) and not is_running_head) or _numbers_allow(first, second))
    width = max(len(row.cells) for row in second.rows)
    if second.header or width > first.width:
        return False
    if is_same:
        return _numbers_allow(first, second)
    return _numbers_go_on(first, second) or _looks_alike(first, second)


def _is_of_another_sheet(first: Table, second: Table) -> bool:
    """Whether two tables stand on sheets that are called by different years or places."""
    before, now = (each.rows[-1].place.sheet if each.rows else "" for each in (first, second))
    return before != now and all(
        year_of(name)[0] or A_PLACE.fullmatch(name) for name in (before, now)
    )


def _is_running_head(first: Table, second: Table) -> bool:
    """Whether the line above ``second`` stood above the title of ``first`` as well, or stands below
    a heading."""
    title = bare_title(second.title)
    return title != bare_title(first.title) and (
        title in map(bare_title, first.above)
        or (is_section(second.rows[0]) and LIST_TITLE.search(title) is None)
    )


def _looks_alike(first: Table, second: Table) -> bool:
    """Whether rows without numbers, or with numbers that go on or begin again, look like the page's
    before, below a line that is no title of a list."""
    at = number_column(first)
    if LIST_TITLE.search(second.title):
        return False
    if at is not None:
        following = (_last_number(first, at) or 0) + 1
        if printed_number(_cell(_full(second)[0], at)) not in (1, following):
            return False
    width = max(len(row.cells) for row in second.rows)
    before, now = (repair.profile(list(each.rows), width) for each in (first, second))
    same = sum(map(str.__eq__, before, now))
    return width == first.width and same * 4 >= width * 3


def copied(first: Table, second: Table) -> bool:
    """Whether ``second`` is ``first`` once more, or a page of it: same title and header, same rows.

    One row alone is a copy only where it has the same running number.
    """
    if _is_of_another_sheet(first, second):
        return False
    if bare_title(second.title) not in ("", bare_title(first.title)) and (
        LIST_TITLE.search(second.title) is not None
    ):
        return False
    if second.header not in ((), first.header):
        return False
    if len(second.rows) < 2 and number_column(first) is None:
        return False
    begin = second.rows[0].cells
    if not any(row.cells == begin for row in first.rows):
        return False
    had = {row.cells for row in first.rows}
    return all(row.cells in had for row in second.rows)


def with_doubts_of_page(first: Table, second: Table) -> Table:
    """``second``, its rows marked where it may be a page of ``first`` although it is not read so.

    So it is where both have one title and other columns, or one header, other titles, and running
    numbers that go on without a gap.
    """
    if bare_title(second.title) == bare_title(first.title) != "":
        return second.map_rows(lambda row: row.marked(WHOLE_ROW, "same-title"))
    at = number_column(second)
    if not second.header or second.header != first.header or at is None:
        return second
    before = [number for row in first.rows if (number := printed_number(_cell(row, at)))]
    begins = printed_number(_cell(_full(second)[0], at))
    if begins is None or begins != max(before, default=0) + 1 or begins == 1:
        return second
    return second.map_rows(lambda row: row.marked(WHOLE_ROW, TITLE_UNSURE))


def _numbers_allow(first: Table, second: Table) -> bool:
    """Whether the running numbers go on or begin again, or there are none."""
    if len({row.offset for row in first.rows}) > 1:
        return True  # Parts that stood side by side: the last number is not the page's last.
    if all(map(is_section, second.rows)):
        return True  # Headings at the foot of a page: what they head comes on the next one.
    at = number_column(first) or 0
    last = _last_number(first, at)
    begins = _cell(_full(second)[0], at)
    following = printed_number(begins)
    if last is not None:
        return not begins or (
            following is not None and (following > last or _begins_anew(following, second))
        )
    return following is None


def _numbers_go_on(first: Table, second: Table) -> bool:
    """Whether the first row of ``second``, below a line of its own, is the next one of ``first``."""
    at = number_column(first)
    if at is None:
        return False
    last, begins = _last_number(first, at), printed_number(_cell(_full(second)[0], at))
    return last is not None and begins == last + 1 > 2


def _last_number(table: Table, at: int) -> int | None:
    """The last running number; the last row may be the rest of a broken one, without a number."""
    last = [_cell(row, at) for row in _full(table)[-2:]]
    return printed_number(last[-1] or last[0])


def _begins_anew(number: int, second: Table) -> bool:
    """Whether numbers may begin again: where nothing, a page number or a heading, stands between."""
    return number == 1 and (is_section(second.rows[0]) or all(map(is_furniture, second.above)))


def _cell(row: Row, at: int) -> str:
    return row.cells[at] if at < len(row.cells) else ""


def _full(table: Table) -> list[Row]:
    """The rows that are no headings, marked or not; all, where there are only headings."""
    return [
        row
        for row in table.rows
        if row.cells.count("") < len(row.cells) - 1 or printed_number(row.text()) is not None
    ] or list(table.rows)


def widened(first: Table, second: Table) -> Table:
    """Headings that stand alone on a page, as wide as the table ``first`` that they are of."""
    if first.width < 2 or second.header or any(len(row.cells) != 1 for row in second.rows):
        return second
    wide = second.map_rows(lambda row: replace(row, cells=(*row.cells, *[""] * (first.width - 1))))
    return wide if all(map(is_section, wide.rows)) else second


def lines_between(first: Table, second: Table) -> list[str]:
    """The lines above ``second`` that stood above no page before: no title of it, nor a page number."""
    known = {"", *map(_bare_line, (first.title, *first.above))}
    return [
        line
        for line in dict.fromkeys((second.title, *second.above))
        if _bare_line(line) not in known and not is_furniture(line)
    ]


def _bare_line(line: str) -> str:
    return bare_title(title_of(line) or line)


def append(first: Table, second: Table) -> Table:
    """Both bodies, one after the other; what was repeated is set aside.

    A line that stood between them, and above no page before, may be a part of the row above it.
    """
    aside = list(second.aside)
    rows = list(first.rows)
    between = lines_between(first, second)
    if between:
        aside += [Aside(line, "note") for line in between]
        below = 1 if _numbers_go_on(first, second) else len(second.rows)
        marked = (row.marked(WHOLE_ROW, LINE_BETWEEN) for row in second.rows[:below])
        second = replace(second, rows=(*marked, *second.rows[below:]))
        rows[-1] = rows[-1].marked(WHOLE_ROW, LINE_BETWEEN)
    if second.header:
        aside.append(Aside(" ".join(second.header), "repeated-header", second.rows[0].line - 1))
    return replace(
        first,
        rows=(*rows, *second.rows),
        aside=(*first.aside, *aside),
        merged=first.merged | second.merged,
    )
