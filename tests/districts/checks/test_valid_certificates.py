"""More certificates valid at the end of the year than were given in their years of validity."""

import pytest

from apps.districts.checks import valid_certificates
from apps.registry.models import IndicatorRelation
from tests.districts.checks.support import a_return, counted, figure, published, sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

PLANTED = 20


def _relate(*others, **fields):
    """Lay down that certificates are valid for three years."""
    valid = counted("valid", name="有效高新技术企业", measure="stock")
    new = counted("new", name="新认定高新技术企业", measure="new")
    rows = [("new", new, 3), *((role, term, 1) for role, term in others)]
    for role, term, factor in rows:
        IndicatorRelation.objects.create(
            code="valid-years",
            kind="validity",
            indicator=valid,
            role=role,
            term=term,
            factor=factor,
            **fields,
        )
    return valid, new


def _years(new, *values, subjects=("",)):
    """Publish what was new in the years before, the latest first."""
    for back, value in enumerate(values, start=1):
        year = 2023 - back
        published(*(figure(new, value, year, subject=each) for each in subjects), year=year)


@pytest.mark.parametrize("count", [330, 300, 12])
def test_no_more_than_was_given_in_three_years_passes(count):
    valid, new = _relate()
    _years(new, 110, 100)

    assert sentences(valid_certificates, a_return(figure(valid, count), figure(new, 120))) == []


def test_more_than_was_given_in_three_years_asks():
    valid, new = _relate()
    _years(new, 110, 100)

    assert sentences(valid_certificates, a_return(figure(valid, 331), figure(new, 120))) == [
        (
            "explain",
            "有效高新技术企业 is 331家, but 120家、110家、100家 were new in the years in which a"
            " certificate is valid: that gives 330家 at most. Correct the one that is wrong, or"
            " explain it.",
        )
    ]


@pytest.mark.parametrize(
    ("count", "is_wrong"), [(330, False), (331, True), (329, True)], ids=["right", "more", "less"]
)
def test_what_was_removed_and_moved_counts_where_it_is_stated(count, is_wrong):
    removed, moved_in, moved_out = counted("removed"), counted("in"), counted("out")
    valid, new = _relate(("removed", removed), ("moved_in", moved_in), ("moved_out", moved_out))
    _years(new, 110, 100)
    rows = [figure(removed, 8), figure(moved_in, 12), figure(moved_out, 4)]

    found = sentences(valid_certificates, a_return(figure(valid, count), figure(new, 120), *rows))

    assert bool(found) is is_wrong
    assert all(severity == "explain" for severity, _sentence in found)


def test_where_something_is_not_stated_it_is_a_hint():
    valid, new = _relate(("removed", counted("removed")))
    _years(new, 110, 100)

    [(severity, _sentence)] = sentences(
        valid_certificates, a_return(figure(valid, 400), figure(new, 120))
    )

    assert severity == "hint"


def test_strict_relation_blocks():
    valid, new = _relate(is_strict=True)
    _years(new, 110, 100)

    [(severity, _sentence)] = sentences(
        valid_certificates, a_return(figure(valid, 400), figure(new, 120))
    )

    assert severity == "blocking"


def test_missing_year_or_value_says_nothing():
    valid, new = _relate()
    _years(new, 110)

    assert sentences(valid_certificates, a_return(figure(valid, 900), figure(new, 120))) == []


def test_missing_figure_of_this_year_says_nothing():
    valid, new = _relate()
    _years(new, 110, 100)
    last = figure(valid, 900, 2022)

    revision = a_return(figure(valid, 900), figure(new, None), last)

    assert sentences(valid_certificates, revision) == []


def test_every_planted_fault_is_found_and_no_clean_figure_is():
    subjects = [f"园区{number}" for number in range(PLANTED)]
    valid, new = _relate()
    _years(new, 11, 10, subjects=subjects)
    clean = [f"街道{number}" for number in range(PLANTED)]
    rows = [figure(new, 12, subject=each) for each in (*subjects, *clean)]
    rows += [figure(valid, 34 + n, subject=each) for n, each in enumerate(subjects)]
    rows += [figure(valid, 999, subject=each) for each in clean]

    found = list(valid_certificates(a_return(*rows)))

    assert {problem.record.subject for problem in found} == set(subjects)
