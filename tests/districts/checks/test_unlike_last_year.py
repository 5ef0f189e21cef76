"""A value far from last year's."""

from decimal import Decimal

import pytest

from apps.districts.checks import unlike_last_year
from apps.registry.models import Indicator
from tests import factories
from tests.cases.support import said_by
from tests.districts.checks.support import a_return, counted, figure, published

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


@pytest.mark.parametrize("now", ["25.01", "3.99", "0", "-10", "300"])
def test_value_far_from_last_years_asks(now):
    revision = _returns("10", now)

    ((severity, _row, field, sentence),) = said_by(unlike_last_year, revision)

    assert (severity, field) == ("explain", "value")
    assert sentence == f"指标indicator-1 is {now}亿元, last year it was 10亿元. {CHANGE}"


def test_slip_of_unit_is_another_rules_matter():
    assert said_by(unlike_last_year, _returns("10", "100000")) == []


@pytest.mark.parametrize(("before", "now"), [("10", "25"), ("10", "4"), ("10", "10"), ("0", "10")])
def test_value_near_last_years_or_after_nought_passes(before, now):
    assert said_by(unlike_last_year, _returns(before, now)) == []


@pytest.mark.parametrize("state", ["submitted", "approved", "withdrawn"])
def test_last_years_value_that_is_not_public_is_no_measure(state):
    assert said_by(unlike_last_year, _returns("10", "90", state)) == []


def test_last_years_correction_is_the_measure():
    revision = _returns("10", "90", "superseded")

    ((_severity, _row, _field, sentence),) = said_by(unlike_last_year, revision)

    assert "last year it was 11亿元" in sentence


@pytest.mark.parametrize("other", [{"subject": "甬江实验室"}, {"scope": "own"}])
def test_other_subject_or_scope_is_another_series(other):
    former = factories.open_return(rows=[_figure(2022, "10")], year=2022)
    factories.advance(former, "published")

    assert (
        said_by(unlike_last_year, factories.open_return(rows=[_figure(2023, "90", **other)])) == []
    )


@pytest.mark.parametrize(("value", "found"), [("100000", 0), ("300000", 1)])
def test_other_unit_is_converted(value, found):
    former = factories.open_return(rows=[_figure(2022, "10")], year=2022)
    Indicator.objects.filter(code="indicator-1").update(units=["亿元", "万元"])
    factories.advance(former, "published")
    revision = factories.open_return(rows=[_figure(2023, value, unit="万元")])

    assert len(said_by(unlike_last_year, revision)) == found


@pytest.mark.parametrize(("before", "now", "found"), [(1, 3, 0), (2, 8, 0), (10, 30, 1), (4, 0, 0)])
def test_small_counts_go_up_and_down(before, now, found):
    firms = counted("firms")
    published(figure(firms, before, 2022))

    assert len(said_by(unlike_last_year, a_return(figure(firms, now)))) == found


OTHERS = ("haishu", "jiangbei", "zhenhai", "yinzhou", "cixi")


def _five_others(changes):
    """Publish an indicator of five other districts for 2021 and 2022, with these changes."""
    for slug, change in zip(OTHERS, changes, strict=True):
        bureau = factories.district(slug)
        # The later year first, so that neither report has a year before it to be asked about.
        for year, value in ((2022, 10 * change), (2021, 10)):
            rows = [_figure(year, str(value), bureau=bureau)]
            factories.advance(factories.open_return(bureau, rows, year=year), "published")


@pytest.mark.parametrize(
    ("changes", "now", "found"),
    [
        # Everybody nearly tripled: who stayed is unlike, who tripled is not.
        ((2.9, 3, 3.1, 3, 3), "30", 0),
        ((2.9, 3, 3.1, 3, 3), "10", 1),
        # Nobody moved: half as much again is near, twice as much is not.
        ((1, 1, 1, 1, 1), "15", 0),
        ((1, 1, 1, 1, 1), "20", 1),
        ((1, 1, 1, 1, 1), "-20", 1),
        # Everybody moved at random: hardly anything is unlike.
        ((0.3, 0.6, 1, 2, 4), "60", 0),
    ],
)
def test_median_of_the_other_units_tells_what_is_far(changes, now, found):
    _five_others(changes)

    assert len(said_by(unlike_last_year, _returns("10", now))) == found


def test_body_of_a_district_is_not_measured_by_the_others():
    _five_others((3, 3, 3, 3, 3))

    assert said_by(unlike_last_year, _returns("10", "20", subject="甬江实验室")) == []


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
    former = factories.open_return(cixi, rows=[_figure(2022, "10", bureau=cixi)], year=2022)
    factories.advance(former, "published")

    assert said_by(unlike_last_year, factories.open_return(rows=[_figure(2023, "90")])) == []
