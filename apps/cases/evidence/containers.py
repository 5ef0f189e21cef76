"""Files that are ZIPs of XML: Word, Excel, PowerPoint and OFD. Parts are streamed, never kept."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import IO
from zipfile import BadZipFile, ZipFile

from lxml import etree
from python_calamine import CalamineWorkbook

from apps.cases.evidence.verdict import Passage, Passages, Refusal

MOST_PARTS = 3_000
MOST_INFLATED = 300 * 2**20
# A spreadsheet's own parts are held whole while they are read.
MOST_SHEETS_INFLATED = 60 * 2**20
# Text of a document is a tenth of itself when packed; only bombs are a two-hundredth.
MOST_RATIO = 200
SMALL = 20 * 2**20

MAIN_PARTS = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    ),
    "OFD.xml": "application/ofd",
}
_EMBEDDED = re.compile(
    r"/(embeddings|activex|externallinks|ctrlprops|attachs?|attachments)/|/oleobject"
)


def read_archive(data: bytes) -> tuple[str, Passages]:
    """Return the type of an office file and its passages. Raises ``Refusal``."""
    try:
        archive = ZipFile(BytesIO(data))
        kind = _check_parts(archive, len(data))
        _check_links(archive)
    except (BadZipFile, NotImplementedError, EOFError, etree.LxmlError, ValueError) as error:
        raise Refusal("damaged") from error
    return kind, _passages(kind, archive, data)


def _check_parts(archive: ZipFile, packed: int) -> str:
    """Return the type by the list of parts alone; nothing is inflated yet."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    low = {name.lower() for name in names}
    if any(part.flag_bits & 1 for part in parts):
        raise Refusal("encrypted")
    inflated = sum(part.file_size for part in parts)
    if (
        len(parts) > MOST_PARTS
        or inflated > MOST_INFLATED
        or (inflated > SMALL and inflated > packed * MOST_RATIO)
    ):
        raise Refusal("bomb", size=inflated // 2**20 + 1)
    kind = next((kind for part, kind in MAIN_PARTS.items() if part in names), None)
    if kind is None:
        raise Refusal("not-allowed", found="ZIP")
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in low):
        raise Refusal("macros")
    if "[Content_Types].xml" in names and b"macroEnabled" in archive.read("[Content_Types].xml"):
        raise Refusal("macros")
    if any(_EMBEDDED.search("/" + name) for name in low):
        raise Refusal("embedded")
    sheets = sum(part.file_size for part in parts if part.filename.startswith("xl/"))
    if "spreadsheetml" in kind and sheets > MOST_SHEETS_INFLATED:
        raise Refusal("too-much")
    return kind


def _check_links(archive: ZipFile) -> None:
    """Refuse what a program would fetch from elsewhere when the file is opened; links may stand."""
    for name in archive.namelist():
        if not name.endswith(".rels"):
            continue
        for relation in etree.fromstring(archive.read(name), _parser()):
            is_link = str(relation.get("Type", "")).endswith("/hyperlink")
            if relation.get("TargetMode") == "External" and not is_link:
                raise Refusal("external")


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def _passages(kind: str, archive: ZipFile, data: bytes) -> Passages:
    """Yield the text of every part that a person reads."""
    if "spreadsheetml" in kind:
        yield from cells(data)
    for number, name in enumerate(_texts(archive.namelist()), start=1):
        with archive.open(name) as stream:
            try:
                yield from _paragraphs(stream, name, number)
            except (BadZipFile, EOFError, etree.LxmlError) as error:
                raise Refusal("damaged") from error


def _texts(names: list[str]) -> list[str]:
    """Return the parts that hold text, pages and slides in their order."""
    wanted = re.compile(
        r"word/[^/]+\.xml|ppt/(slides|notesSlides|comments)/[^/]+\.xml|xl/(comments|threaded)[^.]*\.xml"
        r"|xl/drawings/[^/]+\.xml|(.*/)?Pages?/.*Content\.xml"
    )

    def order(name: str) -> tuple[str, int]:
        digits = re.search(r"([0-9]+)\D*$", name)
        return re.sub(r"[0-9]+", "", name), int(digits[1]) if digits else 0

    return sorted((name for name in names if wanted.fullmatch(name)), key=order)


def _paragraphs(stream: IO[bytes], name: str, number: int) -> Passages:
    """Yield a part's paragraphs, streamed. A page of OFD is one paragraph."""
    is_page = name.endswith("Content.xml")
    count, pieces = 0, list[str]()
    for element in _elements(stream):
        tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if tag in {"t", "TextCode"}:
            pieces.append(element.text or "")
        elif tag in {"tab", "br"}:
            pieces.append(" ")
        elif tag == "p" and not is_page:
            count += 1
            if pieces:
                yield Passage("paragraph", f"{count} ({name})", "".join(pieces))
            pieces = []
    if pieces:
        yield Passage(
            "page" if is_page else "part", str(number) if is_page else name, "".join(pieces)
        )


def _elements(stream: IO[bytes]) -> Iterator[etree._Element]:
    """Yield each element when it ends, and let go of what lies before it."""
    for _event, element in etree.iterparse(
        stream, events=("end",), resolve_entities=False, no_network=True, load_dtd=False
    ):
        yield element
        if element.tag and etree.QName(element).localname == "p":
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def cells(data: bytes, *, only_texts: bool = False) -> Passages:
    """Yield the cells of every sheet, hidden ones too. Raises ``Refusal`` for what is no workbook.

    ``only_texts`` leaves numbers out, where a column of figures may hold any.
    """
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.start is None:
                continue
            top, left = sheet.start
            for row, values in enumerate(sheet.to_python(skip_empty_area=True), start=top + 1):
                for column, value in enumerate(values, start=left):
                    if only_texts and not isinstance(value, str):
                        continue
                    text = (
                        str(int(value))
                        if isinstance(value, float) and value.is_integer()
                        else str(value)
                    )
                    yield Passage("cell", f"{name}!{_letters(column)}{row}", text)
    except Refusal:
        raise
    except Exception as error:
        # The library's errors have no common ancestor but this.
        raise Refusal("damaged") from error


def _letters(column: int) -> str:
    """Return the name of a column counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
