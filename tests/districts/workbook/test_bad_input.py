"""Files as they come: each is refused or read with a plain sentence; nothing changes silently."""

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from apps.cases.models import Revision
from apps.districts.workbook import container
from apps.districts.workbook.comparing import check_place
from apps.districts.workbook.errors import Refused
from apps.districts.workbook.layout import HIDDEN_SHEET
from apps.districts.workbook.personal import refuse_personal_data
from apps.districts.workbook.reading import read_sheet
from apps.districts.workbook.storing import find_upload, keep_upload
from tests import factories
from tests.cases.evidence.documents import MOBILE, encrypted
from tests.districts.workbook.conftest import (
    differences,
    download,
    fill,
    opened,
    page_of,
    place,
    saved,
)

pytestmark = pytest.mark.django_db


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Return the archive with each part as ``change`` returns it; None leaves a part out."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for part in old.infolist():
            content = change(part.filename, old.read(part))
            if content is not None:
                new.writestr(part.filename, content)
    return file.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Return the archive with one more part."""
    file = BytesIO(data)
    with zipfile.ZipFile(file, "a", 8) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def in_sheet(data: bytes, old: str, new: str) -> bytes:
    """Return the workbook with a text of the first sheet's XML replaced, once."""

    def change(name: str, content: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return content
        text = content.decode()
        assert old in text
        return text.replace(old, new, 1).encode()

    return repacked(data, change)


# What one cell says


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (118.6, "118.60"),
        (0, "0.00"),
        (0.1 + 0.2, "0.30"),
        (-0.0, "0.00"),
        (-3, "-3.00"),
        ("１２３．５", "123.50"),
        ("１，２３４．５", "1234.50"),
        ("1,234,567.8", "1234567.80"),
        ("1 234 567", "1234567.00"),
        ("118.6", "118.60"),
        (" 118.6 亿元", "118.60"),
        ("−5", "-5.00"),
        ("118.600", "118.60"),
        (".5", "0.50"),
        ("123456789012345678.12", "123456789012345678.12"),
    ],
)
def test_number_is_read(draft: Revision, typed: object, stored: str) -> None:
    (change,) = differences(draft, fill(download(draft), rd_spending=typed)).changes

    assert str(change.yours.value) == stored
    assert bool(change.notes) == isinstance(typed, str)


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("#REF!", "spreadsheet error"),
        ("=A1", "no stored result"),
        ("9.13E+17", "shortened"),
        (9.13e17, "keeps 15 digits"),
        ("二十", "not a number"),
        ("1.2.3", "not a number"),
        ("118,6", "not a number"),
        ("超118.6", "more than a number"),
        ("—", "but not why"),
        ("2024-05-01", "holds a date"),
        ("2024年5月", "holds a date"),
        (dt.date(2024, 5, 3), "a date or a time"),
        (True, "TRUE or FALSE"),
        ("118.6万元", "in 万元"),
        ("12%", "not in per cent"),
        (118.667, "at most 2 decimal"),
        ("1" * 30, "at most 18 digits"),
        ("1" * 50, "at most 18 digits"),
    ],
)
def test_faulty_cell_is_named_with_rule_and_cure(draft: Revision, typed: object, rule: str) -> None:
    data = fill(download(draft), rd_spending=typed)

    result = differences(draft, data)

    (fault,) = result.faults
    assert fault.cell == place(opened(data), "rd-spending")
    assert fault.where == f"Figures!{fault.cell}"
    assert rule in fault.rule
    assert fault.cure
    assert fault.found
    assert (result.total, result.unchanged) == (0, 5)


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"firms": 12.5}, "whole number"),
        ({"firms": 3, "firms__blank": "missing"}, "a value and a reason"),
        ({"firms__qualifier": "超"}, "beside no value"),
        ({"firms": 3, "firms__qualifier": 7}, "A word is expected"),
        ({"firms": 3, "firms__qualifier": "很" * 21}, "At most 20 characters"),
        ({"firms": 3, "firms__qualifier": "a\x7fb"}, "control characters"),
        ({"firms__blank": "no idea"}, "none of the reasons"),
        ({"firms": 3, "firms__unit": "万家"}, "cannot be changed here"),
        ({"firms": 3, "firms__scope": "own level"}, "cannot be changed here"),
    ],
)
def test_faulty_row_is_named(draft: Revision, cells: dict[str, object], rule: str) -> None:
    (fault,) = differences(draft, fill(download(draft), **cells)).faults

    assert rule in fault.rule


def test_all_faults_of_a_row_are_named_at_once(draft: Revision) -> None:
    data = fill(download(draft), firms="viele", firms__qualifier=3, firms__blank="so")

    assert len(differences(draft, data).faults) == 3


@pytest.mark.parametrize("typed", ["withheld", "Withheld", "ｗｉｔｈｈｅｌｄ"])
def test_reason_is_read_by_label_or_code(draft: Revision, typed: str) -> None:
    (change,) = differences(draft, fill(download(draft), firms__blank=typed)).changes

    assert change.yours.blank == "withheld"


def test_percentage_format_is_read_as_per_cent(draft: Revision) -> None:
    book = opened(download(draft))
    sheet = book.worksheets[0]
    for key in ("share", "firms"):
        sheet[place(book, key)].value = 0.125
        sheet[place(book, key)].number_format = "0.0%"

    result = differences(draft, saved(book))

    assert [change.after for change in result.changes] == ["12.5%"]
    assert "12.5 %" in result.changes[0].notes[0]
    assert "not in per cent" in result.faults[0].rule


def test_percentage_typed_as_text_is_read(draft: Revision) -> None:
    (change,) = differences(draft, fill(download(draft), share="12.5%")).changes

    assert change.after == "12.5%"


def test_formula_with_a_result_is_taken_and_said(draft: Revision) -> None:
    data = fill(download(draft), rd_spending="=100+18.6")
    data = in_sheet(data, "<f>100+18.6</f><v></v>", "<f>100+18.6</f><v>118.6</v>")

    (change,) = differences(draft, data).changes

    assert (str(change.yours.value), change.notes) == (
        "118.60",
        ("The result of a formula was taken.",),
    )


def test_formula_whose_result_is_an_error_is_a_fault(draft: Revision) -> None:
    data = fill(download(draft), rd_spending="=1/0")
    text = zipfile.ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    found = re.search(r'<c r="(H\d+)" s="(\d+)"( t="\w+")?><f>1/0</f><v></v>', text)
    assert found
    data = in_sheet(
        data, found[0], f'<c r="{found[1]}" s="{found[2]}" t="e"><f>1/0</f><v>#DIV/0!</v>'
    )

    (fault,) = differences(draft, data).faults

    assert "spreadsheet error" in fault.rule


# How the sheet is built


def sheet_of(book: Workbook) -> Worksheet:
    """Return the sheet of figures."""
    return book.worksheets[0]


def test_hidden_rows_columns_and_sheets_are_said(draft: Revision) -> None:
    book = opened(fill(download(draft), firms=12))
    sheet = sheet_of(book)
    row = int(place(book, "firms")[1:])
    sheet.row_dimensions[row].hidden = True
    sheet.row_dimensions[row + 1].hidden = True
    sheet.column_dimensions["I"].hidden = True
    book.create_sheet("私").sheet_state = "hidden"

    result = differences(draft, saved(book))

    assert [change.after for change in result.changes] == ["12家"]
    assert [(note.where, note.text.split(";")[0]) for note in result.notes] == [
        ("私", "This sheet is hidden and was not read."),
        (f"Figures!{row}–{row + 1}", "These rows are hidden"),
        ("Figures!I", "This column is hidden"),
    ]


def test_hidden_sheet_of_figures_is_read_and_said(draft: Revision) -> None:
    book = opened(fill(download(draft), firms=12))
    sheet_of(book).sheet_state = "hidden"
    book.active = 1

    result = differences(draft, saved(book))

    assert len(result.changes) == 1
    assert "The sheet is hidden" in result.notes[0].text


def test_merged_cells_are_named_and_their_rows_left_alone(draft: Revision) -> None:
    book = opened(fill(download(draft), rd_spending=118.6, firms=12))
    sheet = sheet_of(book)
    row = int(place(book, "rd-spending")[1:])
    sheet.merge_cells(f"H{row}:H{row + 1}")
    sheet.merge_cells("A1:C1")
    sheet.merge_cells(f"B{row + 2}:C{row + 2}")

    result = differences(draft, saved(book))

    assert [(fault.cell, fault.found) for fault in result.faults] == [
        (f"H{row}:H{row + 1}", "118.6")
    ]
    assert [change.row.key for change in result.changes] == ["firms"]
    assert result.notes == []


def test_renamed_sheet_is_read_and_said(draft: Revision) -> None:
    book = opened(fill(download(draft), firms=12))
    sheet_of(book).title = "Tabelle1"

    result = differences(draft, saved(book))

    assert len(result.changes) == 1
    assert "was called “Figures”" in result.notes[0].text


def test_sheet_that_cannot_be_told_is_refused(draft: Revision) -> None:
    book = opened(download(draft))
    sheet_of(book).title = "a"
    book.copy_worksheet(sheet_of(book)).title = "b"

    with pytest.raises(Refused, match="The sheet “Figures” is missing; the file has “a”"):
        differences(draft, saved(book))


def test_removed_row_is_said_and_its_figure_stays(draft: Revision) -> None:
    book = opened(download(draft))
    sheet_of(book).delete_rows(int(place(book, "rd-spending")[1:]))

    result = differences(draft, saved(book))

    assert (result.total, result.unchanged, result.faults) == (0, 5, [])
    assert "1 row is not in the workbook any more" in result.notes[0].text
    assert "Indicator rd-spending" in result.notes[0].text


@pytest.mark.parametrize("column", ["A", "E", "H", "I", "J"])
def test_removed_column_is_refused(draft: Revision, column: str) -> None:
    book = opened(download(draft))
    sheet = sheet_of(book)
    sheet.delete_cols("ABCDEFGHIJ".index(column) + 1)

    with pytest.raises(Refused, match="is missing"):
        differences(draft, saved(book))


def test_column_that_stands_twice_is_refused(draft: Revision) -> None:
    book = opened(download(draft))
    sheet = sheet_of(book)
    head = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "code")
    sheet.cell(head, 14).value = "value"

    with pytest.raises(Refused, match="the column “value” is missing"):
        differences(draft, saved(book))


def test_reordered_columns_and_rows_are_read(draft: Revision) -> None:
    book = opened(fill(download(draft), firms=12))
    sheet = sheet_of(book)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    book.remove(sheet)
    other = book.create_sheet("Figures", 0)
    head = next(number for number, row in enumerate(rows) if row[0] == "code")
    for row in [*rows[: head + 1], *reversed(rows[head + 1 :])]:
        other.append(list(reversed(row)))

    result = differences(draft, saved(book))

    assert ([c.after for c in result.changes], result.faults, result.unchanged) == (["12家"], [], 5)


def test_extra_row_with_a_value_is_a_fault(draft: Revision) -> None:
    book = opened(download(draft))
    sheet = sheet_of(book)
    last = sheet.max_row
    sheet.cell(last + 1, 2).value = "our own remark"
    sheet.cell(last + 2, 1).value = "unknown"
    sheet.cell(last + 2, 8).value = 5

    (fault,) = differences(draft, saved(book)).faults

    assert fault.cell == f"H{last + 2}"
    assert "its code is “unknown”" in fault.rule


def test_row_that_stands_twice_is_a_fault(draft: Revision) -> None:
    book = opened(download(draft))
    sheet = sheet_of(book)
    row = int(place(book, "firms")[1:])
    for column in range(1, 11):
        sheet.cell(sheet.max_row + (column == 1), column).value = sheet.cell(row, column).value

    result = differences(draft, saved(book))

    assert ["more than once" in fault.rule for fault in result.faults] == [True, True]
    assert result.unchanged == 5


# Whose workbook it is


def test_workbook_of_another_district_or_year_is_refused(draft: Revision) -> None:
    cixi = factories.open_return(factories.district("cixi"), rows=0, year=2024)
    data = download(cixi)

    with pytest.raises(Refused, match="workbook of cixi for 2024; this page is about beilun, 2024"):
        differences(draft, data)


def test_workbook_of_an_older_revision_is_refused(draft: Revision) -> None:
    imprint = replace(read_sheet(download(draft)).imprint, revision=3)

    with pytest.raises(Refused, match="made from revision 3 of the return; revision 1 is open"):
        check_place(imprint, page_of(draft))


@pytest.mark.parametrize(
    ("row", "text", "sentence"),
    [
        ("template", "0", "made from template 0; today's is 3"),
        ("district", "cixi", "was changed"),
        ("row", "x", "was changed"),
        ("signature", "", "was changed"),
        ("signature", "a:b", "was changed"),
    ],
)
def test_changed_hidden_sheet_is_refused(
    draft: Revision, row: str, text: str, sentence: str
) -> None:
    book = opened(download(draft))
    for cells in book[HIDDEN_SHEET].iter_rows():
        if cells[0].value == row:
            cells[1].value = text or None

    with pytest.raises(Refused, match=re.escape(sentence)):
        differences(draft, saved(book))


def test_workbook_from_elsewhere_is_refused(draft: Revision) -> None:
    with pytest.raises(Refused, match="was not downloaded here"):
        differences(draft, saved(Workbook()))


# What the file is


def test_renamed_csv_is_refused() -> None:
    with pytest.raises(Refused, match="text file"):
        read_sheet("code,value\nfirms,12\n".encode("gbk"))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"%PDF-1.7\0\0", "not an Excel workbook"),
        (b"hello", "not an Excel workbook"),
        (container.OLE + b"x" * 600, "old .xls"),
        (container.OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"PK\x03\x04 nothing", "damaged or not complete"),
        (b"PK" + b"\0" * (container.MOST_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_file_that_is_no_workbook_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=re.escape(sentence)):
        read_sheet(data)


@pytest.mark.parametrize("part", [0.2, 0.5, 0.99])
def test_truncated_file_is_refused(draft: Revision, part: float) -> None:
    data = download(draft)

    with pytest.raises(Refused, match="damaged or not complete"):
        read_sheet(data[: int(len(data) * part)])


def test_damaged_part_is_refused(draft: Revision) -> None:
    data = in_sheet(download(draft), "</sheetData>", "</sheetDate>")

    with pytest.raises(Refused, match=re.escape("xl/worksheets/sheet1.xml of the file is damaged")):
        read_sheet(data)


def test_damaged_bytes_are_refused(draft: Revision) -> None:
    data = bytearray(download(draft))
    data[200:260] = b"\xff" * 60

    with pytest.raises(Refused):
        read_sheet(bytes(data))


def test_workbook_the_library_cannot_read_is_refused(draft: Revision) -> None:
    data = repacked(
        download(draft), lambda name, content: None if name == "xl/styles.xml" else content
    )
    data = in_sheet(data, "<sheetView ", '<sheetView zoomScale="viel" ')

    with pytest.raises(Refused, match="cannot be read as a workbook"):
        read_sheet(data)


def test_macro_file_is_refused(draft: Revision) -> None:
    with pytest.raises(Refused, match="macros"):
        read_sheet(with_part(download(draft), "xl/vbaProject.bin", b"x"))


def test_macro_type_without_macros_is_refused(draft: Revision) -> None:
    def change(name: str, content: bytes) -> bytes:
        return content.replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        )

    with pytest.raises(Refused, match="macros"):
        read_sheet(repacked(download(draft), change))


def test_other_archive_is_refused() -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

    with pytest.raises(Refused, match="OpenDocument"):
        read_sheet(file.getvalue())


def test_encrypted_archive_is_refused(draft: Revision) -> None:
    data = bytearray(download(draft))
    place_of_flags = data.rfind(b"PK\x01\x02") + 8
    data[place_of_flags] |= 1

    with pytest.raises(Refused, match="encrypted"):
        read_sheet(bytes(data))


def test_workbook_with_a_password_is_refused(draft: Revision) -> None:
    """As Office encrypts it: another container around the whole workbook."""
    with pytest.raises(Refused, match="encrypted with a password"):
        read_sheet(encrypted(download(draft)))


def test_personal_numbers_are_refused_in_hidden_sheets_too(draft: Revision) -> None:
    book = opened(download(draft))
    sheet = book.create_sheet("底稿")
    sheet.sheet_state = "hidden"
    sheet["B7"] = f"联系人{MOBILE}"
    sheet["C1"] = 13800000000
    sheet["C2"] = None

    with pytest.raises(Refused, match=r"cell 底稿!B7: a mobile number \(138…00\)\. Black"):
        keep_upload(factories.filler_of(draft), draft, "a.xlsx", saved(book))

    assert find_upload(factories.filler_of(draft), draft) is None


def test_what_only_one_library_reads_is_no_personal_data() -> None:
    refuse_personal_data(b"no workbook")


def test_zip_bomb_is_refused_before_it_is_inflated(draft: Revision) -> None:
    bomb = with_part(download(draft), "xl/media/picture.png", bytes(200 * 1024 * 1024))

    assert len(bomb) < container.MOST_BYTES
    with pytest.raises(Refused, match="Unpacked, the file would take 201 MB"):
        read_sheet(bomb)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<sheetData>", "<mergeCells><mergeCell ref='A1:XFD1048576'/></mergeCells><sheetData>"),
        ("<sheetData>", "<mergeCells><mergeCell ref='?'/></mergeCells><sheetData>"),
        ("<sheetData>", "<col/>" * 60_001 + "<sheetData>"),
        ("<sheetData>", f"<col width='{'1' * 60_001}'/><sheetData>"),
        ("<sheetData>", "<sheetData><row>" + "<c/>" * 150_001 + "</row>"),
        ("<sheetData>", "<sheetData><row><c r='?'><v>1</v></c></row>"),
        ("<worksheet", "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><worksheet"),
    ],
)
def test_part_that_holds_too_much_is_refused(draft: Revision, old: str, new: str) -> None:
    with pytest.raises(Refused, match="holds more than a return's workbook ever does"):
        read_sheet(in_sheet(download(draft), old, new))


def test_single_merged_cell_is_no_harm(draft: Revision) -> None:
    data = in_sheet(
        download(draft),
        "</sheetData>",
        "</sheetData><mergeCells><mergeCell ref='A1'/></mergeCells>",
    )

    assert read_sheet(data).faults == []


@pytest.mark.parametrize("cell", ["H12001", "CC5"])
def test_value_far_outside_is_refused_by_its_cell(draft: Revision, cell: str) -> None:
    book = opened(download(draft))
    sheet_of(book)[cell].value = 5

    with pytest.raises(Refused, match=f"Cell {cell} in xl/worksheets/sheet1.xml"):
        read_sheet(saved(book))


def test_format_far_outside_is_no_harm(draft: Revision) -> None:
    book = opened(download(draft))
    sheet_of(book).cell(1_048_576, 300).number_format = "0.0"

    assert differences(draft, saved(book)).unchanged == 6


def test_exact_number_of_the_template_is_left_as_it_is(draft: Revision) -> None:
    data = fill(download(draft), grants__qualifier="超")

    (change,) = differences(draft, data).changes

    assert change.yours.value == Decimal("1234567890123456.78")
