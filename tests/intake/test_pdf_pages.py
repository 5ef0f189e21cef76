"""Pages as printers leave them: on their side, under a stamp, rows cut at their end."""

import pytest

from apps.intake.grid import WHOLE_ROW, Grid, Mark
from apps.intake.readers import read_blocks
from apps.intake.readers.pdf_letters import by_size, direction, lying, stamped
from apps.intake.readers.pdf_rules import open_ends
from tests.intake.documents import Matrix, as_pdf

ROWS = [
    ["序号", "企业名称", "区县"],
    *([str(n), f"甬江{n}号有限公司", "鄞州区"] for n in range(1, 6)),
]


def printed(*paper, rows=ROWS):
    matrix = Matrix([list(row) for row in rows], heads=1, paper=frozenset(paper))
    (grid,) = [each for each in read_blocks(as_pdf(["名单", matrix])) if isinstance(each, Grid)]
    return grid


@pytest.mark.parametrize("paper", ["portrait", "rotated", "sideways"])
def test_page_is_read_whichever_way_it_lies(paper):
    assert [list(row.cells) for row in printed(paper).rows] == ROWS


@pytest.mark.parametrize(("paper", "word"), [("watermark", "内部资料"), ("stamp", "征求意见稿")])
def test_word_printed_over_a_page_is_in_no_cell_and_is_said(paper, word):
    many = [*ROWS, *([str(n), f"甬江{n}号有限公司", "鄞州区"] for n in range(6, 24))]

    grid = printed(paper, rows=many)

    assert [list(row.cells) for row in grid.rows] == many
    assert [(each.code, each.text[:5].startswith(word[:4])) for each in grid.dropped] == [
        ("watermark", True)
    ]


def on_canvas(draw, is_bare=False):
    """One page drawn by hand: a table of two rows and two columns, and what ``draw`` adds; or
    only that."""
    import io

    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen import canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    stream = io.BytesIO()
    page = canvas.Canvas(stream, pagesize=(400, 400))
    page.setFont("STSong-Light", 9)
    if not is_bare:
        page.grid([50, 150, 250], [300, 330, 360])
        for x, y, text in ((60, 340, "序号"), (160, 340, "名称"), (60, 310, "1")):
            page.drawString(x, y, text)
    draw(page)
    page.showPage()
    page.save()
    (grid,) = [each for each in read_blocks(stream.getvalue()) if isinstance(each, Grid)]
    return grid


def test_letters_printed_twice_to_be_bold_are_read_once():
    def bold(page):
        page.drawString(160, 310, "甲公司")
        page.drawString(160.3, 310, "甲公司")

    row = on_canvas(bold).rows[1]

    assert (row.cells, row.marks) == (("1", "甲公司"), ())


def test_letters_printed_over_others_are_doubtful():
    def over(page):
        page.drawString(160, 310, "甲公司")
        page.drawString(161, 310, "乙丙丁")

    assert on_canvas(over).rows[1].marks == (Mark(1, "overprinted"),)


def test_letters_that_run_upwards_in_a_cell_are_read():
    def upwards(page):
        page.saveState()
        page.translate(200, 305)
        page.rotate(90)
        page.drawString(0, 0, "甲")
        page.drawString(9, 0, "乙")
        page.restoreState()

    assert on_canvas(upwards).rows[1].cells == ("1", "甲乙")


def test_words_in_no_cell_of_a_table_are_said_and_their_row_is_doubtful():
    def outside(page):
        # The table has a third column of which the lower cell was never closed.
        page.line(250, 360, 350, 360)
        page.line(350, 360, 350, 330)
        page.line(250, 330, 350, 330)
        page.drawString(160, 310, "甲公司")
        page.drawString(260, 310, "备注")

    grid = on_canvas(outside)

    assert grid.rows[1].marks == (Mark(WHOLE_ROW, "words-left-over"),)
    assert [(each.code, each.text, each.line) for each in grid.dropped] == [
        ("left-over", "备注", 2)
    ]


def letter(a, b, c, d, **box):
    return {"matrix": (a, b, c, d, 0, 0), "x0": 1, "x1": 3, "top": 10, "bottom": 14, **box}


def test_directions_of_letters():
    ways = [(1, 0, 0, 1), (0, 1, -1, 0), (0, -1, 1, 0), (-1, 0, 0, -1), (0.7, 0.7, -0.7, 0.7)]

    assert [direction(letter(*way)) for way in ways] == [
        "upright",
        "upwards",
        "downwards",
        "overhead",
        "",
    ]


def test_lying_letters_stand_where_a_turned_head_sees_them():
    up, down = lying(letter(0, 1, -1, 0)), lying(letter(0, -1, 1, 0))

    assert (up["x0"], up["x1"], up["top"]) == (-14, -10, 1)
    assert (down["x0"], down["x1"], down["top"]) == (10, 14, -3)


def test_upright_lines_that_go_on_beyond_a_table_are_rows_without_an_end():
    class Found:
        bbox = (10.0, 100.0, 90.0, 200.0)

    def line(x, top, bottom):
        return {"x0": x, "top": top, "bottom": bottom}

    both = [line(10, 80, 230), line(90, 80, 230)]

    assert open_ends([Found], both) == [80, 230]
    assert open_ends([Found], [both[0]]) == []
    assert open_ends([Found], [line(10, 100, 200), line(90, 100, 230)]) == []


def ruled(first_column_ends, said):
    """A page of three columns and three rows; of its first column only these level lines."""

    def draw(page):
        for y in (100, 130, 160, 190):
            page.line(150, y, 350, y)
        for y in first_column_ends:
            page.line(50, y, 150, y)
        for x in (50, 150, 250, 350):
            # As browsers print them: a stroke for each row.
            for y in (100, 130, 160):
                page.line(x, y, x, y + 30)
        for y, text in ((170, "甲"), (140, "乙"), (110, "丙")):
            page.drawString(160, y, f"{text}项目")
            page.drawString(260, y, f"{text}公司")
        for y, text in said:
            page.drawString(60, y, text)

    return draw


@pytest.mark.parametrize(
    ("ends", "said", "first"),
    [
        # A merged cell that goes on overleaf; one that began on the page before; one that does both.
        ([190, 160], [(170, "一等奖"), (140, "二等奖")], ["一等奖", "二等奖", ""]),
        ([130, 100], [(140, "一等奖"), (110, "二等奖")], ["一等奖", "", "二等奖"]),
        ([], [(140, "一等奖")], ["一等奖", "", ""]),
        ([], [], ["", "", ""]),
    ],
    ids=["below", "above", "both", "blank"],
)
def test_merged_cell_without_a_line_at_the_end_of_a_page_is_a_cell(ends, said, first):
    grid = on_canvas(ruled(ends, said), is_bare=True)

    rows = [row for row in grid.rows if row.cells[1].endswith("项目")]
    assert [row.cells for row in rows] == [
        (text, f"{name}项目", f"{name}公司") for text, name in zip(first, "甲乙丙", strict=True)
    ]
    assert not any(row.marks for row in rows)
    assert grid.dropped == ()


def test_row_cut_by_the_end_of_a_page_is_read_with_what_stands_behind():
    long = "、".join(f"甬江{n}号有限公司" for n in range(60))
    rows = [*ROWS, *([str(n), long, "鄞州区"] for n in range(6, 14))]
    matrix = Matrix(rows, heads=1, paper=frozenset({"rows_cut"}))

    grids = [each for each in read_blocks(as_pdf([matrix])) if isinstance(each, Grid)]

    columns = ["".join(row.cells[at] for grid in grids for row in grid.rows) for at in range(3)]
    assert columns[1].count("甬江59号") == 8
    assert columns[0] == "序号" + "".join(str(n) for n in range(1, 14))
    assert len(grids) > 3


def sized(text, size, left=0.0, top=10.0, colour=0.85):
    return {
        "text": text,
        "size": size,
        "fontname": "Song",
        "non_stroking_color": colour,
        "x0": left,
        "x1": left + size,
        "top": top,
        "bottom": top + size,
        "matrix": (size, 0, 0, size, 0, 0),
    }


def test_stamp_seen_on_one_page_is_one_beside_the_text_of_the_next():
    small = [sized("甲", 9, at * 9) for at in range(5)]
    across, beside = sized("稿", 60, 10, 0), sized("稿", 60, 300, 0)
    title = sized("名", 60, 300, 0, colour=0)
    stamps = set()

    assert stamped([*small, beside], [], stamps) == []
    assert stamped([*small, across], [], stamps) == [across]
    assert stamped([*small, beside, title], [], stamps) == [beside]


def test_much_larger_letters_are_no_part_of_a_line():
    small, large, mark = sized("甲", 9), sized("稿", 60), sized("①", 5)

    assert by_size([small, small, large, mark]) == [[small, small], [large], [mark]]
    assert by_size([]) == []
