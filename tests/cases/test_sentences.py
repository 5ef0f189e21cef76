"""Whether a text is a sentence that somebody can judge."""

import pytest

from apps.cases.sentences import is_sentence


@pytest.mark.parametrize(
    "text",
    ["两人同名，单位不同。", "2023年口径调整。", "The mill closed in May.", "与奖励决定一致。"],
)
def test_sentence_passes(text):
    assert is_sentence(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "。。。。。。。。",
        "无",
        "无无无无无无无无",
        "情况情况情况情况",
        "12345678901",
        "已核实。",
        "啊啊啊啊啊啊对",
        "—— ——，，……",
        "测试测试测试测试测试",
        "口径123456",
    ],
)
def test_what_says_nothing_does_not(text):
    assert not is_sentence(text)
