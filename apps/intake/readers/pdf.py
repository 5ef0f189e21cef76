"""PDF with a text layer: ruled tables by their lines, other text as paragraphs.

Whether a line break inside a cell is only the end of a printed line is measured: the next word
would not have fitted.
"""

import io
import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
from apps.intake.readers.pdf_rules import ruled_tables
from apps.intake.readers.tidy import has_control, tidy
from apps.intake.refusal import Refusal

MOST_PAGES = 400
MOST_UNREADABLE = 4
"""A PDF of which one letter in so many means no character is refused."""
PAGE_NUMBER = re.compile(r"[-—–·\s]*(?:第?\s*\d{1,4}\s*页?)?(?:\s*[/共]\s*\d{1,4}\s*页?)?[-—–·\s]*")
WORD = re.compile(r"[A-Za-z0-9.,%\-]+")
NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
MOST_ARE_NAMES, SOME_END_EARLY = 0.9, 5
MOST_OVERLAP = 0.4
"""Letters of one line that overlap by more of their height are printed over each other."""
SEPARATOR = re.compile(r"[、，,；;]")
CODE = re.compile(r"(?=(?:[A-Z\-]*[0-9]){4})[0-9A-Z\-]{12,}")
"""A number of a certificate or an enterprise: no blank stands in it, however it is broken."""


@dataclass
class Line:
    """A printed line inside a cell or on a page, with its ends and the size of its letters."""

    text: str
    left: float
    right: float
    top: float
    size: float
    width_of_first: float
    is_over: bool = False
    """Whether letters of it are printed over one another."""


def read(data: bytes) -> Iterator[Block]:
    """The blocks of every page, from top to bottom. Raises ``Refusal`` where there is no text."""
    try:
        with pdfplumber.open(io.BytesIO(data)) as book:
            if len(book.pages) > MOST_PAGES:
                raise Refusal("too-many-pages", pages=MOST_PAGES)
            seen, tables, unreadable = 0, 0, 0
            stamps: Stamps = set()
            for number, page in enumerate(book.pages, start=1):
                page = turned_upright(page)
                letters = raised_digits(told(page.chars))
                seen += len(letters)
                unreadable += sum(1 for letter in letters if letter["text"] == UNREADABLE)
                for block in read_page(page, letters, number, tables, stamps):
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
) -> Iterator[Block]:
    """The blocks of one page: tables, and the lines outside them, by their height on the page.

    ``stamps`` are those of the pages before, and gets those of this one.
    """
    tables = ruled_tables(page)
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
    for line in itertools.chain.from_iterable(map(lines_of, by_size(outside))):
        text = tidy(line.text)
        if text and not PAGE_NUMBER.fullmatch(text):
            blocks.append((line.top, Paragraph(text, 0, Place("pdf", page=number))))
    for _top, block in sorted(blocks, key=lambda item: item[0]):
        yield block


def _inside(char: Letter, box: tuple[float, float, float, float]) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def lines_of(chars: list[Letter]) -> list[Line]:
    """Characters as lines, from top to bottom, with a blank where there is a gap."""
    lines: list[list[Letter]] = []
    for char in sorted(chars, key=lambda each: (round(each["bottom"], 0), each["x0"])):
        if lines and abs(lines[-1][-1]["bottom"] - char["bottom"]) < char["size"] * 0.5:
            lines[-1].append(char)
        else:
            lines.append([char])
    return [_line(sorted(line, key=lambda each: each["x0"])) for line in lines]


def _line(chars: list[Letter]) -> Line:
    text, before, is_over = "", chars[0], False
    for char in chars:
        overlap = before["x1"] - char["x0"] if text else 0.0
        if (
            overlap > before["size"] * MOST_OVERLAP
            and char["text"].strip()
            and before["text"].strip()
        ):
            if char["text"] == before["text"]:
                continue  # Printed twice, to be bold.
            is_over = True
        if text and char["x0"] - before["x1"] > before["size"] * 0.25 and text[-1:] != " ":
            text += " "
        text += char["text"]
        before = char
    printed = [char for char in chars if char["text"].strip()] or chars
    first = WORD.match(text.lstrip())
    wide = len(first[0]) if first else 1
    width = printed[min(wide, len(printed)) - 1]["x1"] - printed[0]["x0"]
    return Line(
        text,
        printed[0]["x0"],
        printed[-1]["x1"],
        min(c["top"] for c in chars),
        max(c["size"] for c in chars),
        width,
        is_over,
    )


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


def is_list_of_names(cells: list[tuple[list[Line], float]]) -> bool:
    """Whether a column lists people line by line, of its cells' lines and the room of each cell.

    So it is where nearly every line is as long as a name, some end early, and no cell has a
    separator. Then a name that fills its line ends there, too.
    """
    broken = [(lines, room) for lines, room in cells if len(lines) > 1]
    texts = [line.text.strip() for lines, _room in broken for line in lines]
    names = sum(1 for text in texts if NAME.fullmatch(text))
    joints = [
        ends_early(line, following, room)
        for lines, room in broken
        for line, following in itertools.pairwise(lines)
    ]
    return (
        len(texts) > 3
        and names >= len(texts) * MOST_ARE_NAMES
        and sum(joints) * SOME_END_EARLY >= len(joints)
        and not any(SEPARATOR.search(line.text) for lines, _room in cells for line in lines)
    )


def is_list_by_lines(cells: list[tuple[list[Line], float]]) -> bool:
    """Whether a column holds lists whose members a line end parts: lines end early, no separator."""
    broken = [(lines, room) for lines, room in cells if len(lines) > 1]
    return any(
        ends_early(line, following, room)
        for lines, room in broken
        for line, following in itertools.pairwise(lines)
    ) and not any(SEPARATOR.search(line.text) for lines, _room in broken for line in lines)


def ends_early(line: Line, following: Line, room: float) -> bool:
    """Whether a line ends although the next word would have fitted behind it."""
    return line.right - line.left + following.width_of_first < room - 0.5


def unwrap(lines: list[Line], room: float, is_listed: bool = False) -> tuple[str, bool]:
    """The text of a cell, lines joined where the next word would not have fitted; and whether
    that is sure: between two Latin words a blank may or may not have stood. Where each line
    ``is_listed``, none is joined, which is not sure where one is full."""
    whole = "".join(line.text.strip() for line in lines)
    if CODE.fullmatch(whole):
        return whole, True
    text, is_sure = lines[0].text.rstrip("\n"), True
    for line, following in itertools.pairwise(lines):
        is_early = ends_early(line, following, room)
        if is_early or is_listed:
            text += "\n" + following.text
            is_sure = is_sure and is_early
            continue
        glue, sure = joint(text, following.text)
        is_sure = is_sure and sure
        text += glue + following.text.lstrip()
    return text, is_sure


def joint(before: str, after: str) -> tuple[str, bool]:
    """What stands between two pieces of a wrapped line, and whether that is sure."""
    if before.endswith(" ") or after.startswith(" "):
        return "", True
    last, first = before[-1:], after[:1]
    if last == "." and first.isascii() and first.isalpha() and before[-2:-1].isalpha():
        return " ", False  # John A. Smith, or Co.Ltd
    if last.isascii() and last.isalnum() and first.isascii() and first.isalnum():
        return ("" if last.isdigit() and first.isdigit() else " "), False
    return "", True
