"""Digits that stand raised, as marks of notes do, in every format that tells them apart."""

import io
import re
import zipfile

import pytest

from apps.intake.readers import read_blocks
from tests.intake import documents as d

HEAD = ["序号", "企业名称", "研发投入（m²）"]


def cells(data):
    return [
        cell
        for block in read_blocks(data)
        if not hasattr(block, "text")
        for row in block.rows
        for cell in row.cells
    ]


@pytest.mark.parametrize("form", ["docx", "html", "pdf"])
def test_a_raised_digit_is_told_from_the_others(form):
    rows = [HEAD, ["1", "甲海有限公司¹", "123²"], ["2", "乙山2号有限公司", "456"]]

    found = cells(d.WRITERS[form](["名单", d.Matrix(rows), "完"]))

    assert found == [cell for row in rows for cell in row]


SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def rich_workbook():
    """A workbook as Excel writes it: its texts apart, two of them with a raised digit."""
    from openpyxl import Workbook

    book = Workbook()
    for row in (["企业名称", "区县"], ["甲海有限公司1", "东山区"], ["乙山2号", "m2"]):
        book.active.append(row)
    plain, stream = io.BytesIO(), io.BytesIO()
    book.save(plain)
    texts = "".join(
        f"<si><r><t>{base}</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>{digit}</t></r></si>"
        for base, digit in (("甲海有限公司", 1), ("m", 2))
    )
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            for number, at in enumerate(("A2", "B3")):
                cell = f'<c r="{at}" t="s"><v>{number}</v></c>'
                text = re.sub(rf'<c r="{at}".*?</c>', cell, text)
            rel = f'<Relationship Id="rId99" Type="{RELATION}" Target="sharedStrings.xml"/>'
            if name == "xl/_rels/workbook.xml.rels":
                text = text.replace("</Relationships>", f"{rel}</Relationships>")
            part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{MIME}"/>'
            target.writestr(name, text.replace("</Types>", f"{part}</Types>"))
        target.writestr("xl/sharedStrings.xml", f'<sst xmlns="{SPREADSHEET}">{texts}</sst>')
    return stream.getvalue()


def test_a_raised_digit_in_a_workbook():
    found = cells(rich_workbook())

    assert found == ["企业名称", "区县", "甲海有限公司¹", "东山区", "乙山2号", "m²"]
