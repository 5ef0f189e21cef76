"""A part that is more than its whole."""

import pytest

from apps.districts.checks import part_beyond_whole
from tests.districts.checks.support import a_return, counted, figure, relate, sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _part(whole, part, kind="part", **options):
    total, one = counted("whole"), counted("one")
    relate(kind, total, ("part", one), **options)
    return a_return(figure(total, whole), figure(one, part))


@pytest.mark.parametrize(("whole", "part"), [(9, 9), (9, 0), (None, 3), (9, None)])
def test_part_within_its_whole_and_missing_values_pass(whole, part):
    assert sentences(part_beyond_whole, _part(whole, part)) == []


def test_part_beyond_its_whole_asks():
    assert sentences(part_beyond_whole, _part(9, 10)) == [
        (
            "explain",
            "指标one is 10家, more than 指标whole with 9家, of which it is a part. Correct the one"
            " that is wrong.",
        )
    ]


def test_strict_relation_blocks():
    assert sentences(part_beyond_whole, _part(9, 10, is_strict=True))[0][0] == "blocking"


def test_part_of_a_sum_is_a_part():
    assert len(sentences(part_beyond_whole, _part(9, 10, kind="sum"))) == 1


def test_figures_of_two_bodies_are_no_part_of_one_another():
    total, one = counted("whole"), counted("one")
    relate("part", total, ("part", one))
    revision = a_return(figure(total, 9), figure(one, 10, subject="甬江实验室"))

    assert sentences(part_beyond_whole, revision) == []
