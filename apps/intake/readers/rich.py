"""Raised digits in the texts of a workbook: calamine gives a text without what stands how."""

from dataclasses import replace
from zipfile import ZipFile

from lxml import etree

from apps.intake.grid import Grid
from apps.intake.readers.tidy import raised, tidy

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRINGS = "xl/sharedStrings.xml"
SIGN = b"superscript"


def raised_texts(container: ZipFile) -> dict[str, str]:
    """The texts that hold raised digits, as characters that stand raised, by the same texts plain."""
    if STRINGS not in container.namelist() or not _holds(container, STRINGS, SIGN):
        return {}
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    with container.open(STRINGS) as stream:
        root = etree.parse(stream, parser).getroot()
    found = {}
    for item in root.iterfind(f"{MAIN}si"):
        runs = list(item.iterfind(f"{MAIN}r"))
        plain = "".join(run.findtext(f"{MAIN}t") or "" for run in runs)
        shown = "".join(_shown(run) for run in runs)
        if shown != plain:
            found[tidy(plain)] = tidy(shown)
    return found


def _shown(run: etree._Element) -> str:
    text, place = run.findtext(f"{MAIN}t") or "", run.find(f"{MAIN}rPr/{MAIN}vertAlign")
    return raised(text) if place is not None and place.get("val") == "superscript" else text


def _holds(container: ZipFile, part: str, sign: bytes) -> bool:
    """Whether the bytes of a part hold a sign; they are searched, not parsed."""
    before = b""
    with container.open(part) as stream:
        while piece := stream.read(2**20):
            if sign in before + piece:
                return True
            before = piece[-len(sign) :]
    return False


def with_raised(grid: Grid, texts: dict[str, str]) -> Grid:
    """The grid with the texts that hold raised digits as they are shown."""
    rows = (
        replace(row, cells=tuple(texts.get(cell, cell) for cell in row.cells)) for row in grid.rows
    )
    return replace(grid, rows=tuple(rows))
