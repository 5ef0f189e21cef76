"""Days as a chronicle prints them, month and day first, the year known from elsewhere."""

import re
from calendar import monthrange
from datetime import date

DAYS = re.compile(
    r"(?P<month>1[0-2]|[1-9])月(?:(?P<first>[0-9]{1,2})"
    r"(?:日?\s*[—–\-~～至]+\s*(?:(?P<month_to>1[0-2]|[1-9])月)?(?P<last>[0-9]{1,2}))?日"
    r"|(?P<part>[上中下])旬)"
)
MONTH_HEADING = re.compile(r"#*\s*(1[0-2]|[1-9])月\s*")


def read_days(text: str, year: int) -> tuple[date, date, bool] | None:
    """First day, last day, and whether they are exact, of the date a text begins with.

    5月22—24日 is three exact days; 11月下旬 is 21 to 30 November and not exact.
    None where the text does not begin with a date; ValueError for a day no month has.
    """
    found = DAYS.match(text)
    if not found:
        return None
    month = int(found["month"])
    if found["part"]:
        return (*_third_of_month(year, month, found["part"]), False)
    first = date(year, month, int(found["first"]))
    if not found["last"]:
        return first, first, True
    return first, date(year, int(found["month_to"] or month), int(found["last"])), True


def _third_of_month(year: int, month: int, part: str) -> tuple[date, date]:
    start = {"上": 1, "中": 11, "下": 21}[part]
    end = monthrange(year, month)[1] if part == "下" else start + 9
    return date(year, month, start), date(year, month, end)


def month_heading(line: str) -> int | None:
    """The month of a line that is nothing but a month heading, marked as one or not."""
    found = MONTH_HEADING.fullmatch(line)
    return int(found[1]) if found else None
