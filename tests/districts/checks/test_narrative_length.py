"""A section of the narrative that is too long, or too short."""

import pytest
from django.db import IntegrityError

from apps.districts.checks import narrative_length
from apps.registry.models import NarrativeLimit
from tests.districts.checks.support import a_return, counted, figure, sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _text(text):
    return a_return(figure(counted("firms"), 376), text=text)


def _limit(heading="", least=2, most=5, **fields):
    return NarrativeLimit.objects.create(heading=heading, least=least, most=most, **fields)


@pytest.mark.parametrize("text", ["两字", "共五个字。", "共{{firms}}"])
def test_section_within_its_limit_passes(text):
    _limit()

    assert sentences(narrative_length, _text(text)) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("一共六个字。", "“第1节” has 6 characters; at most 5 are asked for. Shorten it."),
        ("一", "“第1节” has 1 characters; at least 2 are asked for. Say more."),
    ],
)
def test_section_beyond_its_limit_asks(text, sentence):
    _limit()

    assert sentences(narrative_length, _text(text)) == [("explain", sentence)]


def test_limit_of_the_heading_goes_before_the_general_one_and_may_block():
    _limit(most=100)
    _limit("第1节", is_strict=True)

    [(severity, _sentence)] = sentences(narrative_length, _text("一共六个字。"))

    assert severity == "blocking"


def test_without_a_limit_nothing_is_asked():
    revision = _text("一")
    assert sentences(narrative_length, revision) == []
    _limit("别的标题")
    assert sentences(narrative_length, revision) == []


def test_return_without_a_narrative_passes():
    _limit()

    assert sentences(narrative_length, a_return(figure("spending", 3))) == []


def test_limit_is_a_span():
    assert str(_limit(least=0)) == "* 0–5"
    with pytest.raises(IntegrityError):
        _limit("反", least=9, most=5)
