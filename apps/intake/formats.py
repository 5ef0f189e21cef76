"""What a file is, by its first bytes and never by its name; and what is refused unopened."""

import io
import re
import zipfile
from typing import IO

from apps.intake.refusal import Refusal

LARGEST_FILE = 60 * 2**20
LARGEST_UNPACKED = 250 * 2**20
"""Bytes a zip container may hold in all, by its directory: read before anything is inflated."""
HIGHEST_RATIO = 200
RATIO_COUNTS_FROM = 2 * 2**20
MOST_PARTS = 20_000

SOMETHING = re.compile(rb"[^\0 \t\r\n]")
ZIP, OLE, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
OTHERS = (b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b", b"\x7fELF", b"MZ")


def sniff(data: bytes) -> str:
    """The format of a file: docx, xlsx, xls, pdf or text (which may be CSV or HTML).

    Raises ``Refusal`` for what cannot be read, with a code that says why.
    """
    if SOMETHING.search(data) is None:
        raise Refusal("empty-file")
    if len(data) > LARGEST_FILE:
        raise Refusal("file-too-large", megabytes=LARGEST_FILE // 2**20)
    if data.startswith(b"PK"):
        return sniff_zip(io.BytesIO(data))
    if data.startswith(OLE):
        return sniff_ole(data)
    if PDF in data[:1024]:
        return "pdf"
    if data.startswith(b"{\\rtf"):
        raise Refusal("rich-text")
    if data.startswith(PICTURES) and b"\0" in data[:4096]:
        raise Refusal("picture")
    if data.startswith(OTHERS):
        raise Refusal("unknown-format")
    return "text"


def sniff_zip(stream: IO[bytes]) -> str:
    """docx or xlsx, by the parts of the container, whose sizes are checked first."""
    try:
        with zipfile.ZipFile(stream) as container:
            parts = container.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refusal("truncated") from error
    check_sizes(parts)
    names = {part.filename.lower() for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Refusal("password")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Refusal("macro")
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    raise Refusal("unknown-format")


def check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    """Raise ``Refusal`` for a container that would swell beyond measure when inflated."""
    swollen = any(
        part.file_size > RATIO_COUNTS_FROM
        and part.file_size > HIGHEST_RATIO * max(part.compress_size, 1)
        for part in parts
    )
    if swollen or len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > LARGEST_UNPACKED:
        raise Refusal("zip-bomb")


def sniff_ole(data: bytes) -> str:
    """xls, by the names of the streams in an OLE file; a password and macros are refused."""
    if _utf16("EncryptedPackage") in data:
        raise Refusal("password")
    if _utf16("_VBA_PROJECT") in data:
        raise Refusal("macro")
    if _utf16("WordDocument") in data:
        raise Refusal("old-word")
    if _utf16("Workbook") in data or _utf16("Book") in data:
        return "xls"
    raise Refusal("truncated" if len(data) < 4096 else "unknown-format")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")
