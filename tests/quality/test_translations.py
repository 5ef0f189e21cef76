"""The Chinese of the interface: complete, with the fixed words, in the typography of an office."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message
from django.utils import translation

from apps.accounts.models import Role
from apps.cases.models import FindingStatus, ReasonCode, Severity, State
from apps.cases.workflow import TRANSITIONS
from script import messages

HAN = "\u3007\u4e00-\u9fff"
PLACEHOLDER = re.compile(r"%\(\w+\)s|</?\w+[^>]*>")
# Half-width signs beside a Chinese character; a colon between digits or in an address is none.
HALF_WIDTH = re.compile(rf"[{HAN}][,;:?!()\"']|[,;:?!()\"'][{HAN}]")
STATES = "填报中 区内审核 已报送 审核中 已退回 审核通过 公示中 已发布 已更正 已撤销"
ROLES = "填报员 审核签发人 市局录入 市局审核 市局发布 审计员 系统管理员"
STEPS = {
    "hand_over": {"送审"},
    "send_back": {"退改"},
    "submit": {"签发报送", "报送审核"},
    "recall": {"撤回"},
    "accept": {"受理"},
    "return": {"退回"},
    "approve": {"通过"},
    "reopen": {"重审"},
    "announce": {"公示"},
    "publish": {"发布"},
    "restate": {"更正"},
    "propose_withdrawal": {"提议撤销"},
    "withdraw": {"撤销"},
}


@pytest.fixture
def in_chinese() -> Iterator[None]:
    """The interface in Chinese, from the catalogue as it stands."""
    messages.compile_catalogues()
    with translation.override("zh-hans"):
        yield


def forms(message: Message) -> list[str]:
    """Return every form of a text's translation."""
    string = message.string
    return list(string) if isinstance(string, tuple | list) else [string or ""]


def chinese() -> list[Message]:
    """Return the texts of the Chinese catalogue."""
    return [message for message in messages.kept("zh_Hans") if message.id]


def source(message: Message) -> str:
    """Return the English text; of a plural, the form for many."""
    return message.id if isinstance(message.id, str) else str(message.id[1])


def test_no_text_is_missing() -> None:
    assert messages.check() == 0


@pytest.mark.usefixtures("in_chinese")
def test_states_and_roles_have_their_fixed_words() -> None:
    assert [str(state.label) for state in State] == STATES.split()
    assert [str(role.label) for role in Role] == ROLES.split()


@pytest.mark.usefixtures("in_chinese")
def test_steps_have_their_fixed_words() -> None:
    words: dict[str, set[str]] = {}
    for step in TRANSITIONS:
        words.setdefault(step.name, set()).add(str(step.label))

    assert words == STEPS


@pytest.mark.usefixtures("in_chinese")
def test_findings_and_corrections_have_their_fixed_words() -> None:
    assert [str(one.label) for one in Severity] == ["阻断", "须说明", "提示"]
    assert {str(code.label) for code in ReasonCode} == {"更正", "口径调整", "核定", "撤销认定"}
    assert len({str(status.label) for status in FindingStatus}) == len(FindingStatus)


def test_placeholders_are_kept() -> None:
    for message in chinese():
        english = sorted(PLACEHOLDER.findall(source(message)))
        for text in forms(message):
            assert sorted(PLACEHOLDER.findall(text)) == english, text


def test_punctuation_is_full_width() -> None:
    faults = [
        text
        for message in chinese()
        for text in forms(message)
        # A placeholder stands for a word.
        if HALF_WIDTH.search(PLACEHOLDER.sub("字", text))
    ]

    assert faults == []


def test_a_sentence_stays_a_sentence() -> None:
    faults = [
        text
        for message in chinese()
        for text in forms(message)
        if source(message).rstrip().endswith(".") and not text.endswith(("。", "）"))
    ]

    assert faults == []


def test_nobody_is_addressed_with_ceremony() -> None:
    assert [text for message in chinese() for text in forms(message) if "您" in text] == []
