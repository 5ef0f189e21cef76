"""Paragraphs and tables as bytes of text, CSV, HTML, Word and Excel."""

import csv
import io
import re
import unicodedata
from html import escape

from tests.intake.documents.truth import Matrix

PLAIN_DIGITS = str.maketrans("¹²", "12")


def as_text(blocks: list) -> bytes:
    """Pasted text: tabs between cells; a cell with line breaks in quotation marks."""
    lines = []
    for block in blocks:
        if isinstance(block, str):
            lines += ["", block, ""]
            continue
        shown = [row for number, row in enumerate(block.rows) if number not in block.hidden]
        shown = [row for row in shown if len(row) > 1 and any(row)]
        if "aligned_blanks" in block.paper and not any(
            "\n" in cell for row in shown for cell in row
        ):
            lines += _aligned(shown)
            continue
        lines += ["\t".join(_quoted(cell) for cell in row) for row in shown]
    return "\n".join(lines).encode()


def _aligned(rows: list[list[str]]) -> list[str]:
    """Rows whose columns blanks set apart; a row of one cell runs on over all of them."""
    whole = [row for row in rows if sum(map(bool, row)) > 1]
    widths = [max(map(_places, column)) + 3 for column in zip(*whole, strict=True)]
    return [
        "".join(
            cell + " " * (width - _places(cell)) for cell, width in zip(row, widths, strict=True)
        )
        if sum(map(bool, row)) > 1 or not row[0]
        else "".join(row)
        for row in rows
    ]


def _places(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if "\n" in cell else cell


def as_gbk_text(blocks: list) -> bytes:
    """The same in GB18030, with the line ends of Windows."""
    return as_text(blocks).replace(b"\n", b"\r\n").decode().encode("gb18030")


def as_csv(blocks: list) -> bytes:
    """A spreadsheet's CSV: the paragraphs become rows of one cell. UTF-8 with a mark."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    width = max(len(row) for block in blocks if isinstance(block, Matrix) for row in block.rows)
    for block in blocks[:-1]:
        if isinstance(block, str):
            writer.writerow([block] + [""] * (width - 1))
        else:
            writer.writerows(
                row for number, row in enumerate(block.rows) if number not in block.hidden
            )
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def as_html(blocks: list) -> bytes:
    """A page; merged cells by rowspan and colspan."""
    parts = ["<!DOCTYPE html><html><head><meta charset='utf-8'><title>x</title></head><body>"]
    for block in blocks:
        if isinstance(block, str):
            parts.append(f"<p>{escape(block)}</p>")
            continue
        covered = _covered(block)
        parts.append("<table>")
        for number, row in enumerate(block.rows):
            parts.append('<tr style="display: none">' if number in block.hidden else "<tr>")
            for column, cell in enumerate(row):
                if (number, column) in covered:
                    continue
                height, width = _size(block, number, column)
                parts.append(
                    f'<td rowspan="{height}" colspan="{width}">{_raised(escape(cell)).replace(chr(10), "<br>")}</td>'
                )
            parts.append("</tr>")
        parts.append("</table>")
    return "".join([*parts, "</body></html>"]).encode()


RAISED = str.maketrans({"¹": "<sup>1</sup>", "²": "<sup>2</sup>"})


def _raised(text: str) -> str:
    """Raised digits as a page has them."""
    return text.translate(RAISED)


def _covered(matrix: Matrix) -> set[tuple[int, int]]:
    return {
        (row, column)
        for top, left, height, width in matrix.merges
        for row in range(top, top + height)
        for column in range(left, left + width)
    } - {(top, left) for top, left, _, _ in matrix.merges}


def _size(matrix: Matrix, row: int, column: int) -> tuple[int, int]:
    for top, left, height, width in matrix.merges:
        if (top, left) == (row, column):
            return height, width
    return 1, 1


def as_docx(blocks: list) -> bytes:
    """A Word document."""
    from docx import Document
    from docx.oxml import OxmlElement

    document = Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        width = max(map(len, block.rows))
        table = document.add_table(len(block.rows), width)
        for number, (row, line) in enumerate(zip(block.rows, table.rows, strict=True)):
            for cell, text in zip(line._tr.tc_lst, row, strict=False):
                for piece in re.split("([¹²])", text):
                    run = cell.p_lst[0].add_r()
                    if piece in ("¹", "²"):
                        run.get_or_add_rPr().superscript = True
                    run.text = piece.translate(PLAIN_DIGITS)
            if number in block.hidden:
                line._tr.get_or_add_trPr().append(OxmlElement("w:hidden"))
        for top, left, height, span in block.merges:
            table.cell(top, left).merge(table.cell(top + height - 1, left + span - 1))
        # Two tables without a paragraph between them are one table for Word.
        document.add_paragraph("")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _sheet_rows(blocks: list) -> tuple[list[list[str]], list, set[int]]:
    rows: list[list[str]] = []
    merges: list[tuple[int, int, int, int]] = []
    hidden: set[int] = set()
    for block in blocks[:-1]:
        if isinstance(block, str):
            rows += [[block]]
            continue
        merges += [
            (top + len(rows), left, height, width) for top, left, height, width in block.merges
        ]
        hidden |= {number + len(rows) for number in block.hidden}
        rows += block.rows
    return rows, merges, hidden


def as_xlsx(blocks: list) -> bytes:
    """A workbook with everything on one sheet."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    rows, merges, hidden = _sheet_rows(blocks)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row, start=1):
            if cell:
                sheet.cell(
                    number, column, int(cell) if cell.isascii() and cell.isdecimal() else cell
                )
        sheet.row_dimensions[number].hidden = number - 1 in hidden
    for top, left, height, width in merges:
        sheet.merge_cells(
            start_row=top + 1, start_column=left + 1, end_row=top + height, end_column=left + width
        )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_xls(blocks: list) -> bytes:
    """A workbook of Excel 97."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名单")
    rows, merges, hidden = _sheet_rows(blocks)
    starts = {(top, left): (height, width) for top, left, height, width in merges}
    covered = _covered(Matrix(rows, merges))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            value = int(cell) if cell.isascii() and cell.isdecimal() else cell
            if (number, column) in starts:
                height, width = starts[number, column]
                sheet.write_merge(number, number + height - 1, column, column + width - 1, value)
            elif cell and (number, column) not in covered:
                sheet.write(number, column, value)
        sheet.row(number).hidden = number in hidden
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
