import datetime as dt
import io
import zipfile

import pytest
from docx import Document
from docx.oxml import OxmlElement
from openpyxl import Workbook

from apps.cases.spreadsheets import defused
from apps.intake import formats, worker
from apps.intake.formats import sniff
from apps.intake.grid import Aside, Grid, Mark, Paragraph, Place, Row, Span
from apps.intake.readers import pdf, pdf_lines, read_blocks, sheet_extra, sheets, text
from apps.intake.readers.text import decode, read_csv, read_text
from apps.intake.readers.tidy import (
    BLANK,
    CONTROL,
    INVISIBLE,
    LINE_BREAK,
    ODD,
    RADICAL,
    has_control,
    tidy,
)
from apps.intake.refusal import Refusal

TABLE = "序号\t名称\n1\t甲公司\n"


def grids(data):
    return [block for block in read_blocks(data) if isinstance(block, Grid)]


def cells(grid):
    return [row.cells for row in grid.rows]


# --- what a file is --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b"PK\x03\x04broken", "truncated"),
        (formats.OLE + b"\0" * 9, "truncated"),
        (formats.OLE + b"\0" * 9000, "unknown-format"),
        (b"\xff\xd8\xff\xe0\0", "picture"),
        (b"Rar!\x1a", "unknown-format"),
        (formats.OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (formats.OLE + "_VBA_PROJECT".encode("utf-16-le"), "macro"),
        (formats.OLE + "WordDocument".encode("utf-16-le"), "old-word"),
    ],
)
def test_sniff_refuses(data, code):
    with pytest.raises(Refusal) as refused:
        sniff(data)

    assert refused.value.code == code


def test_sniff_goes_by_content():
    assert sniff(b"%PDF-1.7") == "pdf"
    assert sniff(formats.OLE + "Workbook".encode("utf-16-le")) == "xls"
    assert sniff(b"a,b") == "text"


def test_sniff_refuses_a_file_too_large(monkeypatch):
    monkeypatch.setattr(formats, "LARGEST_FILE", 3)

    with pytest.raises(Refusal):
        sniff(b"abcd")


def test_sniff_refuses_a_zip_of_something_else_and_a_locked_one():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as container:
        container.writestr("x.txt", "x")
    with pytest.raises(Refusal, match="unknown-format"):
        sniff(stream.getvalue())
    locked = bytearray(stream.getvalue())
    at = locked.index(b"PK\x01\x02")
    locked[at + 8] |= 1
    with pytest.raises(Refusal, match="password"):
        sniff(bytes(locked))


# --- text ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk", "gb18030"]
)
def test_decode_takes_every_usual_encoding(name):
    assert decode(TABLE.encode(name)) == TABLE


def test_decode_takes_utf_16_with_a_mark_of_either_order():
    assert decode(b"\xfe\xff" + TABLE.encode("utf-16-be")) == TABLE


def test_decode_guesses_what_it_does_not_know(monkeypatch):
    monkeypatch.setattr(
        text, "from_bytes", lambda _data: type("Best", (), {"best": lambda _self: "表"})()
    )

    assert decode(b"\xff\xff\xff") == "表"


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfabc\xff", b"\xff\xfea\0b"])
def test_decode_refuses_broken_text(data):
    with pytest.raises(Refusal, match="mixed-encodings"):
        decode(data)


def test_decode_refuses_bytes_of_no_encoding(monkeypatch):
    monkeypatch.setattr(
        text, "from_bytes", lambda _data: type("None_", (), {"best": lambda _self: None})()
    )

    with pytest.raises(Refusal, match="unknown-encoding"):
        decode(b"\xff\xff\xff")


def test_read_text_takes_quoted_cells_with_line_breaks():
    (grid,) = read_text('名称\t单位\n"甲\n""乙"""\t丙\n丁\t"x\n')

    assert cells(grid) == [("名称", "单位"), ('甲\n"乙"', "丙"), ("丁", '"x')]
    assert [row.line for row in grid.rows] == [1, 2, 4]


def test_read_text_takes_markdown_tables():
    title, grid = read_text("名单\n| 序号 | 名称 |\n|---|:--|\n| 1 | 甲 |")

    assert title == Paragraph("名单", 1)
    assert cells(grid) == [("序号", "名称"), ("1", "甲")]


def test_read_csv_by_comma_and_semicolon():
    assert [row.cells for row in read_csv('a,b\n"1,5",c\n')] == [("a", "b"), ("1,5", "c")]
    assert [row.cells for row in read_csv("a;b\n1;2\n")] == [("a", "b"), ("1", "2")]
    assert read_csv("一段话，没有表。\n第二行") == []
    assert read_csv('a,"' + "x" * 200_000) == []


@pytest.mark.parametrize("between", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_what_our_csv_defused_comes_back_as_it_was_stored(between):
    stored = ("=1+2", "+86办法", "-减税", "@通知", "-5", "O'Neil", "'引号", "'")
    lines = between.join("甲乙丙丁戊己庚辛"), between.join(map(defused, stored))

    (grid,) = read_text("\n".join(lines))

    assert grid.rows[1].cells == stored


def test_text_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(text, "LARGEST_TEXT", 3)

    with pytest.raises(Refusal, match="file-too-large"):
        list(text.read(b"abcd"))


def test_tidy_and_has_control():
    assert tidy(" a\u200b\u3000b\x07\r\n ⼈ ") == "a b\n人"
    assert has_control("a\x07")
    assert not has_control("a\n")


def test_tidy_gives_characters_where_a_pdf_gave_their_radicals():
    assert tidy("北仑区⼈⺠政府、卧⻰电气、宁波⻝品、⻘年、⻢⻋⻔⻅⻚、客⼾⸺甲") == (
        "北仑区人民政府、卧龙电气、宁波食品、青年、马车门见页、客户——甲"
    )


# --- HTML ------------------------------------------------------------------------------------


def test_html_takes_captions_nested_and_hidden_and_spans():
    page = """<?xml version="1.0" encoding="utf-8"?><html><head><style>x</style></head><body>前<br>后<div>段<script>1</script></div>
    <table><tr><td><table><caption>名单</caption><tr><th>序号</th><th>名称</th></tr>
    <tr><td rowspan="2">1</td><td><p>甲</p><span style="display:none">藏</span><!-- x --></td></tr><tr><td>乙 <br> 丙<script>z</script></td></tr>
    <tr hidden><td>9</td><td>藏</td></tr><tr hidden></tr></table></td></tr></table>
    <table><tr><td colspan="x">说明</td></tr></table></body></html>"""

    blocks = list(read_blocks(page.encode()))

    (grid,) = (block for block in blocks if isinstance(block, Grid))
    assert [block.text for block in blocks if isinstance(block, Paragraph)] == [
        "前",
        "后",
        "段",
        "名单",
        "说明",
    ]
    assert cells(grid) == [("序号", "名称"), ("1", "甲"), ("", "乙\n丙")]
    assert grid.spans == (Span(1, 0, 2, 1),)
    assert grid.dropped == (Aside("9 藏", "hidden-row", 4),)


@pytest.mark.parametrize(
    ("cell", "is_struck"),
    [
        ("<td>甲<s>乙</s></td>", True),
        ("<td><p>甲<del>乙</del></p></td>", True),
        (
            '<td><span style="color:red;text-decoration: underline line-through">乙</span></td>',
            True,
        ),
        ('<td style="text-decoration-line:line-through">乙</td>', True),
        ("<td>甲<s> </s></td>", False),
        ('<td style="text-decoration:underline">乙</td>', False),
    ],
    ids=["s", "del", "style", "cell", "blank", "underlined"],
)
def test_html_struck_out_is_read_and_said(cell, is_struck):
    (grid,) = grids(
        f"<table><tr><td>序号</td><td>名称</td></tr><tr><td>1</td>{cell}</tr></table>".encode()
    )

    assert grid.rows[1].marks == ((Mark(1, "struck-out"),) if is_struck else ())


def test_html_wider_than_any_table_is_cut():
    (grid,) = grids(b"<table><tr><td colspan=499>a</td><td colspan=9>b</td><td>c</td></tr></table>")

    assert len(grid.rows[0].cells) == 500


# --- Word ------------------------------------------------------------------------------------


def test_docx_struck_out_is_read_and_said():
    document = Document()
    table = document.add_table(2, 3)
    for column, word in enumerate(("序号", "名称", "单位")):
        table.cell(0, column).text = word
        table.cell(1, column).text = word
    table.cell(1, 1).paragraphs[0].add_run("减").font.strike = True
    table.cell(1, 2).paragraphs[0].add_run("留").font.strike = False
    stream = io.BytesIO()
    document.save(stream)

    (grid,) = read_blocks(stream.getvalue())

    assert cells(grid)[1] == ("序号", "名称减", "单位留")
    assert grid.rows[1].marks == (Mark(1, "struck-out"),)


def test_docx_takes_insertions_and_leaves_deletions_and_hidden_text():
    document = Document()
    document.add_paragraph("名单")
    table = document.add_table(2, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "序号", "名称"
    paragraph = table.cell(1, 1).paragraphs[0]
    paragraph.add_run("甲").add_break()
    hidden = paragraph.add_run("藏")
    hidden.font.hidden = True
    run = paragraph.add_run("乙")
    run.add_tab()
    run._r.append(OxmlElement("w:noBreakHyphen"))
    for tag, word in (("w:ins", "加"), ("w:del", "减")):
        change = OxmlElement(tag)
        change.append(paragraph.add_run(word)._r)
        paragraph._p.append(change)
    table.cell(1, 0).text = "1"
    table.cell(1, 0).add_table(1, 2).cell(0, 0).text = "内"
    stream = io.BytesIO()
    document.save(stream)

    title, outer, inner = read_blocks(stream.getvalue())

    assert title.text == "名单"
    assert cells(outer)[1] == ("1", "甲\n乙 -加")
    assert cells(inner) == [("内", "")]


def test_docx_row_that_begins_later_and_controls():
    document = Document()
    table = document.add_table(2, 2)
    row = table.rows[1]._tr
    row.remove(row.tc_lst[0])
    before = OxmlElement("w:gridBefore")
    before.set("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}val", "1")
    row.get_or_add_trPr().append(before)
    row.tc_lst[0].p_lst[0].add_r().text = "\u202e乙"
    stream = io.BytesIO()
    document.save(stream)

    (grid,) = grids(stream.getvalue())

    assert grid.rows[1] == Row(
        2, ("", "乙"), (Mark(1, "control-characters"),), Place("docx", table=1)
    )


# --- workbooks -------------------------------------------------------------------------------


def workbook(change=None, rows=()):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_xlsx_shows_values_as_a_person_sees_them():
    def change(sheet):
        sheet["B1"].number_format = "0.0%"
        sheet["C1"].number_format = "000000"
        sheet["D1"] = dt.datetime.fromisoformat("2023-05-22")
        sheet["E1"] = dt.datetime.fromisoformat("2023-05-22T09:30")
        sheet["F1"] = True
        sheet["G1"] = dt.time(9, 30)

    (grid,) = grids(
        workbook(change, [[1.0, 0.132, 123, None, None, None, None, 2.5, 12345678901234567890]])
    )

    assert cells(grid) == [
        (
            "1",
            "13.2%",
            "000123",
            "2023-05-22",
            "2023-05-22 09:30:00",
            "TRUE",
            "09:30:00",
            "2.5",
            "1.23E+19",
        )
    ]
    assert grid.rows[0].marks == (Mark(8, "digits-lost"),)


def test_xlsx_leaves_hidden_sheets_rows_and_columns_out_and_says_so():
    book = Workbook()
    book.active.append(["序号", "名称", "内部"])
    book.active.append([1, "甲", "x"])
    book.active.append([2, "乙", "y"])
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["C"].hidden = True
    book.create_sheet("藏").sheet_state = "hidden"
    book.create_sheet("空")
    stream = io.BytesIO()
    book.save(stream)

    (grid,) = grids(stream.getvalue())

    assert cells(grid) == [("序号", "名称", ""), ("1", "甲", "")]
    assert grid.dropped == (Aside("2 乙 y", "hidden-row", 3), Aside("内部 x", "hidden-column"))


def test_xls_shows_values_as_a_person_sees_them():
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    sheet.write(0, 0, "甲\x07")
    sheet.write(0, 1, 0.5, xlwt.easyxf(num_format_str="0%"))
    sheet.write(0, 2, dt.date(2023, 5, 22), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(0, 3, True)
    sheet.write(0, 4, 1e18)
    sheet.write(0, 5, 10**9, xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(1, 0, "藏")
    sheet.row(1).hidden = True
    sheet.row(2).hidden = True
    sheet.write(2, 0, "")
    book.add_sheet("二").visibility = 1
    stream = io.BytesIO()
    book.save(stream)

    (grid,) = grids(stream.getvalue())

    assert cells(grid) == [("甲", "50%", "2023-05-22", "TRUE", "1.00E+18", "1000000000")]
    assert [mark.code for mark in grid.rows[0].marks] == ["control-characters", "digits-lost"]
    assert grid.dropped == (Aside("藏", "hidden-row", 2),)


@pytest.mark.parametrize(
    ("error", "code"), [("Workbook is encrypted", "password"), ("BOF", "truncated")]
)
def test_broken_xls_is_refused(monkeypatch, error, code):
    import xlrd

    def fail(**_options):
        raise xlrd.XLRDError(error)

    monkeypatch.setattr(xlrd, "open_workbook", fail)
    with pytest.raises(Refusal, match=code):
        list(read_blocks(formats.OLE + "Workbook".encode("utf-16-le")))


@pytest.mark.parametrize(
    ("code", "way"), [("General", ""), ("0.0%", "%"), ("000000", "000000"), ('0"%"', ""), ("", "")]
)
def test_way_of_a_number_format(code, way):
    assert sheets.way_of(code) == way


def test_column_of_a_reference():
    assert [sheet_extra.column_of(each) for each in ("A1", "C5", "AA10", "AB")] == [0, 2, 26, 27]


# --- PDF -------------------------------------------------------------------------------------


def line(text_, left=0.0, right=100.0, first=9.0):
    return pdf_lines.Line(text_, left, right, 0.0, 9.0, first)


def test_unwrap_joins_full_lines_and_keeps_true_breaks():
    assert pdf_lines.unwrap([line("甲公司、乙"), line("公司", right=20)], 105) == (
        "甲公司、乙公司",
        True,
    )
    assert pdf_lines.unwrap([line("甲公司", right=30), line("乙公司", right=30)], 105) == (
        "甲公司\n乙公司",
        True,
    )
    assert pdf_lines.unwrap([line("Giam"), line("Paolo")], 105) == ("Giam Paolo", False)
    assert pdf_lines.unwrap([line("20"), line("23")], 105) == ("2023", False)
    assert pdf_lines.unwrap([line("深耕 "), line("厚植")], 105) == ("深耕 厚植", True)


def test_pdf_of_too_many_pages_is_refused(monkeypatch):
    from reportlab.pdfgen import canvas

    monkeypatch.setattr(pdf, "MOST_PAGES", 1)
    stream = io.BytesIO()
    pages = canvas.Canvas(stream)
    for _ in range(2):
        pages.drawString(10, 10, "x")
        pages.showPage()
    pages.save()

    with pytest.raises(Refusal, match="too-many-pages"):
        list(read_blocks(stream.getvalue()))


# --- the worker ------------------------------------------------------------------------------


def test_worker_carries_blocks_over_unchanged():
    place = Place("xlsx", sheet="名单")
    grid = Grid(
        (Row(1, ("a", "b"), (Mark(0, "formula"),), place),),
        (Span(0, 0, 1, 2),),
        (Aside("x", "hidden-row", 2),),
    )

    blocks = [grid, Paragraph("甲", 3, place), Grid(()), grid]
    assert list(worker.load(piece for each in blocks for piece in worker.dump(each))) == blocks


@pytest.mark.parametrize(
    ("error", "said"), [(Refusal("truncated"), '"truncated"'), (MemoryError(), '"too-much-memory"')]
)
def test_worker_says_why_it_cannot(monkeypatch, capsys, error, said):
    def fail(_data):
        raise error
        yield

    monkeypatch.setattr(worker, "read_blocks", fail)
    monkeypatch.setattr(worker, "limit", lambda: None)
    monkeypatch.setattr(worker.sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x")))

    worker.main()

    assert said in capsys.readouterr().out


def test_worker_out_of_time_is_a_refusal():
    with pytest.raises(Refusal, match="too-slow"):
        worker._out_of_time(0, None)


def test_letter_that_a_pdf_does_not_tell_is_shown_and_never_left_out():
    from tests.intake.documents import Matrix, as_pdf

    blocks = [Matrix([["序号", "名称"], ["1", "智汇‧宁海"], ["2", "甲公司"]])]

    (grid,) = read_blocks(as_pdf(blocks))

    assert [row.cells for row in grid.rows][1:] == [("1", "智汇\ufffd宁海"), ("2", "甲公司")]


def test_code_broken_over_lines_holds_no_blank_and_is_sure():
    lines = [line("91330201", right=80), line("MA2GXQ7R", right=80), line("5K", right=20)]

    assert pdf_lines.unwrap(lines, 85) == ("91330201MA2GXQ7R5K", True)


def test_names_of_a_column_stand_line_by_line_also_where_a_line_is_full():
    short = [line("李娜", right=18, first=9), line("张三丰", right=27, first=9)]
    full = [line("王小明", right=27, first=9), line("李娜", right=18, first=9)]

    assert pdf_lines.is_list_of_names([(short, 28), (full, 28)])
    assert pdf_lines.unwrap(full, 28, is_listed=True) == ("王小明\n李娜", False)


@pytest.mark.parametrize(
    "broken",
    [
        # A name of a place that is wider than its column: no line ends early.
        [line("宁波国家", right=36, first=9), line("高新区", right=27, first=9)],
        # A cell of the column has a separator.
        [line("李娜、", right=18, first=9), line("张三丰", right=27, first=9)],
    ],
    ids=["no line ends early", "a separator"],
)
def test_other_columns_are_no_lists_of_names(broken):
    assert not pdf_lines.is_list_of_names([(broken, 37), (broken, 37)])


# --- quoted cells over many lines ------------------------------------------------------------


def test_row_may_run_over_many_lines_as_long_as_no_cell_does():
    upright = '"' + "\n".join("统一社会信用代码") + '"'
    row = "\t".join([upright] * 8)

    (grid,) = read_text(f"{row}\n1\t2\n")

    assert cells(grid) == [("\n".join("统一社会信用代码"),) * 8, ("1", "2")]
    assert [line.line for line in grid.rows] == [1, 58]


@pytest.mark.parametrize(
    "line",
    ['甲\t"乙', '甲\t"乙\n丙\t丁', '甲\t"乙' + "\n丙" * (text.LONGEST_QUOTED + 1)],
    ids=["at the end", "before a tab", "too far on"],
)
def test_quotation_mark_that_is_never_closed_is_a_mark(line):
    first, *_ = read_text(line + "\n")

    assert first.rows[0].cells == ("甲", '"乙')


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        ((" 甲 ", "乙"), ["甲", "乙"]),
        ((1.0, -2.0, -0.0), ["1", "-2", "0"]),
        (("甲", 1.0), None),
        (("甲\n乙", "丙"), None),
        ((1.0, 1.5), None),
        ((1.0, 1e15), None),
        ((1.0, float("nan")), None),
        ((float("nan"), 1.0), None),
        ((float("inf"),), None),
        ((True, False), None),
    ],
    ids=range(10),
)
def test_a_column_of_a_sheet_is_plain(values, cells):
    assert sheets.plain_column(values) == cells


def test_many_rows_of_a_sheet_are_what_each_of_them_is():
    values = [(f"甲{n} ", float(n), "", 1.5 if n % 1500 == 0 else 2.0) for n in range(4000)]
    one_by_one = [
        tuple(sheets._cells(row, n, sheet_extra.Beside(), [])) for n, row in enumerate(values)
    ]

    assert [cells for cells, _marks in sheets._rows(values, sheet_extra.Beside())] == one_by_one


def test_each_odd_sign_is_one_that_tidying_changes():
    signs = (CONTROL, INVISIBLE, LINE_BREAK, BLANK, RADICAL)
    odd = {sign for sign in map(chr, range(0x10FFFF + 1)) if ODD.search(sign)}

    assert odd == {"\n"} | {
        sign for sign in map(chr, range(0x10FFFF + 1)) if any(each.search(sign) for each in signs)
    }


def test_a_text_written_as_a_formula_in_csv_is_the_text_and_a_formula_stays():
    (grid,) = read_text('代码,名称\n="0123",="甲"\n=1+1,"=""a""&""b"""')

    assert [row.cells for row in grid.rows] == [
        ("代码", "名称"),
        ("0123", "甲"),
        ("=1+1", '="a"&"b"'),
    ]


def test_comma_separated_pages_of_two_widths_are_one_table():
    wide = "序号,名称,产值,序号,名称,产值\n1,甲,5,3,丙,7\n2,乙,6,,,\n"
    (grid,) = text.read_text(wide + "序号,名称,产值\n4,丁,8\n5,戊,9\n")

    assert [len(row.cells) for row in grid.rows] == [6, 6, 6, 3, 3, 3]


def test_text_with_commas_here_and_there_is_no_table():
    found = list(text.read_text("一,二\n三\n四,五,六\n七\n八,九\n"))

    assert not any(isinstance(block, Grid) for block in found)


def test_words_beside_a_table_within_a_layout_are_the_pages():
    page = """<table><tr><td colspan=2><table><tr><td>首页</td><td>目录</td></tr></table></td></tr>
    <tr><td><p>2013年甲市研发中心名单</p><table><tr><td>名称</td><td>单位</td></tr>
    <tr><td>甲中心</td><td>甲公司</td></tr></table><p>发布：管理员</p></td><td></td></tr>
    <tr><td>版权所有</td></tr></table>"""

    found = list(read_blocks(page.encode()))

    assert [each.text if isinstance(each, Paragraph) else each.rows[0].cells for each in found] == [
        ("首页", "目录"),
        "2013年甲市研发中心名单",
        ("名称", "单位"),
        "发布：管理员",
        "版权所有",
    ]
