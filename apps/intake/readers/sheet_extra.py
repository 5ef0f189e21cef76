"""What a sheet of an xlsx says besides its values: what is hidden, formulas, how numbers are shown."""

import re
from dataclasses import dataclass, field
from zipfile import ZipFile

from lxml import etree

from apps.intake.readers.rich import raised_texts
from apps.intake.refusal import Refusal

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MOST_BLANK_ROWS = 2_000_000
PERCENT_FORMATS = {9, 10}


@dataclass
class Beside:
    """What a sheet says of its rows and cells besides values; rows and columns from 0."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    shown_as: dict[tuple[int, int], str] = field(default_factory=dict)


class Extra:
    """Hidden rows and columns, formulas and number formats of an xlsx, out of its XML.

    Entities are never resolved, and a sheet is read as a stream.
    """

    def __init__(self, container: ZipFile) -> None:
        self.container = container
        self.parts = self._sheet_parts()
        self.styles = self._styles()
        self.raised = raised_texts(container)

    def _parse(self, part: str) -> etree._Element:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        with self.container.open(part) as stream:
            return etree.parse(stream, parser).getroot()

    def _sheet_parts(self) -> dict[str, str]:
        """The part of each sheet, by the sheet's name."""
        targets = {
            relation.get("Id"): relation.get("Target", "")
            for relation in self._parse("xl/_rels/workbook.xml.rels").iter(f"{PACKAGE}Relationship")
        }
        return {
            sheet.get("name", ""): _part(targets.get(sheet.get(f"{OFFICE}id"), ""))
            for sheet in self._parse("xl/workbook.xml").iter(f"{MAIN}sheet")
        }

    def _styles(self) -> dict[str, str]:
        """How cells of a style are shown, where that is not the bare number: by style number."""
        if "xl/styles.xml" not in self.container.namelist():
            return {}
        root = self._parse("xl/styles.xml")
        codes = {
            fmt.get("numFmtId", ""): fmt.get("formatCode", "") for fmt in root.iter(f"{MAIN}numFmt")
        }
        shown = {}
        for number, style in enumerate(root.iterfind(f"{MAIN}cellXfs/{MAIN}xf")):
            fmt = style.get("numFmtId", "0")
            code = "0%" if fmt.isdecimal() and int(fmt) in PERCENT_FORMATS else codes.get(fmt, "")
            if way := way_of(code):
                shown[str(number)] = way
        return shown

    def of(self, name: str) -> Beside:
        """What the sheet of this name says besides its values."""
        part, beside = self.parts.get(name, ""), Beside()
        if part not in self.container.namelist() or not self._is_worth_reading(part):
            return beside
        row, rows = -1, 0
        with self.container.open(part) as stream:
            tags = tuple(MAIN + tag for tag in ("row", "c", "col", "f"))
            events = etree.iterparse(
                stream,
                events=("start", "end"),
                tag=tags,
                resolve_entities=False,
                no_network=True,
                huge_tree=False,
            )
            for event, element in events:
                tag = element.tag[len(MAIN) :]
                if event == "start":
                    if tag == "row":
                        rows += 1
                        row = int(element.get("r", row + 2)) - 1
                        if rows > MOST_BLANK_ROWS:
                            raise Refusal("table-too-large", where=name)
                        if element.get("hidden") in ("1", "true"):
                            beside.hidden_rows.add(row)
                    elif tag == "col" and element.get("hidden") in ("1", "true"):
                        first, last = int(element.get("min", 1)), int(element.get("max", 1))
                        beside.hidden_columns |= set(range(first - 1, min(last, 500)))
                    elif tag == "c" and (way := self.styles.get(element.get("s", ""))):
                        beside.shown_as[row, column_of(element.get("r", "A1"))] = way
                elif tag == "f":
                    cell = element.getparent()
                    at = row, column_of(cell.get("r", "A1") if cell is not None else "A1")
                    beside.formulas[at] = element.text or ""
                elif tag == "row":
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
        return beside

    def _is_worth_reading(self, part: str) -> bool:
        """Whether the sheet hides something or computes; the bytes are searched, not parsed.

        Raises ``Refusal`` where there are rows beyond measure.
        """
        signs = (b"hidden=", b"<f")
        found, rows, before = bool(self.styles), 0, b""
        with self.container.open(part) as stream:
            while piece := stream.read(2**20):
                window = before + piece
                rows += window.count(b"<row") - before.count(b"<row")
                if rows > MOST_BLANK_ROWS:
                    raise Refusal("table-too-large")
                found = found or any(sign in window for sign in signs)
                before = piece[-8:]
        return found


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def way_of(code: str) -> str:
    """ "%" for a format that shows per cent, a run of noughts for one that pads; else ""."""
    first = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code.split(";")[0])
    if "%" in first:
        return "%"
    return first if re.fullmatch(r"0{2,20}", first) else ""


def column_of(reference: str) -> int:
    """The column of a cell's reference, from 0: "C5" → 2."""
    column = 0
    for letter in reference:
        if not letter.isalpha():
            break
        column = column * 26 + ord(letter.upper()) - 64
    return column - 1
