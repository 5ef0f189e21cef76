"""Paragraphs and tables as PDF."""

import io
import re
from html import escape
from typing import Any

from tests.intake.documents.truth import Matrix

RAISED = re.compile("[¹²]")


def as_pdf(blocks: list) -> bytes:
    """A PDF with ruled tables; long cells are wrapped by their width."""
    from reportlab.platypus.doctemplate import LayoutError

    try:
        return _as_pdf(blocks, 8)
    except (LayoutError, TypeError):
        return _as_pdf(blocks, 1)


def _as_pdf(blocks: list, tallest: int) -> bytes:
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    paper = frozenset().union(*(block.paper for block in blocks if isinstance(block, Matrix)))
    style = ParagraphStyle("cell", fontName="STSong-Light", fontSize=9, leading=11, wordWrap="CJK")
    stream = io.BytesIO()
    size = A4 if "portrait" in paper else landscape(A4)
    document = SimpleDocTemplate(
        stream,
        pagesize=size,
        leftMargin=30,
        rightMargin=30,
        rotation=90 if {"rotated", "sideways"} & paper == {"rotated"} else 0,
    )
    flow: list = []
    for block in blocks:
        if isinstance(block, str):
            flow += [Paragraph(escape(block), style), Spacer(1, 8)]
            continue
        rows = [row for number, row in enumerate(block.rows) if number not in block.hidden]
        width = max(map(len, rows))
        longest = [
            max((_width(row[at]) for row in rows if at < len(row)), default=1)
            for at in range(width)
        ]
        room = [min(max(40.0, each * 9.5), 230.0) for each in longest]
        scale = min(1.0, (size[0] - 62) / sum(room))
        cells = [
            [Paragraph(_marked_up(cell), style) if cell else "" for cell in row] for row in rows
        ]
        # No printer breaks a merged cell that is longer than a page.
        spans = [
            ("SPAN", (left, top), (left + span - 1, top + height - 1))
            for top, left, height, span in printed_merges(block)
            if height <= tallest
        ]
        grid = [*_drawn(paper, len(rows)), ("VALIGN", (0, 0), (-1, -1), "TOP")]
        table = Table(
            cells,
            [each * scale for each in room],
            style=grid + spans,
            splitByRow=True,
            repeatRows=block.heads if "header_by_printer" in paper else 0,
            splitInRow=int("rows_cut" in paper and not spans),
        )
        flow += [table, Spacer(1, 8)]

    def on_page(canvas: Any, _document: Any) -> None:
        _turn(canvas, paper)

    def after_page(canvas: Any) -> None:
        _mark(canvas, paper, size)

    document.afterPage = lambda: after_page(document.canv)
    document.build(flow, onFirstPage=on_page, onLaterPages=on_page)
    return stream.getvalue()


def _drawn(paper: frozenset[str], rows: int) -> list[tuple]:
    """The lines of a table: all, level ones alone, shading of every other row, or none."""
    everywhere = (0, 0), (-1, -1)
    if "level_lines" in paper:
        return [("LINEBELOW", *everywhere, 0.5, "black")]
    if "shaded" in paper:
        return [("BACKGROUND", (0, at), (-1, at), "lightgrey") for at in range(1, rows, 2)]
    return [] if "unruled" in paper else [("GRID", *everywhere, 0.5, "black")]


def _marked_up(cell: str) -> str:
    """A cell as markup; the font has no point for the middle of a name, another one has."""
    # Raised digits are small ones that stand higher.
    dot = '<font name="Helvetica">·</font>'
    cell = cell.replace("\u200b", "").replace("\u00a0", "")
    text = escape(cell).replace("\n", "<br/>").replace("·", dot)
    return RAISED.sub(lambda found: f"<super>{'¹²'.index(found[0]) + 1}</super>", text)


def _turn(canvas: Any, paper: frozenset[str]) -> None:
    """Turn the page: shown upright again by its own word, or left lying on its side."""
    if not paper & {"rotated", "sideways"}:
        return
    width, height = canvas._pagesize
    canvas.setPageSize((height, width))
    canvas.translate(height, 0)
    canvas.rotate(90)


def _mark(canvas: Any, paper: frozenset[str], size: tuple[float, float]) -> None:
    """Print over the page what is no part of its text: slanting, or upright in large letters."""
    canvas.saveState()
    canvas.setFillGray(0.85)
    if "watermark" in paper:
        canvas.setFont("STSong-Light", 48)
        canvas.translate(size[0] / 3, size[1] / 3)
        canvas.rotate(40)
        canvas.drawString(0, 0, "内部资料 请勿外传")
        canvas.rotate(-40)
        canvas.translate(-size[0] / 3, -size[1] / 3)
    if "stamp" in paper:
        canvas.setFont("STSong-Light", 60)
        canvas.drawString(size[0] / 4, size[1] * 0.7, "征求意见稿")
    canvas.restoreState()


def printed_merges(block: Matrix) -> list[tuple[int, int, int, int]]:
    """Merged cells by the rows that are printed."""
    return [
        (top - sum(hidden < top for hidden in block.hidden), left, height, span)
        for top, left, height, span in block.merges
    ]


def _width(text: str) -> float:
    return (
        max(sum(1 if ord(letter) > 255 else 0.55 for letter in line) for line in text.split("\n"))
        + 1.6
    )
