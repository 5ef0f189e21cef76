"""A reference in the narrative to a figure that is not there."""

import pytest

from apps.districts.checks import unknown_reference
from tests.districts.checks.support import a_return, counted, figure, sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _text(text, value=376):
    return a_return(figure(counted("firms", name="高新技术企业"), value), text=text)


@pytest.mark.parametrize("text", ["共{{firms}}。", "另有{{=32家}}。", "没有引用。"])
def test_reference_to_a_figure_passes(text):
    assert sentences(unknown_reference, _text(text)) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("共{{firm}}。", "{{firm}}"),
        ("共{{firms@00000000}}、{{x}}、{{x}}。", "{{firms@00000000}}、{{x}}"),
        ("共{{}}。", "{{"),
        ("共}}。{{firms}}", "{{"),
    ],
)
def test_reference_to_nothing_blocks(text, named):
    assert sentences(unknown_reference, _text(text)) == [
        (
            "blocking",
            f"The text refers to {named}, but the return states no such figure. Choose the figure"
            " again, or type the words that are meant.",
        )
    ]


def test_reference_to_a_figure_without_a_value_is_explained():
    assert sentences(unknown_reference, _text("共{{firms}}。", None)) == [
        (
            "explain",
            "The text refers to 高新技术企业, which has no value. Enter the value, take the reference"
            " out, or explain it.",
        )
    ]


def test_return_without_a_narrative_passes():
    assert sentences(unknown_reference, a_return(figure("spending", 3))) == []
