"""A whole that is not the sum of its parts."""

import pytest

from apps.districts.checks import sum_of_parts
from tests.districts.checks.support import a_return, counted, figure, relate, sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _sum(whole, first, second, unit="家", code="whole", **options):
    total, one, other = (counted(name, units=[unit]) for name in (code, "one", "other"))
    if unit != "家":
        type(total).objects.update(value_type="decimal", precision=2)
        for each in (total, one, other):
            each.refresh_from_db()
    relate("sum", total, ("part", one), ("part", other), **options)
    return a_return(figure(total, whole), figure(one, first), figure(other, second))


@pytest.mark.parametrize(
    ("whole", "first", "second"),
    [
        (56, 22, 34),
        (0, 0, 0),
        (None, 22, 34),
        (56, None, 34),
        (56, 22, None),
    ],
)
def test_right_sum_and_missing_values_pass(whole, first, second):
    assert sentences(sum_of_parts, _sum(whole, first, second)) == []


def test_wrong_sum_asks():
    assert sentences(sum_of_parts, _sum(55, 22, 34)) == [
        (
            "explain",
            "指标whole is 55家, but its parts add up to 56家 (指标one 22家、指标other 34家)."
            " Correct the whole or the part that is wrong.",
        )
    ]


def test_strict_relation_blocks():
    assert sentences(sum_of_parts, _sum(55, 22, 34, is_strict=True))[0][0] == "blocking"


@pytest.mark.parametrize(("whole", "found"), [("3.1", 0), ("3.12", 0), ("3.2", 1)])
def test_rounding_is_allowed_for(whole, found):
    assert len(sentences(sum_of_parts, _sum(whole, "1.04", "2.08", "亿元"))) == found


def test_other_unit_is_converted_and_other_places_are_other_sums():
    whole, one = counted("w", units=["亿元"], value_type="decimal"), counted("o", units=["万元"])
    relate("sum", whole, ("part", one))

    assert (
        sentences(
            sum_of_parts,
            a_return(
                figure(whole, "2.00"),
                figure(one, "20000"),
                figure(one, "500", subject="甬江实验室"),
                figure(one, "500", scope="own"),
            ),
        )
        == []
    )


@pytest.mark.parametrize(
    ("qualifier", "whole", "found"),
    [
        ("超", 55, 0),
        ("超", 57, 1),
        ("近", 60, 0),
        ("约", 60, 0),
        ("约", 80, 1),
    ],
)
def test_qualifiers_are_allowed_for(qualifier, whole, found):
    total, one = counted("whole"), counted("one")
    relate("sum", total, ("part", one))
    rows = figure(total, whole, qualifier=qualifier), figure(one, 56)

    assert len(sentences(sum_of_parts, a_return(*rows))) == found
