"""Growth that is stated and is not."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.amounts import amount, percent, span
from apps.districts.checks.growth import Claim, claims, growth
from apps.districts.checks.reading import Reading, rule, series_of
from apps.districts.models import FigureStatus, IndicatorValue
from apps.registry.models import RelationKind, RelationRole

# 翻番 is said of what has all but doubled.
_ALMOST = Decimal("0.97")
# A rate is often computed from figures with more places than are printed.
_LEEWAY = Decimal("0.1")


@rule(
    _(
        "What is said of a figure's growth (同比+14%, 翻番, 增长, 历史新高, 零的突破), and a growth that is a figure of its own, agree with the published figures of the years before."
    ),
    Severity.EXPLAIN,
)
def growth_in_words(reading: Reading) -> Iterator[Problem]:
    for row in reading.of_this_year:
        if not row.comparison:
            continue
        for claim in claims(row.comparison, reading.year):
            if problem := _contradiction(reading, row, claim):
                yield problem
                break
    for _relation, figures, rate in reading.related(RelationKind.GROWTH):
        if rate.period != str(reading.year):
            continue
        for pk in _relation.term_ids(RelationRole.BASE):
            base = figures.get(pk)
            before = _former(reading, base, 1) if base else None
            if base is None or before is None:
                continue
            grown = growth(span(base), span(before))
            if grown is None or grown.meets(span(rate)):
                continue
            yield Problem(
                "growth_in_words",
                Severity.EXPLAIN,
                _(
                    "%(indicator)s is %(stated)s, but from %(before)s to %(now)s it is %(computed)s. Correct the growth or the figure."
                ),
                {
                    "indicator": rate.indicator.name,
                    "stated": rate.printed,
                    "before": before.printed,
                    "now": base.printed,
                    "computed": percent((amount(base) / amount(before) - 1) * 100),
                },
                rate,
                "value",
            )


def _former(reading: Reading, row: IndicatorValue, years: int) -> IndicatorValue | None:
    """Return the figure so many years before: as published, or as this return tells it."""
    if found := reading.before(row, years):
        return found
    year, series = str(reading.year - years), series_of(row)
    for figures in reading.places.values():
        other = figures.get(row.indicator_id)
        if (
            other is not None
            and other.period == year
            and other.status == FigureStatus.ACTUAL
            and series_of(other) == series
        ):
            return other
    return None


def _contradiction(reading: Reading, row: IndicatorValue, claim: Claim) -> Problem | None:
    """Return what contradicts a claim, or None where nothing does or nothing is known."""
    if claim.is_record:
        former = [
            figure
            for year, figure in reading.published.get(series_of(row), {}).items()
            if not row.indicator.is_broken(year, reading.year)
        ]
        best = max(former, key=amount, default=None)
        if best is None or amount(best) < span(row).high:
            return None
        return _problem(row, best, claim)
    before = _former(reading, row, claim.years)
    if before is None:
        return None
    now, then = span(row), span(before)
    if claim.is_first:
        return _problem(row, before, claim) if then.low > 0 else None
    grown = growth(now, then)
    if grown is None:
        return None
    if claim.rate is not None:
        fits = grown.low - _LEEWAY <= claim.rate.high and claim.rate.low <= grown.high + _LEEWAY
    elif claim.at_least_times is not None:
        fits = now.high >= then.low * claim.at_least_times * _ALMOST
    elif claim.direction > 0:
        fits = grown.high > 0
    else:
        fits = grown.low < 0
    return None if fits else _problem(row, before, claim)


def _problem(row: IndicatorValue, before: IndicatorValue, claim: Claim) -> Problem:
    then = amount(before)
    return Problem(
        "growth_in_words",
        Severity.EXPLAIN,
        _(
            "%(indicator)s is said to be “%(claim)s”, but it is %(now)s after %(before)s (%(computed)s). Correct the words or the figure."
        ),
        {
            "indicator": row.indicator.name,
            "claim": claim.words,
            "now": row.printed,
            "before": before.printed,
            "computed": percent((amount(row) / then - 1) * 100) if then else "—",
        },
        row,
        "comparison",
    )
