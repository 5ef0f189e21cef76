"""Word documents: paragraphs and tables in the order of the body."""

import io
from collections.abc import Iterator

from docx import Document
from docx.oxml.ns import qn

from apps.intake.grid import Aside, Block, Grid, Mark, Paragraph, Place, Row, Span
from apps.intake.readers.tidy import has_control, raised, tidy

W = {
    name: qn(f"w:{name}")
    for name in (
        "p",
        "tbl",
        "tr",
        "tc",
        "t",
        "tab",
        "br",
        "cr",
        "del",
        "moveFrom",
        "sdt",
        "sdtContent",
        "trPr",
        "hidden",
        "gridBefore",
        "tcPr",
        "gridSpan",
        "vMerge",
        "val",
        "vanish",
        "strike",
        "dstrike",
        "vertAlign",
        "rPr",
        "r",
        "noBreakHyphen",
        "body",
        "ins",
        "smartTag",
        "customXml",
        "txbxContent",
    )
}
HOLDERS = {W["sdt"], W["sdtContent"], W["ins"], W["smartTag"], W["customXml"]}
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read(data: bytes) -> Iterator[Block]:
    """The blocks of a document; tables inside a cell follow the table they stand in."""
    body = Document(io.BytesIO(data)).element.body
    counter = iter(range(1, 10**6))
    for number, block in enumerate(_children(body), start=1):
        yield from _blocks(block, number, counter)


def _blocks(block, number: int, counter: Iterator[int]) -> Iterator[Block]:  # type: ignore[no-untyped-def]
    """A paragraph, then what stands in its text boxes; or a table."""
    if block.tag == W["tbl"]:
        yield from read_table(block, counter)
    elif block.tag == W["p"]:
        pieces = text_of(block, "\t", has_boxes=False).split("\t")
        for line in "\t".join(map(tidy, pieces)).split("\n"):
            if line.strip():
                yield Paragraph(line.strip(), number, Place("docx"))
        for box in _boxes(block):
            for inner in _children(box):
                yield from _blocks(inner, number, counter)


def _boxes(element) -> Iterator:  # type: ignore[no-untyped-def]
    """The text boxes that are anchored in a paragraph; each once, though it may be drawn in two ways."""
    for child in element:
        if child.tag == W["txbxContent"]:
            yield child
        elif child.tag not in (FALLBACK, W["del"], W["moveFrom"]):
            yield from _boxes(child)


def _children(element) -> Iterator:  # type: ignore[no-untyped-def]
    """Paragraphs, tables, rows or cells, also inside content controls."""
    for child in element:
        if child.tag in HOLDERS:
            yield from _children(child)
        else:
            yield child


def text_of(element, tab: str = " ", has_boxes: bool = True) -> str:  # type: ignore[no-untyped-def]
    """The text of a paragraph, with what a reviewer inserted and without what he deleted."""
    left_out = {W["del"], W["moveFrom"], FALLBACK, W["tbl"]} | (
        set() if has_boxes else {W["txbxContent"]}
    )
    pieces: list[str] = []

    def gather(node) -> None:  # type: ignore[no-untyped-def]
        for child in node:
            if child.tag in left_out:
                continue
            if child.tag == W["r"] and child.find(f"{W['rPr']}/{W['vanish']}") is not None:
                continue
            if child.tag == W["t"]:
                pieces.append(raised(child.text or "") if _is_raised(node) else child.text or "")
            elif child.tag == W["tab"] and node.tag == W["r"]:
                pieces.append(tab)
            elif child.tag in (W["br"], W["cr"]):
                pieces.append("\n")
            elif child.tag == W["noBreakHyphen"]:
                pieces.append("-")
            else:
                gather(child)

    gather(element)
    return "".join(pieces)


def _is_struck(paragraph) -> bool:  # type: ignore[no-untyped-def]
    """Whether words of a paragraph are struck out: they are printed, and do not hold."""
    return any(
        run.findtext(W["t"])
        and any(
            each is not None and each.get(W["val"], "1") not in ("0", "false")
            for each in (run.find(f"{W['rPr']}/{W[name]}") for name in ("strike", "dstrike"))
        )
        for run in paragraph.iter(W["r"])
    )


def _is_raised(run) -> bool:  # type: ignore[no-untyped-def]
    place = run.find(f"{W['rPr']}/{W['vertAlign']}")
    return place is not None and place.get(W["val"]) == "superscript"


def read_table(table, counter: Iterator[int]) -> Iterator[Grid]:  # type: ignore[no-untyped-def]
    """One table with its merged cells, then the tables inside its cells."""
    place = Place("docx", table=next(counter))
    rows: list[Row] = []
    spans: list[Span] = []
    dropped: list[Aside] = []
    nested: list = []
    # Where a vertical merge is open: column → index of its span.
    open_spans: dict[int, int] = {}
    number = 0
    for line in _children(table):
        if line.tag != W["tr"]:
            continue
        number += 1
        is_hidden = line.find(f"{W['trPr']}/{W['hidden']}") is not None
        # What a hidden row merges is not the table's business.
        into = ([], {}) if is_hidden else (spans, open_spans)
        cells, marks = _row(line, len(rows), *into, nested)
        if is_hidden:
            if text := " ".join(filter(None, cells)):
                dropped.append(Aside(text, "hidden-row", number))
            continue
        rows.append(Row(number, tuple(cells), tuple(marks), place))
    merged = tuple(span for span in spans if span.height > 1 or span.width > 1)
    if rows:
        yield Grid(tuple(rows), merged, tuple(dropped))
    for inner in nested:
        yield from read_table(inner, counter)


def _row(line, index: int, spans: list[Span], open_spans: dict[int, int], nested: list):  # type: ignore[no-untyped-def]
    cells: list[str] = [""] * _number(line.find(f"{W['trPr']}/{W['gridBefore']}"), 0)
    marks: list[Mark] = []
    for cell in _children(line):
        if cell.tag != W["tc"]:
            continue
        column = len(cells)
        width = _number(cell.find(f"{W['tcPr']}/{W['gridSpan']}"), 1)
        merge = cell.find(f"{W['tcPr']}/{W['vMerge']}")
        paragraphs = [child for child in _children(cell) if child.tag == W["p"]]
        nested += [child for child in _children(cell) if child.tag == W["tbl"]]
        text = "\n".join(map(text_of, paragraphs))
        if has_control(text):
            marks.append(Mark(column, "control-characters"))
        if any(map(_is_struck, paragraphs)):
            marks.append(Mark(column, "struck-out"))
        continues = merge is not None and merge.get(W["val"], "continue") == "continue"
        if continues and column in open_spans:
            held = spans[open_spans[column]]
            spans[open_spans[column]] = Span(
                held.row, held.column, index - held.row + 1, held.width
            )
            text = ""
        else:
            open_spans.pop(column, None)
            if merge is not None:
                open_spans[column] = len(spans)
            spans.append(Span(index, column, 1, width))
        cells += [tidy(text), *[""] * (width - 1)]
    return cells, marks


def _number(element, default: int) -> int:  # type: ignore[no-untyped-def]
    value = element.get(W["val"], "") if element is not None else ""
    return min(int(value), 200) if value.isdecimal() else default
