"""Tables of a page without <table>, text boxes of Word, and the XML spreadsheet of 2003."""

import pytest
from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls

from apps.intake.grid import Grid, Paragraph
from apps.intake.readers import read_blocks
from apps.intake.refusal import Refusal
from tests.intake.test_readers import cells, grids

HEAD = '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel">'


def page(body):
    return f"<!DOCTYPE html><html><body>{body}</body></html>".encode()


BY_STYLE = (
    '<div style="display:table">'
    + "".join(
        '<div style="display: table-row">'
        + "".join(f'<div style="display:table-cell;width:3em">{cell}</div>' for cell in row)
        + "</div>"
        for row in (("序号", "企业名称"), ("1", "甲公司"))
    )
    + "</div>"
)
BY_ROLE = '<div role="grid"><div role="rowgroup"><div role="row"><span role="columnheader">序号</span><span role="columnheader">企业名称</span></div></div><div role="row"><span role="gridcell">1</span><span role="gridcell">甲公司</span></div></div>'
BY_SHAPE = '<div class="list"><div class="head"><span>序号</span><span>企业名称</span></div><div class="row"><span>1</span><span>甲公司</span></div><div class="row"><span>2</span><span>乙公司</span></div></div>'


@pytest.mark.parametrize("body", [BY_STYLE, BY_ROLE], ids=["style", "role"])
def test_a_table_without_the_element(body):
    (grid,) = grids(page("<h1>名单</h1>" + body))

    assert cells(grid) == [("序号", "企业名称"), ("1", "甲公司")]


def test_rows_of_one_shape_below_headers():
    (grid,) = grids(page(BY_SHAPE))

    assert cells(grid)[1:] == [("1", "甲公司"), ("2", "乙公司")]


@pytest.mark.parametrize(
    "body",
    [
        "<ul><li><a>首页</a><span>1</span></li><li><a>公开</a><span>2</span></li><li><a>互动</a><span>3</span></li></ul>",
        BY_SHAPE.replace('<div class="row">', '<div class="row">又', 1),
        '<div style="display:table"><div>序号</div><div>企业名称</div></div>',
        BY_SHAPE.replace("<span>2</span>", ""),
    ],
    ids=["navigation", "words beside", "no rows", "uneven"],
)
def test_elements_that_are_no_table(body):
    assert grids(page(body)) == []


def test_lines_of_a_page_are_counted():
    blocks = list(read_blocks(page("<section>甲</section><p>乙<br>丙</p>")))

    assert [(block.text, block.line) for block in blocks] == [("甲", 1), ("乙", 2), ("丙", 3)]


def test_text_boxes_follow_their_paragraph(tmp_path):
    document = Document()
    paragraph = document.add_paragraph("名单")
    paragraph._p.append(
        parse_xml(
            f'<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape><v:textbox>'
            "<w:txbxContent><w:p><w:r><w:t>甲\u6846</w:t><w:tab/><w:t>乙</w:t></w:r></w:p></w:txbxContent>"
            "</v:textbox></v:shape></w:pict></w:r>"
        )
    )
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "序号", "名称"
    box = next(each for each in paragraph._p.iter() if each.tag.endswith("txbxContent"))
    box.append(table._tbl)
    box.append(OxmlElement("w:p"))
    document.save(tmp_path / "a.docx")

    blocks = list(read_blocks((tmp_path / "a.docx").read_bytes()))

    assert [block.text for block in blocks if isinstance(block, Paragraph)] == ["名单", "甲框\t乙"]
    assert [cells(block) for block in blocks if isinstance(block, Grid)] == [[("序号", "名称")]]


def workbook(rows, more="", before=""):
    return (
        f'{HEAD}{before}<Worksheet ss:Name="甲"><Table>{rows}</Table>{more}</Worksheet></Workbook>'
    ).encode()


def row(*texts, attributes=""):
    inner = "".join(f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in texts)
    return f"<Row {attributes}>{inner}</Row>"


def test_spreadsheet_xml_is_read_as_a_sheet():
    data = workbook(
        '<Column ss:Index="3" ss:Hidden="1"/>'
        + row("名单")
        + row("企业名称", "占比", "旧名", attributes='ss:Index="3"')
        + '<Row><Cell ss:MergeDown="1"><Data ss:Type="String">甲公司</Data></Cell>'
        '<Cell ss:StyleID="p"><Data ss:Type="Number">0.125</Data></Cell></Row>'
        '<Row><Cell ss:Index="2" ss:Formula="=R[-1]C"><Data ss:Type="Number">3</Data></Cell></Row>'
        + row("乙公司", attributes='ss:Hidden="1"'),
        before='<Styles><Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style></Styles>',
    )

    (grid,) = grids(data)

    assert [(each.line, each.cells) for each in grid.rows] == [
        (1, ("名单",)),
        (3, ("企业名称", "占比", "")),
        (4, ("甲公司", "12.5%")),
        (5, ("", "3")),
    ]
    assert [(span.row, span.column, span.height) for span in grid.spans] == [(2, 0, 2)]
    assert [each.code for each in grid.dropped] == ["hidden-row", "hidden-column"]
    assert [mark.code for mark in grid.rows[3].marks] == ["formula"]
    assert grid.rows[0].place.sheet == "甲"


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        ("DateTime", "2022-03-18T00:00:00.000", "2022-03-18"),
        ("DateTime", "gestern", "gestern"),
        ("Boolean", "1", "TRUE"),
        ("Number", "120.50", "120.5"),
        ("Number", "viel", "viel"),
        ("Number", "913302127503998216", "9.13E+17"),
        ("String", "x<B xmlns='http://www.w3.org/TR/REC-html40'><Sup>2</Sup></B>y", "x²y"),
    ],
)
def test_values_of_spreadsheet_xml(form, value, text):
    (grid,) = grids(workbook(f'<Row><Cell><Data ss:Type="{form}">{value}</Data></Cell></Row>'))

    assert cells(grid) == [(text,)]


def test_hidden_sheet_of_spreadsheet_xml_is_left_out():
    more = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"

    assert grids(workbook(row("甲"), more)) == []


def test_formula_without_a_value_is_kept_as_text():
    (grid,) = grids(workbook('<Row><Cell ss:Formula="=1+1"/></Row>'))

    assert cells(grid) == [("=1+1",)]


@pytest.mark.parametrize(
    "rows",
    [
        '<Row ss:Index="999999999"/>',
        '<Row><Cell ss:Index="99999"/></Row>',
        '<Row><Cell ss:MergeAcross="16000"/></Row>' * 320,
    ],
    ids=["row", "column", "cells"],
)
def test_spreadsheet_xml_beyond_measure_is_refused(rows):
    with pytest.raises(Refusal) as refused:
        grids(workbook(rows))

    assert refused.value.code == "table-too-large"
