"""Lists written as lines of text: each way of writing one, and prose that is none."""

import pytest

from apps.intake.candidates import candidates
from apps.intake.finding import find_tables
from apps.intake.finding.written import with_written_lists
from apps.intake.finding.written.dated import day_of
from apps.intake.finding.written.labelled import pairs
from apps.intake.finding.written.passage import UNSURE, is_list_title, numbered
from apps.intake.grid import Grid, Paragraph, Place, Row
from apps.intake.readers.text import read_text

WORD = Place("docx")


def found(text, kind=""):
    return candidates(read_text(text), kind)


def rows(text, *names):
    (one,) = found(text)
    return one.kind, [tuple(record.values[name] for name in names) for record in one.records]


def doubts(text):
    return [sorted(code for _name, code in record.doubts) for record in found(text)[0].records]


def lines(*texts):
    return [Paragraph(text, number, WORD) for number, text in enumerate(texts, start=1)]


# --- days ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3月5日 甲大会召开", "3月5日"),
        ("◆3月5日至8日，甲大会召开", "3月5日至8日"),
        ("2023年3月5日—4月2日：甲大会召开", "2023年3月5日—4月2日"),
        ("1. 3月5日 甲大会召开", "3月5日"),
        ("【3月5日】甲大会召开", "3月5日"),
        ("2023.3.5 甲大会召开", "2023.3.5"),
        ("3.5-3.8 甲大会召开", "3.5-3.8"),
        ("6月下旬 甲大会召开", "6月下旬"),
        ("15—17日　甲大会召开", "15—17日"),
        ("1.甲大会召开", ""),
        ("1.5万吨甲产品下线", ""),
        ("2023年度工作", ""),
    ],
)
def test_the_day_a_line_begins_with(text, day):
    assert day_of(text)[0] == day
    assert not day or day_of(text)[1] == "甲大会召开"


def test_lines_that_begin_with_a_day_are_events():
    text = "2022年大事记\n●4月2日　甲会召开。\n●4月28日至5月3日，乙展开幕。\n责任编辑：王\n"

    assert rows(text, "date_from", "date_to", "title") == (
        "events",
        [("2022-04-02", "2022-04-02", "甲会召开。"), ("2022-04-28", "2022-05-03", "乙展开幕。")],
    )
    assert doubts(text) == [[], []]


def test_days_stand_below_their_month_and_year():
    text = "大事记\n2021年\n十二月\n9日 甲会召开\n2022年\n一月\n6日\n乙会召开\n"

    assert rows(text, "date_from", "title") == (
        "events",
        [("2021-12-09", "甲会召开"), ("2022-01-06", "乙会召开")],
    )


def test_a_line_without_a_day_belongs_to_the_day_above_and_is_marked():
    text = "2022年大事记\n1月6日 甲会召开\n市领导出席。\n2月1日 乙会召开\n"

    assert rows(text, "title")[1] == [("甲会召开市领导出席。",), ("乙会召开",)]
    assert "lines-joined" in doubts(text)[0]


def test_days_that_no_title_calls_events_are_doubtful():
    text = "\n".join(f"2022年{month}月1日 甲{month}会召开" for month in range(1, 6))

    (table,) = with_written_lists(read_text(text))

    assert all(UNSURE in row.marks for row in table.rows)


# --- labels ----------------------------------------------------------------------------------


def test_labels_of_a_line_with_their_values():
    assert pairs("项目名称：甲：乙法，完成单位：丙大学；") == (
        "",
        [("项目名称", "甲：乙法"), ("完成单位", "丙大学")],
    )
    assert pairs("甲实验室，依托单位：丙大学") == ("甲实验室", [("依托单位", "丙大学")])
    assert pairs("要求如下：一要加强")[1] == []


def test_records_of_labels_and_values():
    text = (
        "2019年度甲市科学技术进步奖获奖项目\n一等奖（1项）\n1. 项目名称：甲法\n完成单位：丙大学、\n丁大学\n完成人：王芳\n"
        "二等奖（1项）\n2. 项目名称：乙法  完成单位：丙大学  完成人：李强、王芳\n"
    )

    assert rows(text, "title", "grade", "organisations", "people") == (
        "awards",
        [
            ("甲法", "一等奖", ["丙大学", "丁大学"], ["王芳"]),
            ("乙法", "二等奖", ["丙大学"], ["李强", "王芳"]),
        ],
    )
    assert "lines-joined" in doubts(text)[0]
    assert "lines-joined" not in doubts(text)[1]


@pytest.mark.parametrize(
    "text",
    [
        "联系人：王芳\n联系电话：0574\n联系人：李强\n联系电话：0575\n",
        "项目名称：甲法\n完成单位：丙大学\n",
        "单位：万元\n说明：无\n",
    ],
    ids=["contacts", "one form", "unit"],
)
def test_labels_that_are_no_list(text):
    blocks = list(read_text(text))

    assert list(with_written_lists(blocks)) == blocks


# --- names -----------------------------------------------------------------------------------


def test_numbers_before_names():
    assert numbered("2.3M材料公司") == (2, "3M材料公司")
    assert numbered("（12）甲公司") == (12, "甲公司")
    assert numbered("③甲公司") == (3, "甲公司")
    assert numbered("● 甲公司") == (None, "甲公司")
    assert numbered("3M材料公司") == (None, "3M材料公司")


def test_names_below_a_title():
    text = "2021年创新型领军企业名单\n各有关单位：\n经评审，现公布如下。\n1.甲城有限公司\n2.乙城有限公司；\n3.丙城有限公司。\n甲市科学技术局\n2021年9月1日\n"

    assert rows(text, "organisation", "rank", "year", "roster") == (
        "roster-entries",
        [
            ("甲城有限公司", "1", "2021", "2021年创新型领军企业"),
            ("乙城有限公司", "2", "2021", "2021年创新型领军企业"),
            ("丙城有限公司", "3", "2021", "2021年创新型领军企业"),
        ],
    )
    assert doubts(text) == [[], [], []]


def test_names_without_numbers_end_before_who_signs():
    text = "2021年瞪羚企业名单\n甲城有限公司\n乙城有限公司\n丙城有限公司\n甲市科学技术局\n"

    assert [name for (name,) in rows(text, "organisation")[1]] == [
        "甲城有限公司",
        "乙城有限公司",
        "丙城有限公司",
    ]


def test_brackets_say_who_stands_behind():
    text = "2021年新认定重点实验室名单\n1、甲味重点实验室（依托单位：乙研究院（丙）有限公司）\n2、丁水重点实验室（依托单位：戊大学）\n"

    assert rows(text, "platform", "hosts", "type") == (
        "certifications",
        [
            ("甲味重点实验室", ["乙研究院（丙）有限公司"], "重点实验室"),
            ("丁水重点实验室", ["戊大学"], "重点实验室"),
        ],
    )


def test_documents_with_their_numbers():
    text = "2021年政策文件目录\n1.《甲办法（试行）》（甲科〔2021〕12号）\n2.《乙意见》（甲政办发〔2021〕7号）\n3.《丙细则》\n"

    assert rows(text, "title", "document_number") == (
        "policies",
        [("甲办法（试行）", "甲科〔2021〕12号"), ("乙意见", "甲政办发〔2021〕7号"), ("丙细则", "")],
    )


def test_people_with_where_they_work():
    text = "2021年度青年科技奖获奖人员名单\n1.王芳（甲大学）\n2.李 强 乙研究院\n3.欧阳明，丙医院\n"

    assert rows(text, "name", "employer") == (
        "laureates",
        [("王芳", "甲大学"), ("李强", "乙研究院"), ("欧阳明", "丙医院")],
    )


def test_two_names_in_a_line():
    text = "2021年瞪羚企业名单\n1.甲城有限公司    2.乙城有限公司\n3.丙城有限公司    4.丁城有限公司\n5.戊城有限公司\n"

    assert [name for (name,) in rows(text, "organisation")[1]] == [
        f"{name}城有限公司" for name in "甲乙丙丁戊"
    ]


def test_headings_stand_between_names():
    text = "2021年瞪羚企业名单\n海曙区（2家）\n甲城有限公司\n乙城有限公司\n江北区（1家）\n丙城有限公司\n"

    assert rows(text, "organisation", "district")[1] == [
        ("甲城有限公司", "海曙区"),
        ("乙城有限公司", "海曙区"),
        ("丙城有限公司", "江北区"),
    ]


def test_a_line_between_two_numbers_is_set_aside_and_the_name_marked():
    text = "2021年瞪羚企业名单\n1.甲城有限公司\n（原甲厂）更名\n2.乙城有限公司\n3.丙城有限公司\n"

    (one,) = found(text)

    assert doubts(text)[0] == ["words-left-over"]
    assert [(each.text, each.code) for each in one.aside] == [("（原甲厂）更名", "left-over")]


# --- one cell a line, columns, cards -----------------------------------------------------------


def test_one_cell_a_line():
    text = "2020年度科学技术进步奖\n序号\n项目名称\n完成单位\n完成人\n1\n甲法\n丙大学\n王芳、李强\n2\n乙法\n丁大学\n3\n戊法\n丁大学\n王芳\n注：无\n"

    assert rows(text, "title", "people") == (
        "awards",
        [("甲法", ["王芳", "李强"]), ("乙法", []), ("戊法", ["王芳"])],
    )
    assert ["cell-lost" in each for each in doubts(text)] == [False, True, False]


def test_one_cell_a_line_without_numbers():
    text = "青年科技奖获奖人员名单\n姓名\n工作单位\n王芳\n甲大学\n李强\n乙大学\n2021年3月1日\n"

    assert rows(text, "name", "employer")[1] == [("王芳", "甲大学"), ("李强", "乙大学")]


def test_paragraphs_with_tabs_are_rows():
    blocks = lines(
        "2021年度瞪羚企业名单",
        "序号\t企业名称\t所在区",
        "1\t甲城有限公司\t海曙区",
        "2\t乙城有限公司\t江北区",
        "甲市科学技术局",
    )

    (one,) = candidates(blocks)

    assert [(each.values["organisation"], each.source["line"]) for each in one.records] == [
        ("甲城有限公司", 3),
        ("乙城有限公司", 4),
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ("目录", "第一章 总则\t1", "第二章 管理\t3", "第三章 附则\t9"),
        ("联系人：\t王芳", "电话：\t0574", "传真：\t0575"),
    ],
    ids=["contents", "labels"],
)
def test_tabs_that_part_no_columns(texts):
    assert find_tables(lines(*texts)) == []


def card(number, title, organisation):
    place = Place("docx", table=number)
    cells = (("项目名称", title), ("提名等级", "二等奖"), ("完成单位", organisation))
    return Grid(tuple(Row(line, each, (), place) for line, each in enumerate(cells, start=1)))


def test_a_card_for_each_record():
    blocks = [
        *lines("2022年度甲市科学技术奖公示", "项目1"),
        card(1, "甲法", "丙大学"),
        *lines("项目2"),
        card(2, "乙法", "丁大学"),
    ]

    (one,) = candidates(blocks)

    assert (one.kind, one.title) == ("awards", "2022年度甲市科学技术奖公示")
    assert [
        (each.values["title"], each.values["grade"], each.source["table"]) for each in one.records
    ] == [("甲法", "二等奖", 1), ("乙法", "二等奖", 2)]
    assert [each.text for each in one.aside] == ["项目1", "项目2"]


def test_one_card_is_no_list():
    assert [each.kind for each in candidates([card(1, "甲法", "丙大学")])] == [""]


# --- prose -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "关于组织申报重点实验室的通知\n各区县（市）科技局：\n现就有关事项通知如下。\n一、申报条件\n1.在本市注册满一年的企业；\n2.有固定的研发场所；\n3.研发投入不低于300万元。\n二、联系方式\n联系人：王芳\n联系电话：0574\n甲市科学技术局\n2023年3月1日\n",
        "2022年3月5日，甲大会召开。会议强调，要加强创新。\n会议要求，各单位要落实。\n2022年3月8日，乙会召开。\n与会代表发言。\n",
        "申报材料清单\n1.申请书\n2.营业执照复印件\n3.上年度审计报告\n",
        "根据以下文件：\n1.《中华人民共和国科学技术进步法》规定，企业应当加强研发；\n2.《甲省条例》要求的其他条件；\n3.其他。\n",
        "抄送：\n甲市财政局\n甲市教育局\n甲市人民政府办公室\n",
        "1月工作要点：\n1.5万家企业入库；\n2.3项改革落地；\n3.8个平台建成。\n",
    ],
    ids=["notice", "news", "papers", "laws", "copies", "figures"],
)
def test_prose_is_no_list(text):
    assert found(text) == []


def test_titles_of_lists():
    assert is_list_title("2021年嘉兴市创新型领军企业名单")
    assert not is_list_title("各有关单位：")
    assert not is_list_title("经评审，现将名单公布如下。")
