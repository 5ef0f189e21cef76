"""Headings of rows that nothing numbers: a row of one cell, or a line of text above a table."""

import re
from collections import Counter
from dataclasses import replace

from apps.intake.cells import award_parts
from apps.intake.finding.checks import number_column
from apps.intake.finding.rows import (
    HEADING_MARK,
    LIST_TITLE,
    SECTION,
    is_note,
    is_section,
    printed_number,
)
from apps.intake.finding.titles import above_of, is_furniture, title_of
from apps.intake.grid import WHOLE_ROW, Aside, Paragraph, Row, Table
from apps.intake.makes import class_of

LINE_BETWEEN = "line-between"
NEARLY_ALL, LEAST_OTHERS = 0.9, 2
LONGEST = 24
PAGE_HEAD = re.compile(r"[，。；！]|文件|资料|汇编|简报|公报|年鉴|(?:19|20)\d\d")
"""What stands in the head of a page, and in no heading of rows."""


def with_plain_headings(table: Table) -> Table:
    """The table, its rows of one cell that can be no rows marked as headings, or set aside.

    They are headings where the first row is one; otherwise lines that stood between pages, and the
    row below is marked. One that stands several times is the running head of a page.
    """
    alone = _alone(table)
    if not alone:
        return table
    times = Counter(table.rows[at].text() for at in alone)
    is_headed = 0 in alone or is_section(table.rows[0])
    kept: list[Row] = []
    aside: list[Aside] = []
    is_below = False
    for at, row in enumerate(table.rows):
        if at not in alone:
            kept.append(row.marked(WHOLE_ROW, LINE_BETWEEN) if is_below else row)
            is_below = False
        elif is_headed and times[row.text()] == 1 and PAGE_HEAD.search(row.text()) is None:
            kept.append(replace(row, marks=(*row.marks, HEADING_MARK)))
        else:
            aside.append(Aside(row.text(), "line", row.line, row.cells))
            is_below = times[row.text()] == 1
    return table.with_rows(kept, aside)


def _alone(table: Table) -> set[int]:
    """The rows with nothing but a text in the first cell, where every other row has more."""
    if table.width < 2:
        return set()
    number = number_column(table) if table.header else None
    alone = {
        at
        for at, row in enumerate(table.rows)
        if row.held == 1
        and row.cells[0]
        and "《" not in row.cells[0]
        and _number(row, 0) is None
        and not is_section(row)
    }
    if number != 0:
        # At the top of a page it may be the rest of a row, unless its words are a heading's.
        rows = table.rows
        alone = {
            at
            for at in alone
            if not at or rows[at].place == rows[at - 1].place or is_award(rows[at].text())
        }
    if not alone:
        return set()
    others = [row for row in table.rows if row.held > 1]
    used = [at for at in range(table.width) if table.column(at)]
    whole = sum(
        _is_full(row, used) if number is None else _number(row, number) is not None
        for row in others
    )
    if len(others) < LEAST_OTHERS or whole < len(others) * NEARLY_ALL:
        return set()
    return alone if number is not None else {at for at in alone if not _like_others(table, at)}


def _like_others(table: Table, at: int) -> bool:
    """Whether the first cell of a row is of the kind that most first cells of others are of."""
    kinds = Counter(
        class_of(row.cells[0]) for row in table.rows if row.cells.count("") + 1 < len(row.cells)
    )
    kind, _times = kinds.most_common(1)[0]
    return kind != "text" and class_of(table.rows[at].cells[0]) == kind


def _number(row: Row, at: int) -> int | None:
    return printed_number(row.cells[at]) if at < len(row.cells) else None


def _is_full(row: Row, used: list[int]) -> bool:
    """Whether a row has something in every column that holds anything, but for a quarter."""
    missing = sum(1 for at in used if at >= len(row.cells) or not row.cells[at])
    return missing * 4 <= len(used)


def headings_above(
    above: list[Paragraph], is_first: bool, plain_from: int | None = None
) -> tuple[list[Paragraph], list[Paragraph]]:
    """The lines above a table without the headings of its rows that end them, and those headings.

    A line that is the only title of a first table is none. From ``plain_from`` on a line may be a
    heading whatever its words: it stands below the header, or others before it were headings.
    """
    heads = [
        is_heading(line.text)
        or (plain_from is not None and at >= plain_from and may_be_heading(line.text))
        for at, line in enumerate(above)
    ]
    # Between pages the running head may stand below a heading.
    at = len(above)
    while at and (heads[at - 1] or (not is_first and may_be_heading(above[at - 1].text))):
        at -= 1
    if is_first and plain_from is None and not above_of(above[:at]).title:
        return above, []
    below = list(zip(above[at:], heads[at:], strict=True))
    rest = [line for line, is_head in below if not is_head]
    return [*above[:at], *rest], [line for line, is_head in below if is_head]


def is_headed(table: Table) -> bool:
    """Whether the rows of a table begin with a heading that nothing numbers."""
    first = table.rows[0]
    return HEADING_MARK in first.marks and SECTION.fullmatch(first.text()) is None


def may_be_heading(text: str) -> bool:
    """Whether a line may head rows: short, without the words of a title, and no other line."""
    return (
        len(text) <= LONGEST
        and title_of(text) != ""
        and LIST_TITLE.search(text) is None
        and not (is_note(text) or is_furniture(text))
    )


def is_heading(text: str) -> bool:
    """Whether a line of text heads rows, and is no title: 二、一等奖（3项）."""
    return (
        len(text) <= LONGEST
        and (SECTION.fullmatch(text) is not None or is_award(text))
        and LIST_TITLE.search(text) is None
        and re.search(r"(?:19|20)\d\d", text) is None
    )


def is_award(text: str) -> bool:
    """Whether a line says nothing but the class or the grade of a prize."""
    award_class, grade, awarder, rest = award_parts(text)
    return bool(award_class or grade) and not awarder and not rest


def headed(table: Table, headings: list[Paragraph]) -> Table:
    """The table with lines that stood above it as headings of its rows."""
    if not headings or not table.rows:
        return table
    first = table.rows[0]
    blank = ("",) * (max(table.width, len(first.cells), 2) - 1)
    rows = (
        replace(first, line=each.line, cells=(each.text, *blank), marks=(HEADING_MARK,))
        for each in headings
    )
    return replace(table, rows=(*rows, *table.rows))
