"""A number in the narrative that no figure bears out."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.amounts import Span, amount, half_step, span
from apps.districts.checks.growth import growth
from apps.districts.checks.numbers import Number, numbers, same_unit
from apps.districts.checks.reading import Reading, rule
from apps.districts.models import IndicatorValue
from apps.registry.models import Indicator, Measure
from apps.registry.units import base_unit

# Words between the name of an indicator and its number that change nothing.
_BETWEEN = re.compile(
    r"(?:数量|总数|数)?(?:(?P<new>新增|增加|各增)|(?P<all>累计))?(?:已)?(?:达到|达|共有|共|为|是|有|：|:)?$"
)
_SHORTEST_NAME = 4
_IN_COMPARISON = re.compile(r"(\d+(?:\.\d+)?)")
# What a number may be compared with when the text speaks of another year.
_OTHER_YEAR = re.compile(r"上年|去年|20\d\d年")


class Known:
    """What values are stated, by base unit. To ask for one among thousands takes a few steps."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._spans: dict[str, list[Span]] = defaultdict(list)
        self._sorted: dict[str, tuple[list[Decimal], list[Decimal]]] = {}

    def add(self, base: str, *spans: Span) -> None:
        """Take values in. All are added before the first question."""
        self._spans[base] += spans

    def add_all(self, other: "Known") -> None:
        """Take in what another one knows."""
        for base, spans in other._spans.items():
            self.add(base, *spans)

    def both_signs(self, base: str) -> None:
        """Take each value of a unit with the other sign too."""
        self.add(base, *(Span(-each.high, -each.low) for each in self._spans.get(base, [])))

    def is_said_in(self, base: str) -> bool:
        """Say whether a value in this unit may be meant at all."""
        return any(same_unit(base, mine) for mine in self._spans)

    def has(self, number: Number) -> bool:
        """Say whether a number may stand for one of the values."""
        return any(
            self._meets(base, number.span) for base in self._spans if same_unit(number.base, base)
        )

    def _meets(self, base: str, asked: Span) -> bool:
        if base not in self._sorted:
            spans = sorted(self._spans[base], key=lambda each: each.low)
            lows = [each.low for each in spans]
            self._sorted[base] = lows, list(accumulate((each.high for each in spans), max))
        lows, highest = self._sorted[base]
        # Of those that begin early enough, the one that ends last tells.
        place = bisect_right(lows, asked.high)
        return place > 0 and highest[place - 1] >= asked.low


class Verdict(StrEnum):
    """What a number in a text is taken for."""

    FIGURE = "figure"
    # The text names an indicator whose figure is another one.
    WRONG = "wrong"
    UNKNOWN = "unknown"
    # A figure of an earlier year, in words that look back.
    FORMER = "former"
    # 三项行动: a manner of speaking.
    SPOKEN = "spoken"


class Judge:
    """Tells of each number in a return's narrative which figure it is, if it is any."""

    def __init__(self, reading: Reading) -> None:
        """Learn what the return states."""
        self._of_indicator = _by_indicator(reading)
        self._known = Known()
        for stated in self._of_indicator.values():
            self._known.add_all(stated)
        self._names = _names(reading)
        self._former = _former(reading)

    def named(self, text: str, number: Number) -> int | None:
        """Return the indicator that the text names right before a number in its unit."""
        pk = _named(text, number, self._names)
        if pk is None or not self._of_indicator[pk].is_said_in(number.base):
            return None
        return pk

    def verdict(self, text: str, number: Number) -> Verdict:
        """Return what a number of ``text`` is taken for."""
        named = self.named(text, number)
        if named is not None:
            return Verdict.FIGURE if self._of_indicator[named].has(number) else Verdict.WRONG
        if not number.is_plain:
            return Verdict.SPOKEN
        if self._known.has(number):
            return Verdict.FIGURE
        clause = text[max(0, number.start - 12) : number.start]
        if _OTHER_YEAR.search(clause) and self._former.has(number):
            return Verdict.FORMER
        return Verdict.UNKNOWN

    def indicators(self, text: str, number: Number) -> list[int]:
        """Return the indicators that a number may state: the one it names, else all that fit."""
        named = self.named(text, number)
        if named is not None:
            return [named]
        return [pk for pk, stated in self._of_indicator.items() if stated.has(number)]


@rule(
    _(
        "Each number in the narrative is a figure of the return, with its unit; 万 and 亿, rounding and words such as 超 or 近 are allowed for. Years, dates, document and ordinal numbers and names in quotes are no figures, nor is what the writer marked as none; a reference to a figure needs no matching. A number that is none of these is explained."
    ),
    Severity.EXPLAIN,
)
def number_not_in_figures(reading: Reading) -> Iterator[Problem]:
    if not reading.sections:
        return
    judge = Judge(reading)
    for section in reading.sections:
        wrong, unknown = [], []
        for number in numbers(section.text):
            verdict = judge.verdict(section.text, number)
            if verdict == Verdict.WRONG:
                named = judge.named(section.text, number)
                assert named is not None
                wrong.append(f"{reading.indicators[named].name}：{number.text}")
            elif verdict == Verdict.UNKNOWN:
                unknown.append(number.text)
        if wrong or unknown:
            yield Problem(
                "number_not_in_figures",
                Severity.EXPLAIN,
                _(
                    "The text says %(wrong)s, which is not the figure of the return. Correct the text or the figure."
                )
                if not unknown
                else _(
                    "The text says %(unknown)s, which no figure of the return bears out. Enter the figure, correct the text, mark the number as no figure, or explain it."
                )
                if not wrong
                else _(
                    "The text says %(wrong)s, which is not the figure of the return, and %(unknown)s, which no figure bears out. Correct the text or the figures, mark the numbers as no figures, or explain them."
                ),
                {"wrong": "、".join(wrong), "unknown": "、".join(unknown)},
                section,
                "text",
            )


def _by_indicator(reading: Reading) -> dict[int, Known]:
    """Return what the return states per indicator: values, sums over bodies, comparisons, growth."""
    stated: dict[int, Known] = defaultdict(Known)
    parts: dict[tuple[int, str, str], list[IndicatorValue]] = defaultdict(list)
    for row in reading.figures:
        mine = stated[row.indicator_id]
        for text in _IN_COMPARISON.findall(row.comparison):
            value = Decimal(text)
            step = half_step(value)
            for base in ("%", "百分点", base_unit(row.unit)[1]):
                mine.add(base, Span(value - step, value + step))
        if row.value is None:
            continue
        base = base_unit(row.unit)[1]
        mine.add(base, span(row))
        parts[row.indicator_id, row.period, base].append(row)
        if row.subject:
            parts[row.indicator_id, f"{row.period} bodies", base].append(row)
        before = reading.before(row)
        grown = growth(span(row), span(before)) if before else None
        if grown is not None:
            mine.add("%", grown)
    for mine in stated.values():
        # 下降3.2% is a growth of −3.2 %, written either way.
        mine.both_signs("%")
    for (pk, _period, base), rows in parts.items():
        if len(rows) > 1:
            total = sum(map(amount, rows), Decimal(0))
            stated[pk].add(base, Span(total, total))
    return stated


def _names(reading: Reading) -> dict[str, Indicator]:
    """Return the names by which the text may call the indicators that the return states."""
    names: dict[str, Indicator] = {}
    twice = set()
    for pk in {row.indicator_id for row in reading.valued}:
        indicator = reading.indicators[pk]
        for name in {indicator.name, *indicator.aliases}:
            if len(name) < _SHORTEST_NAME:
                continue
            if names.setdefault(name, indicator) is not indicator:
                twice.add(name)
    return {name: indicator for name, indicator in names.items() if name not in twice}


def _named(text: str, number: Number, names: dict[str, Indicator]) -> int | None:
    """Return the indicator whose name stands right before a number, the longest name first."""
    between = _BETWEEN.search(text[: number.start])
    assert between is not None
    ahead = text[: between.start()]
    for length in range(min(40, len(ahead)), _SHORTEST_NAME - 1, -1):
        indicator = names.get(ahead[-length:])
        if indicator is None:
            continue
        # 企业研究院增加5家 is not the number of 企业研究院, nor is 累计14家 what is new.
        if between["new"] and indicator.measure != Measure.NEW:
            return None
        if between["all"] and indicator.measure not in {Measure.CUMULATIVE, Measure.STOCK}:
            return None
        return indicator.pk
    return None


def _former(reading: Reading) -> Known:
    """Return what was published in earlier years, for a text that looks back."""
    known = Known()
    for years in reading.published.values():
        for row in years.values():
            known.add(base_unit(row.unit)[1], span(row))
    return known
