"""A value that cannot be."""

import pytest

from apps.districts.checks import out_of_range
from tests.districts.checks.support import a_return, counted, figure, relate, sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _share(**fields):
    return counted(
        "share", units=["%"], value_type="percent", measure="ratio", precision=1, **fields
    )


@pytest.mark.parametrize("value", ["0", "46.3", "100", None])
def test_share_up_to_a_hundred_passes(value):
    assert sentences(out_of_range, a_return(figure(_share(), value))) == []


def test_share_beyond_a_hundred_asks():
    assert sentences(out_of_range, a_return(figure(_share(), "100.1"))) == [
        ("explain", "指标share is 100.1%. It is at most 100; correct the value or its unit.")
    ]


def test_bounds_of_the_dictionary_block():
    share = _share()
    relate("range", share, low=5, high=50, is_strict=True)

    assert sentences(out_of_range, a_return(figure(share, "50.1"))) == [
        ("blocking", "指标share is 50.1%. It lies between 5 and 50; correct the value or its unit.")
    ]


@pytest.mark.parametrize(
    ("low", "high", "value", "found"),
    [
        (5, None, "200", 0),
        (5, None, "4", 1),
        (None, 5, "5", 0),
        (None, 5, "6", 1),
    ],
)
def test_one_bound_is_enough(low, high, value, found):
    share = _share()
    relate("range", share, low=low, high=high)

    assert len(sentences(out_of_range, a_return(figure(share, value)))) == found


@pytest.mark.parametrize(
    ("measure", "value", "sentence"),
    [
        ("rank", "0", "指标it is 0%. It is at least 1; correct the value or its unit."),
        (
            "growth",
            "-100.5",
            "指标it is -100.5%. It is at least -100; correct the value or its unit.",
        ),
    ],
)
def test_rank_and_growth_have_a_floor(measure, value, sentence):
    it = counted("it", units=["%"], value_type="percent", measure=measure)

    assert sentences(out_of_range, a_return(figure(it, value))) == [("explain", sentence)]


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("rank", "1"),
        ("growth", "-100"),
        ("growth", "389.4"),
        ("flow", "101"),
        ("rank", None),
    ],
)
def test_values_within_bounds_pass(measure, value):
    it = counted("it", units=["%"], value_type="percent", measure=measure)

    assert sentences(out_of_range, a_return(figure(it, value))) == []
