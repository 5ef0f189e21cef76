"""Tables of a PDF without lines between their cells: columns and rows by the blanks between them."""

import io

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from apps.intake.grid import Grid, Mark, Paragraph
from apps.intake.readers import read_blocks
from apps.intake.readers.pdf_heads import header_of
from apps.intake.readers.pdf_words import ink, joined, merged, printed_lines, words_of
from tests.intake.documents import Matrix, as_pdf

LONG = "面向大型海上风电装备的高可靠传动系统关键技术研究及其在深远海环境中的规模化应用示范工程"
HEADER = ["序号", "项目名称", "完成单位"]
ROWS = [
    HEADER,
    ["1", LONG, "甬江传动有限公司、东海大学"],
    ["2", "海水淡化膜", "北仑膜业有限公司"],
    ["3", LONG[:30], "奉化气动有限公司"],
]


def blocks(*parts):
    return list(read_blocks(as_pdf(list(parts))))


def table(rows, *paper, **more):
    return Matrix([list(row) for row in rows], heads=1, paper=frozenset(paper), **more)


def grids(*parts):
    return [
        [list(row.cells) for row in each.rows] for each in blocks(*parts) if isinstance(each, Grid)
    ]


@pytest.mark.parametrize("paper", ["unruled", "level_lines", "shaded"])
def test_rows_of_several_lines_are_put_together(paper):
    (grid,) = [each for each in blocks("名单", table(ROWS, paper)) if isinstance(each, Grid)]

    assert [list(row.cells) for row in grid.rows] == ROWS
    assert not any(row.marks for row in grid.rows)


@pytest.mark.parametrize("paper", ["unruled", "level_lines", "shaded"])
def test_table_goes_on_over_the_page_without_a_header(paper):
    rows = [HEADER, *([str(n), f"第{n}种海水淡化膜", "北仑膜业有限公司"] for n in range(1, 80))]

    first, *others = grids("名单", table(rows, paper))

    assert others
    assert [*first, *(row for other in others for row in other)] == rows


def test_heading_across_the_columns_stays_a_row():
    heading = "一、关于下一代海洋装备与智能制造方向的重点项目"
    rows = [HEADER, ["1", "甲", "乙公司"], [heading, "", ""], ["2", "丙", "丁公司"]]

    assert grids(table(rows, "unruled", merges=[(2, 0, 1, 3)])) == [rows]


def test_header_on_two_levels_keeps_both():
    rows = [
        ["序号", "项目名称", "主要情况", ""],
        ["", "", "完成单位", "完成人"],
        ["1", "海水淡化膜", "甲公司", "王伟、李娜"],
        ["2", "风电传动", "乙公司", "张敏"],
    ]

    assert grids("名单", table(rows, "unruled", merges=[(0, 2, 1, 2)])) == [rows]


def test_text_below_a_table_is_no_row_of_it():
    end = "以上名单由有关单位负责解释，特此公布，请各单位认真学习贯彻，抓好落实。"

    found = blocks("名单", table(ROWS, "unruled"), end)

    assert [each.text for each in found if isinstance(each, Paragraph)] == ["名单", end]


@pytest.mark.parametrize("paper", ["unruled", "shaded"])
def test_sentence_below_a_wide_first_column_is_no_part_of_its_last_cell(paper):
    end = "以上名单由有关单位负责解释，特此公布。"
    rows = [["项目名称", "序号"], [LONG, "1"], ["海水淡化膜", "2"], ["风电传动", "3"]]

    found = blocks("名单", table(rows, paper), end)

    assert [each.text for each in found if isinstance(each, Paragraph)] == ["名单", end]


def test_text_in_two_columns_is_no_table():
    prose = "围绕产业链部署创新链，进一步完善科技创新体系，推动高质量发展取得新成效。"
    rows = [[prose[at:], prose[:at] + prose] for at in range(12)]

    assert grids("工作总结", table(rows, "unruled")) == []


def drawn(draw):
    """One page drawn by hand."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    stream = io.BytesIO()
    page = canvas.Canvas(stream, pagesize=(400, 400))
    page.setFont("STSong-Light", 10)
    draw(page)
    page.save()
    return list(read_blocks(stream.getvalue()))


def test_shading_that_is_part_of_no_other_table_is_one_by_its_edges():
    def draw(page):
        for x, y, text in ((20, 300, "甲"), (120, 300, "乙"), (20, 280, "丙"), (120, 280, "丁")):
            page.setFillGray(0.9)
            page.rect(x, y, 100, 20, fill=1, stroke=0)
            page.setFillGray(0)
            page.drawString(x + 5, y + 5, text)

    (grid,) = drawn(draw)

    assert [row.cells for row in grid.rows] == [("甲", "乙"), ("丙", "丁")]


def letters(text, left, bottom=110.0, size=10.0):
    return [
        {
            "text": each,
            "x0": left + size * at,
            "x1": left + size * (at + 1),
            "top": bottom - size,
            "bottom": bottom,
            "size": size,
        }
        for at, each in enumerate(text)
    ]


def test_word_printed_over_another_is_a_word_of_its_own():
    (line,) = printed_lines(words_of(letters("甲乙丙丁戊", 0) + letters("东海大学", 30)))

    assert [each.text for each in line] == ["甲乙丙丁戊", "东海大学"]
    assert ink(line) == [(0, 30), (30, 70)]


def test_blanks_end_no_word_but_gaps_do():
    blank = {**letters(" ", 10)[0], "x1": 13.0}
    words = words_of([*letters("甲", 0), blank, *letters("乙", 13), blank, *letters("丙", 40)])

    assert [each.text for each in words] == ["甲 乙", "丙"]
    assert len(joined(words, 40)) == 1


def test_header_may_hold_blanks_inside_its_words():
    spaced = zip("序号项目名称", (0, 15, 60, 75, 90, 105), strict=True)
    line = words_of([letter for each, left in spaced for letter in letters(each, left)])

    assert header_of(line) == [(0, 25), (60, 115)]
    assert header_of(words_of(letters("一个", 0) + letters("句子", 60))) == []


def test_intervals_near_each_other_are_one():
    assert merged([(20, 30), (0, 10), (12, 15)], 3) == [(0, 15), (20, 30)]


def test_cell_filled_to_the_next_one_may_be_cut_off():
    rows = [
        ("序号", "项目名称", "完成单位"),
        ("1", "海洋牧场生态", "东海大学"),
        ("2", "膜", "甲公司"),
    ]

    def draw(page):
        for y, cells in enumerate(rows):
            for x, cell in zip((20, 50, 114), cells, strict=True):
                page.drawString(x, 300 - 20 * y, cell)

    (grid,) = drawn(draw)

    assert [row.marks for row in grid.rows] == [(), (Mark(1, "cut-off"),), ()]
