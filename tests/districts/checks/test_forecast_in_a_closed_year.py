"""A forecast where the year is over."""

import pytest
from django.utils import timezone

from apps.districts.checks import forecast_in_a_closed_year
from tests import factories
from tests.cases.support import said_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _return(year=2023, **values):
    row = factories.figure_values(**{"period": str(year), **values})
    return factories.open_return(rows=[row], year=year)


def test_forecast_of_the_closed_year_asks():
    (said,) = said_by(forecast_in_a_closed_year, _return(status="forecast"))

    assert said[0::2] == ("explain", "status")
    assert said[3] == (
        "指标indicator-1 is a forecast for 2023, which has ended. Enter the actual figure, or"
        " explain why there is none."
    )


@pytest.mark.parametrize(
    "values",
    [
        {"status": "actual"},
        {"status": "target"},
        {"status": "forecast", "period": "2030"},
    ],
)
def test_other_figures_pass(values):
    assert said_by(forecast_in_a_closed_year, _return(**values)) == []


def test_forecast_without_a_value_asks_too():
    revision = _return(status="forecast", value=None, blank="missing")

    assert len(said_by(forecast_in_a_closed_year, revision)) == 1


def test_forecast_of_the_running_year_passes():
    revision = _return(timezone.localdate().year, status="forecast")

    assert said_by(forecast_in_a_closed_year, revision) == []
