"""HTML: pages, clipboards, and what programs save as ``.xls`` but is HTML."""

import re
from collections.abc import Iterator

from lxml import etree, html

from apps.intake.grid import Aside, Block, Grid, Mark, Paragraph, Place, Row
from apps.intake.readers.drawn import has_rows, rows_of
from apps.intake.readers.spread import Spreading
from apps.intake.readers.tidy import has_control, raised, tidy
from apps.intake.refusal import Refusal

HEADS = {"h1", "h2", "h3", "h4", "h5", "h6", "header", "caption", "center"}
ITEMS = {"li", "dt", "dd", "ul", "ol", "dl"}
LINES = {"p", "div", "pre", "blockquote", "section", "article", "footer", "nav", "aside", "main"}
LINES |= HEADS | ITEMS
CELLS = {"td", "th"}
"""Of a table that lays out a page."""
SILENT = {"script", "style", "head", "noscript", "template", "select", "button"}
STRUCK = {"s", "strike", "del"}
STRUCK_STYLE = re.compile(
    r"text-decoration[^;]*:[^;]*line-through|text-line-through\s*:\s*(?!none)", re.I
)
MAY_BE_STRUCK = re.compile(r"<(?:s|strike|del)\b|line-through", re.I)
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)


def read_html(text: str) -> Iterator[Block]:
    """The paragraphs and tables of a page, in its order; nested tables after their own."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    parser = html.HTMLParser(huge_tree=False, no_network=True, remove_comments=True)
    root = html.document_fromstring(text, parser=parser)
    yield from Walker(MAY_BE_STRUCK.search(text) is not None).walk(root)


class Walker:
    """Walks a page; counts its tables."""

    def __init__(self, may_be_struck: bool) -> None:
        self.tables = 0
        self.may_be_struck = may_be_struck
        self.lines = 0

    def walk(self, root: etree._Element) -> Iterator[Block]:
        """The blocks below an element."""
        pending: list[str] = []
        for element in self._flow(root):
            if isinstance(element, str):
                pending.append(element)
                continue
            yield from self.paragraph(pending)
            if element is not None:
                is_table = element.tag == "table"
                yield from self.table(element) if is_table else self.drawn(element)
        yield from self.paragraph(pending)

    def paragraph(self, pending: list[str]) -> Iterator[Paragraph]:
        """The line that the pieces of text make; none where they are blank."""
        text = tidy(re.sub(r"[ \t\r\n]+", " ", "".join(pending)))
        pending.clear()
        if text:
            self.lines += 1
            yield Paragraph(text, self.lines, Place("html"))

    def _flow(self, element: etree._Element) -> Iterator["str | etree._Element | None"]:
        """Pieces of text, ``None`` for the end of a line, and tables."""
        if not isinstance(element.tag, str) or element.tag in SILENT or _is_hidden(element):
            return
        if element.tag == "br":
            yield None
        if element.tag in LINES or element.tag in CELLS:
            yield None
        yield element.text or ""
        for child in element:
            if child.tag == "table" or has_rows(child):
                yield child
            else:
                yield from self._flow(child)
            yield child.tail or ""
        if element.tag in LINES:
            yield None

    def drawn(self, element: etree._Element) -> Iterator[Grid]:
        """A table of elements that only look like one."""
        self.tables += 1
        place = Place("html", table=self.tables)
        rows = []
        for number, cells in enumerate(rows_of(element), start=1):
            texts = [_text(cell) for cell in cells]
            marks = (
                Mark(at, "control-characters") for at, text in enumerate(texts) if has_control(text)
            )
            rows.append(Row(number, tuple(map(tidy, texts)), tuple(marks), place))
        yield Grid(tuple(rows))

    def table(self, table: etree._Element) -> Iterator[Block]:
        """One table: its caption as a paragraph, its rows with their merged cells."""
        self.tables += 1
        place = Place("html", table=self.tables)
        for caption in table.iterchildren("caption"):
            if title := tidy(_text(caption)):
                yield Paragraph(title, place=place)
        spreading = Spreading()
        rows: list[Row] = []
        dropped: list[Aside] = []
        nested: list[etree._Element] = []
        lines = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        for number, line in enumerate(lines, start=1):
            cells = [cell for cell in line if cell.tag in ("td", "th") and not _is_hidden(cell)]
            nested += [inner for cell in cells for inner in cell.iter("table")]
            if _is_hidden(line):
                if text := " ".join(filter(None, (tidy(_text(cell)) for cell in cells))):
                    dropped.append(Aside(text, "hidden-row", number))
                continue
            spreading.begin()
            marks = []
            for cell in cells:
                text = _text(cell)
                if has_control(text):
                    marks.append(Mark(spreading.column, "control-characters"))
                if self.may_be_struck and _is_struck(cell):
                    marks.append(Mark(spreading.column, "struck-out"))
                spreading.put(tidy(text), _size(cell, "rowspan"), _size(cell, "colspan"), len(rows))
            rows.append(Row(number, spreading.end(), tuple(marks), place))
        is_list = any(len(row.printed()) > 1 for row in rows)
        if nested and (not is_list or _is_layout(rows, nested)):
            # It only lays out others, and is no table of its own: its words are the page's.
            for line in lines:
                yield from self.walk(line)
            return
        if is_list:
            yield Grid(tuple(rows), tuple(spreading.spans), tuple(dropped))
        for inner in nested:
            if next(inner.iterancestors("table")) is table:
                yield from self.table(inner)
        if not nested and rows and all(len(row.printed()) < 2 for row in rows):
            yield from (Paragraph(row.text(), row.line, place) for row in rows if row.text())


def _is_layout(rows: list[Row], nested: list[etree._Element]) -> bool:
    return bool(nested) and len(rows) < 3


def _text(element: etree._Element) -> str:
    """The text of a cell as a browser shows it: blanks run together, <br> and blocks break."""
    pieces: list[str] = []

    def gather(node: etree._Element) -> None:
        if not isinstance(node.tag, str) or node.tag in SILENT or node.tag == "table":
            return
        if _is_hidden(node):
            return
        breaks = node.tag in LINES or node.tag == "br"
        if breaks:
            pieces.append("\n")
        text = re.sub(r"[ \t\r\n]+", " ", node.text or "")
        pieces.append(raised(text) if node.tag == "sup" else text)
        for child in node:
            gather(child)
            pieces.append(re.sub(r"[ \t\r\n]+", " ", child.tail or ""))
        if node.tag in LINES:
            pieces.append("\n")

    gather(element)
    return re.sub(r"\s*\n\s*", "\n", "".join(pieces))


def _is_hidden(element: etree._Element) -> bool:
    return "hidden" in element.attrib or HIDDEN.search(element.get("style", "")) is not None


def _is_struck(cell: etree._Element) -> bool:
    """Whether words of a cell are struck out: a page shows them, and says that they do not hold."""
    struck = (
        each
        for each in (*cell.iterancestors("tr"), *cell.iter())
        if each.tag in STRUCK or STRUCK_STYLE.search(each.get("style", ""))
    )
    return any(_text(each).strip() for each in struck)


def _size(cell: etree._Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    size = int(value) if value.isdecimal() and len(value) < 6 else 1
    if size > 20_000:
        raise Refusal("table-too-large")
    return max(size, 1)
