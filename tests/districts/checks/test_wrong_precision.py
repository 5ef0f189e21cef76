"""A value of another type or precision than its indicator."""

import pytest

from apps.districts.checks import wrong_precision
from tests.districts.checks.support import a_return, counted, figure, sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.mark.parametrize("value", ["3", "3.0", "0", None])
def test_whole_and_missing_counts_pass(value):
    assert sentences(wrong_precision, a_return(figure(counted("firms"), value))) == []


def test_fraction_of_a_count_blocks():
    assert sentences(wrong_precision, a_return(figure(counted("firms"), "3.5"))) == [
        ("blocking", "指标firms is 3.5家. It counts whole things; correct the value.")
    ]


@pytest.mark.parametrize(("value", "found"), [("1.5", 0), ("1.50005", 1)])
def test_ten_thousands_of_a_count_have_decimal_places(value, found):
    people = counted("people", units=["万人"])

    assert len(sentences(wrong_precision, a_return(figure(people, value)))) == found


def test_more_places_than_the_dictionary_asks_for_is_a_hint():
    assert sentences(wrong_precision, a_return(figure("spending", "3.125"))) == [
        ("hint", "指标spending has 3 decimal places in 3.125亿元; the dictionary asks for 2.")
    ]


@pytest.mark.parametrize("value", ["3", "3.1", "3.12"])
def test_fewer_places_pass(value):
    assert sentences(wrong_precision, a_return(figure("spending", value))) == []
