"""Text: pasted tables, tab- or comma-separated files, Markdown tables; in any usual encoding."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from charset_normalizer import from_bytes

from apps.cases.spreadsheets import undefused
from apps.intake.grid import WHOLE_ROW, Block, Grid, Mark, Paragraph, Place, Row
from apps.intake.readers.aligned import LEAST_LINES, gapped, has_gap, is_spaced, tables_of
from apps.intake.readers.no_columns import is_labelled, is_of_days, is_of_labels
from apps.intake.readers.tidy import ODD, has_control, tidy
from apps.intake.refusal import Refusal

BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
UTF8_WORD = re.compile(rb"(?:[\xe2-\xef][\x80-\xbf]{2}){4,}")
"""Four characters of UTF-8 in a row: no accident in a text of another encoding."""
HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|table|div|meta|p|tr)\b", re.IGNORECASE)
SPREADSHEET_XML = "urn:schemas-microsoft-com:office:spreadsheet"
RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?")
UNSURE = "columns-unsure"
"""The mark of a row whose columns blanks set apart, fewer than on the page before."""
LOOKED_AT = 20_000
IN_FIGURE = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
LONGEST_HEAD = 12
LEAST_LIKE = 3
"""Cells of a line alone that make it a row of the table before."""
LONGEST_QUOTED = 40
"""Lines that one quoted cell may run over."""
MOST_LINES = 2_000_000
"""Lines of a table, blank ones among them."""
LARGEST_TEXT = 30_000_000
"""Bytes: a list of 100,000 rows takes a quarter of it."""


def decode(data: bytes) -> str:
    """Bytes as text: by byte order mark, then UTF-8, UTF-16, GB18030 (which holds GBK), a guess.

    Raises ``Refusal`` for a file of two encodings at once, and for one of none.
    """
    for mark, name in BOMS:
        if data.startswith(mark):
            return _strictly(data, name)
    if name := _utf16_without_mark(data):
        return _strictly(data, name)
    if b"\0" in data:
        raise Refusal("not-text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if found := UTF8_WORD.search(data):
            place = max(found.start(), error.start)
            raise Refusal("mixed-encodings", line=data.count(b"\n", 0, place) + 1) from error
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        if best is None:
            raise Refusal("unknown-encoding") from None
        return str(best)


def _strictly(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise Refusal("mixed-encodings", line=data.count(b"\n", 0, error.start) + 1) from error


def _utf16_without_mark(data: bytes) -> str:
    """UTF-16 by its line breaks, tabs and commas, whose other byte is nought."""
    sample = data[:4096]
    for name, pattern in (("utf-16-le", b"[\t\n,]\0"), ("utf-16-be", b"\0[\t\n,]")):
        if any(found.start() % 2 == 0 for found in re.finditer(pattern, sample)):
            return name
    return ""


def read(data: bytes) -> Iterator[Block]:
    """The blocks of a text file, or of the HTML that it is."""
    if len(data) > LARGEST_TEXT:
        raise Refusal("file-too-large", megabytes=LARGEST_TEXT // 2**20)
    text = decode(data)
    if SPREADSHEET_XML in text[:4096]:
        from apps.intake.readers import sheet_xml

        yield from sheet_xml.read(text)
        return
    if text.lstrip()[:12].lower().startswith("mime-version"):
        raise Refusal("web-archive")
    if HTML.search(text[:8192]) and re.search(r"<table\b|</(?:html|body|p|div)>", text, re.I):
        from apps.intake.readers import web

        yield from web.read_html(text)
        return
    if sum(map(text.count, "\x00\x01\x02\x03\x04\x05\x06\x07\x08")) > max(8, len(text) // 50):
        raise Refusal("not-text")
    yield from read_text(text)


def read_text(text: str) -> Iterator[Block]:
    """The blocks of a text: runs of lines with tabs (or a Markdown table), or one CSV table."""
    of_lines = is_of_labels(text)
    is_table = "\t" not in text and not is_grouped_by_commas(text) and not of_lines
    if is_table and (rows := read_csv(text)):
        yield Grid(tuple(rows))
        return
    table: list[Row] = []
    place = Place("text", table=1)
    spaced = {} if of_lines or is_of_days(text) or not has_gaps(text) else spaced_rows(text)
    before, last = 0, ""
    for number, line in logical_lines(text):
        aligned = spaced.get(number)
        cells = aligned or like_row_before(line, last, before) or cells_of(line)
        if of_lines and is_labelled(line):
            cells = [line]
        if len(cells) > 1:
            row = text_row(number, cells, place)
            goes_on = is_no_header(cells)
            if "\t" not in line and (not aligned or (goes_on and len(cells) < before)):
                row = row.marked(WHOLE_ROW, UNSURE)
            before = max(before, len(cells)) if goes_on else len(cells)
            last = row.cells[0]
            table.append(row)
            continue
        if table and not RULE.fullmatch(line.strip()):
            yield Grid(tuple(table))
            table, place = [], Place("text", table=place.table + 1)
        if line.strip() and not RULE.fullmatch(line.strip()):
            yield Paragraph(tidy(line), number)
    if table:
        yield Grid(tuple(table))


def is_grouped_by_commas(text: str) -> bool:
    """Whether the commas of a text stand in its figures, whose columns blanks set apart: 5,141.91."""
    if "," not in text:
        return False
    with_comma = [line for line in text[:LOOKED_AT].split("\n") if "," in line]
    told = sum(1 for line in with_comma if has_gap(line) and "," not in IN_FIGURE.sub("", line))
    return told * 2 > len(with_comma)


def like_row_before(line: str, last: str, width: int) -> list[str]:
    """The cells of a line alone that has as many by its gaps as the row before it, ``width``.

    Or fewer, where it has the number after ``last``: then it is not told which of them are blank.
    """
    if width < LEAST_LIKE or not has_gap(line):
        return []
    cells = gapped(line)
    if LEAST_LIKE <= len(cells) < width:
        last, number = last.strip(".、"), cells[0].strip(".、")
        goes_on = last.isdecimal() and number.isdecimal() and int(number) == int(last) + 1
        return cells if goes_on else []
    return cells if len(cells) == width else []


def is_no_header(cells: list[str]) -> bool:
    """Whether a row of cells is one of a table's body: a figure stands in it, or a long text."""
    return any(len(cell) > LONGEST_HEAD or any(map(str.isdigit, cell)) for cell in cells)


def has_gaps(text: str) -> bool:
    """Whether a text may hold columns that blanks set apart: not one where tabs do."""
    return "\t" not in text or any("\t" not in line and has_gap(line) for line in text.split("\n"))


def spaced_rows(text: str) -> dict[int, list[str]]:
    """The cells of lines whose columns blanks set apart, by the number of the line.

    Other lines stand between the runs of them: titles, headings, page numbers.
    """
    runs: list[list[tuple[int, str]]] = [[]]
    is_wide = sum(map(has_gap, text.split("\n"))) >= LEAST_LINES
    for number, line in logical_lines(text):
        # A line set in below others is a cell of its column.
        is_cell = is_wide and bool(runs[-1]) and line.startswith("  ") and bool(line.strip())
        if is_cell or is_spaced(line, is_wide):
            runs[-1].append((number, line))
        elif runs[-1]:
            runs.append([])
    runs = [run for run in runs if run]
    tables = tables_of([[line for _number, line in run] for run in runs])
    return {
        at: cells
        for run, rows in zip(runs, tables, strict=True)
        for (at, _line), cells in zip(run, rows, strict=True)
        if cells
    }


def text_row(number: int, cells: list[str], place: Place) -> Row:
    """A row of cells, tidied, with a mark where a cell held control characters."""
    if not any(map(ODD.search, cells)):
        return Row(number, tuple([cell.strip() for cell in cells]), (), place)
    marks = tuple(
        Mark(i, "control-characters") for i, cell in enumerate(cells) if has_control(cell)
    )
    return Row(number, tuple(map(tidy, cells)), marks, place)


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines; a cell quoted by a spreadsheet keeps its line breaks and stays one line."""
    lines = re.split(r"\r\n|\r|\n", text)
    at = 0
    while at < len(lines):
        end = _end_of_row(lines, at)
        joined = "\n".join(lines[at:end])
        if end > at + 1 and "\t" not in joined:
            end, joined = at + 1, lines[at]  # No row of a table: the quotation mark is a mark.
        yield at + 1, joined
        at = end


def _end_of_row(lines: list[str], at: int) -> int:
    """The line behind a row that begins at ``at``, and runs on while its last cell is quoted.

    Each cell may run over so many lines; where one is never closed, its quotation mark is a mark.
    """
    end, cell = at + 1, lines[at].rpartition("\t")[2]
    while _is_open(cell):
        first = end
        while _is_open(cell) and end < len(lines) and end - first < LONGEST_QUOTED:
            cell += "\n" + lines[end].partition("\t")[0]
            end += 1
            if "\t" in lines[end - 1]:
                break
        if _is_open(cell):
            return at + 1
        if "\t" in lines[end - 1]:
            cell = lines[end - 1].rpartition("\t")[2]
    return end


def _is_open(cell: str) -> bool:
    """Whether a cell is quoted and not closed."""
    return cell.startswith('"') and cell.count('"') % 2 == 1


def cells_of(line: str) -> list[str]:
    """The cells of a line: by tabs, or by the bars of a Markdown table; one cell for a paragraph."""
    if "\t" in line:
        return [undefused(_unquoted(cell)) for cell in line.split("\t")]
    stripped = line.strip()
    if (
        stripped.count("|") > 2
        and stripped[0] == stripped[-1] == "|"
        and not RULE.fullmatch(stripped)
    ):
        return stripped[1:-1].split("|")
    return [line]


def _unquoted(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] == '"' and ("\n" in cell or '""' in cell[1:-1]):
        return cell[1:-1].replace('""', '"')
    return cell


def written_out(cell: str) -> str:
    """The text that a program wrote as ="0123", so that no spreadsheet takes it for a number."""
    found = re.fullmatch(r'="([^"]*)"', cell)
    return found[1] if found else cell


def is_even(widths: list[int]) -> bool:
    """Whether so many lines have as many cells: most of one number, or nearly all of two, no few."""
    usual = Counter(widths).most_common(2)
    if usual[0][0] > 1 and usual[0][1] * 10 >= len(widths) * 6:
        return True
    return min(usual)[0] >= LEAST_LIKE and sum(n for _w, n in usual) * 10 >= len(widths) * 8


def read_csv(text: str) -> list[Row]:
    """The rows of a comma- or semicolon-separated text; none where it is no such table.

    The sign: most lines have the same number of cells, two or more; a page beside it may have
    another.
    """
    for delimiter in ",;":
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = []
        before = 0
        try:
            for cells in reader:
                if any(cells):
                    rows.append((before + 1, cells))
                elif reader.line_num > MOST_LINES:
                    raise Refusal("table-too-large")
                before = reader.line_num
        except csv.Error:
            continue
        if len(rows) > 1 and is_even([len(cells) for _, cells in rows]):
            place = Place("csv", table=1)
            if "'" in text:
                # Our own exports come back: the apostrophe belongs to the file, not to the value.
                rows = [(number, list(map(undefused, cells))) for number, cells in rows]
            if '="' in text:
                rows = [(number, list(map(written_out, cells))) for number, cells in rows]
            return [text_row(number, cells, place) for number, cells in rows]
    return []
