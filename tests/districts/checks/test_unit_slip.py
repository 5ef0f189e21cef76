"""A value that fits after a power of ten."""

import pytest

from apps.districts.checks import unit_slip
from tests.districts.checks.support import a_return, counted, figure, published, sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.mark.parametrize(
    ("now", "times"),
    [
        ("120000", "10000"),
        ("9000", "1000"),
        ("1100000000", "100000000"),
    ],
)
def test_value_a_power_of_ten_too_large_asks(now, times):
    published(figure("spending", "10", 2022))

    assert sentences(unit_slip, a_return(figure("spending", now))) == [
        (
            "explain",
            f"指标spending is {now}亿元, last year it was 10亿元: {times} times too much, probably a"
            " slip of unit. Correct it, or explain the change.",
        )
    ]


def test_value_a_power_of_ten_too_small_asks():
    published(figure("spending", "10", 2022))

    assert sentences(unit_slip, a_return(figure("spending", "0.001"))) == [
        (
            "explain",
            "指标spending is 0.001亿元, last year it was 10亿元: 10000 times too little, probably a"
            " slip of unit. Correct it, or explain the change.",
        )
    ]


def test_wrong_unit_is_a_slip_too():
    spending = counted("spending", units=["亿元", "万元"], value_type="decimal", precision=2)
    published(figure(spending, "10", 2022))

    assert len(sentences(unit_slip, a_return(figure(spending, "11", unit="万元")))) == 1


@pytest.mark.parametrize("now", ["10", "25", "4", "90", "100", "0", "-10", None])
def test_other_changes_pass(now):
    published(figure("spending", "10", 2022))

    assert sentences(unit_slip, a_return(figure("spending", now))) == []


def test_share_typed_as_a_fraction_asks():
    share = counted("share", units=["%"], value_type="percent", measure="ratio", precision=2)
    published(figure(share, "46.29", 2022))

    assert len(sentences(unit_slip, a_return(figure(share, "0.47")))) == 1


def test_nothing_published_is_no_measure():
    assert sentences(unit_slip, a_return(figure("spending", "100000"))) == []
