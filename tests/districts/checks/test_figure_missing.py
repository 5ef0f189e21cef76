"""A figure that is asked for and not there."""

import pytest

from apps.districts.checks import figure_missing
from tests.districts.checks.support import a_return, counted, figure, published, relate, sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_figure_of_last_year_that_is_left_out_asks():
    published(figure("spending", "9.5", 2022))

    assert sentences(figure_missing, a_return(figure(counted("firms"), 3))) == [
        (
            "explain",
            "指标spending is missing; last year it was 9.5亿元. Enter it, or explain why it is left"
            " out.",
        )
    ]


def test_figure_that_is_always_asked_for_asks():
    relate("required", counted("firms"))

    assert sentences(figure_missing, a_return()) == [
        ("explain", "指标firms is missing. Enter it, or explain why it is left out.")
    ]


def test_missing_value_asks():
    relate("required", counted("firms"))

    assert sentences(figure_missing, a_return(figure(counted("firms"), None))) == [
        ("explain", "指标firms has no value. Enter it, or explain why it is not known.")
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"value": "0"},
        {"value": None, "blank": "not_applicable"},
        {"value": None, "blank": "withheld"},
        {"value": "4", "status": "forecast"},
    ],
)
def test_value_or_a_reason_passes(values):
    relate("required", counted("firms"))
    row = figure(counted("firms"), values.pop("value"), **values)

    assert sentences(figure_missing, a_return(row)) == []


@pytest.mark.parametrize("row", [{"year": 2022}, {"status": "target"}])
def test_another_year_or_a_target_does_not_fill_the_place(row):
    relate("required", counted("firms"))

    assert len(sentences(figure_missing, a_return(figure(counted("firms"), 3, **row)))) == 1


def test_what_the_city_is_asked_for_is_no_districts_matter():
    relate("required", counted("firms", asked_of="city"))

    assert sentences(figure_missing, a_return()) == []


def test_what_a_body_reported_last_year_need_not_come_again():
    published(figure("spending", "9.5", 2022, subject="甬江实验室"))

    assert sentences(figure_missing, a_return()) == []


def test_each_missing_figure_is_a_finding_of_its_own():
    names = ["a" * 46, "b"]
    for name in names:
        relate("required", counted(name))

    assert len({problem.field for problem in figure_missing(a_return())}) == len(names)
