"""Headings of groups of rows that stand as lines of text, or with nothing that marks them."""

import pytest

from apps.intake.candidates import candidates
from apps.intake.finding.headings import is_heading
from apps.intake.readers.text import read_text

TITLE = "2023年度温州市科学技术奖获奖名单"
HEAD = "序号\t项目名称\t完成单位"
ROWS = (
    "1\t海水淡化膜研究\t甲海有限公司\n2\t盾构掘进研究\t乙山有限公司",
    "1\t水稻抗病研究\t丙江研究院\n2\t轴承寿命研究\t丁河大学",
)


def found(*parts):
    return candidates(read_text("\n".join(parts)))


def groups(candidate, *fields):
    return [
        tuple(record.values[name] for name in fields or ("award_class", "grade"))
        for record in candidate.records
    ]


@pytest.mark.parametrize("head", [HEAD, ""], ids=["header-again", "no-header"])
@pytest.mark.parametrize(
    "lines", [("一、一等奖（2项）", "二、二等奖（2项）"), ("一等奖", "二等奖")]
)
def test_headings_as_lines_of_text(lines, head):
    (one,) = found(TITLE, lines[0], HEAD, ROWS[0], "", lines[1], *filter(None, [head]), ROWS[1])

    assert groups(one, "grade", "programme", "award_year") == [
        ("一等奖", "温州市科学技术奖", "2023"),
        ("一等奖", "温州市科学技术奖", "2023"),
        ("二等奖", "温州市科学技术奖", "2023"),
        ("二等奖", "温州市科学技术奖", "2023"),
    ]
    assert not any(record.doubts for record in one.records)


def test_headings_on_two_levels_as_lines_of_text():
    (one,) = found(
        TITLE, "一、技术发明奖", "（一）一等奖", HEAD, ROWS[0], "（二）二等奖", HEAD, ROWS[1]
    )

    assert groups(one) == [("技术发明奖", "一等奖")] * 2 + [("技术发明奖", "二等奖")] * 2


def test_a_running_head_below_a_heading():
    (one,) = found(TITLE, "一、一等奖", HEAD, ROWS[0], "二、二等奖", "内部资料", HEAD, ROWS[1])

    assert groups(one, "grade") == [("一等奖",)] * 2 + [("二等奖",)] * 2


def test_plain_headings_as_rows():
    (one,) = found(
        "2023年温州市科技政策清单",
        "序号\t政策名称\t文号",
        "综合\t\t",
        "1\t甲办法\t温科〔2023〕1号\n2\t乙办法\t温科〔2023〕2号",
        "人才\t\t",
        "3\t丙办法\t温科〔2023〕3号",
    )

    assert groups(one, "category") == [("综合",), ("综合",), ("人才",)]
    assert not any(record.doubts for record in one.records)


def test_districts_as_headings_of_a_roster():
    (one,) = found(
        "2023年度温州市种子企业名单",
        "序号\t企业名称",
        "东山区\t\n1\t甲海有限公司\n2\t乙山有限公司",
        "南江区\t\n1\t丙江有限公司\n2\t丁河有限公司",
    )

    assert groups(one, "district") == [("东山区",)] * 2 + [("南江区",)] * 2


def test_headings_that_are_no_districts_are_said_and_not_read():
    (one,) = found(
        "2023年度温州市种子企业名单",
        "序号\t企业名称",
        "新材料领域\t\n1\t甲海有限公司\n2\t乙山有限公司",
        "生物领域\t\n1\t丙江有限公司\n2\t丁河有限公司",
    )

    assert groups(one, "district") == [("",)] * 4
    assert [each.code for each in one.aside] == ["column-unread"]


def test_a_line_between_rows_is_set_aside_and_the_row_below_is_doubtful():
    (one,) = found(TITLE, HEAD, ROWS[0], "内部资料\t\t", "3\t水稻抗病研究\t丙江研究院")

    assert [each.code for each in one.aside] == ["line"]
    assert [("title", "line-between") in record.doubts for record in one.records] == [
        False,
        False,
        True,
    ]


def test_a_running_head_that_stands_twice_is_a_line():
    (one,) = found(
        TITLE,
        HEAD,
        ROWS[0],
        "内部资料\t\t",
        "3\t水稻抗病研究\t丙江研究院",
        "内部资料\t\t",
        "4\t轴承寿命研究\t丁河大学",
    )

    assert [each.code for each in one.aside] == ["line", "line"]
    assert len(one.records) == 4


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("一、一等奖（5项）", True),
        ("技术发明奖", True),
        ("科学技术进步奖二等奖", True),
        ("（一）东山区", True),
        ("一、2023年度高新技术企业", False),
        ("一、高新技术企业名单", False),
        ("温州市科学技术奖", False),
        ("市科学技术局文件", False),
    ],
)
def test_is_heading(text, is_one):
    assert is_heading(text) is is_one


def test_plain_heading_at_the_top_of_a_page_without_numbers_heads_its_rows():
    head = "等级\t项目名称\t完成单位"
    rows = ["一等奖\t海水淡化膜研究\t甲海有限公司", "二等奖\t盾构掘进研究\t乙山有限公司"]
    (one,) = found(TITLE, head, "技术发明奖\t\t", *rows, TITLE, head, "自然科学奖\t\t", *rows)

    assert groups(one) == [
        ("技术发明奖", "一等奖"),
        ("技术发明奖", "二等奖"),
        ("自然科学奖", "一等奖"),
        ("自然科学奖", "二等奖"),
    ]


@pytest.mark.parametrize("line", ["内部资料，注意保存", "2024年度资料汇编"])
def test_head_of_a_page_is_no_heading_of_rows(line):
    head = "序号\t政策名称\t发布日期"
    rows = [f"{n}\t办法{n}\t2023-01-0{n}" for n in range(1, 5)]
    text = ["2023年温州市科技政策清单", head, "综合\t\t", *rows[:2], f"{line}\t\t", *rows[2:]]

    (one,) = found(*text)

    assert groups(one, "category") == [("综合",)] * 4
    assert [any(code == "line-between" for _name, code in r.doubts) for r in one.records] == [
        False,
        False,
        True,
        False,
    ]
