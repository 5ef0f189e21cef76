"""What is printed in a cell is found again in its values, or the value is doubtful."""

import pytest

from apps.intake import fields
from apps.intake.candidates import candidates
from apps.intake.fields import Fields, read_field
from apps.intake.readers.text import read_text
from apps.intake.words_kept import CHANGED, keeps_words


@pytest.mark.parametrize(
    ("name", "cell", "values"),
    [
        ("title", "《甲办法》（修订）", {"title": "甲办法", "note": "修订"}),
        (
            "organisations",
            "甲公司、乙公司；\n丙（集团）",
            {"organisations": ["甲公司", "乙公司", "丙（集团）"]},
        ),
        ("people", "王 伟 李芳", {"people": ["王伟", "李芳"]}),
        ("credit_code", "９１ab c", {"credit_code": "91ABC"}),
        (
            "award_category",
            "省科技进步奖（一等）",
            {"award_class": "科学技术进步奖", "grade": "一等奖", "awarder": "省"},
        ),
        ("issued_on", "2023年5月2日", {"issued_on": "2023-05-02"}),
        ("issued_on", "二〇二三年五月", {"issued_on": "2023-05"}),
        ("year", "2023年度", {"year": "2023"}),
        ("value", "超1,234.5 亿元", {"value": "1234.5", "qualifier": "超", "unit": "亿元"}),
        ("value", "保密", {"value": "", "blank": "withheld"}),
        ("value", "+3.5%", {"value": "3.5", "unit": "%"}),
        ("rank", "第３名", {"rank": "3"}),
        ("level", "国家", {"level": "国家级"}),
    ],
)
def test_ways_of_writing_change_no_word(name, cell, values):
    assert keeps_words(name, cell, values)


@pytest.mark.parametrize(
    ("name", "cell", "values"),
    [
        ("title", "甲与乙", {"title": "甲"}),
        ("title", "甲", {"title": "甲乙"}),
        ("organisations", "甲公司、乙公司", {"organisations": ["乙公司", "甲公司"]}),
        (
            "award_category",
            "科技进步一等奖（国防）",
            {"award_class": "科学技术进步奖", "grade": "一等奖"},
        ),
        ("issued_on", "2023年5月2日修订", {"issued_on": "2023-05-02"}),
        ("year", "2023年", {"year": ""}),
        ("value", "12.5万", {"value": "12.5"}),
        ("value", "-3", {"value": "3"}),
        ("rank", "3并列", {"rank": "3"}),
        ("level", "国家", {"level": "省级"}),
    ],
)
def test_word_lost_or_added_or_moved_is_seen(name, cell, values):
    assert not keeps_words(name, cell, values)


def test_reader_that_loses_a_word_leaves_a_doubt(monkeypatch):
    read = {("", "title"): lambda cell: Fields({"title": cell[1:]})}
    monkeypatch.setattr(fields, "READERS", fields.READERS | read)

    assert read_field.__wrapped__("awards", "title", "甲乙丙").doubts == (("title", CHANGED),)


def test_doubt_of_the_reader_is_enough():
    assert read_field("awards", "award_category", "一等奖（特别）").doubts == (
        ("grade", "category-unknown"),
    )


def records(*lines):
    (found,) = candidates(read_text("\n".join(lines) + "\n"))
    return found.records


def test_cell_that_names_another_class_than_the_column_of_classes_is_doubtful():
    first, second = records(
        "2023年宁波市科学技术奖名单",
        "奖种\t等级\t项目名称\t完成单位",
        "技术发明奖\t技术发明奖一等奖\t高强铝合金研究\t甲材料有限公司",
        "技术发明奖\t自然科学奖二等奖\t柔性传感器研究\t乙材料有限公司",
    )

    assert ("award_class", "said-twice") not in first.doubts
    assert ("award_class", "said-twice") in second.doubts


def test_note_behind_a_title_and_in_its_own_column_is_doubtful():
    first, second = records(
        "2023年宁波市出台科技政策清单",
        "序号\t政策名称\t分类\t备注",
        "1\t《科技扶持办法》（修订）\t综合\t2023年修订",
        "2\t《人才扶持办法》（修订）\t人才\t修订",
    )

    assert ("note", "said-twice") in first.doubts
    assert ("note", "said-twice") not in second.doubts


def test_two_columns_of_one_header_are_doubtful_where_one_is_left():
    first, second = records(
        "2023年宁波市高新技术企业名单",
        "单位名称\t证书编号\t所在区县\t单位名称",
        "甲材料有限公司\tGR202333000001\t海曙区\t乙材料有限公司",
        "丙材料有限公司\tGR202333000002\t鄞州区\t",
    )

    assert ("organisation", "column-twice") in first.doubts
    assert second.doubts == ()


def test_numbers_that_go_on_under_another_title_make_what_the_title_says_doubtful():
    text = (
        "2023年宁波市高新技术企业名单\n"
        "序号\t单位名称\t所在区县\n1\t甲材料有限公司\t海曙区\n2\t乙材料有限公司\t鄞州区\n\n"
        "2023年宁波市征求意见稿\n"
        "序号\t单位名称\t所在区县\n{}\t丙材料有限公司\t海曙区\n"
    )

    goes_on = candidates(read_text(text.format(3)))[1].records[0]
    begins = candidates(read_text(text.format(1)))[1].records[0]

    assert {("roster", "title-unsure"), ("year", "title-unsure")} <= set(goes_on.doubts)
    assert begins.doubts == ()


def test_row_moved_or_too_long_is_doubtful_whatever_column_was_meant():
    _first, second, third = records(
        "2023年宁波市高新技术企业名单",
        "序号\t单位名称\t所在区县\t备注",
        "1\t甲材料有限公司\t海曙区\t—",
        "2\t乙材料有限公司\t鄞州区\t—\t多余",
        "3\t丙材料有限公司\t鄞州区\t—",
    )

    assert ("organisation", "more-cells-than-header") in second.doubts
    assert third.doubts == ()


def test_day_with_words_behind_it_is_doubtful():
    first, second = records(
        "2024年科技工作大事记",
        "时间\t事件",
        "5月22日\t召开推进会",
        "5月22日、25日\t召开工作会议",
    )

    assert first.doubts == ()
    assert ("date_from", "day-unsure") in second.doubts
