"""Long documents of lines cost what they are long: nobody hangs the queue with a repeated header."""

import sys

import pytest

from apps.intake.finding.written import with_written_lists
from apps.intake.grid import Paragraph, Place

REPEATED = {
    "headers": ("项目名称", "完成单位", "今天开会。"),
    "a header and a row": ("项目名称", "完成单位", "甲技术", "甲大学", "今天开会。"),
    "firms": ("2023年企业名单", "1、甲有限公司", "2、乙有限公司", "3、丙有限公司", "今天开会。"),
    "days": ("2023年大事记", "1月3日，甲会召开", "2月3日，乙会召开", "今天开会。"),
    "labels": ("2023年名单", "项目名称：甲", "完成单位：乙大学", "项目名称：丙", "今天开会。"),
    "running numbers": ("序号", "项目名称", "完成单位", "1"),
    "plain names": ("2022年众创空间名单", "1.甲空间", "2.乙谷", "3.丙创园", "今天开会。"),
    "days of a month": ("2022年大事记", "一月", "3日，甲会召开", "同月4日，乙会召开", "今天开会。"),
}


def calls(texts: tuple[str, ...], times: int, form: str) -> int:
    """Calls of functions that it takes to read these lines, so many times one below the other."""
    lines = [Paragraph(text, at, Place(form)) for at, text in enumerate(texts * times, start=1)]
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        list(with_written_lists(lines))
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize("form", ["docx", "pdf"])
@pytest.mark.parametrize("texts", REPEATED.values(), ids=REPEATED)
def test_twice_the_lines_take_twice_the_work(texts: tuple[str, ...], form: str) -> None:
    calls(texts, 20, form)  # What is kept from one text to the next is kept now.

    assert calls(texts, 400, form) < 2.5 * calls(texts, 200, form)
