"""The body of a table: what is no row of it set aside, headings between rows made a column."""

import re
from dataclasses import replace

from apps.intake.finding.rows import (
    COUNT_BEHIND,
    MONTH,
    NUMBERING_BEFORE,
    SECTION,
    is_column_numbering,
    is_note,
    is_total,
)
from apps.intake.finding.titles import bare_title, is_furniture, title_of
from apps.intake.grid import Aside, Row, Table

HEADING = "小标题"
"""The header given to a column made of the headings that stood between rows."""


def clean_body(table: Table) -> Table:
    """The body without repeated headers and titles, column numbers, totals and notes.

    A heading that stands between rows ("一等奖（5项）") becomes a column of its own.
    """
    kept: list[tuple[Row, str]] = []
    aside: list[Aside] = []
    heading = ""
    has_headings = False
    bare = tuple(re.sub(r"\s+", "", cell) for cell in table.header)
    titles = {bare_title(table.title), *(bare_title(title_of(line)) for line in table.above)}
    last_full = max((at for at, row in enumerate(table.rows) if len(row.printed()) > 1), default=-1)
    for at, row in enumerate(table.rows):
        text = row.text()
        is_single = len(row.printed()) == 1 and table.width != 1 and len(row.cells) > 1
        if bare and tuple(re.sub(r"\s+", "", cell) for cell in row.cells[: len(bare)]) == bare:
            aside.append(Aside(text, "repeated-header", row.line, row.cells))
        elif is_single and bare_title(title_of(text)) in titles - {""}:
            aside.append(Aside(text, "repeated-title", row.line, row.cells))
        elif not kept and is_column_numbering(row):
            aside.append(Aside(text, "column-numbers", row.line, row.cells))
        elif is_total(row):
            aside.append(Aside(text, "total", row.line, row.cells))
        elif is_single and MONTH.fullmatch(text):
            aside.append(Aside(text, "month-heading", row.line, row.cells))
        elif is_single and kept and counts_on(kept[-1][0], row):
            kept.append((row, heading))
        elif is_single and (is_note(row.printed()[0]) or is_furniture(text)):
            aside.append(Aside(text, "note", row.line, row.cells))
        elif is_single and at < last_full and SECTION.fullmatch(text):
            heading, has_headings = heading_of(text), True
        elif is_single and SECTION.fullmatch(text):
            # Below it nothing stands: it is the heading of the next page's rows, or of none.
            kept.append((row, ""))
        elif is_single and at > last_full and len(text) > 12:
            aside.append(Aside(text, "note", row.line, row.cells))
        else:
            kept.append((row, heading))
    if not has_headings:
        return table.with_rows((row for row, _ in kept), aside)
    width = max(table.width, *(len(row.cells) for row, _ in kept))
    rows = tuple(
        replace(row, cells=(*row.cells, *[""] * (width - len(row.cells)), under))
        for row, under in kept
    )
    header = (*table.header, *[""] * (width - table.width), HEADING)
    return replace(
        table,
        header=header if table.header else (),
        rows=rows,
        aside=(*table.aside, *aside),
        has_headings=True,
    )


def counts_on(before: Row, row: Row) -> bool:
    """Whether a row with nothing but a number has the next one: a row that lost its cells."""
    last, number = before.cells[0], row.cells[0]
    return number.isdecimal() and last.isdecimal() and int(number) == int(last) + 1


def heading_of(text: str) -> str:
    """What a heading between rows says, without its number and its count: 一、一等奖（5项）→ 一等奖."""
    return COUNT_BEHIND.sub("", NUMBERING_BEFORE.sub("", text)).strip()


def without_strays(table: Table) -> Table:
    """The table, its pages joined, without lines that only then can be told from rows.

    A page may hold nothing but the end of a table: a note, a month, a heading with no rows below.
    """
    if table.width < 2:
        return table
    kept: list[Row] = []
    aside = []
    for row in table.rows:
        text = row.text()
        if len(row.printed()) == 1 and MONTH.fullmatch(text):
            aside.append(Aside(text, "month-heading", row.line, row.cells))
        elif (
            len(row.printed()) == 1
            and not (kept and counts_on(kept[-1], row))
            and (is_note(row.printed()[0]) or is_furniture(text))
        ):
            aside.append(Aside(text, "note", row.line, row.cells))
        else:
            kept.append(row)
    while len(kept) > 1 and len(kept[-1].printed()) == 1 and SECTION.fullmatch(kept[-1].text()):
        last = kept.pop()
        aside.append(Aside(last.text(), "note", last.line, last.cells))
    return table.with_rows(kept, aside) if aside and kept else table
