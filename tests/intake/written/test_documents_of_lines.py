"""Lists that stand as lines of text in a document without a table."""

import io

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from apps.intake import titles
from apps.intake.candidates import candidates
from apps.intake.finding.written import with_written_lists
from apps.intake.grid import Grid, Paragraph, Place, Row
from apps.intake.readers import read_blocks


def lines(*texts, form="docx"):
    return [
        Paragraph(text, number, Place(form, page=form == "pdf"))
        for number, text in enumerate(texts, start=1)
    ]


def values(*texts, form="docx"):
    """What the one list of these lines says: its kind, and its rows."""
    (found,) = candidates(lines(*texts, form=form))
    return found.kind, [record.values for record in found.records]


def test_a_chronicle():
    kind, rows = values(
        "2020年科技大事记",
        "2月18日　首批中心授牌。",
        "５月6日，大赛启动，共8项。",
        "◆8月11—13日 会议召开。",
    )

    assert kind == "events"
    assert [(row["date_from"], row["date_to"], row["title"]) for row in rows] == [
        ("2020-02-18", "2020-02-18", "首批中心授牌。"),
        ("2020-05-06", "2020-05-06", "大赛启动，共8项。"),
        ("2020-08-11", "2020-08-13", "会议召开。"),
    ]


def test_days_under_months_are_doubtful():
    (found,) = candidates(
        lines(
            "2022年大事记",
            "一月",
            "6日　甲会召开。",
            "21日　乙会召开。",
            "十二月",
            "9日 丙会召开。",
        )
    )

    assert [record.values["date_from"] for record in found.records] == [
        "2022-01-06",
        "2022-01-21",
        "2022-12-09",
    ]
    assert all(("date_from", "filled-down") in record.doubts for record in found.records)


def test_an_event_on_several_lines_of_a_page_is_one_and_doubtful():
    (found,) = candidates(
        lines(
            "2021年大事记",
            "1月3日，甲会",
            "召开。",
            "2月5日，乙会召开。",
            "3月8日，丙会召开。",
            form="pdf",
        )
    )

    assert found.records[0].values["title"] == "甲会召开。"
    assert ("title", "line-break") in found.records[0].doubts
    assert len(found.records) == 3


@pytest.mark.parametrize(
    ("title", "items", "kind", "wanted"),
    [
        (
            "2021年出台科技政策文件目录",
            ("1.《甲办法》（嘉科〔2021〕12号）", "2.《乙意见》", "3.《丙方案》（试行）"),
            "policies",
            [("甲办法", "嘉科〔2021〕12号"), ("乙意见", ""), ("丙方案", "")],
        ),
        (
            "绍兴市2021年新认定重点实验室名单",
            tuple(
                f"{n}、{x}重点实验室（依托单位：{x}大学）"
                for n, x in ((1, "甲乙"), (2, "丙丁"), (3, "戊己"))
            ),
            "certifications",
            [
                ("甲乙重点实验室", "甲乙大学"),
                ("丙丁重点实验室", "丙丁大学"),
                ("戊己重点实验室", "戊己大学"),
            ],
        ),
        (
            "2021年嘉兴市领军企业名单",
            ("（1）甲材料有限公司", "（2）乙电机有限公司", "（3）丙光电有限公司"),
            "roster-entries",
            [("甲材料有限公司", ""), ("乙电机有限公司", ""), ("丙光电有限公司", "")],
        ),
        (
            "2022年领军企业名单",
            ("1.甲（集团）有限公司（椒江区）", "2.乙有限公司（临海市）", "3.丙有限公司（三门县）"),
            "roster-entries",
            [("甲（集团）有限公司", "椒江区"), ("乙有限公司", "临海市"), ("丙有限公司", "三门县")],
        ),
        (
            "2022年市级众创空间名单",
            ("1.甲空间", "2.乙谷", "3.丙创园"),
            "certifications",
            [("甲空间", ""), ("乙谷", ""), ("丙创园", "")],
        ),
    ],
)
def test_numbered_names(title, items, kind, wanted):
    found, rows = values(title, *items, "某市科学技术局")
    first, second = {
        "policies": ("title", "document_number"),
        "certifications": ("platform", "hosts"),
        "roster-entries": ("organisation", "district"),
    }[kind]

    assert found == kind
    assert [(row[first], "".join(row[second])) for row in rows] == wanted


def test_labelled_entries():
    kind, rows = values(
        "2019年度温岭市科学技术进步奖获奖项目",
        *(
            "1. 项目名称：甲技术",
            "奖励等级：一等奖",
            "完成单位：甲大学、乙大学",
            "完成人：张三、李四",
        ),
        *("2. 项目名称：乙技术", "奖励等级：二等奖", "完成人：王五、赵六"),
    )

    assert kind == "awards"
    assert [(row["title"], row["grade"], row["organisations"]) for row in rows] == [
        ("甲技术", "一等奖", ["甲大学", "乙大学"]),
        ("乙技术", "二等奖", []),
    ]


CELLS = ("2020年度太仓市科学技术进步奖", "序号", "项目名称", "完成单位", "等级")


def test_cells_one_below_the_other():
    kind, rows = values(
        *CELLS, "1", "甲技术", "甲大学", "一等奖", "2", "乙技术", "乙大学", "二等奖"
    )

    assert kind == "awards"
    assert [(row["title"], row["grade"]) for row in rows] == [
        ("甲技术", "一等奖"),
        ("乙技术", "二等奖"),
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ("通知", "1.加强组织领导。各单位要高度重视。", "2.抓好落实。", "3.强化宣传。"),
        ("关于申报众创空间的通知", "1.申请书", "2.营业执照", "3.审计报告"),
        ("名单", "1.甲空间", "2.乙谷", "3.丙创园"),
        ("2022年市级众创空间名单", "1.甲空间", "2.乙谷", "4.丁创园"),
        ("通知", "2022年9月1日 某市科学技术局", "联系人：某某", "电话：1"),
        ("一句话。",),
    ],
)
def test_what_is_no_sure_list_stays_lines(texts):
    assert list(with_written_lists(lines(*texts))) == lines(*texts)


LOST = (*CELLS, "1", "甲技术", "甲大学", "一等奖", "2", "乙技术", "二等奖", "3", "丙技术", "丙大学")


@pytest.mark.parametrize(
    ("texts", "doubtful"),
    [
        ((*LOST, "一等奖"), {"乙技术": "cell-lost"}),
        (
            ("2021年领军企业名单", "1.甲有限公司", "2.乙有限公司", "4.丁有限公司"),
            {"乙有限公司": "number-gap", "丁有限公司": "number-gap"},
        ),
    ],
    ids=["a cell", "a number"],
)
def test_where_something_is_missing_a_doubt_says_so(texts, doubtful):
    (found,) = candidates(lines(*texts))
    codes = set(doubtful.values())

    assert {
        record.values.get("title") or record.values.get("organisation"): code
        for record in found.records
        for _name, code in record.doubts
        if code in codes
    } == doubtful


TABLE = Grid((Row(9, ("文件", "页")),))


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (("2020年大事记", "1月1日 甲。", "2月1日 乙。", "3月1日 丙。"), "pdf"),
        (("2021年领军企业名单", "1.甲有限公司", "2.乙有限公司", "3.丁有限公司"), "pdf"),
        (("2022年市级众创空间名单", "1.甲空间", "2.乙谷", "3.丙创园"), "docx"),
    ],
    ids=["days of a page", "firms of a page", "plain names"],
)
def test_beside_a_table_lines_stay_lines(texts, form):
    blocks = [*lines(*texts, form=form), TABLE]

    assert list(with_written_lists(blocks)) == blocks
    assert list(with_written_lists(blocks[:-1])) != blocks[:-1]


@pytest.mark.parametrize(
    "texts",
    [
        (*LOST, "一等奖"),
        ("2021年领军企业名单", "1.甲有限公司", "2.乙有限公司", "3.丙科技（集团）有限", "公司"),
        ("2021年领军企业名单", "1 甲有限公司", "2 乙有限公司", "3 丙有限公司"),
        ("2021年领军企业名单", "甲有限公司", "乙有限公司", "丙有限公司"),
    ],
    ids=["a cell lost", "a name broken", "no point", "no number"],
)
def test_lines_of_a_page_that_are_no_sure_list_stay_lines(texts):
    printed = lines(*texts, form="pdf")

    assert list(with_written_lists(printed)) == printed


def test_a_line_of_a_page_right_behind_a_list_may_be_the_rest_of_its_last_row():
    names = ("2021年领军企业名单", "1.甲有限公司", "2.乙有限公司", "3.丙大学")

    (signed,) = candidates(lines(*names, "某市科学技术局", form="pdf"))
    (broken,) = candidates(lines(*names, "附属医院", form="pdf"))

    assert [record.doubts for record in signed.records] == [(), (), ()]
    assert [record.doubts for record in broken.records] == [
        (),
        (),
        (("organisation", "words-left-over"),),
    ]


def test_a_title_broken_in_two_is_put_together():
    names = ("1.甲空间", "2.乙谷", "3.丙创园")

    (found,) = candidates(lines("2022年某市市级众创空间", "认定名单", *names, form="pdf"))

    assert (found.kind, found.title) == ("certifications", "2022年某市市级众创空间认定名单")


def test_a_line_of_a_page_may_break_before_a_day():
    (found,) = candidates(
        lines(
            "2021年大事记",
            *("1月3日，甲会召开。", "2月5日，乙会召开，定于", "2月8日公布。", "3月8日，丙会召开。"),
            *("4月1日，丁会召开。", "5月1日，戊会召开。"),
            form="pdf",
        )
    )

    assert [("title", "line-break") in record.doubts for record in found.records] == [
        *(False, True, True),
        *(False, False, False),
    ]


def test_a_day_of_the_same_month_is_doubtful():
    (found,) = candidates(
        lines("2020年科技大事记", "2月18日 甲会召开。", "同月20日，乙会召开。", "本月，丙会召开。")
    )

    assert [record.values["date_from"] for record in found.records] == [
        *("2020-02-18", "2020-02-20", "2020-02-01"),
    ]
    assert [("date_from", "filled-down") in each.doubts for each in found.records] == [
        *(False, True, True),
    ]


def test_a_document_without_marks_is_told_by_its_number():
    kind, rows = values(
        "2016年科技政策文件目录",
        *("1.甲管理办法（厦科〔2016〕11号）", "2.乙细则（厦科〔2016〕15号）", "3.《丙意见》"),
    )

    assert kind == "policies"
    assert [row["title"] for row in rows] == ["甲管理办法", "乙细则", "丙意见"]


def test_among_numbered_firms_another_name_is_doubtful():
    names = ("甲有限公司", "乙有限公司", "奇点", "丙有限公司", "丁有限公司")
    (found,) = candidates(
        lines("2021年领军企业名单", *(f"{n}.{name}" for n, name in enumerate(names, start=1)))
    )

    assert [record.values["organisation"] for record in found.records] == [*names]
    assert [bool(record.doubts) for record in found.records] == [False, False, True, False, False]


def word(build):
    """The candidates of a Word document that ``build`` writes."""
    document, buffer = Document(), io.BytesIO()
    build(document)
    document.save(buffer)
    return candidates(read_blocks(buffer.getvalue()))


def test_paragraphs_with_tabs_are_a_table():
    def build(document):
        for text in (
            "2021年度青岛市瞪羚企业名单",
            "序号\t企业名称\t所在区市",
            "1\t甲材料有限公司\t市南区",
            "2\t\t乙电机有限公司\t崂山区",
        ):
            document.add_paragraph(text)

    (found,) = word(build)

    assert [record.values["district"] for record in found.records] == ["市南区", "崂山区"]


def test_a_table_in_a_text_box_is_read_once():
    def build(document):
        document.add_paragraph("2022年度苏州市重点实验室认定名单")
        table = document.add_table(rows=2, cols=2)
        for at, text in enumerate(("实验室名称", "依托单位", "甲重点实验室", "甲大学")):
            table.cell(at // 2, at % 2).text = text
        box = parse_xml(
            f'<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape>'
            "<v:textbox><w:txbxContent/></v:textbox></v:shape></w:pict></w:r>"
        )
        document.add_paragraph()._p.append(box)
        next(box.iter(qn("w:txbxContent"))).append(table._tbl)

    (found,) = word(build)

    assert [record.values["platform"] for record in found.records] == ["甲重点实验室"]


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("绍兴市2021年新认定重点实验室名单", "重点实验室"),
        ("2023年新增省级新型研发机构", "新型研发机构"),
        ("2023年新型研发机构名单", "新型研发机构"),
    ],
)
def test_words_of_a_list_are_no_part_of_a_type(title, body):
    assert titles.type_of(title) == body


def test_a_month_alone_is_its_first_and_last_day_and_unsure():
    from apps.intake.days import read_period

    assert read_period("9月", 2021) == ("2021-09-01", "2021-09-30", False)
