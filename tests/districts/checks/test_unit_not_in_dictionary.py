"""A unit that the dictionary does not know."""

import pytest

from apps.districts.checks import unit_not_in_dictionary
from tests import factories
from tests.cases.support import said_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _return(**values):
    indicator = factories.indicator("turnover", units=["亿元", "万元"])
    return factories.open_return(rows=[factories.figure_values(indicator=indicator, **values)])


def test_unknown_unit_blocks():
    assert said_by(unit_not_in_dictionary, _return(unit="元", value=3)) == [
        (
            "blocking",
            "Indicator turnover 3元",
            "unit",
            "指标turnover is given in 亿元、万元, not in 元. Convert the value or correct the unit.",
        )
    ]


@pytest.mark.parametrize("unit", ["亿元", "万元"])
def test_each_unit_of_the_dictionary_passes(unit):
    assert said_by(unit_not_in_dictionary, _return(unit=unit)) == []


def test_unit_of_a_missing_value_is_looked_at_too():
    revision = _return(unit="元", value=None, blank="missing")

    assert len(said_by(unit_not_in_dictionary, revision)) == 1
