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
    return shift_working_days(start, days)


def shift_working_days(start: dt.date, days: int) -> dt.date:
    """Return the date ``days`` working days after ``start``, or before it where negative.

    ``start`` does not count, whether it is a working day or not; nought days are ``start``.
    """
    return working_days_around(start, [days])[days]


def working_days_around(start: dt.date, steps: list[int]) -> dict[int, dt.date]:
    """Return for each of ``steps`` the date so many working days from ``start``. One query."""
    widest = max((abs(step) for step in steps), default=0)
    # Golden weeks make at most about 12 free days in a row; three times the span is ample.
    span = dt.timedelta(days=widest * 3 + 30)
    exceptions = dict(
        CalendarDay.objects.filter(date__gte=start - span, date__lte=start + span).values_list(
            "date", "is_working"
        )
    )
    found = {0: start}
    for sign in (1, -1):
        day, count = start, 0
        furthest = max((step * sign for step in steps), default=0)
        while count < furthest:
            day += dt.timedelta(days=sign)
            if exceptions.get(day, day.weekday() < 5):
                count += 1
                found[count * sign] = day
    return {step: found[step] for step in steps}
