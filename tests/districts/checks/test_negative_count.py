"""A count below nought."""

import pytest

from apps.districts.checks import negative_count
from apps.registry.models import Measure
from tests import factories
from tests.cases.support import said_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _return(measure=Measure.STOCK, **values):
    indicator = factories.indicator(f"of-{measure}", measure=measure)
    return factories.open_return(rows=[factories.figure_values(indicator=indicator, **values)])


def test_negative_count_blocks():
    assert said_by(negative_count, _return(value=-3)) == [
        (
            "blocking",
            "Indicator of-stock -3亿元",
            "value",
            "指标of-stock is -3亿元. It cannot be below nought; correct the value.",
        )
    ]


@pytest.mark.parametrize("measure", [m for m in Measure if m != Measure.GROWTH])
def test_every_measure_but_growth_is_looked_at(measure):
    assert len(said_by(negative_count, _return(measure, value=-3))) == 1


@pytest.mark.parametrize(
    ("measure", "values"),
    [
        (Measure.GROWTH, {"value": -3}),
        (Measure.STOCK, {"value": 0}),
        (Measure.STOCK, {"value": None, "blank": "missing"}),
    ],
)
def test_growth_nought_and_missing_values_pass(measure, values):
    assert said_by(negative_count, _return(measure, **values)) == []
