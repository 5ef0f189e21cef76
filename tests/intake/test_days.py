from datetime import date

import pytest

from apps.intake.days import month_heading, read_days


@pytest.mark.parametrize(
    ("text", "first", "last", "exact"),
    [
        ("1月5日，会议", (1, 5), (1, 5), True),
        ("5月22—24日，培训", (5, 22), (5, 24), True),
        ("5月22日至24日，培训", (5, 22), (5, 24), True),
        ("6月30日—7月2日，展览", (6, 30), (7, 2), True),
        ("11月下旬，通知", (11, 21), (11, 30), False),
        ("2月下旬，通知", (2, 21), (2, 28), False),
        ("3月上旬，通知", (3, 1), (3, 10), False),
        ("12月中旬，通知", (12, 11), (12, 20), False),
    ],
)
def test_read_days(text, first, last, exact):
    assert read_days(text, 2023) == (date(2023, *first), date(2023, *last), exact)


def test_read_days_is_none_without_a_date_in_front():
    assert read_days("会议于1月5日举行", 2023) is None


def test_read_days_refuses_a_day_that_no_month_has():
    with pytest.raises(ValueError, match="day"):
        read_days("2月30日，会议", 2023)


@pytest.mark.parametrize(("line", "month"), [("## 4月", 4), ("12月", 12), ("4月1日，会议", None)])
def test_month_heading(line, month):
    assert month_heading(line) == month
