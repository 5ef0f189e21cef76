"""Is the file what it says, and small enough to be read? Decided before anything is inflated whole.

XLSX is a ZIP of XML parts. What a spreadsheet library would do with millions of elements, merged
cells or entities is settled here, in one pass over the parts with bounded memory.
"""

import re
import zlib
from io import BytesIO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.utils.exceptions import CellCoordinatesException

from apps.districts.workbook.errors import Refused
from apps.districts.workbook.layout import MOST_COLUMNS, MOST_ROWS

MOST_BYTES = 5 * 1024 * 1024
MOST_INFLATED = 30 * 1024 * 1024
MOST_PARTS = 500
MOST_CELLS = 150_000
MOST_ELEMENTS = 60_000
MOST_MERGED = 5_000
MOST_ATTRIBUTE = 60_000
CHUNK = 1 << 16

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Elements of which a sheet or its texts may hold many.
USUAL = frozenset(
    {
        "row",
        "c",
        "v",
        "f",
        "is",
        "t",
        "si",
        "r",
        "rPr",
        "sz",
        "color",
        "rFont",
        "family",
        "charset",
        "scheme",
        "rPh",
        "phoneticPr",
        "b",
        "i",
    }
)


def check_container(data: bytes) -> None:
    """Raise ``Refused`` unless ``data`` is a whole XLSX without macros that is safe to open."""
    if len(data) > MOST_BYTES:
        raise Refused(
            _(
                "The file is larger than %(limit)s MB. A return's workbook is far smaller: upload the file that was downloaded here, without pictures."
            )
            % {"limit": MOST_BYTES // 1024**2}
        )
    if data.startswith(OLE):
        raise Refused(_ole_sentence(data))
    if not data.startswith(b"PK"):
        raise Refused(_other_sentence(data))
    try:
        with ZipFile(BytesIO(data)) as archive:
            _check_parts(archive)
            _scan_parts(archive)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise Refused(
            _("The file is damaged or not complete. Copy or save it again, then upload it.")
        ) from error


def _ole_sentence(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return _("The file is encrypted with a password. Save it without one, then upload it.")
    return _(
        "This is an old .xls workbook, whatever its name says. Save it as .xlsx, then upload it."
    )


def _other_sentence(data: bytes) -> str:
    if b"\0" not in data[:4096] and re.search(rb"[,;\t]", data[:4096]):
        return _(
            "This is a text file (CSV), whatever its name says. Upload the workbook that was downloaded here."
        )
    return _("This is not an Excel workbook. Upload the .xlsx file that was downloaded here.")


def _check_parts(archive: ZipFile) -> None:
    """Refuse by the list of parts alone: nothing is inflated yet."""
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(
            _("The file is encrypted with a password. Save it without one, then upload it.")
        )
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Refused(_macro_sentence())
    if "xl/workbook.xml" not in names:
        raise Refused(
            _(
                "This is not an .xlsx workbook: perhaps OpenDocument, .xlsb or another archive. Save it as .xlsx, then upload it."
            )
        )
    inflated = sum(part.file_size for part in parts)
    if inflated > MOST_INFLATED or len(parts) > MOST_PARTS:
        raise Refused(
            _(
                "Unpacked, the file would take %(size)s MB in %(parts)s parts; a return's workbook takes at most %(limit)s MB. Copy your values into a fresh download."
            )
            % {
                "size": inflated // 1024**2 + 1,
                "parts": len(parts),
                "limit": MOST_INFLATED // 1024**2,
            }
        )


def _macro_sentence() -> str:
    return _("The file holds macros. Save it as .xlsx without macros, then upload it.")


def _scan_parts(archive: ZipFile) -> None:
    """Look through every XML part once; raise ``Refused`` at the first that is too much."""
    for part in archive.infolist():
        if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        scan = _Scan(part.filename)
        try:
            with archive.open(part) as stream:
                while chunk := stream.read(CHUNK):
                    scan.parser.Parse(chunk, False)
            scan.parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Refused(
                _(
                    "The part %(part)s of the file is damaged. Open it in a spreadsheet program and save it again."
                )
                % {"part": part.filename}
            ) from error


class _Scan:
    """Counts what one XML part holds, and stops where it is too much."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.cells = self.others = self.merged = 0
        self.cell = ""
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.StartDoctypeDeclHandler = self.doctype

    def doctype(self, *_arguments: object) -> None:
        """Refuse a document type: no spreadsheet program writes one, and entities are bombs."""
        raise self.too_much()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Count an element."""
        name = name.rpartition(":")[2]
        if name == "c":
            self.cells += 1
            self.cell = attributes.get("r", "")
        elif name == "v":
            self.check_place()
        elif name == "mergeCell":
            self.merged += _area(attributes.get("ref", ""))
        elif name == "Override" and "macroEnabled" in attributes.get("ContentType", ""):
            raise Refused(_macro_sentence())
        if name not in USUAL:
            self.others += 1
        if any(len(value) > MOST_ATTRIBUTE for value in attributes.values()):
            raise self.too_much()
        if self.cells > MOST_CELLS or self.others > MOST_ELEMENTS or self.merged > MOST_MERGED:
            raise self.too_much()

    def check_place(self) -> None:
        """Refuse a value that stands where no row of a return can be."""
        try:
            letters, row = coordinate_from_string(self.cell)
            column = column_index_from_string(letters)
        except (CellCoordinatesException, ValueError) as error:
            raise self.too_much() from error
        if row > MOST_ROWS or column > MOST_COLUMNS:
            raise Refused(
                _(
                    "Cell %(cell)s in %(part)s holds a value far outside the form. Empty it, or copy your values into a fresh download."
                )
                % {"cell": self.cell, "part": self.part}
            )

    def too_much(self) -> Refused:
        """Return the refusal of a part that no return's workbook has."""
        return Refused(
            _(
                "The part %(part)s of the file holds more than a return's workbook ever does. Copy your values into a fresh download."
            )
            % {"part": self.part}
        )


def _area(reference: str) -> int:
    """Return how many cells a range has; one too large where it cannot be read."""
    found = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?", reference)
    if found is None:
        return MOST_MERGED + 1
    first, top, last, bottom = found.groups()
    if last is None:
        return 1
    columns = column_index_from_string(last) - column_index_from_string(first) + 1
    return columns * (int(bottom) - int(top) + 1)
