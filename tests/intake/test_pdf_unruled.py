"""Tables of PDF pages that no lines divide: their columns, their rows, and what stays unsure."""

import io

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from apps.intake.candidates import candidates
from apps.intake.readers import read_blocks
from apps.intake.readers.pdf_lines import lines_of

FONT = "STSong-Light"
SIZE = 10
HEADER = ("序号", "企业名称", "所在区县")
PLACES = (60, 110, 330)
FIRMS = [
    ("1", "甲材料股份有限公司", "海曙区"),
    ("2", "乙电机有限公司", "江北区"),
    ("3", "丙生物科技（集团）有限公司", "鄞州区"),
]


class Page:
    """A page on which words are put at places from the top."""

    def __init__(self):
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=A4)
        self.y = 60

    def words(self, words, places=PLACES, step=0.0, size=SIZE):
        """One line of words; ``step`` lower than the last."""
        self.y += step or size * 2
        self.canvas.setFont(FONT, size)
        for word, at in zip(words, places, strict=False):
            if word:
                self.canvas.drawString(at, A4[1] - self.y, word)

    def level(self):
        """A level line across the page."""
        self.canvas.line(50, A4[1] - self.y - 4, 500, A4[1] - self.y - 4)

    def next(self):
        """Begin another page."""
        self.canvas.showPage()
        self.y = 60

    def read(self, kind=""):
        """The candidates of the document."""
        self.canvas.save()
        return candidates(read_blocks(self.buffer.getvalue()), kind)


def page(title="2021年度宁波市高成长企业名单"):
    made = Page()
    made.words([title], [180], size=14)
    return made


def firms(found):
    return [
        (r.values["rank"], r.values["organisation"], r.values["district"]) for r in found.records
    ]


def test_a_table_without_lines():
    made = page()
    for words in (HEADER, *FIRMS):
        made.words(words)
    made.words(["注：本名单排名不分先后，由宁波市科学技术局负责解释"], [60])
    (found,) = made.read()

    assert firms(found) == FIRMS
    assert [record.doubts for record in found.records] == [(), (), ()]


def test_it_goes_on_overleaf_without_its_header():
    made = page()
    for words in (HEADER, *FIRMS):
        made.words(words)
    made.next()
    made.words(("4", "丁光电有限公司", "慈溪市"))
    made.words(("5", "戊仪表有限公司", "余姚市"))
    (found,) = made.read()

    assert len(found.records) == 5
    assert found.records[4].source["page"] == 2


def test_a_page_of_text_is_no_continuation():
    made = page()
    for words in (HEADER, *FIRMS):
        made.words(words)
    made.next()
    for _number in range(4):
        made.words(
            ["各有关单位要认真组织学习，抓好贯彻落实，切实加强对入选企业的培育和服务工作"], [60]
        )
    (found,) = made.read()

    assert firms(found) == FIRMS


def test_rows_of_several_lines_by_their_distance():
    made = page()
    made.words(HEADER)
    made.words(("1", "甲材料股份有限公司宁波", "海曙区"))
    made.words(("", "分公司", ""), step=13)
    made.words(("2", "乙电机有限公司", "江北区"))
    (found,) = made.read()

    assert firms(found)[0] == ("1", "甲材料股份有限公司宁波分公司", "海曙区")
    assert ("organisation", "line-break") in found.records[0].doubts
    assert firms(found)[1] == FIRMS[1]


def test_rows_by_level_lines():
    made = page()
    made.words(HEADER)
    for words in FIRMS:
        made.level()
        made.words(words, step=14)
        made.words(("", "（宁波）", ""), step=14)
    made.level()
    (found,) = made.read()

    assert [name for _rank, name, _district in firms(found)] == [
        f"{name}（宁波）" for _rank, name, _district in FIRMS
    ]
    assert all(("organisation", "line-break") in record.doubts for record in found.records)


def test_headings_between_rows():
    made = page("2021年宁波市高新技术企业名单")
    made.words(HEADER[:2])
    made.words(["海曙区"], [60])
    made.words(FIRMS[0][:2])
    made.words(["江北区"], [60])
    made.words(FIRMS[1][:2])
    made.words(FIRMS[2][:2])
    (found,) = made.read()

    assert [record.values["district"] for record in found.records] == ["海曙区", "江北区", "江北区"]


def test_a_value_in_the_middle_of_its_rows_is_doubtful():
    made = page("2021年度宁波市科学技术进步奖")
    header, places = ("等级", "项目名称", "完成单位"), (60, 120, 330)
    made.words(header, places)
    for grade, title in (
        ("", "甲技术"),
        ("一等奖", "乙技术"),
        ("", "丙技术"),
        ("二等奖", "丁技术"),
    ):
        made.words((grade, title, "宁波大学"), places)
    (found,) = made.read()

    grades = [(record.values["grade"], bool(record.doubts)) for record in found.records]
    assert [grade for grade, _is_doubtful in grades[1:]] == ["一等奖", "一等奖", "二等奖"]
    assert any(code == "blank-unsure" for _name, code in found.records[0].doubts)
    assert any(code == "blank-unsure" for _name, code in found.records[2].doubts)
    assert not any(code == "blank-unsure" for _name, code in found.records[1].doubts)


@pytest.mark.parametrize(("gap", "text"), [(2.5, "3M材料"), (5.0, "3M 材料")])
def test_no_blank_between_latin_and_chinese_letters_that_only_stand_apart(gap, text):
    place, letters = 0.0, []
    for letter in "3M材料":
        place += gap if letter == "材" else 0.0
        width = 5.0 if letter.isascii() else 10.0
        letters.append(
            {"text": letter, "x0": place, "x1": place + width, "top": 0.0, "bottom": 10.0}
            | {"size": 10.0}
        )
        place += width

    assert lines_of(letters)[0].text == text
