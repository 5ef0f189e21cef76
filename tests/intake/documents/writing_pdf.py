"""Paragraphs and tables as PDF."""

import io
from html import escape

from tests.intake.documents.truth import Matrix


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
    style = ParagraphStyle("cell", fontName="STSong-Light", fontSize=9, leading=11, wordWrap="CJK")
    stream = io.BytesIO()
    document = SimpleDocTemplate(stream, pagesize=landscape(A4), leftMargin=30, rightMargin=30)
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
        scale = min(1.0, 780 / sum(room))
        cells = [
            [Paragraph(escape(cell).replace("\n", "<br/>"), style) if cell else "" for cell in row]
            for row in rows
        ]
        # No printer breaks a merged cell that is longer than a page.
        spans = [
            ("SPAN", (left, top), (left + span - 1, top + height - 1))
            for top, left, height, span in printed_merges(block)
            if height <= tallest
        ]
        grid = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
        table = Table(cells, [each * scale for each in room], style=grid + spans, splitByRow=True)
        flow += [table, Spacer(1, 8)]
    document.build(flow)
    return stream.getvalue()


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
