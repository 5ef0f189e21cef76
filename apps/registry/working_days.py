"""Working days. The State Council's yearly notice, with its make-up Saturdays, is data."""

import datetime as dt

from apps.registry.models import CalendarDay


def add_working_days(start: dt.date, days: int) -> dt.date:
    """Return the date ``days`` working days after ``start``, which itself does not count.

    A day is a working day from Monday to Friday unless ``CalendarDay`` says otherwise.
    Raises ``ValueError`` for a negative number of days.
    """
    if days < 0:
        raise ValueError("days must not be negative")
    # Golden weeks make at most about 12 free days in a row; three times the span is ample.
    horizon = start + dt.timedelta(days=days * 3 + 30)
    exceptions = dict(
        CalendarDay.objects.filter(date__gt=start, date__lte=horizon).values_list(
            "date", "is_working"
        )
    )
    day = start
    while days:
        day += dt.timedelta(days=1)
        if exceptions.get(day, day.weekday() < 5):
            days -= 1
    return day
