"""A table that goes on over pages: whether it does, and both parts in one."""

from collections.abc import Iterator
from dataclasses import replace

from apps.intake.finding.bodies import HEADING, heading_of
from apps.intake.finding.rows import SECTION
from apps.intake.finding.titles import bare_title
from apps.intake.grid import Aside, Row, Table


def continues(first: Table, second: Table) -> bool:
    """Whether ``second`` is the next page of ``first``.

    Either header and title are repeated (the title may be missing or say 续), or there is
    neither title nor header: then the width is the same, and numbers, where there are, run on.
    """
    if second.header and unheaded(second.header) == unheaded(first.header):
        same = bare_title(second.title) in ("", bare_title(first.title))
        return same and (bool(second.title) or _numbers_allow(first, second))
    if second.header or (second.title and bare_title(second.title) != bare_title(first.title)):
        return False
    width = max(len(row.cells) for row in second.rows)
    width -= second.has_headings
    return width <= len(unheaded(first.header)) and _numbers_allow(first, second)


def unheaded(header: tuple[str, ...]) -> tuple[str, ...]:
    """A header without the column made of headings between rows."""
    return header[:-1] if header[-1:] == (HEADING,) else header


def _numbers_allow(first: Table, second: Table) -> bool:
    """Whether the numbers of the first column run on, or there are none."""
    if len({row.offset for row in first.rows}) > 1:
        return True  # Parts that stood side by side: the last number is not the page's last.
    full = [row for row in first.rows if len(row.printed()) > 1] or list(first.rows)
    last, following = full[-1].cells[0], second.rows[0].cells[0]
    if last.isdecimal():
        return (following.isdecimal() and int(following) > int(last)) or not following
    return not following.isdecimal()


def append(first: Table, second: Table) -> Table:
    """Both bodies, one after the other; what was repeated is set aside."""
    aside = list(second.aside)
    if second.header:
        aside.append(Aside(" ".join(second.header), "repeated-header", second.rows[0].line - 1))
    before = list(first.rows)
    pending = ""
    while before and len(before[-1].printed()) == 1 and SECTION.fullmatch(before[-1].text()):
        # The page ended with the heading of the next page's rows.
        pending = pending or heading_of(before.pop().text())
    header = first.header
    if pending or first.has_headings or second.has_headings:
        header = (*unheaded(header), HEADING)
        before = [headed(row, len(header)) for row in before]
        after = list(_under(pending, second.rows, len(header)))
    else:
        after = list(second.rows)
    return replace(
        first,
        header=header,
        rows=(*before, *after),
        aside=(*first.aside, *aside),
        merged=first.merged | second.merged,
        has_headings=header[-1:] == (HEADING,),
    )


def headed(row: Row, width: int, heading: str = "") -> Row:
    """A row with a cell for the heading above it; left blank, the heading before goes on."""
    if len(row.cells) >= width:
        return row.with_cell(width - 1, row.cells[width - 1] or heading)
    return replace(row, cells=(*row.cells, *[""] * (width - 1 - len(row.cells)), heading))


def _under(heading: str, rows: tuple[Row, ...], width: int) -> Iterator[Row]:
    """Rows of a page under the heading that the page before ended with, until the next one."""
    for row in rows:
        under = headed(row, width, heading)
        if under.cells[-1] != heading:
            heading = ""
        yield under
