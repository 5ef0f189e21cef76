"""Real files of every kind that people attach, and of the kinds that are refused."""

import zipfile
from io import BytesIO
from typing import Any

import xlwt
from docx import Document
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import Workbook
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

# Made up, with a right check: no person has it.
ID_NUMBER = "330203199002280016"
MOBILE = "13800000000"
CARD = "6222020000000000000"


def pdf(*pages: str, password: str = "", owner_only: bool = False) -> bytes:
    """Return a PDF with a line of text on each page."""
    file = BytesIO()
    options: dict[str, Any] = {}
    if password:
        options["encrypt"] = StandardEncryption(
            "" if owner_only else password, ownerPassword=password, canPrint=0
        )
    canvas = Canvas(file, invariant=1, **options)
    for text in pages or ("Evidence of the year",):
        canvas.drawString(72, 700, text)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def pdf_with(catalogue: str) -> bytes:
    """Return a small PDF whose catalogue holds ``catalogue`` besides its pages."""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    ]
    data = b"%PDF-1.7\n"
    places = []
    for number, text in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n".encode()
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    data += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    data += (
        f"trailer << /Root 1 0 R /Size {len(objects) + 1} >>\nstartxref\n{start}\n%%EOF".encode()
    )
    return data


def docx(*paragraphs: str) -> bytes:
    """Return a Word document."""
    document = Document()
    for text in paragraphs or ("认定文件",):
        document.add_paragraph(text)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def xlsx(cells: dict[str, Any] | None = None, *, hidden: dict[str, Any] | None = None) -> bytes:
    """Return a workbook with ``cells``, and with a hidden sheet where ``hidden`` has some."""
    book = Workbook()
    for address, value in (cells or {"A1": "名称", "B2": 3}).items():
        book.active[address] = value
    if hidden:
        sheet = book.create_sheet("底稿")
        sheet.sheet_state = "hidden"
        for address, value in hidden.items():
            sheet[address] = value
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def archive(parts: dict[str, bytes | str]) -> bytes:
    """Return a ZIP with these parts."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return file.getvalue()


def with_parts(data: bytes, parts: dict[str, bytes | str]) -> bytes:
    """Return an office file with parts added to it."""
    with zipfile.ZipFile(BytesIO(data)) as source:
        own: dict[str, bytes | str] = {name: source.read(name) for name in source.namelist()}
    return archive({**own, **parts})


def pptx(text: str = "成果展示") -> bytes:
    """Return the least presentation: one slide with a line of text."""
    space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    return archive(
        {
            "[Content_Types].xml": "<Types/>",
            "ppt/presentation.xml": "<p/>",
            "ppt/slides/slide1.xml": f"<s {space}><a:p><a:r><a:t>{text}</a:t></a:r></a:p></s>",
        }
    )


def ofd(text: str = "发票") -> bytes:
    """Return the least OFD (GB/T 33190): one page with a line of text."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    return archive(
        {
            "OFD.xml": f"<ofd:OFD {space}/>",
            "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {space}><ofd:TextCode>{text}</ofd:TextCode></ofd:Page>",
        }
    )


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    """Return a picture."""
    file = BytesIO()
    Image.new("RGB", size, "white").save(file, form)
    return file.getvalue()


def bitmap_of(size: tuple[int, int]) -> bytes:
    """Return a PNG of one colour, small as a file whatever its size."""
    file = BytesIO()
    Image.new("1", size).save(file, "PNG", optimize=True)
    return file.getvalue()


def encrypted(data: bytes) -> bytes:
    """Return an office file encrypted with a password, as Office does it."""
    file = BytesIO()
    OOXMLFile(BytesIO(data)).encrypt("geheim-2024", file)
    return file.getvalue()


def xls(stream: str = "Workbook") -> bytes:
    """Return an old workbook; ``stream`` renames its only stream."""
    book = xlwt.Workbook()
    book.add_sheet("A").write(0, 0, "旧")
    file = BytesIO()
    book.save(file)
    own = "Workbook".encode("utf-16-le")
    other = stream.encode("utf-16-le")
    entry = file.getvalue().replace(own + b"\0\0", other + b"\0" * (len(own) + 2 - len(other)), 1)
    place = entry.find(other) + 64
    return entry[:place] + (len(other) + 2).to_bytes(2, "little") + entry[place + 2 :]


def bomb(megabytes: int = 25) -> bytes:
    """Return a workbook that would take ``megabytes`` MB unpacked."""
    return with_parts(xlsx(), {"xl/media/zeros.bin": b"\0" * (megabytes * 2**20 + 1)})


EVERY_KIND = {
    "a.pdf": pdf,
    "a.ofd": ofd,
    "a.png": picture,
    "a.jpg": lambda: picture("JPEG"),
    "a.webp": lambda: picture("WEBP"),
    "a.docx": docx,
    "a.xlsx": xlsx,
    "a.pptx": pptx,
    "a.csv": lambda: "名称,数量\n高企,3\n".encode("gb18030"),
    "a.txt": lambda: "说明。".encode("utf-16"),
}
