"""The reporting calendar: the year's days, and a kind's own where it has them."""

import datetime as dt

import pytest
from django.db import IntegrityError

from apps.registry.deadlines import Term, read_calendar
from apps.registry.models import ReportingTerm, ReportingYear

pytestmark = pytest.mark.django_db

OPENS, DUE, LATER = dt.date(2024, 1, 2), dt.date(2024, 3, 29), dt.date(2024, 5, 31)


def test_kind_without_days_of_its_own_has_the_years(django_assert_num_queries):
    year = ReportingYear.objects.create(year=2023, opens_on=OPENS, due_on=DUE)
    ReportingYear.objects.create(
        year=2022, opens_on=dt.date(2023, 1, 1), due_on=dt.date(2023, 3, 1)
    )
    ReportingTerm.objects.create(kind="awards", year=year, opens_on=DUE, due_on=LATER)

    with django_assert_num_queries(1):
        calendar = read_calendar()

    assert calendar.term("district-returns", 2023) == Term(OPENS, DUE)
    assert calendar.term("awards", 2023) == Term(DUE, LATER)
    assert calendar.term("awards", 2022) == Term(dt.date(2023, 1, 1), dt.date(2023, 3, 1))
    assert calendar.term("awards", 2021) is None
    assert list(calendar.years) == [2023, 2022]


def test_term_cannot_end_before_it_opens_and_stands_once():
    year = ReportingYear.objects.create(year=2023, opens_on=OPENS, due_on=DUE)
    ReportingTerm.objects.create(kind="awards", year=year, opens_on=OPENS, due_on=DUE)

    with pytest.raises(IntegrityError, match="one_term_per_kind_and_year"):
        ReportingTerm.objects.create(kind="awards", year=year, opens_on=OPENS, due_on=LATER)


def test_term_due_before_its_opening_is_refused():
    year = ReportingYear.objects.create(year=2023, opens_on=OPENS, due_on=DUE)

    with pytest.raises(IntegrityError, match="term_due_after_opening"):
        ReportingTerm.objects.create(kind="awards", year=year, opens_on=DUE, due_on=OPENS)
