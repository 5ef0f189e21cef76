"""Days and years as offices print them: in full, in part, as a chronicle, as serial numbers."""

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta

DAYS = re.compile(
    r"(?P<month>1[0-2]|[1-9])月(?:(?P<first>[0-9]{1,2})"
    r"(?:日?\s*[—–\-~～至到]+\s*(?:(?P<month_to>1[0-2]|[1-9])月)?(?P<last>[0-9]{1,2}))?日"
    r"|(?P<part>[上中下])旬)"
)
WHOLE_MONTH = re.compile(r"(?P<month>1[0-2]|[1-9])月份?")
"""A month of the year that the title names: not exact."""
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


SERIAL_DAYS = range(20_000, 80_000)
"""Spreadsheet serial numbers of days from 1954 to 2119."""
DAY = re.compile(
    r"(?P<year>(?:19|20)[0-9]{2})\s*(?:[年./\-]\s*(?P<month>1[0-2]|0?[1-9])"
    r"(?:\s*[月./\-]\s*(?P<day>3[01]|[12][0-9]|0?[1-9]))?\s*[日号月]?)?\s*年?度?(?:\s+0?0:00(?::00)?)?"
)
COMPACT_DAY = re.compile(
    r"(?P<year>(?:19|20)[0-9]{2})(?P<month>1[0-2]|0[1-9])(?P<day>3[01]|[12][0-9]|0[1-9])"
)
HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


def _narrow(text: str) -> str:
    """A text with half-width digits; a year in Chinese digits (二〇二三年) in figures."""
    narrow = unicodedata.normalize("NFKC", text.strip())
    return re.sub(
        r"[二一][〇○零一二三四五六七八九]{3}(?=年)",
        lambda found: found[0].translate(HAN_DIGITS),
        narrow,
    )


def read_date(text: str) -> tuple[str, bool]:
    """A day as ISO text and whether it is sure: 2023年5月22日, 2023.5.22, 20230522, 45068.

    A month without a day comes back as 2023-05, and is not sure; so does a spreadsheet's
    serial number. ValueError for what is no day.
    """
    narrow = _narrow(text)
    if narrow.isdecimal() and int(narrow) in SERIAL_DAYS:
        return (date(1899, 12, 30) + timedelta(days=int(narrow))).isoformat(), False
    found = COMPACT_DAY.fullmatch(narrow) or DAY.fullmatch(narrow)
    if not found:
        raise ValueError(f"not a day: {text!r}")
    year, month, day = found["year"], found["month"], found["day"]
    if not month:
        return year, False
    if not day:
        return f"{year}-{int(month):02}", False
    return date(int(year), int(month), int(day)).isoformat(), True


def read_year(text: str) -> str:
    """The year in "2023年", "２０２３年度", "2023.5" or a day's serial number; else the text itself."""
    narrow = _narrow(text)
    try:
        found = read_date(narrow)[0][:4]
    except ValueError:
        return text
    return found


SHORT_RANGE = re.compile(
    r"(?P<month>1[0-2]|0?[1-9])\.(?P<first>[0-9]{1,2})\s*[—–\-~～至到]+\s*"
    r"(?:(?P<month_to>1[0-2]|0?[1-9])\.)?(?P<last>[0-9]{1,2})"
)
"""Days of the year that the title names: 1.5-1.8."""
FULL_RANGE = re.compile(
    r"(?P<first>(?:19|20)[0-9]{2}[年./][^\-—–~～至到]+?)\s*[—–\-~～至到]+\s*(?P<last>[0-9].*)"
)


def read_period(text: str, year: int | None) -> tuple[str, str, bool]:
    """First and last day, as ISO texts, and whether they are sure; a year not printed is given.

    ValueError for what is no day, and for a day without any year.
    """
    narrow = _narrow(text)
    begins_with_year = re.match(r"((?:19|20)[0-9]{2})\s*年\s*(?=\d{1,2}月)", narrow)
    rest = narrow
    if begins_with_year:
        year, rest = int(begins_with_year[1]), narrow[begins_with_year.end() :]
    is_whole = DAYS.fullmatch(rest.strip()) is not None
    is_range = FULL_RANGE.fullmatch(narrow)
    if year is not None and (is_whole or not is_range) and (found := read_days(rest, year)):
        first, last, is_exact = found
        return first.isoformat(), last.isoformat(), is_exact and is_whole
    if year is not None and (whole := WHOLE_MONTH.fullmatch(rest.strip())):
        month = int(whole["month"])
        end = date(year, month, monthrange(year, month)[1])
        return date(year, month, 1).isoformat(), end.isoformat(), False
    if year is not None and (short := SHORT_RANGE.fullmatch(narrow)):
        month = int(short["month"])
        first = date(year, month, int(short["first"]))
        last = date(year, int(short["month_to"] or month), int(short["last"]))
        return first.isoformat(), last.isoformat(), True
    if is_range:
        parts = [is_range["first"], is_range["last"]]
        if not re.match(r"(?:19|20)[0-9]{2}", parts[1]):
            raise ValueError(f"not a day with its year: {parts[1]!r}")
    else:
        parts = re.split(r"\s*(?:至|到|~|～|—|–|--)\s*", narrow, maxsplit=1)
    first_day, sure = read_date(parts[0])
    if len(parts) == 1:
        return first_day, first_day, sure
    last_day, last_sure = read_date(parts[1])
    return first_day, last_day, sure and last_sure
