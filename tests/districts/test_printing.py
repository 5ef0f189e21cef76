"""A figure is printed as a report prints it: each qualifier in its place."""

from decimal import Decimal

import pytest

from apps.districts.models import Blank, IndicatorValue


@pytest.mark.parametrize(
    ("qualifier", "printed", "number"),
    [
        ("", "58.80家", "58.80"),
        ("超", "超58.80家", "超58.80"),
        ("余", "58.80余家", "58.80余"),
        ("以上", "58.80家以上", "58.80以上"),
    ],
)
def test_figure_prints_its_qualifier_in_place(qualifier: str, printed: str, number: str) -> None:
    figure = IndicatorValue(value=Decimal("58.80"), unit="家", qualifier=qualifier)

    assert (figure.printed, figure.printed_number) == (printed, number)


def test_figure_without_a_value_says_why() -> None:
    figure = IndicatorValue(value=None, blank=Blank.WITHHELD, unit="家")

    assert figure.printed == str(Blank.WITHHELD.label)
