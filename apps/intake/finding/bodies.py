"""The body of a table: what is no row of it set aside, headings between rows made a column."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from apps.intake.finding.rows import (
    COUNT_BEHIND,
    MONTH,
    NUMBERING_BEFORE,
    is_column_numbering,
    is_note,
    is_section,
    is_signed,
    is_total,
    printed_number,
)
from apps.intake.finding.titles import bare_title, is_furniture, title_of
from apps.intake.grid import Aside, Row, Table

HEADING = "小标题"
"""The header given to a column made of the headings that stood between rows."""
LEVELS = (
    re.compile(r"[一二三四五六七八九十]+[、.．]"),
    re.compile(r"[（(][一二三四五六七八九十]+[)）]"),
)
UNDER = -1
"""The column of a mark about the heading above a row, until the headings are a column."""


def clean_body(table: Table) -> Table:
    """The body without repeated headers and titles, column numbers, totals and notes.

    A heading that stands between rows ("一等奖（5项）") stays where it is until all pages and all
    parts side by side are one: ``under_headings`` then makes a column of it.
    """
    kept: list[Row] = []
    aside: list[Aside] = []
    has_rows = False
    bare = bare_cells(table.header)
    titles = {bare_title(table.title), *(bare_title(title_of(line)) for line in table.above)}
    last_full = last_of(table.rows, lambda row: len(row.printed()) > 1)
    for at, row in enumerate(table.rows):
        printed = row.printed()
        is_single = len(printed) == 1 and table.width != 1 and len(row.cells) > 1
        text = row.text() if is_single else ""
        reason = ""
        if repeats(row.cells, bare):
            reason = "repeated-header"
        elif is_single and bare_title(title_of(text)) in titles - {""}:
            reason = "repeated-title"
        elif not has_rows and is_column_numbering(_below(table.header, row)):
            reason = "column-numbers"
        elif is_total(row):
            reason = "total"
        elif is_signed(row):
            reason = "note"
        elif is_single and MONTH.fullmatch(text):
            reason = "month-heading"
        elif is_single and kept and counts_on(kept[-1], row):
            pass
        elif is_single and (is_note(printed[0]) or is_furniture(text)):
            reason = "note"
        elif is_single and is_section(row):
            pass
        elif is_single and at > last_full and row.cells[0] and len(text) > 12:
            reason = "note"
        if reason:
            aside.append(Aside(row.text(), reason, row.line, row.cells))
        else:
            kept.append(row)
            has_rows = has_rows or not is_section(row)
    return table.with_rows(kept, aside)


def last_of(rows: Sequence[Row], is_one: Callable[[Row], bool]) -> int:
    """The place of the last row of which ``is_one`` holds; -1 where there is none."""
    return next((at for at in range(len(rows) - 1, -1, -1) if is_one(rows[at])), -1)


def repeats(cells: tuple[str, ...], bare: tuple[str, ...]) -> bool:
    """Whether a row is the header ``bare`` once more; its first cell tells it, nearly always."""
    if not bare or not cells or cells[0].lstrip()[:1] != bare[0][:1]:
        return False
    return bare_cells(cells[: len(bare)]) == bare


def without_whole_rows(table: Table, starts: Sequence[int]) -> Table:
    """A table whose parts begin at the columns ``starts``, without rows that are none of any part.

    A total, a note or the numbers of the columns may stand across all of them; a total beside the
    row of another part is its own part's.
    """
    kept: list[Row] = []
    aside: list[Aside] = []
    bare = bare_cells(table.header)
    for row in table.rows:
        is_note_of_all = len(row.printed()) == 1 and is_note(row.text())
        if repeats(row.cells, bare):
            aside.append(Aside(row.text(), "repeated-header", row.line, row.cells))
        elif not kept and is_column_numbering(_below(table.header, row)):
            aside.append(Aside(row.text(), "column-numbers", row.line, row.cells))
        elif is_signed(row):
            aside.append(Aside(row.text(), "note", row.line, row.cells))
        elif (is_total(row) and not any(row.cells[at : at + 1] > ("",) for at in starts[1:])) or (
            is_note_of_all
        ):
            reason = "note" if is_note_of_all else "total"
            aside.append(Aside(row.text(), reason, row.line, row.cells))
        else:
            kept.append(row)
    return table.with_rows(kept, aside)


def bare_cells(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Cells as headers are compared: without blanks and line breaks."""
    return tuple(re.sub(r"\s+", "", cell) for cell in cells)


def _below(header: tuple[str, ...], row: Row) -> Row:
    """The cells of a row that stand below a header: a blank column has none."""
    if "" not in header:
        return row
    heads = (*header, *["+"] * len(row.cells))
    cells = (cell for cell, head in zip(row.cells, heads, strict=False) if head or cell)
    return replace(row, cells=tuple(cells))


def counts_on(before: Row, row: Row) -> bool:
    """Whether a row with nothing but a number has the next one: a row that lost its cells."""
    last, number = printed_number(before.cells[0]), printed_number(row.cells[0])
    return last is not None and number == last + 1


def heading_of(text: str) -> str:
    """What a heading between rows says, without its number and its count: 一、一等奖（5项）→ 一等奖."""
    return COUNT_BEHIND.sub("", NUMBERING_BEFORE.sub("", text)).strip()


def heading_level(text: str) -> int:
    """How deep a heading stands by its number: 一、 above （一） above none."""
    return next(
        (level for level, form in enumerate(LEVELS) if form.match(text.strip())), len(LEVELS)
    )


def under_headings(table: Table) -> Table:
    """The table, all its pages and parts joined, with headings between rows as a last column.

    Headings on two levels stand together: 技术发明奖/一等奖. A heading below which nothing stands is
    set aside.
    """
    kept: list[Row] = []
    under: list[str] = []
    aside: list[Aside] = []
    headings: dict[int, str] = {}
    last = last_of(table.rows, lambda row: not is_section(row))
    for at, row in enumerate(table.rows):
        is_heading = table.width != 1 and is_section(row)
        if not is_heading or (kept and counts_on(kept[-1], row)):
            kept.append(row)
            under.append("/".join(headings.values()))
        elif at > last:
            aside.append(Aside(row.text(), "note", row.line, row.cells))
        else:
            text = row.text()
            level = heading_level(text)
            headings = {each: above for each, above in headings.items() if each < level}
            headings[level] = heading_of(text)
    if not kept:
        return table
    if not headings:
        return table.with_rows(kept, aside)
    width = max(table.width, *(len(row.cells) for row in kept))
    rows = (
        replace(
            row,
            cells=(*row.cells, *[""] * (width - len(row.cells)), above),
            marks=tuple(replace(m, column=width) if m.column == UNDER else m for m in row.marks),
        )
        for row, above in zip(kept, under, strict=True)
    )
    header = (*table.header, *[""] * (width - table.width), HEADING) if table.header else ()
    return replace(table.with_rows(rows, aside), header=header)


def without_strays(table: Table) -> Table:
    """The table, its pages joined, without lines that only then can be told from rows.

    A page may hold nothing but the end of a table: a note, a month.
    """
    if table.width < 2:
        return table
    kept: list[Row] = []
    aside = []
    for row in table.rows:
        if row.held != 1:
            kept.append(row)
            continue
        printed = row.printed()
        text = row.text()
        if MONTH.fullmatch(text):
            aside.append(Aside(text, "month-heading", row.line, row.cells))
        elif not (kept and counts_on(kept[-1], row)) and (
            is_note(printed[0]) or is_furniture(text)
        ):
            aside.append(Aside(text, "note", row.line, row.cells))
        else:
            kept.append(row)
    return table.with_rows(kept, aside) if aside and kept else table
