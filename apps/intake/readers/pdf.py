"""PDF with a text layer: tables by their lines or by their columns, other text as paragraphs."""

import io
import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from apps.intake.grid import Aside, Block, Paragraph, Place, Span
from apps.intake.readers.pdf_cells import Box, Cells, Key, grid_of
from apps.intake.readers.pdf_letters import (
    UNREADABLE,
    UPRIGHT,
    Letter,
    Stamps,
    by_size,
    direction,
    raised_digits,
    stamped,
    told,
    turned_upright,
)
from apps.intake.readers.pdf_lines import lines_of
from apps.intake.readers.pdf_placed import cells_of
from apps.intake.readers.pdf_rules import levels_in, ruled_tables, shaded
from apps.intake.readers.pdf_unruled import Region, regions_of
from apps.intake.readers.tidy import tidy
from apps.intake.refusal import Refusal

MOST_PAGES = 400
MOST_UNREADABLE = 4
"""A PDF of which one letter in so many means no character is refused."""
PAGE_NUMBER = re.compile(r"[-—–·\s]*(?:第?\s*\d{1,4}\s*页?)?(?:\s*[/共]\s*\d{1,4}\s*页?)?[-—–·\s]*")


@dataclass
class Before:
    """What is known of the pages before: tables so far, words stamped over them, and a table without
    lines between its cells that may go on."""

    tables: int = 0
    stamps: Stamps = field(default_factory=set)
    table: Region | None = None


def read(data: bytes) -> Iterator[Block]:
    """The blocks of every page, from top to bottom. Raises ``Refusal`` where there is no text."""
    try:
        with pdfplumber.open(io.BytesIO(data)) as book:
            if len(book.pages) > MOST_PAGES:
                raise Refusal("too-many-pages", pages=MOST_PAGES)
            seen, unreadable, before = 0, 0, Before()
            for number, page in enumerate(book.pages, start=1):
                page = turned_upright(page)
                letters = raised_digits(told(page.chars))
                seen += len(letters)
                unreadable += sum(1 for letter in letters if letter["text"] == UNREADABLE)
                yield from read_page(page, letters, number, before)
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


def read_page(page: Any, letters: list[Letter], number: int, before: Before) -> Iterator[Block]:
    """The blocks of one page: tables, and the lines outside them, by their height on the page.

    What this page says about those behind it is put into ``before``.
    """
    tables = ruled_tables(page)
    boxes = (cell for table in tables for cell in table.cells if cell)
    over = stamped(letters, boxes, before.stamps)
    if over:
        gone = set(map(id, over))
        letters = [char for char in letters if id(char) not in gone]
    chars = [char for char in letters if char["text"].strip() or direction(char) == UPRIGHT]
    tables, regions = _with_unruled(page, tables, chars, before)
    found = [(table.bbox[1], _ruled_cells(table, chars)) for table in tables]
    found += [
        (region.box[1], cells_of(region, levels_in(page, region.box), page.width))
        for region in regions
    ]
    blocks: list[tuple[float, Block]] = []
    said = "".join(char["text"] for char in over).strip()
    for index, (top, cells) in enumerate(sorted(found, key=lambda each: each[0])):
        before.tables += 1
        grid = grid_of(cells, Place("pdf", page=number, table=before.tables))
        if said and not index:
            grid = replace(grid, dropped=(*grid.dropped, Aside(said, "watermark")))
        blocks.append((top, grid))
    held = {id(letter) for region in regions for letter in region.letters}
    outside = [char for char in _outside(chars, tables) if id(char) not in held]
    for line in itertools.chain.from_iterable(map(lines_of, by_size(outside))):
        text = tidy(line.text)
        if text and not PAGE_NUMBER.fullmatch(text):
            blocks.append((line.top, Paragraph(text, 0, Place("pdf", page=number))))
    for _top, block in sorted(blocks, key=lambda item: item[0]):
        yield block


def _with_unruled(
    page: Any, tables: list[Any], chars: list[Letter], before: Before
) -> tuple[list[Any], list[Region]]:
    """The tables by their lines and those without; shading is a table of its own only where it is
    no part of one of these."""
    shades = shaded(page, tables)
    ruled = [table for table in tables if table not in shades]
    regions = regions_of(_outside(chars, ruled), before.table)
    kept = [
        table for table in shades if not any(_meets(table.bbox, region.box) for region in regions)
    ]
    if kept:
        ruled = [*ruled, *kept]
        regions = regions_of(_outside(chars, ruled), before.table)
    before.table = regions[-1] if regions else None
    return ruled, regions


def _outside(chars: list[Letter], tables: list[Any]) -> list[Letter]:
    """The upright letters that lie in none of these tables."""
    return [
        char
        for char in chars
        if direction(char) == UPRIGHT and not any(_inside(char, table.bbox) for table in tables)
    ]


def _meets(one: Box, other: Box) -> bool:
    return one[1] < other[3] and other[1] < one[3] and one[0] < other[2] and other[0] < one[2]


def _inside(char: Letter, box: tuple[float, float, float, float]) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _ruled_cells(table: Any, chars: list[Letter]) -> Cells:
    """The cells of a ruled table by its lines, merged ones by what they cover."""
    cells = [cell for cell in table.cells if cell]
    tops = _edges(cell[1] for cell in cells)
    lefts = _edges(cell[0] for cell in cells)
    at: dict[Key, Box] = {}
    spans = []
    for left, top, right, bottom in cells:
        row, column = _index(tops, top), _index(lefts, left)
        height = max(_index(tops, bottom - 3) - row + 1, 1)
        width = max(_index(lefts, right - 3) - column + 1, 1)
        at[row, column] = (left, top, right, bottom)
        if height > 1 or width > 1:
            spans.append(Span(row, column, height, width))
    held, homeless = _by_cell([char for char in chars if _inside(char, table.bbox)], at)
    return Cells(at, held, len(tops), len(lefts), tuple(spans), homeless)


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
