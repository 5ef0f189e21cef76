"""A value far from last year's."""

from decimal import Decimal

import pytest

from apps.districts.checks import unlike_last_year
from apps.registry.models import Indicator
from tests import factories
from tests.cases.support import said_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _figure(year, value, **values):
    return factories.figure_values(
        period=str(year), value=Decimal(value) if value is not None else None, **values
    )


def _returns(before, now, state="published", **values):
    """Report ``before`` for 2022, then return the open return of 2023 with ``now``."""
    former = factories.open_return(rows=[_figure(2022, before, **values)], year=2022)
    factories.advance(former, state)
    return factories.open_return(rows=[_figure(2023, now, **values)])


CHANGE = "Explain the change, or correct the value."
SLIP = "probably a slip of unit. Correct it, or explain the change."


@pytest.mark.parametrize(
    ("before", "now", "ending"),
    [
        ("10", "25.01", CHANGE), ("10", "3.99", CHANGE), ("10", "0", CHANGE),
        ("10", "-10", CHANGE), ("10", "10000", SLIP), ("10", "0.01", SLIP), ("10", "9999", CHANGE),
    ],
)
def test_value_far_from_last_years_asks(before, now, ending):
    revision = _returns(before, now)

    ((severity, _row, field, sentence),) = said_by(unlike_last_year, revision)

    joint = ": " if ending == SLIP else ". "
    assert (severity, field) == ("explain", "value")
    assert sentence == (
        f"指标indicator-1 is {now}亿元, last year it was {before}亿元{joint}{ending}"
    )


@pytest.mark.parametrize(
    ("before", "now"), [("10", "25"), ("10", "4"), ("10", "10"), ("0", "10")]
)
def test_value_near_last_years_or_after_nought_passes(before, now):
    assert said_by(unlike_last_year, _returns(before, now)) == []


@pytest.mark.parametrize("state", ["submitted", "approved", "withdrawn"])
def test_last_years_value_that_is_not_public_is_no_measure(state):
    assert said_by(unlike_last_year, _returns("10", "90", state)) == []


def test_last_years_correction_is_the_measure():
    revision = _returns("10", "90", "superseded")

    ((_severity, _row, _field, sentence),) = said_by(unlike_last_year, revision)

    assert "last year it was 11亿元" in sentence


def test_other_unit_or_subject_is_another_series():
    former = factories.open_return(rows=[_figure(2022, "10", unit="万元")], year=2022)
    other = [
        _figure(2023, "90"), _figure(2023, "90", subject="甬江实验室"),
    ]
    Indicator.objects.filter(code="indicator-1").update(units=["亿元", "万元"])
    factories.advance(former, "published")

    assert said_by(unlike_last_year, factories.open_return(rows=other)) == []


def test_missing_value_passes():
    former = factories.open_return(rows=[_figure(2022, "10")], year=2022)
    factories.advance(former, "published")
    revision = factories.open_return(rows=[_figure(2023, None, blank="missing")])

    assert said_by(unlike_last_year, revision) == []


def test_value_of_another_period_passes():
    former = factories.open_return(rows=[_figure(2022, "10")], year=2022)
    factories.advance(former, "published")
    revision = factories.open_return(rows=[_figure("2023-01/2023-06", "90")])

    assert said_by(unlike_last_year, revision) == []


def test_neighbours_value_is_no_measure():
    cixi = factories.district("cixi")
    former = factories.open_return(
        cixi, rows=[_figure(2022, "10", bureau=cixi)], year=2022
    )
    factories.advance(former, "published")

    assert said_by(unlike_last_year, factories.open_return(rows=[_figure(2023, "90")])) == []
