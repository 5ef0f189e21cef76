"""A ratio that its own numerator and denominator contradict."""

import pytest

from apps.districts.checks import ratio_unlike_its_parts
from tests.districts.checks.support import a_return, counted, figure, relate, sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _ratio(ratio, above, below):
    share = counted("share", units=["%"], value_type="percent", measure="ratio", precision=2)
    one, other = counted("above"), counted("below")
    for role, term, factor in (("numerator", one, 100), ("denominator", other, 1)):
        relate("ratio", share, (role, term), factor=factor)
    rows = [(share, ratio), (one, above), (other, below)]
    return a_return(*(figure(each, value) for each, value in rows if value != "none"))


@pytest.mark.parametrize(
    ("ratio", "above", "below"),
    [
        ("76.24", 308, 404),
        ("76", 308, 404),
        ("76.24", None, 404),
        ("76.24", 308, None),
        (None, 308, 404),
        ("76.24", 308, 0),
        ("76.24", "none", 404),
        ("76.24", 308, "none"),
    ],
)
def test_right_ratio_and_missing_values_pass(ratio, above, below):
    assert sentences(ratio_unlike_its_parts, _ratio(ratio, above, below)) == []


@pytest.mark.parametrize("ratio", ["78.97", "76.26", "0.76"])
def test_wrong_ratio_asks(ratio):
    assert sentences(ratio_unlike_its_parts, _ratio(ratio, 308, 404)) == [
        (
            "explain",
            f"指标share is {ratio}%, but 308家 divided by 404家 gives 76.24%. Correct the ratio, or"
            " the figure it is made of.",
        )
    ]
