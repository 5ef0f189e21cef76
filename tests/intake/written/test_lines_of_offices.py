"""Lines as offices write them: what the generator's documents of lines showed, one by one."""

import pytest

from apps.intake.candidates import candidates
from apps.intake.finding.written.dated import day_of
from apps.intake.finding.written.labelled import pairs
from apps.intake.finding.written.passage import is_list_title, numbered
from apps.intake.grid import Paragraph, Place
from apps.intake.readers.text import read_text

AWARDS = "2021年度绍兴市科学技术奖获奖成果名单"
PLATFORMS = "绍兴市科技创新平台认定名单"


def found(*texts, form="docx"):
    place = Place(form)
    return candidates([Paragraph(text, at, place) for at, text in enumerate(texts, start=1)])


def codes(candidate):
    return [{code for _name, code in record.doubts} for record in candidate.records]


def test_only_what_a_line_begins_with_is_its_bullet():
    assert numbered("●姓名：古丽娜尔·阿不都拉") == (None, "姓名：古丽娜尔·阿不都拉")
    assert numbered("甲 - 乙研究院") == (None, "甲 - 乙研究院")


# --- labels ----------------------------------------------------------------------------------


def test_a_label_begins_behind_a_blank_within_a_list_of_names():
    assert pairs("依托单位:甲有限公司、乙有限公司 级别:市级") == (
        "",
        [("依托单位", "甲有限公司、乙有限公司"), ("级别", "市级")],
    )


def test_the_end_of_a_value_is_no_part_of_the_next_label():
    assert pairs("获奖等级： 技术发明奖一等奖 成果名称： 甲法") == (
        "",
        [("获奖等级", "技术发明奖一等奖"), ("成果名称", "甲法")],
    )
    assert pairs("项 目 名 称：甲法")[1] == [("项目名称", "甲法")]


def test_the_class_and_grade_of_a_prize_head_rows_and_are_no_title():
    assert not is_list_title("一、技术发明奖一等奖（3项）")
    assert is_list_title("2020年度太仓市科学技术进步奖")

    (one,) = found(
        *(AWARDS, "一、技术发明奖一等奖（1项）", "1．项目名称：甲法", "完成单位：丙大学"),
        *("二、技术发明奖二等奖（1项）", "2．项目名称：乙法", "完成单位：丁大学"),
    )

    assert [(each.values["programme"], each.values["grade"]) for each in one.records] == [
        ("绍兴市科学技术奖", "一等奖"),
        ("绍兴市科学技术奖", "二等奖"),
    ]


@pytest.mark.parametrize("gap", ["  ", ", ", "; ", "，", "\t"])
def test_labels_of_a_pasted_text_are_no_cells(gap):
    lines = (
        gap.join((f"{n}.平台名称：{name}实验室", f"依托单位：{name}有限公司"))
        for n, name in enumerate("甲乙丙", start=1)
    )

    (one,) = candidates(read_text("\n".join((PLATFORMS, *lines))))

    assert [(each.values["platform"], each.values["hosts"]) for each in one.records] == [
        (f"{name}实验室", [f"{name}有限公司"]) for name in "甲乙丙"
    ]


# --- names -----------------------------------------------------------------------------------


def test_what_brackets_say_may_be_long():
    people = "、".join(f"王{name}芳" for name in "伟敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英娜" * 2)
    lines = (f"{n}.{name}法研究（完成人：{people}）" for n, name in enumerate("甲乙丙", start=1))

    (one,) = found(AWARDS, *lines)

    assert [len(each.values["people"]) for each in one.records] == [42, 42, 42]


@pytest.mark.parametrize(
    ("title", "kind", "name"),
    [
        ("2024年度绍兴市青年科技英才奖获奖人员名单", "laureates", "name"),
        ("2024年绍兴市高新技术企业认定名单", "roster-entries", "organisation"),
        (PLATFORMS, "certifications", "platform"),
    ],
)
def test_the_title_says_what_names_are_that_do_not_tell_it(title, kind, name):
    label = "工作单位" if kind == "laureates" else "推荐单位"
    names = ("李勇", "高芳超", "扎西多吉")
    lines = (f"（{n}）{each}（{label}：甲区科技局）" for n, each in enumerate(names, start=1))

    (one,) = found(title, *lines)

    assert (one.kind, [each.values[name] for each in one.records]) == (kind, [*names])


def test_the_first_of_several_headings_is_no_title():
    (one,) = found(
        *(PLATFORMS, "一、重点实验室（2项）"),
        *("1.甲重点实验室（依托单位：甲大学）", "2.乙重点实验室（依托单位：乙大学）"),
        *("二、众创空间（1项）", "3.丙众创空间（依托单位：丙有限公司）"),
    )

    assert (one.title, [each.values["type"] for each in one.records]) == (
        PLATFORMS,
        ["重点实验室", "重点实验室", "众创空间"],
    )


# --- days ------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["4.11-4.14", "4.11", "2024.4.11-2024.4.14"])
def test_a_dotted_day_before_a_comma_or_alone(day):
    assert day_of(f"{day}，甲会召开") == (day, "甲会召开")
    assert day_of(day) == (day, "")


def test_who_signs_is_no_part_of_the_last_day():
    (one,) = found(
        *("2024年大事记", "1月3日，甲会召开。", "2月5日，乙会召开。"),
        *("某市科学技术局", "2024年12月5日"),
    )

    assert [each.values["title"] for each in one.records] == ["甲会召开。", "乙会召开。"]
    assert codes(one) == [set(), set()]


@pytest.mark.parametrize("bullet", ["", "◆"])
def test_days_of_a_pasted_text_need_no_header(bullet):
    text = f"2024年大事记\n{bullet}1月3日  甲会召开。\n{bullet}2月5日  乙会召开。\n{bullet}3月8日  丙会召开。"

    (one,) = candidates(read_text(text))

    assert [each.values["title"] for each in one.records] == [
        *("甲会召开。", "乙会召开。", "丙会召开。"),
    ]


# --- one cell a line -------------------------------------------------------------------------

POLICIES = ("2021年科技政策清单", "序号", "政策名称", "发文字号", "发布日期")


def test_a_day_among_the_cells_of_a_row_ends_no_list():
    (one,) = found(
        *POLICIES,
        *("1", "甲办法", "绍科〔2021〕1号", "2021年5月6日"),
        *("2", "乙办法", "绍科〔2021〕2号", "2021年6月6日"),
    )

    assert [each.values["issued_on"] for each in one.records] == ["2021-05-06", "2021-06-06"]
    assert not any("cell-lost" in each for each in codes(one))


def test_cells_of_a_row_that_lost_one_stand_in_their_columns_and_are_doubtful():
    (one,) = found(
        *POLICIES,
        *("1", "甲办法", "绍科〔2021〕1号", "2021-05-06"),
        *("2", "乙办法", "2021-06-06"),
        *("3", "丙办法", "绍科〔2021〕3号", "2021-07-06"),
    )

    assert [(each.values["document_number"], each.values["issued_on"]) for each in one.records] == [
        ("绍科〔2021〕1号", "2021-05-06"),
        ("", "2021-06-06"),
        ("绍科〔2021〕3号", "2021-07-06"),
    ]
    assert ["cell-lost" in each for each in codes(one)] == [False, True, False]


def test_a_last_row_that_took_who_signs_for_a_cell_is_doubtful():
    (one,) = found(
        *(*POLICIES, "分类"),
        *("1", "甲办法", "绍科〔2021〕1号", "2021-05-06", "综合"),
        *("2", "乙办法", "绍科〔2021〕2号", "2021-06-06", "综合"),
        *("3", "丙办法", "2021-07-06", "综合", "某市科学技术局", "2021年12月5日"),
    )

    assert ["cell-lost" in each for each in codes(one)] == [False, False, True]


def test_rows_without_numbers_may_begin_with_words_of_several_kinds():
    cells = (
        (kind, f"绍兴市{name}{kind}{n}", f"{name}有限公司", "2021")
        for n, (kind, name) in enumerate(
            (("重点实验室", "甲"), ("重点实验室", "乙"), ("众创空间", "丙"), ("企业研究院", "丁"))
        )
    )
    header = ("平台类型", "平台名称", "依托单位", "认定年份")

    (one,) = found(PLATFORMS, *header, *(cell for row in cells for cell in row), "附注：无")

    assert [each.values["year"] for each in one.records] == ["2021"] * 4
    assert [each.values["type"] for each in one.records] == [
        *("重点实验室", "重点实验室", "众创空间", "企业研究院"),
    ]


def test_a_row_without_number_that_is_unlike_the_others_is_doubtful():
    rows = [(f"王{name}", f"{name}大学") for name in "甲乙丙丁戊己"]
    shifted = [*rows, ("庚大学", "李强")]

    (one,) = found(
        *("2021年青年科技奖获奖人员名单", "姓名", "工作单位"),
        *(cell for row in shifted for cell in row),
    )

    assert ["cell-lost" in each for each in codes(one)] == [*[False] * 6, True]


def test_a_grade_is_a_cell_where_a_header_is_of_grades():
    header = (AWARDS, "序号", "项目名称", "完成单位", "等级")

    (one,) = found(
        *(*header, "1", "甲法", "丙大学", "一等奖", "2", "乙法", "丙大学、", "丁大学", "二等奖"),
        *("3", "戊法", "丙大学", "三等奖"),
    )

    assert [each.values["grade"] for each in one.records][:1] == ["一等奖"]
    assert "三等奖" not in [each.values["grade"] for each in one.records][:2]


# --- pages of a PDF --------------------------------------------------------------------------


def test_a_label_that_a_line_of_a_page_broke_makes_the_row_doubtful():
    (one,) = found(
        *("2021年科技政策清单", "1.政策名称：甲办法 发文字号：绍科〔2021〕1号 分", "类：综合"),
        *("2.政策名称：乙办法 发文字号：绍科〔2021〕2号 分类：金融",),
        form="pdf",
    )

    assert ["words-left-over" in each for each in codes(one)] == [True, False]


def test_half_of_a_label_that_is_one_by_itself_makes_the_row_doubtful():
    (one,) = found(
        *("2021年度青年科技奖获奖人员名单", "1.姓名：李勇 所在单位：甲大学"),
        *("2.姓名：王芳 所在", "单位：甲大学", "3.姓名：张敏 所在单位：甲大学"),
        form="pdf",
    )

    assert ["words-left-over" in each for each in codes(one)] == [False, True, False]


def test_a_label_broken_in_a_few_rows_takes_no_other_column():
    rows = [(f"{n}.姓名：{name}芳 所在单位：{name}大学",) for n, name in enumerate("甲乙丙丁", 1)]
    rows[1] = ("2.姓名：乙芳 所在", "单位：乙大学")

    (one,) = found(
        "2021年度青年科技奖获奖人员名单", *(line for row in rows for line in row), form="pdf"
    )

    assert [each.values["employer"] for each in one.records] == [
        f"{each}大学" for each in "甲乙丙丁"
    ]


def test_a_last_label_without_a_value_leaves_the_line_behind_open():
    (one,) = found(
        *("2021年度青年科技奖获奖人员名单", "1.姓名：李勇 所在单位：甲局"),
        *("2.姓名：王芳 所在单位：", "东海区科技局"),
        form="pdf",
    )

    assert ["words-left-over" in each for each in codes(one)] == [False, True]


def test_the_rest_of_the_last_row_of_a_page_may_look_like_a_form():
    (one,) = found(
        "2024年度绍兴市青年科技英才奖获奖人员名单",
        *("（1）李勇（所在单位：甲大学，推荐单位：东区科技局）",),
        *("（2）王芳（所在单位：甲大学，推荐单位：东区科技局）",),
        *("（3）张敏（所在单位：甲研", "究院，推荐单位：东区科技局）", "某市科学技术局"),
        form="pdf",
    )

    assert ["words-left-over" in each for each in codes(one)] == [False, False, True]
