import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from openpyxl import Workbook

from apps.intake import reading, sentences
from apps.intake.columns import COLUMNS
from apps.intake.packs import pack_lists
from tests.intake import documents

PACK = documents.PACK
REPORT = PACK.parents[2] / "shared" / "seed" / "ningbo-2023-report.txt"
ROSTER = "2023年某市领军企业名单\n序号\t企业名称\t所属区\n1\t甲公司\t北仑区\n2\t乙公司\t鄞州区\n"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def run(tmp_path, capsys):
    """Run the command on content; return its answer, what it said on stderr, and its exit code."""

    def intake(content, *options, name="file"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        code = 0
        try:
            call_command("intake", str(path), "--dry-run", *options)
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        return (json.loads(said.out) if "--json" in options else said.out), said.err, code

    return intake


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def zipped(source, changed):
    """An xlsx with parts replaced or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(source)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in {*old.namelist(), *changed}:
            new.writestr(name, changed.get(name) or old.read(name))
    return stream.getvalue()


GOOD = workbook(["序号", "企业名称", "所属区"], [1, "甲公司", "北仑区"])
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def test_answer_has_the_fixed_form(run):
    answer, _, code = run(ROSTER, "--json")

    assert code == 0
    assert set(answer) == {"tables", "errors"}
    (table,) = answer["tables"]
    assert (table["kind"], table["set_aside"], answer["errors"]) == ("roster-entries", [], [])
    assert table["rows"][0] == {
        "roster": "2023年某市领军企业",
        "year": 2023,
        "rank": 1,
        "title": "",
        "organisation": "甲公司",
        "district": "北仑区",
        "certificate_number": "",
        "credit_code": "",
        "flags": [],
        "doubts": [],
        "source": {
            "format": "text",
            "line": 3,
            "table": 1,
            "cells": {"rank": 1, "organisation": 2, "district": 3},
        },
    }


def test_answer_says_doubts_in_sentences(run):
    answer, _, _ = run(
        "2022年度某市科学技术奖名单\n等级\t项目名称\t完成人\n二等奖\t甲项目\t李 四、王五\n合计\t1项\t\n",
        "--json",
    )

    (table,) = answer["tables"]
    assert {"field": "people", "reason": "A blank inside a Chinese name was taken out."} in table[
        "rows"
    ][0]["doubts"]
    assert table["set_aside"] == [{"text": "合计 1项", "reason": "a total"}]


def test_summary_for_people(run):
    out, _, code = run("名单\n序号\t企业名称\n1\t甲公司\n注：完\n")

    assert code == 0
    assert out.splitlines() == [
        "名单: roster-entries, 1",
        "  1 × A value is missing.",
        "  1 × a note",
    ]


def test_kind_can_be_named(run):
    answer, _, code = run("名单\n名称\t单位\n甲\t乙公司\n", "--json", "--kind", "certifications")

    assert (code, answer["tables"][0]["kind"]) == (0, "certifications")


def test_without_dry_run_it_stores_nothing_and_says_so(tmp_path):
    with pytest.raises(CommandError, match="Say where and as whom"):
        call_command("intake", str(tmp_path / "x"))


BAD = {
    "empty": (b"", "The file is empty; save it again from its program, then hand it in."),
    "no table": (
        "没有表的文字。\n",
        "The file holds no table; choose the file that does, or paste the table at the desk.",
    ),
    "unknown table": (
        "甲乙\t丙丁戊\n甲乙\t己庚辛\n",
        "No table of the file is a list the city keeps; name its kind, or check its headers.",
    ),
    "truncated xlsx": (
        GOOD[: len(GOOD) // 2],
        "The file is damaged or cut off; open it in its program and save it again.",
    ),
    "damaged part": (
        zipped(GOOD, {"xl/workbook.xml": b"<workbook"}),
        "The file is damaged or cut off; open it in its program and save it again.",
    ),
    "macro": (
        zipped(GOOD, {"xl/vbaProject.bin": b"x"}),
        "The file contains macros and was not opened; save it without macros.",
    ),
    "bomb": (
        zipped(GOOD, {"xl/worksheets/sheet1.xml": b" " * 9_000_000}),
        "The file would unpack to an unreasonable size and was not opened; copy the table alone into a new file.",
    ),
    "corner cell": (
        zipped(
            GOOD,
            {
                "xl/worksheets/sheet1.xml": SHEET.format(
                    '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
                ).encode()
            },
        ),
        "Reading the file needs more memory than allowed; split it.",
    ),
    "picture": (
        b"\x89PNG\r\n\x1a\n\0\0",
        "This is a picture; the intake reads text, so type the table or use recognised text.",
    ),
    "rtf": (b"{\\rtf1 x}", "This is an RTF document; save it as .docx."),
    "archive": (
        b"7z\xbc\xaf\x27\x1c",
        "This kind of file cannot be read; use .docx, .xlsx, .xls, .csv, .html, .pdf or text.",
    ),
    "mixed": (
        ROSTER.encode() + "3\t丙公司\t象山县\n".encode("gb18030"),
        "The text mixes two encodings, first in line 5; save it as UTF-8.",
    ),
    "binary": (
        bytes(range(1, 9)) * 20,
        "The file is neither a table nor text; use .docx, .xlsx, .xls, .csv, .html, .pdf or text.",
    ),
    "nul": (
        b"abc\0def\0\0x",
        "The file is neither a table nor text; use .docx, .xlsx, .xls, .csv, .html, .pdf or text.",
    ),
    "broken pdf": (
        b"%PDF-1.4\nnothing",
        "The file is damaged or cut off; open it in its program and save it again.",
    ),
    "xml 2003": (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "The file is damaged or cut off; open it in its program and save it again.",
    ),
    "mht": ("MIME-Version: 1.0\n", "This is a web archive (.mht); save the page as .html."),
    "huge span": (
        "<table>" + "<tr><td rowspan=65000>a</td><td>b</td></tr></table>",
        "A table has more rows or columns than can be read; remove the blank ones.",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_sentence_and_a_code(run, name):
    content, sentence = BAD[name]

    answer, _, code = run(content, "--json")

    assert code == 1
    assert [error["message"] for error in answer["errors"]] == [sentence]
    assert [row for table in answer["tables"] for row in table["rows"]] == []


def test_million_blank_rows_are_refused(run):
    sheet = SHEET.format(f'<row r="1"><c r="A1"><v>1</v></c></row>{"<row/>" * 2_100_000}').encode()
    stored = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(stored, "w") as new:
        for part in old.namelist():
            new.writestr(part, sheet if part == "xl/worksheets/sheet1.xml" else old.read(part))

    answer, _, code = run(stored.getvalue(), "--json")

    assert (code, answer["errors"][0]["message"]) == (
        1,
        "A table has more rows or columns than can be read; remove the blank ones.",
    )


def test_scanned_and_locked_pdf_say_what_to_do(run):
    from reportlab.lib import pdfencrypt
    from reportlab.pdfgen import canvas

    scanned, locked = io.BytesIO(), io.BytesIO()
    for stream, encrypt in ((scanned, None), (locked, pdfencrypt.StandardEncryption("secret"))):
        page = canvas.Canvas(stream, encrypt=encrypt)
        page.rect(10, 10, 90, 90)
        page.showPage()
        page.save()

    assert (
        "run text recognition (OCR)" in run(scanned.getvalue(), "--json")[0]["errors"][0]["message"]
    )
    assert "protected by a password" in run(locked.getvalue(), "--json")[0]["errors"][0]["message"]


def test_table_of_the_wrong_kind_names_what_is_missing(run):
    answer, _, code = run(ROSTER, "--json", "--kind", "policies")

    assert code == 1
    assert answer["errors"] == [
        {"message": "The table is no list of this kind: a column is missing (Title).", "where": ""}
    ]


def test_rounded_code_is_an_error_with_its_cell(run):
    content = workbook(["序号", "企业名称", "统一社会信用代码"], [1, "甲公司", 913501000001000043])

    answer, _err, code = run(content, "--json")

    assert (code, answer["errors"][0]["where"]) == (1, "sheet Sheet, cell C2")
    assert answer["tables"][0]["rows"][0]["credit_code"] == "9.14E+17"
    assert run(content)[1].endswith("(sheet Sheet, cell C2)\n")


def test_formula_stays_a_text_with_a_doubt(run):
    answer, _, code = run(
        workbook(["序号", "企业名称"], [1, '=HYPERLINK("http://x","甲公司")']), "--json"
    )

    (row,) = answer["tables"][0]["rows"]
    assert (code, row["organisation"]) == (0, '=HYPERLINK("http://x","甲公司")')
    assert "organisation:formula" in row["flags"]


def test_control_characters_are_taken_out_with_a_doubt(run):
    answer, _, _ = run("名单\n序号\t企业名称\n1\t甲\x07公司\n", "--json")

    (row,) = answer["tables"][0]["rows"]
    assert row["organisation"] == "甲公司"
    assert "organisation:control-characters" in row["flags"]


def test_missing_file_and_a_file_too_large(tmp_path, monkeypatch):
    assert reading.read_file(tmp_path / "none").refusals[0].code == "no-file"
    (tmp_path / "large").write_bytes(b"x" * 100)
    monkeypatch.setattr(reading, "LARGEST_FILE", 10)
    assert reading.read_file(tmp_path / "large").refusals[0].code == "file-too-large"


def test_reader_that_hangs_or_dies_is_told_in_a_sentence(monkeypatch):
    monkeypatch.setattr(reading, "PATIENCE", 0.01)
    assert reading.read_bytes(ROSTER.encode()).refusals[0].code == "too-slow"
    monkeypatch.setattr(reading, "PATIENCE", 18)
    monkeypatch.setattr(reading.sys, "executable", "/bin/false")
    assert reading.read_bytes(ROSTER.encode()).refusals[0].code == "too-much-memory"
    monkeypatch.setattr(reading.sys, "executable", "/bin/echo")
    monkeypatch.setattr(reading.json, "loads", lambda _line: {"text": "x", "line": 1, "place": {}})
    assert reading.read_bytes(ROSTER.encode()).refusals[0].code == "reader-failed"


def test_every_code_has_a_sentence():
    source = "".join(
        path.read_text(encoding="utf-8") for path in Path(reading.__file__).parent.rglob("*.py")
    )

    for codes in (sentences.REFUSALS, sentences.DOUBTS, sentences.ASIDE):
        assert all(f'"{code}"' in source for code in codes)
    assert sentences.refusal("unheard-of", {}) == sentences.REFUSALS["reader-failed"]


@pytest.mark.skipif(
    not REPORT.exists(), reason="the printed report is not at hand; generated text stands in"
)
def test_every_table_of_the_report_comes_back_whole(run):
    answer, _, code = run(REPORT.read_bytes(), "--json")

    printed = [each for each in pack_lists(PACK) if each.reading]
    by_lines = {table["rows"][0]["source"]["line"]: table for table in answer["tables"]}
    assert (code, answer["errors"], len(answer["tables"])) == (0, [], len(printed) + 1)
    for wanted in printed:
        table = by_lines[int(wanted.lines.split("-")[0])]
        with (PACK / wanted.file).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert table["kind"] == wanted.kind
        assert [plain(row, wanted.kind, rows[0]) for row in table["rows"]] == [
            {name: row[name] for name in ("source_line", *COLUMNS[wanted.kind]) if name in row}
            for row in rows
        ]


def test_the_chronicle_of_the_report_is_read_day_by_day(run):
    if not REPORT.exists():
        pytest.skip("the printed report is not at hand; generated text stands in")
    (table,) = (
        each for each in run(REPORT.read_bytes(), "--json")[0]["tables"] if each["kind"] == "events"
    )
    with (PACK / "events/2023.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))

    assert [
        (str(row["source"]["line"]), row["date_from"], row["date_to"]) for row in table["rows"]
    ] == [(row["source_line"], row["date_from"], row["date_to"]) for row in rows]


def plain(row, kind, like):
    """A row of the answer as the pack's CSV writes it."""
    values = {"source_line": str(row["source"]["line"])}
    for name in COLUMNS[kind]:
        value = row[name]
        text = "|".join(value) if isinstance(value, list) else "" if value is None else str(value)
        values |= {name: text} if name in like else {}
    return values
