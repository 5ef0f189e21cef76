"""Working days, with the State Council's exceptions as data."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from apps.registry.models import CalendarDay
from apps.registry.working_days import (
    add_working_days,
    shift_working_days,
    working_days_around,
)

pytestmark = pytest.mark.django_db
DAY = dt.date.fromisoformat


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2023-11-06", 0, "2023-11-06"),
        ("2023-11-06", 1, "2023-11-07"),
        ("2023-11-10", 1, "2023-11-13"),
        ("2023-11-11", 1, "2023-11-13"),
        ("2023-11-06", 5, "2023-11-13"),
        ("2023-11-06", 20, "2023-12-04"),
    ],
)
def test_plain_weeks_count_from_monday_to_friday(start, days, end):
    assert add_working_days(DAY(start), days) == DAY(end)


def test_golden_week_with_its_make_up_days_is_passed_over():
    # 国办发明电〔2022〕16号: holidays 29 September to 6 October 2023, work on 7 and 8 October.
    for number in range(8):
        CalendarDay.objects.create(
            date=DAY("2023-09-29") + dt.timedelta(days=number), is_working=False, name="中秋国庆"
        )
    for day in ("2023-10-07", "2023-10-08"):
        CalendarDay.objects.create(date=DAY(day), is_working=True, name="调休")

    assert [add_working_days(DAY("2023-09-28"), n) for n in (1, 2, 3, 7)] == [
        DAY("2023-10-07"),
        DAY("2023-10-08"),
        DAY("2023-10-09"),
        DAY("2023-10-13"),
    ]


def test_exception_on_the_first_day_itself_does_not_count():
    CalendarDay.objects.create(date=DAY("2023-11-06"), is_working=False)

    assert add_working_days(DAY("2023-11-06"), 1) == DAY("2023-11-07")


def test_negative_number_of_days_is_an_error():
    with pytest.raises(ValueError, match="negative"):
        add_working_days(DAY("2023-11-06"), -1)


def test_calendar_day_says_what_it_is():
    assert str(CalendarDay(date=DAY("2023-10-01"), name="国庆节")) == "2023-10-01 国庆节"


class TestAnyStart(TestCase):
    """Properties over any day and any number."""

    @hypothesis_settings(max_examples=50)
    @given(st.dates(DAY("2000-01-01"), DAY("2100-01-01")), st.integers(1, 60))
    def test_end_is_a_working_day_and_one_more_is_later(self, start, days):
        """The end is a weekday, and one day more ends later."""
        end = add_working_days(start, days)

        assert end.weekday() < 5
        assert add_working_days(start, days + 1) > end > start


def test_days_before_count_holidays_and_make_up_days_too():
    CalendarDay.objects.create(date=dt.date(2024, 2, 12), is_working=False)
    CalendarDay.objects.create(date=dt.date(2024, 2, 18), is_working=True)  # a Sunday

    # Monday the 19th: the Sunday before it is worked, the Saturday is not, the 12th is free.
    assert shift_working_days(dt.date(2024, 2, 19), -1) == dt.date(2024, 2, 18)
    assert shift_working_days(dt.date(2024, 2, 19), -2) == dt.date(2024, 2, 16)
    assert shift_working_days(dt.date(2024, 2, 19), -6) == dt.date(2024, 2, 9)
    assert shift_working_days(dt.date(2024, 2, 19), 1) == dt.date(2024, 2, 20)


@pytest.mark.parametrize("start", [dt.date(2024, 3, 29) + dt.timedelta(days=n) for n in range(7)])
def test_there_and_back_is_the_same_working_day(start):
    day = shift_working_days(start, 9)

    assert shift_working_days(day, -9) <= start
    assert shift_working_days(shift_working_days(day, -4), 4) == day


def test_several_steps_cost_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        days = working_days_around(dt.date(2024, 3, 29), [-14, -7, -3, -1, 0, 1])

    assert days == {
        -14: dt.date(2024, 3, 11),
        -7: dt.date(2024, 3, 20),
        -3: dt.date(2024, 3, 26),
        -1: dt.date(2024, 3, 28),
        0: dt.date(2024, 3, 29),
        1: dt.date(2024, 4, 1),
    }
