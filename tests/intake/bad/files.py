"""Real bad files: locked, with macros, swollen, cut off, mislabelled, of another make."""

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from hashlib import md5

import xlwt
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.rc4 import DocumentRC4, _makekey
from openpyxl import Workbook
from PIL import Image
from reportlab.lib import pdfencrypt
from reportlab.pdfgen import canvas
from xlwt.CompoundDoc import XlsDoc

from tests.intake import documents

PASSWORD = "geheim-2024"
HEADER = ["序号", "企业名称", "统一社会信用代码", "所属区"]
FIRMS = [[n, f"宁波{n}号科技有限公司", f"9133020{n:011}", "鄞州区"] for n in range(1, 6)]
SHEET = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
    b'2006/main"><sheetData>'
)
SHEET_PART = "xl/worksheets/sheet1.xml"


def workbook(rows: Iterable[Iterable[object]] = (HEADER, *FIRMS)) -> bytes:
    """Return rows as a workbook."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def document() -> bytes:
    """Return a Word document with a list of firms."""
    return documents.as_docx(documents.lay_out(documents.firms(), set()))


def locked(data: bytes) -> bytes:
    """Return an office file encrypted with a password, as Office does it."""
    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(PASSWORD, stream)
    return stream.getvalue()


def old_workbook() -> bytes:
    """Return the records of an Excel 97 workbook."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    for number, row in enumerate([HEADER, *FIRMS]):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    return bytes(book.get_biff_data())


def records(data: bytes) -> Iterable[tuple[int, int, int]]:
    """Yield each record of a workbook of Excel 97: place of its head, type, size."""
    at = 0
    while at < len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        yield at, kind, size
        at += 4 + size


def locked_old_workbook() -> bytes:
    """Return an Excel 97 workbook encrypted with a password (RC4), as Excel does it."""
    salt, verifier = b"0123456789abcdef", b"fedcba9876543210"
    cipher = Cipher(ARC4(_makekey(PASSWORD, salt, 0)), mode=None).encryptor()
    digest = md5(verifier, usedforsecurity=False).digest()
    check = cipher.update(verifier) + cipher.update(digest)
    plain = old_workbook()
    after_begin = 4 + struct.unpack_from("<H", plain, 2)[0]
    lock = struct.pack("<HHHHH", 0x2F, 54, 1, 1, 1) + salt + check
    plain = plain[:after_begin] + lock + plain[after_begin:]
    hidden = DocumentRC4.decrypt(PASSWORD, salt, io.BytesIO(plain), blocksize=1024).read()
    made = bytearray()
    for at, kind, size in records(plain):
        body = plain if kind in (0x809, 0x2F) else hidden
        made += plain[at : at + 4]
        # The place of a sheet is never hidden.
        made += plain[at + 4 : at + 8] if kind == 0x85 else body[at + 4 : at + min(8, 4 + size)]
        made += body[at + 8 : at + 4 + size]
    stream = io.BytesIO()
    XlsDoc().save(stream, bytes(made))
    return stream.getvalue()


def with_parts(data: bytes, changed: dict[str, bytes]) -> bytes:
    """Return a container with parts replaced or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in dict.fromkeys([*old.namelist(), *changed]):
            new.writestr(name, changed.get(name) or old.read(name))
    return stream.getvalue()


def with_macro() -> bytes:
    """Return a workbook that says of itself that it holds macros, with their part."""
    stream = io.BytesIO()
    XlsDoc().save(stream, b"Attribute VB_Name" * 300)
    book = workbook()
    with zipfile.ZipFile(io.BytesIO(book)) as container:
        types = container.read("[Content_Types].xml")
    macro = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert plain in types
    parts = {
        "[Content_Types].xml": types.replace(plain, macro),
        "xl/vbaProject.bin": stream.getvalue(),
    }
    return with_parts(book, parts)


def deflated(before: bytes, block: bytes, times: int, after: bytes) -> tuple[bytes, int, int]:
    """Return a text packed, its size and its checksum, without ever holding it unpacked."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(before) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    tail = packer.compress(after) + packer.flush()
    checksum = zlib.crc32(before)
    for _time in range(times):
        checksum = zlib.crc32(block, checksum)
    size = len(before) + times * len(block) + len(after)
    return head + packed * times + tail, size, zlib.crc32(after, checksum)


def swollen(data: bytes, name: str, packed: bytes, size: int, checksum: int) -> bytes:
    """Return a container whose part ``name`` is ``packed`` and said to unpack to ``size``."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        info = zipfile.ZipInfo(name)
        info.compress_type, info.CRC = zipfile.ZIP_DEFLATED, checksum
        info.compress_size, info.file_size, info.header_offset = len(packed), size, stream.tell()
        new.fp.write(info.FileHeader(zip64=False) + packed)
        new.start_dir = stream.tell()
        new.filelist.append(info)
        new.NameToInfo[name] = info
        new._didModify = True
    return stream.getvalue()


def two_gigabytes() -> bytes:
    """Return a workbook of less than 3 MB whose sheet is 2 GB of XML."""
    blank = b"<!--" + b" " * (2**20 - 7) + b"-->"
    return swollen(workbook(), SHEET_PART, *deflated(SHEET, blank, 2047, b"</sheetData>"))


def lying() -> bytes:
    """Return the same, with a directory that says the sheet is small."""
    blank = b"<!--" + b" " * (2**20 - 7) + b"-->"
    packed, _size, checksum = deflated(SHEET, blank, 2047, b"</sheetData></worksheet>")
    return swollen(workbook(), SHEET_PART, packed, 100 * len(packed), checksum)


def blank_rows(count: int = 10_000_000) -> bytes:
    """Return a workbook of ten million rows without a cell, packed no more than is usual."""
    chunk = b"".join(b'<row r="%d"/>' % (zlib.crc32(b"%d" % n) % 1048576) for n in range(1000))
    packed = deflated(SHEET, chunk, count // 1000, b"</sheetData></worksheet>")
    return swollen(workbook(), SHEET_PART, *packed)


def blank_lines(count: int = 10_000_000) -> bytes:
    """Return a CSV of ten million lines with nothing but a comma."""
    return ",".join(HEADER).encode() + b"\r\n" + b",\n" * count


def entities() -> bytes:
    """Return a document whose XML multiplies one word a thousand million times."""
    lines = ['<!ENTITY a0 "lol">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    text = (
        f'<?xml version="1.0"?><!DOCTYPE w [{"".join(lines)}]><w:document xmlns:w="http://schemas.'
        'openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&a9;</w:t></w:r>'
        "</w:p></w:body></w:document>"
    )
    return with_parts(document(), {"word/document.xml": text.encode()})


def scanned() -> bytes:
    """Return a PDF of a page that is a picture."""
    from reportlab.lib.utils import ImageReader

    stream = io.BytesIO()
    page = canvas.Canvas(stream)
    page.drawImage(ImageReader(Image.effect_noise((400, 500), 50)), 20, 20)
    page.showPage()
    page.save()
    return stream.getvalue()


def locked_pdf() -> bytes:
    """Return a PDF that asks for a password."""
    stream = io.BytesIO()
    page = canvas.Canvas(stream, encrypt=pdfencrypt.StandardEncryption(PASSWORD))
    page.drawString(20, 20, "list")
    page.showPage()
    page.save()
    return stream.getvalue()


def untold_pdf() -> bytes:
    """Return a PDF whose font does not say which characters its letters are."""
    stream = io.BytesIO()
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    page = canvas.Canvas(stream)
    page.setFont("STSong-Light", 12)
    page.drawString(20, 700, "·" * 40 + "名单")
    page.showPage()
    page.save()
    return stream.getvalue()


def text_of(rows: Iterable[Iterable[object]], encoding: str = "utf-8") -> bytes:
    """Return rows as CSV."""
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode(encoding)


def mixed_encodings() -> bytes:
    """Return a CSV put together of two files, one in UTF-8, one in GB 18030."""
    return text_of([HEADER, *FIRMS]) + text_of(FIRMS, "gb18030")


def rounded() -> bytes:
    """Return a workbook in which a code was typed as a number, and lost its last digits."""
    return workbook([HEADER, [1, "宁波甲科技有限公司", 913302010000000010, "鄞州区"]])


DAMAGED = "The file is damaged or cut off; open it in its program and save it again."
LOCKED = "The file is protected by a password; save it without one."
BOMB = "The file would unpack to an unreasonable size and was not opened; copy the table alone into a new file."
TOO_MANY = "A table has more rows or columns than can be read; remove the blank ones."
BAD: dict[str, tuple[str, Callable[[], bytes], tuple[str, ...]]] = {
    "locked xlsx": ("名单.xlsx", lambda: locked(workbook()), (LOCKED,)),
    "locked docx": ("名单.docx", lambda: locked(document()), (LOCKED,)),
    "locked xls": ("名单.xls", locked_old_workbook, (LOCKED,)),
    "locked pdf": ("名单.pdf", locked_pdf, (LOCKED,)),
    "macro": (
        "名单.xlsm",
        with_macro,
        ("The file contains macros and was not opened; save it without macros.",),
    ),
    "2 GB of XML": ("名单.xlsx", two_gigabytes, (BOMB,)),
    "directory that lies": ("名单.xlsx", lying, (BOMB, DAMAGED, TOO_MANY)),
    "ten million blank rows": ("名单.xlsx", blank_rows, (TOO_MANY, BOMB)),
    "ten million blank lines": (
        "名单.csv",
        blank_lines,
        (TOO_MANY, "Reading the file needs more memory than allowed; split it."),
    ),
    "entities": (
        "名单.docx",
        entities,
        (
            DAMAGED,
            "The file holds no table; choose the file that does, or paste the table at the desk.",
        ),
    ),
    "scanned pdf": (
        "名单.pdf",
        scanned,
        (
            "The PDF holds only pictures of pages and no text; run text recognition (OCR) over it"
            " first, or use the original file.",
        ),
    ),
    "untold pdf": (
        "名单.pdf",
        untold_pdf,
        (
            "The letters of this PDF cannot be told as characters; run text recognition (OCR) over"
            " it first, or use the original file.",
        ),
    ),
    "cut xlsx": ("名单.xlsx", lambda: workbook()[:-900], (DAMAGED,)),
    "cut docx": ("名单.docx", lambda: document()[:9000], (DAMAGED,)),
    "cut xls": (
        "名单.xls",
        lambda: documents.as_xls(documents.lay_out(documents.firms(), set()))[:3000],
        (DAMAGED,),
    ),
    "cut pdf": (
        "名单.pdf",
        lambda: documents.as_pdf(documents.lay_out(documents.firms(), set()))[:3000],
        (DAMAGED,),
    ),
    "picture called xlsx": (
        "名单.xlsx",
        lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        ("This is a picture; the intake reads text, so type the table or use recognised text.",),
    ),
    "old Word called docx": (
        "名单.docx",
        lambda: locked_old_workbook().replace(
            "Workbook".encode("utf-16-le") + b"\0\0", "WordDocument".encode("utf-16-le") + b"\0\0"
        ),
        ("This is a Word 97–2003 document (.doc); save it as .docx.",),
    ),
    "mixed encodings": (
        "名单.csv",
        mixed_encodings,
        ("The text mixes two encodings, first in line 7; save it as UTF-8.",),
    ),
    "no table": (
        "通知.txt",
        lambda: "各区县科技局：请按时报送。\n".encode(),
        ("The file holds no table; choose the file that does, or paste the table at the desk.",),
    ),
}
"""By name: the file's name, its bytes, and the sentences of which one is said."""
