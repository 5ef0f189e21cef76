"""PDF with a text layer: ruled tables by their lines, other text as paragraphs."""

import io
import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from apps.intake.grid import WHOLE_ROW, Aside, Block, Grid, Mark, Paragraph, Place, Row, Span
from apps.intake.readers.pdf_letters import (
    UNREADABLE,
    UPRIGHT,
    Letter,
    Stamps,
    by_size,
    direction,
    lying,
    raised_digits,
    stamped,
    told,
    turned_upright,
)
from apps.intake.readers.pdf_lines import (
    Line,
    is_list_by_lines,
    is_list_of_names,
    lines_of,
    unwrap,
)
from apps.intake.readers.pdf_rules import ruled_tables
from apps.intake.readers.pdf_unruled import Columns, unruled_table, without_stripes
from apps.intake.readers.tidy import has_control, tidy
from apps.intake.refusal import Refusal

MOST_PAGES = 400
MOST_UNREADABLE = 4
"""A PDF of which one letter in so many means no character is refused."""
PAGE_NUMBER = re.compile(r"[-—–·\s]*(?:第?\s*\d{1,4}\s*页?)?(?:\s*[/共]\s*\d{1,4}\s*页?)?[-—–·\s]*")


def read(data: bytes) -> Iterator[Block]:
    """The blocks of every page, from top to bottom. Raises ``Refusal`` where there is no text."""
    try:
        with pdfplumber.open(io.BytesIO(data)) as book:
            if len(book.pages) > MOST_PAGES:
                raise Refusal("too-many-pages", pages=MOST_PAGES)
            seen, tables, unreadable = 0, 0, 0
            stamps: Stamps = set()
            columns: list[Columns] = []
            for number, page in enumerate(book.pages, start=1):
                page = turned_upright(page)
                letters = raised_digits(told(page.chars))
                seen += len(letters)
                unreadable += sum(1 for letter in letters if letter["text"] == UNREADABLE)
                for block in read_page(page, letters, number, tables, stamps, columns):
                    tables += isinstance(block, Grid)
                    yield block
                page.close()
            if not seen:
                raise Refusal("scanned-pdf")
            if unreadable * MOST_UNREADABLE > seen:
                raise Refusal("unreadable-pdf")
    except (PDFPasswordIncorrect, PdfminerException, PDFException) as error:
        is_locked = "Password" in type(error).__name__ or any(
            isinstance(each, PDFPasswordIncorrect) for each in error.args
        )
        raise Refusal("password" if is_locked else "truncated") from error


def read_page(
    page: Any,
    letters: list[Letter],
    number: int,
    tables_before: int = 0,
    stamps: Stamps | None = None,
    columns: list[Columns] | None = None,
) -> Iterator[Block]:
    """The blocks of one page: tables, and the lines outside them, by their height on the page.

    ``stamps`` are those of the pages before, and gets those of this one; ``columns`` are those of a
    table without lines that may go on here.
    """
    tables = without_stripes(ruled_tables(page))
    boxes = (cell for table in tables for cell in table.cells if cell)
    over = stamped(letters, boxes, set() if stamps is None else stamps)
    if over:
        gone = set(map(id, over))
        letters = [char for char in letters if id(char) not in gone]
    chars = [char for char in letters if char["text"].strip() or direction(char) == UPRIGHT]
    outside = [
        char
        for char in chars
        if direction(char) == UPRIGHT and not any(_inside(char, table.bbox) for table in tables)
    ]
    said = "".join(char["text"] for char in over).strip()
    blocks: list[tuple[float, Block]] = []
    for index, table in enumerate(tables, start=1):
        place = Place("pdf", page=number, table=tables_before + index)
        grid = read_table(table, chars, place)
        if said and index == 1:
            grid = replace(grid, dropped=(*grid.dropped, Aside(said, "watermark")))
        blocks.append((table.bbox[1], grid))
    if not tables:
        place = Place("pdf", page=number, table=tables_before + 1)
        before = columns[-1] if columns else None
        if columns is not None:
            columns.clear()
        if (found := unruled_table(outside, page.edges, place, before)) is not None:
            blocks.append((found.top, found.grid))
            outside = [char for char in outside if id(char) not in found.taken]
            if columns is not None:
                columns.append(found.columns)
    for line in itertools.chain.from_iterable(map(lines_of, by_size(outside))):
        text = tidy(line.text)
        if text and not PAGE_NUMBER.fullmatch(text):
            blocks.append((line.top, Paragraph(text, 0, Place("pdf", page=number))))
    for _top, block in sorted(blocks, key=lambda item: item[0]):
        yield block


def _inside(char: Letter, box: tuple[float, float, float, float]) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def read_table(table: Any, chars: list[Letter], place: Place) -> Grid:
    """A ruled table: cells by its lines, merged cells by what they cover."""
    cells = [cell for cell in table.cells if cell]
    tops = _edges(cell[1] for cell in cells)
    lefts = _edges(cell[0] for cell in cells)
    at = {}
    spans = []
    for left, top, right, bottom in cells:
        row, column = _index(tops, top), _index(lefts, left)
        height = max(_index(tops, bottom - 3) - row + 1, 1)
        width = max(_index(lefts, right - 3) - column + 1, 1)
        at[row, column] = (left, top, right, bottom)
        if height > 1 or width > 1:
            spans.append(Span(row, column, height, width))
    held, homeless = _by_cell([char for char in chars if _inside(char, table.bbox)], at)
    flat = {key for key, inside in held.items() if any(direction(c) != UPRIGHT for c in inside)}
    lines = {
        key: lines_of(list(map(lying, inside)) if key in flat else inside)
        for key, inside in held.items()
    }
    padding = _paddings({key: inside for key, inside in lines.items() if key not in flat}, at)
    rooms = {
        key: at[key][3] - at[key][1]
        if key in flat
        else at[key][2] - at[key][0] - 2 * padding[key[1]]
        for key in lines
    }
    listed = {
        column
        for column in range(len(lefts))
        if is_list_of_names([(lines[key], rooms[key]) for key in lines if key[1] == column])
    }
    by_lines = {
        column
        for column in range(len(lefts))
        if is_list_by_lines([(lines[key], rooms[key]) for key in lines if key[1] == column])
    }
    rows = []
    for row in range(len(tops)):
        texts, marks = [], []
        for column in range(len(lefts)):
            key = row, column
            if key not in lines:
                texts.append("")
                continue
            text, is_sure = unwrap(lines[key], rooms[key], column in listed)
            # Where lines end early on purpose, a full one may end on purpose as well.
            is_sure = is_sure and not (
                column in by_lines and len(lines[key]) > text.count("\n") + 1
            )
            texts.append(tidy(text))
            if not is_sure:
                marks.append(Mark(column, "line-break"))
            if has_control(text):
                marks.append(Mark(column, "control-characters"))
            if any(line.is_over for line in lines[key]):
                marks.append(Mark(column, "overprinted"))
        if row in homeless:
            marks.append(Mark(WHOLE_ROW, "words-left-over"))
        rows.append(Row(row + 1, tuple(texts), tuple(marks), place))
    left = [Aside(tidy(text), "left-over", row + 1) for row, text in homeless.items()]
    return Grid(tuple(rows), tuple(spans), tuple(left))


def _by_cell(
    chars: list[Letter], at: dict[tuple[int, int], Any]
) -> tuple[dict[tuple[int, int], list[Letter]], dict[int, str]]:
    """The letters of a table by cell; and, by row, the text of those that lie in none."""
    held: dict[tuple[int, int], list[Letter]] = {}
    homeless: dict[int, list[Letter]] = {}
    boxes = [(box, key) for key, box in at.items()]
    rows = sorted({(box[1], key[0]) for key, box in at.items()})
    for char in chars:
        for box, key in boxes:
            if _inside(char, box):
                held.setdefault(key, []).append(char)
                break
        else:
            if char["text"].strip():
                middle = (char["top"] + char["bottom"]) / 2
                row = rows[max(bisect_right(rows, (middle, len(rows))) - 1, 0)][1]
                homeless.setdefault(row, []).append(char)
    return held, {
        row: " ".join(line.text for line in lines_of(inside)) for row, inside in homeless.items()
    }


def _edges(values: Any) -> list[float]:
    """Distinct edges in order; those closer than a stroke are one."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > 2:
            edges.append(value)
    return edges


def _index(edges: list[float], value: float) -> int:
    return max(bisect_right(edges, value + 2) - 1, 0)


def _paddings(
    lines: dict[tuple[int, int], list[Line]], at: dict[tuple[int, int], Any]
) -> dict[int, float]:
    """The room between a cell's edge and its longest line, by column."""
    padding: dict[int, float] = {}
    for (row, column), inside in lines.items():
        left = min(line.left for line in inside) - at[row, column][0]
        padding[column] = max(min(left, padding.get(column, left)), 0)
    return padding
