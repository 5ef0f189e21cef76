"""Growth as offices write it: 同比+14%, 比2022年+100%, 三年翻番, 历史新高, 零的突破."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from apps.districts.checks.amounts import Span, half_step

_YEARS = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5}
_UP, _DOWN = "增长|增加|提高|上升|提升|增", "下降|减少|降低|回落|减|降"
_RATE = re.compile(
    r"^(?:同比|(?:比|较)(?:上年|去年|(?P<year>20\d\d)年))?"
    rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN}))?(?P<sign>[+＋\-−－])?"
    r"(?P<rate>\d+(?:\.\d+)?)[%％]$"
)
_DOUBLED = re.compile(r"(?P<years>[两二三四五2-5])?年?(?:实现)?翻(?P<times>两|二|三|一)?番")
_BARE = re.compile(rf"^(?:同比|(?:比|较)(?:上年|去年))?(?:(?P<up>{_UP})|(?P<down>{_DOWN}))$")


@dataclass(frozen=True)
class Claim:
    """What a comparison says of a figure, set against the one so many years before."""

    words: str
    years: int = 1
    # The growth in per cent, or None where only a direction or a multiple is told.
    rate: Span | None = None
    at_least_times: Decimal | None = None
    direction: int = 0
    is_record: bool = False
    is_first: bool = False


def claims(comparison: str, year: int) -> Iterator[Claim]:
    """Yield what a comparison field claims about the figure's own growth; other phrases are left."""
    for phrase in filter(None, (part.strip() for part in comparison.split("|"))):
        if match := _RATE.match(phrase):
            stated = Decimal(match["rate"])
            if match["down"] or ((match["sign"] or "") in "-−－" and match["sign"]):
                stated = -stated
            step = half_step(stated)
            back = year - int(match["year"]) if match["year"] else 1
            yield Claim(phrase, max(back, 1), Span(stated - step, stated + step))
        elif match := _DOUBLED.search(phrase):
            power = _YEARS.get(match["times"] or "", 1)
            years = match["years"] or ""
            back = _YEARS.get(years) or (int(years) if years else 1)
            yield Claim(phrase, back, at_least_times=Decimal(2**power))
        elif match := _BARE.match(phrase):
            yield Claim(phrase, direction=1 if match["up"] else -1)
        elif "历史新高" in phrase or "历年新高" in phrase:
            yield Claim(phrase, is_record=True)
        elif phrase == "零的突破":
            yield Claim(phrase, is_first=True)


def growth(now: Span, before: Span) -> Span | None:
    """Return the growth in per cent, or None where there was nothing to grow from."""
    if before.low <= 0:
        return None
    ends = [one / other for one in (now.low, now.high) for other in (before.low, before.high)]
    return Span((min(ends) - 1) * 100, (max(ends) - 1) * 100)
