"""From blocks to tables: headers, titles, repeated pages, tables stacked and side by side."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from apps.intake.grid import Aside, Block, Grid, Paragraph, Row, Span, Table
from apps.intake.synonyms import NUMBER_HEADERS, is_known_header, plain_header

LONGEST_TITLE = 60
"""A line longer than this above a table is a paragraph, not a title."""
LONGEST_HEADER_CELL = 30
HEAD_ROWS = 8
"""Rows at the top of a grid among which its header is looked for."""
HEADING = "小标题"
"""The header given to a column made of the headings that stood between rows."""

APPENDIX_LABEL = re.compile(
    r"^附[录件表]?\s*[0-9一二三四五六七八九十]*\s*[:：.．、]\s*|^附[录件表]\s*[0-9一二三四五六七八九十]*\s+"
)
APPENDIX_ALONE = re.compile(r"附[录件表]\s*[0-9一二三四五六七八九十]*\s*[:：]?")
CONTINUED_LABEL = re.compile(
    r"\s*[（(]?(?:续表?|接上[页表])\s*[0-9一二三]*\s*[)）]?$|^续表?\s*[0-9]*\s*[:：]?\s*"
)
UNIT_LINE = re.compile(r".{0,12}(?:计量|金额|数据)?单位\s*[:：]\s*\S{1,12}.{0,12}")
FURNITURE = re.compile(
    r"[-—–·\s]*第?\s*\d{1,4}\s*页?[-—–·\s]*(?:[/共]\s*\d{1,4}\s*页?)?|"
    r"[（(]?(?:截至|数据截至)?\s*(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?[)）]?|[（(](?:排名不分先后|按.{1,12}排序)[)）]"
)
TOTAL = re.compile(r"(?:合\s*计|总\s*计|小\s*计|共\s*计|总\s*数)(?:数|额)?\s*[:：]?.*")
NOTE = re.compile(
    r"(?:备?\s*注|说\s*明|附注|数据来源|资料来源|来源|填表人|制表人?|审核人?|填报人|单位负责人)\s*\d*\s*[:：].*|(?:[※＊★▲]|\*(?!\*)).*",
    re.S,
)
SECTION = re.compile(
    r"[一二三四五六七八九十]+、.{1,40}|[（(][一二三四五六七八九十]+[)）].{1,40}|"
    r".{0,30}(?:特等|一等|二等|三等|金|银|铜)奖.{0,12}|"
    r".{1,30}[（(]\s*(?:共\s*)?\d+\s*[项个家人名件]\s*[)）]"
)
COUNT_BEHIND = re.compile(r"\s*[（(:：]?\s*(?:共\s*)?\d+\s*[项个家人名件]\s*[)）]?\s*[:：]?$")
NUMBERING_BEFORE = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十]+[)）])\s*"
)


# --- what one row is -------------------------------------------------------------------------


def is_header(row: Row) -> bool:
    """Whether a row is made of words that stand above columns."""
    printed = row.printed()
    if len(printed) < 2 or any(len(cell) > LONGEST_HEADER_CELL for cell in printed):
        return False
    known = sum(is_known_header(cell) for cell in printed)
    return known >= 2 and known * 2 >= len(printed)


def may_be_header(row: Row, following: Iterable[Row]) -> bool:
    """Whether a row of unknown words is a header: short words over cells of another make."""
    printed = row.printed()
    body = list(following)[:10]
    if len(printed) < 2 or not body or any(len(cell) > LONGEST_HEADER_CELL for cell in printed):
        return False
    if any(is_numeric(cell) for cell in printed) or len(set(printed)) < len(printed):
        return False
    if sum(is_known_header(cell) for cell in printed) * 2 >= len(printed):
        return True
    if len(printed) < max(len(each.printed()) for each in body):
        return False
    return any(
        all(is_numeric(each.cells[at]) for each in body if at < len(each.cells) and each.cells[at])
        for at, cell in enumerate(row.cells)
        if cell and any(at < len(each.cells) and each.cells[at] for each in body)
    )


def is_numeric(text: str) -> bool:
    """Whether a cell is a bare number, with a sign, thousands, a point or per cent."""
    return re.fullmatch(r"[-+－]?[0-9０-９][0-9０-９,，.．]*\s*[%％]?", text.strip()) is not None


def is_column_numbering(row: Row) -> bool:
    """Whether a row only numbers the columns: 1 2 3 or 甲 乙 1 2."""
    printed = [re.sub(r"[()（）]", "", cell) for cell in row.printed()]
    if len(printed) < 3 or len(printed) < len(row.cells):
        return False
    numbers = [cell for cell in printed if cell not in "甲乙丙丁"]
    return bool(numbers) and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def is_total(row: Row) -> bool:
    """Whether a row begins with a word for a sum."""
    printed = row.printed()
    return bool(printed) and (
        (TOTAL.fullmatch(printed[0]) is not None and len(printed[0]) <= 20)
        or (
            len(printed) > 1
            and is_numeric(printed[0]) is False
            and re.fullmatch(r"[合总小共]\s*计", printed[1]) is not None
            and len(printed[0]) <= 4
        )
    )


def is_note(text: str) -> bool:
    """Whether a line of a table is a remark about it."""
    return NOTE.fullmatch(text) is not None


# --- titles ----------------------------------------------------------------------------------


def title_of(line: str) -> str:
    """A printed title without heading marks or an appendix label; "" for a paragraph."""
    title = re.sub(r"\s+", " ", line.strip().strip("*").lstrip("#").strip().strip("*"))
    title = APPENDIX_LABEL.sub("", title).strip()
    if APPENDIX_ALONE.fullmatch(title):
        return ""
    is_paragraph = len(title) > LONGEST_TITLE or title.endswith(("。", "；", "，", "、"))
    return "" if is_paragraph else title


def is_furniture(line: str) -> bool:
    """Whether a line is neither title nor text: a page number, a date, a unit line."""
    return bool(UNIT_LINE.fullmatch(line) or FURNITURE.fullmatch(line))


def bare_title(title: str) -> str:
    """A title as titles are compared: without blanks and without 续."""
    return re.sub(r"\s", "", CONTINUED_LABEL.sub("", title))


@dataclass(frozen=True)
class Above:
    """What stands above a table: its title, and the lines before it, the nearest first."""

    title: str = ""
    lines: tuple[str, ...] = ()


def above_of(lines: list[Paragraph]) -> Above:
    """The title is the nearest line that is neither furniture nor a label; none, if that is a
    paragraph. A title broken in two, whose end alone says nothing, is put together."""
    said = [line for line in lines if not APPENDIX_ALONE.fullmatch(line.text.strip("#* "))]
    wanted = [line for line in said if not is_furniture(line.text)]
    texts = tuple(line.text for line in reversed(said))[:6]
    if not wanted:
        return Above("", texts)
    title = title_of(wanted[-1].text)
    if title and len(wanted) > 1 and _is_tail(title) and wanted[-1].line - wanted[-2].line <= 1:
        before = title_of(wanted[-2].text)
        if before and not wanted[-2].text.lstrip().startswith("#"):
            title = before + title
    return Above(title, texts)


def _is_tail(title: str) -> bool:
    """Whether a title is only the end of one: short, without a year."""
    return (
        len(title) <= 14
        and re.search(r"(?:19|20)\d\d", title) is None
        and (
            re.match(r"认定|获奖|拟|项目|汇总|名单|一览|公示|奖|企业|新增|情况", title) is not None
        )
    )


# --- grids into tables -----------------------------------------------------------------------


def find_tables(blocks: Iterable[Block]) -> list[Table]:
    """Every table of a document, continued ones joined, in printed order."""
    tables: list[Table] = []
    above: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            if tables and not above and is_note(block.text):
                note = Aside(block.text, "note", block.line)
                tables[-1] = replace(tables[-1], aside=(*tables[-1].aside, note))
            else:
                above.append(block)
            continue
        for table in tables_in(block, above_of(above)):
            if tables and not table.header:
                table = cut_like(tables[-1], table)
            if tables and continues(tables[-1], table):
                tables[-1] = append(tables[-1], table)
            else:
                tables.append(table)
        above = []
    return [in_number_order(table) for table in tables]


def tables_in(grid: Grid, above: Above) -> Iterator[Table]:
    """The tables of one grid: stacked ones apart, side-by-side ones apart or joined."""
    trimmed = trim(fill_spans(grid))
    merged = frozenset(span.column for span in grid.spans if span.height > 1)
    for number, (part, spans) in enumerate(stacked(trimmed)):
        table = table_of(part, spans, above if not number else Above(), merged)
        if table is None:
            continue
        if not number:
            table = replace(table, aside=(*grid.dropped, *table.aside))
        yield from side_by_side(table)


def fill_spans(grid: Grid) -> Grid:
    """Cells merged downwards, by the source's own word, each with the value of the first."""
    rows = [list(row.cells) for row in grid.rows]
    for span in grid.spans:
        for index in range(span.row + 1, min(span.row + span.height, len(rows))):
            if span.column < len(rows[index]) and span.column < len(rows[span.row]):
                rows[index][span.column] = rows[span.row][span.column]
    filled = (replace(row, cells=tuple(cells)) for row, cells in zip(grid.rows, rows, strict=True))
    return replace(grid, rows=tuple(filled)) if grid.spans else grid


def trim(grid: Grid) -> Grid:
    """Without blank rows, and without blank columns at the right and at the left."""
    indices = [index for index, row in enumerate(grid.rows) if any(row.cells)]
    if not indices:
        return replace(grid, rows=(), spans=())
    right = max(max(at for at, cell in enumerate(grid.rows[i].cells, 1) if cell) for i in indices)
    left = min(min(at for at, cell in enumerate(grid.rows[i].cells) if cell) for i in indices)
    if grid.rows[0].place.format in ("text", "csv"):
        left = 0  # A leading tab is a blank first cell, and never a margin.
    new = {old: position for position, old in enumerate(indices)}
    rows = tuple(grid.rows[index].part(left, right) for index in indices)
    spans = tuple(
        replace(span, row=new[span.row], column=span.column - left)
        for span in grid.spans
        if span.row in new
    )
    return replace(grid, rows=rows, spans=spans)


Part = tuple[list[Row], list[Span]]


def stacked(grid: Grid) -> Iterator[Part]:
    """Tables that stand below one another in one grid: a header begins a table, or a page of one."""
    rows = list(grid.rows)
    starts, header = [0], False
    for index, row in enumerate(rows):
        if not is_header(row):
            continue
        goes_on = not header and _has_body_above(rows, index)
        if goes_on or (header and not _is_below_header(rows, index)):
            starts.append(_first_line_above(rows, index, starts[-1]))
        header = True
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        spans = [
            replace(span, row=span.row - start) for span in grid.spans if start <= span.row < end
        ]
        yield rows[start:end], spans


def _has_body_above(rows: list[Row], index: int) -> bool:
    """Whether rows of a table that goes on from the page before stand above a first header."""
    if index and is_two_level(rows[index - 1 : index + 2], []):
        index -= 1
    width = len(rows[index].printed())
    return any(len(row.printed()) > 1 and len(row.printed()) * 2 > width for row in rows[:index])


def _is_below_header(rows: list[Row], index: int) -> bool:
    """Whether the row above is a header, and this its second level."""
    return index > 0 and is_header(rows[index - 1])


def _first_line_above(rows: list[Row], index: int, least: int) -> int:
    """Where the title lines above a header begin: rows of one cell that are no note or total."""
    first = index
    if index - 1 > least and is_two_level(rows[index - 1 : index + 2], []):
        first -= 1
    while first - 1 > least and len(rows[first - 1].printed()) == 1:
        if is_note(rows[first - 1].text()) or is_total(rows[first - 1]):
            break
        first -= 1
    return first


def table_of(
    rows: list[Row], spans: list[Span], above: Above, merged: frozenset[int]
) -> Table | None:
    """One table out of its rows: title lines, header, body. ``None`` where there is no body."""
    lines: list[Row] = []
    while rows and len(rows[0].printed()) == 1 and len(rows) > 1 and not _is_one_column(rows):
        lines, rows, spans = [*lines, rows[0]], rows[1:], _lower(spans, 1)
    found = next((i for i, row in enumerate(rows[:HEAD_ROWS]) if is_header(row)), None)
    if found is None and rows and may_be_header(rows[0], rows[1:]):
        found = 0
    if (
        found
        and len(rows[found - 1].printed()) > 1
        and is_two_level(rows[found - 1 :], _lower(spans, found - 1))
    ):
        found -= 1
    if found:
        lines, rows, spans = [*lines, *rows[:found]], rows[found:], _lower(spans, found)
    if found is None:
        # A page that goes on without a header may begin with a heading of its rows.
        back = len([line for line in lines if SECTION.fullmatch(line.text())])
        if back and all(SECTION.fullmatch(line.text()) for line in lines[-back:]):
            lines, rows = lines[:-back], [*lines[-back:], *rows]
    if lines:
        own = above_of([Paragraph(line.text(), line.line) for line in lines])
        above = Above(own.title or above.title, (*own.lines, *above.lines))
    header: tuple[str, ...] = ()
    if found is not None:
        depth = 2 if is_two_level(rows, spans) else 1
        header = combined_header(rows[:depth], spans)
        rows = rows[depth:]
    if not rows:
        return None
    table = Table(above.title, header, tuple(rows), above.lines, merged=merged)
    return clean_body(table)


def _is_one_column(rows: list[Row]) -> bool:
    return all(len(row.cells) < 2 for row in rows)


def _lower(spans: list[Span], by: int) -> list[Span]:
    return [replace(span, row=span.row - by) for span in spans if span.row >= by]


def is_two_level(rows: list[Row], spans: list[Span]) -> bool:
    """Whether the second row is a second level of header: it divides a cell of the first.

    Under a cell that spans several columns stand short words; elsewhere nothing, or the same
    word again where the cell is merged downwards.
    """
    if len(rows) < 2:
        return False
    top, second = rows[0].cells, rows[1].cells
    width = max(len(top), len(second))
    top, second = (*top, *[""] * (width - len(top))), (*second, *[""] * (width - len(second)))
    divided = {
        column
        for span in spans
        if span.row == 0 and span.width > 1
        for column in range(span.column, span.column + span.width)
    }
    if not divided:
        blank = [at for at in range(1, width) if not top[at] and second[at]]
        divided = {at - 1 for at in blank if top[at - 1]} | set(blank)
    words = [second[at] for at in divided if at < width and second[at]]
    rest = [at for at in range(width) if at not in divided]
    return (
        len(words) > 1
        and all(len(word) <= LONGEST_HEADER_CELL and not is_numeric(word) for word in words)
        and all(second[at] in ("", top[at]) for at in rest)
        and (bool(rest) or all(is_known_header(word) for word in words))
    )


def combined_header(rows: list[Row], spans: list[Span]) -> tuple[str, ...]:
    """One header out of one or two levels: "完成情况/单位"; line breaks and blanks taken out."""
    levels = [[re.sub(r"\s+", "", cell) for cell in row.cells] for row in rows]
    if len(levels) == 1:
        return tuple(levels[0])
    top, second = levels
    width = max(len(top), len(second))
    top += [""] * (width - len(top))
    second += [""] * (width - len(second))
    carried = top[:]
    for at in range(1, width):
        if not carried[at] and second[at]:
            carried[at] = carried[at - 1]
    return tuple(
        over if not under or under == over else under if not over else f"{over}/{under}"
        for over, under in zip(carried, second, strict=True)
    )


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
        elif is_single and (is_note(row.printed()[0]) or is_furniture(text)):
            aside.append(Aside(text, "note", row.line, row.cells))
        elif is_single and at < last_full and SECTION.fullmatch(text):
            heading, has_headings = heading_of(text), True
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


def heading_of(text: str) -> str:
    """What a heading between rows says, without its number and its count: 一、一等奖（5项）→ 一等奖."""
    return COUNT_BEHIND.sub("", NUMBERING_BEFORE.sub("", text)).strip()


# --- side by side ----------------------------------------------------------------------------


def side_by_side(table: Table) -> list[Table]:
    """Tables printed beside each other (序号|名称|序号|名称), left part first.

    Parts with the same header are one table; parts with different headers are tables of
    their own. Parts that are blank at the foot are left out. Rows keep the line they share.
    """
    starts = [
        at
        for at, cell in enumerate(table.header)
        if cell and plain_header(cell) == plain_header(table.header[0])
    ]
    if len(starts) < 2 or not starts or starts[0] != 0:
        return [table]
    ends = [*starts[1:], table.width]
    headers = [_unblanked(table.header[start:end]) for start, end in zip(starts, ends, strict=True)]
    if any(len(header) < 2 for header in headers) and len(set(headers)) > 1:
        return [table]
    parts = [
        [part for row in table.rows if any((part := row.part(start, start + len(header))).cells)]
        for start, header in zip(starts, headers, strict=True)
    ]
    if len(set(headers)) == 1:
        return [
            replace(table, header=headers[0], rows=tuple(row for part in parts for row in part))
        ]
    if plain_header(headers[0][0]) not in NUMBER_HEADERS:
        return [table]
    return [
        replace(table, header=header, rows=tuple(part), aside=table.aside if not number else ())
        for number, (header, part) in enumerate(zip(headers, parts, strict=True))
        if part
    ]


def _unblanked(header: tuple[str, ...]) -> tuple[str, ...]:
    end = len(header)
    while end and not header[end - 1]:
        end -= 1
    return header[:end]


def cut_like(first: Table, second: Table) -> Table:
    """A page without header that goes on with tables side by side, cut as the page before was."""
    starts = sorted({row.offset for row in first.rows})
    width = max(len(row.cells) for row in second.rows)
    if len(starts) < 2 or width <= first.width:
        return second
    least = starts[0]
    parts = [
        row.part(start - least, start - least + first.width)
        for start in starts
        for row in second.rows
    ]
    return replace(second, rows=tuple(part for part in parts if any(part.cells)))


def in_number_order(table: Table) -> Table:
    """Rows of tables that stood side by side, over pages, in the order of their numbers.

    Only where the numbers are whole, without a gap, and each stands once.
    """
    if not table.header or plain_header(table.header[0]) not in NUMBER_HEADERS:
        return table
    if len({row.offset for row in table.rows}) < 2:
        return table
    numbers = [row.cells[0] for row in table.rows]
    if not all(number.isdecimal() for number in numbers):
        return table
    counted = [int(number) for number in numbers]
    if sorted(counted) != list(range(min(counted), min(counted) + len(counted))):
        return table
    return replace(table, rows=tuple(sorted(table.rows, key=lambda row: int(row.cells[0]))))


# --- continued over pages --------------------------------------------------------------------


def continues(first: Table, second: Table) -> bool:
    """Whether ``second`` is the next page of ``first``.

    Either header and title are repeated (the title may be missing or say 续), or there is
    neither title nor header: then the width is the same, and numbers, where there are, run on.
    """
    if second.header and _unheaded(second.header) == _unheaded(first.header):
        same = bare_title(second.title) in ("", bare_title(first.title))
        return same and (bool(second.title) or _numbers_allow(first, second))
    if second.header or (second.title and bare_title(second.title) != bare_title(first.title)):
        return False
    width = max(len(row.cells) for row in second.rows)
    width -= second.has_headings
    return width <= len(_unheaded(first.header)) and _numbers_allow(first, second)


def _unheaded(header: tuple[str, ...]) -> tuple[str, ...]:
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
        header = (*_unheaded(header), HEADING)
        before = [_headed(row, len(header)) for row in before]
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


def _headed(row: Row, width: int, heading: str = "") -> Row:
    """A row with a cell for the heading above it; left blank, the heading before goes on."""
    if len(row.cells) >= width:
        return row.with_cell(width - 1, row.cells[width - 1] or heading)
    return replace(row, cells=(*row.cells, *[""] * (width - 1 - len(row.cells)), heading))


def _under(heading: str, rows: tuple[Row, ...], width: int) -> Iterator[Row]:
    """Rows of a page under the heading that the page before ended with, until the next one."""
    for row in rows:
        headed = _headed(row, width, heading)
        if headed.cells[-1] != heading:
            heading = ""
        yield headed
