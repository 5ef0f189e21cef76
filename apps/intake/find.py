"""Finding tables in text, and joining those that run over several pages."""

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from apps.intake.grid import Grid, Row

LONGEST_TITLE = 60
"""A line longer than this above a table is a paragraph, not a title."""

APPENDIX_LABEL = re.compile(r"^附[录件表]\s*[0-9一二三四五六七八九十]*\s*[:：]\s*")
CONTINUED_LABEL = re.compile(r"\s*[（(]?续表?[)）]?$")


def find_tables(text: str) -> list[Grid]:
    """Every run of tab-separated lines, its first line as header, under the title above it.

    A run ends at the first line without a tab. The title is the nearest line above that is
    not blank; it is empty when that line is a paragraph or another table's last row.
    """
    grids: list[Grid] = []
    above = ""
    numbered = enumerate(text.splitlines(), start=1)
    for is_table, lines in groupby(numbered, key=lambda item: "\t" in item[1]):
        if is_table:
            grids.append(_grid(title_of(above), lines))
            above = ""
        else:
            above = _last_printed(lines) or above
    return grids


def _grid(title: str, lines: Iterable[tuple[int, str]]) -> Grid:
    (_, header), *body = [(number, split_cells(line)) for number, line in lines]
    return Grid(title, header, tuple(Row(number, cells) for number, cells in body))


def _last_printed(lines: Iterable[tuple[int, str]]) -> str:
    printed = [line.strip() for _, line in lines if line.strip()]
    return printed[-1] if printed else ""


def split_cells(line: str) -> tuple[str, ...]:
    """The cells of a tab-separated line, outer blanks off, blank cells kept."""
    return tuple(cell.strip() for cell in line.split("\t"))


def title_of(line: str) -> str:
    """A printed title without heading marks or an appendix label; "" for a paragraph."""
    title = APPENDIX_LABEL.sub("", line.strip().lstrip("#").strip()).strip()
    is_paragraph = len(title) > LONGEST_TITLE or title.endswith(("。", "；"))
    return "" if is_paragraph else title


def join_continued(grids: Iterable[Grid]) -> list[Grid]:
    """Tables continued over pages as one, repeated titles and headers dropped."""
    joined: list[Grid] = []
    for grid in grids:
        if joined and continues(joined[-1], grid):
            joined[-1] = _append(joined[-1], grid)
        else:
            joined.append(grid)
    return joined


def continues(first: Grid, second: Grid) -> bool:
    """Whether ``second`` is the next page of ``first``.

    Either header and title are repeated (the title may be missing or say 续), or there is
    neither title nor header and the numbers in the first column run on.
    """
    if second.header == first.header:
        return _same_title(first.title, second.title)
    return not second.title and second.width == first.width and _runs_on(first, second)


def _same_title(first: str, second: str) -> bool:
    def bare(title: str) -> str:
        return re.sub(r"\s", "", CONTINUED_LABEL.sub("", title))

    return bare(second) in ("", bare(first))


def _runs_on(first: Grid, second: Grid) -> bool:
    last = first.rows[-1].cells[0] if first.rows else ""
    following = second.header[0]
    return last.isdecimal() and following.isdecimal() and int(following) == int(last) + 1


def _append(first: Grid, second: Grid) -> Grid:
    """Both bodies; a "header" that was really a row comes back as one."""
    rows = second.rows
    if second.header != first.header:
        line = rows[0].line - 1 if rows else first.rows[-1].line + 1
        rows = (Row(line, second.header), *rows)
    return replace(first, rows=first.rows + rows)
