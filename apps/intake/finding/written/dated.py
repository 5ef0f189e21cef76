"""What happened, day by day: each line begins with a day, the rest of it says what happened."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.intake.finding.titles import is_furniture
from apps.intake.finding.written.labelled import JOINED
from apps.intake.finding.written.passage import (
    Found,
    numbered,
    table_of_rows,
    title_above,
)
from apps.intake.grid import Mark, Paragraph
from apps.intake.repair import FILLED_DOWN
from apps.intake.synonyms import KINDS

HEADER = ("日期", "事件")
LEAST, LEAST_WITHOUT_TITLE, MOST_OTHERS = 2, 3, 2
"""Days of a list; where no title says that it is one, more, and hardly anything else."""
LONGEST = 400
_M, _D = r"(?:1[0-2]|0?[1-9])", r"(?:3[01]|[12]\d|0?[1-9])"
_TO = r"\s*[—–\-~～至到、]+\s*"
DAY = re.compile(
    rf"(?:(?:19|20)\d\d\s*年\s*)?{_M}\s*月\s*"
    rf"(?:{_D}\s*[日号]?(?:{_TO}(?:(?:19|20)\d\d年)?(?:{_M}\s*月\s*)?{_D}\s*[日号]?)?|[上中下]旬|[初底])?(?!\d)"
    rf"|(?:19|20)\d\d([./-]){_M}\1{_D}(?:{_TO}(?:(?:19|20)\d\d\1)?(?:{_M}\1)?{_D})?(?!\d)"
    rf"|{_M}\.{_D}(?:{_TO}{_M}\.{_D}(?![\d.])|(?:{_TO}{_D})?(?=[\s：:，,]|$))"
)
SAME_MONTH = "[本同当是]月"
DAY_ALONE = re.compile(
    rf"(?:{SAME_MONTH}\s*)?(?P<day>{_D}(?:\s*日?{_TO}{_D})?日)|{SAME_MONTH}(?=\s*(?:[，,：:]|$))"
)
"""A day below the month that heads it, or of the month of the day above: 同月5日; 本月 by itself."""
MONTH_ALONE = re.compile(
    r"#*\s*(?:((?:19|20)\d\d)\s*年)?\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*月份?\s*[:：]?"
)
YEAR_ALONE = re.compile(r"#*\s*((?:19|20)\d\d)\s*年度?\s*[:：]?")
BETWEEN = re.compile(r"^[\s，,：:、。|—–\-]+")
HAN = "一二三四五六七八九十"
NARROW = str.maketrans("０１２３４５６７８９．／", "0123456789./")
MONTH_OF_DAY = re.compile(rf"({_M})\s*月")


@dataclass
class Day:
    """A day as it is gathered: its line, the day, what happened."""

    line: Paragraph
    day: str
    text: str
    marks: tuple[Mark, ...] = ()


@dataclass
class Heads:
    """The year and the month that stand above days, as they are met one below the other."""

    year: str = ""
    month: str = ""
    last: str = ""
    """The month of the day before."""

    def takes(self, text: str) -> bool:
        """Whether a line is a month or a year above days; it holds from then on."""
        if found := MONTH_ALONE.fullmatch(text.translate(NARROW)):
            self.year, self.month = found[1] or self.year, str(_number(found[2]))
            return True
        if found := YEAR_ALONE.fullmatch(text.translate(NARROW)):
            self.year, self.month = found[1], ""
            return True
        return False

    def whole(self, day: str) -> tuple[str, tuple[Mark, ...]]:
        """A day with the month and year above it; marked, where the month is not its own.

        Blank for a day without a month that stands below none.
        """
        marks: tuple[Mark, ...] = ()
        if not day:
            return "", ()
        if alone := DAY_ALONE.fullmatch(day):
            is_same = re.match(SAME_MONTH, day) is not None
            month = (self.last if is_same else "") or self.month
            if not month:
                return "", ()
            day, marks = f"{month}月{alone['day'] or ''}", (Mark(0, FILLED_DOWN),)
        found = MONTH_OF_DAY.search(day)
        self.last = found[1] if found else ""
        has_year = re.match(r"(?:19|20)\d\d", day)
        return (f"{self.year}年{day}" if self.year and not has_year else day), marks


def day_of(text: str) -> tuple[str, str]:
    """The day a line begins with, and what stands behind it; ("", text) where it begins with none."""
    narrow = text.strip().translate(NARROW)
    bare = text.strip() if DAY.match(narrow) else numbered(text)[1]
    bare = re.sub(r"^[【\[（(]\s*(?=\d)", "", bare)
    narrow = bare.translate(NARROW)
    found = DAY.match(narrow) or DAY_ALONE.match(narrow)
    if found is None:
        return "", text
    return found[0].strip(), BETWEEN.sub("", bare[found.end() :].lstrip("】]）)"))


def by_days(run: list[Paragraph]) -> Found | None:
    """The first lines that each begin with a day; the year or month above may be a part of it."""
    start = 0
    while start < len(run):
        if not _begins(run, start):
            start += 1
            continue
        days, end, stop = _days(run, start)
        whole = [each for each in days if each.text]
        title, near = title_above(run[:start])
        is_sure = names_events(title, *near[:2])
        rest = len(run) - start
        if len(whole) >= (LEAST if is_sure else LEAST_WITHOUT_TITLE) and (
            is_sure or len(whole) >= rest - MOST_OTHERS
        ):
            rows = [(each.line, (each.day, each.text), each.marks) for each in whole]
            return Found(start, end, table_of_rows(run[:start], HEADER, rows, is_sure))
        start = max(stop, start + 1)
    return None


def names_events(*titles: str) -> bool:
    """Whether one of these lines calls what stands below it a chronicle."""
    return any(re.search(KINDS["events"].titles, each) for each in titles)


def _begins(run: Sequence[Paragraph], at: int) -> bool:
    """Whether days may begin here: with one, or with the month or year above the first."""
    text = run[at].text
    if Heads().takes(text):
        return any(day_of(each.text)[0] for each in run[at + 1 : at + 3])
    day, rest = day_of(text)
    return bool(day) and (bool(rest) or at + 1 < len(run)) and not is_furniture(text)


def _days(run: Sequence[Paragraph], start: int) -> tuple[list[Day], int, int]:
    """The days from ``start`` on, the place behind the last, and where the search stopped.

    A line between two days belongs to the one above.
    """
    days: list[Day] = []
    heads = Heads()
    end, stop = start, len(run)
    for at in range(start, len(run)):
        line = run[at]
        if heads.takes(line.text):
            continue
        day, rest = day_of(line.text)
        day, marks = heads.whole(day)
        if day and len(rest) <= LONGEST and not (is_furniture(line.text) and at + 1 == len(run)):
            days.append(Day(line, day, rest, marks))
            end = at + 1
        elif days and not days[-1].text and not day:
            days[-1].text = line.text  # The day stands on a line of its own.
            end = at + 1
        elif days and not day and _goes_on(run, at):
            days[-1].text += "\n" + line.text
            days[-1].marks = (*days[-1].marks, Mark(1, JOINED))
            end = at + 1
        elif days and not day and is_furniture(line.text):
            continue
        else:
            stop = at
            break
    return days, end, stop


def _goes_on(run: Sequence[Paragraph], at: int) -> bool:
    """Whether another day follows right behind a line without one, be it under a month of its own."""
    following = [each.text for each in run[at + 1 : at + 3]]
    if len(run[at].text) > LONGEST or not following:
        return False
    first = following[0]
    day, rest = day_of(first)
    # A day below the last line is that of who signs.
    is_dated = bool(day) and (rest != "" or at + 2 < len(run))
    return is_dated or MONTH_ALONE.fullmatch(first.translate(NARROW)) is not None


def _number(text: str) -> int:
    """A month in digits: 十一 is 11."""
    if text.isdecimal():
        return int(text)
    return sum(HAN.index(each) + 1 for each in text)
