"""Last year's figure told otherwise than it was published."""

import pytest

from apps.districts.checks import last_year_restated
from tests.districts.checks.support import a_return, figure, published, sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_other_value_than_published_asks():
    published(figure("spending", "9.54", 2022))

    assert sentences(last_year_restated, a_return(figure("spending", "9.4", 2022))) == [
        (
            "explain",
            "指标spending of 2022 is told as 9.4亿元, but was published as 9.54亿元. Take the"
            " published value, or explain the difference.",
        )
    ]


@pytest.mark.parametrize(
    ("value", "values"),
    [
        ("9.54", {}),
        ("9.5", {}),
        ("95400", {"unit": "万元"}),
        (None, {}),
        ("8", {"subject": "甬江实验室"}),
        ("8", {"scope": "own"}),
        ("8", {"year": 2021}),
        ("8", {"year": "2022-Q1"}),
    ],
)
def test_same_value_rounded_value_and_other_figures_pass(value, values):
    published(figure("spending", "9.54", 2022))
    row = figure("spending", value, **{"year": 2022, **values})

    assert sentences(last_year_restated, a_return(row)) == []


@pytest.mark.parametrize(
    ("comparison", "found"),
    [
        ("2022年为9.5", 0),
        ("2022年为9.4", 1),
        ("2021年为9.4", 0),
        ("同比+4%", 0),
    ],
)
def test_last_years_value_in_a_comparison_is_looked_at(comparison, found):
    published(figure("spending", "9.54", 2022))
    revision = a_return(figure("spending", "11", comparison=comparison))

    assert len(sentences(last_year_restated, revision)) == found


def test_nothing_published_is_no_measure():
    assert sentences(last_year_restated, a_return(figure("spending", "9.4", 2022))) == []
