"""One figure, two values."""

from decimal import Decimal

import pytest

from apps.districts.checks import figure_told_twice
from tests import factories
from tests.cases.support import said_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _return(*rows):
    return factories.open_return(
        rows=[factories.figure_values(**{"value": Decimal("12.5"), **row}) for row in rows]
    )


def test_two_values_ask():
    assert said_by(figure_told_twice, _return({}, {"value": Decimal("13.5")})) == [
        (
            "explain",
            "Indicator indicator-1 13.5亿元",
            "value",
            "指标indicator-1 is told twice: 12.5亿元 and 13.5亿元. Correct one, or explain both.",
        )
    ]


def test_two_qualifiers_ask():
    assert said_by(figure_told_twice, _return({}, {"qualifier": "超"})) == [
        (
            "explain",
            "Indicator indicator-1 超12.5亿元",
            "value",
            "指标indicator-1 is told twice: 12.5亿元 and 超12.5亿元. Correct one, or explain both.",
        )
    ]


def test_same_value_twice_is_a_hint():
    assert said_by(figure_told_twice, _return({}, {"value": Decimal("12.50")})) == [
        (
            "hint",
            "Indicator indicator-1 12.50亿元",
            "value",
            "指标indicator-1 is told twice with the same value.",
        )
    ]


def test_value_and_blank_ask():
    assert [
        severity
        for severity, *_ in said_by(
            figure_told_twice, _return({}, {"value": None, "blank": "missing"})
        )
    ] == ["explain"]


@pytest.mark.parametrize(
    "other",
    [
        {"subject": "甬江实验室"},
        {"period": "2022"},
        {"scope": "own"},
        {"status": "target"},
        {"unit": "万元"},
        {"number": 2},
    ],
)
def test_figure_with_another_identity_passes(other):
    assert said_by(figure_told_twice, _return({}, {**other, "value": Decimal(99)})) == []
