"""A value far from last year's."""

import math
from collections.abc import Iterator
from decimal import Decimal
from statistics import median

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.amounts import amount, is_count
from apps.districts.checks.reading import Reading, rule
from apps.districts.checks.unit_slip import slip_of
from apps.districts.models import FigureStatus, IndicatorValue, Scope
from apps.registry.models import Measure
from apps.registry.units import base_unit

# Where too few units tell how the measure changes, a change beyond these is to be explained.
LEAST_RATIO, MOST_RATIO = Decimal("0.4"), Decimal("2.5")
# With so many changes of other units, their median tells what is usual.
ENOUGH_UNITS = 5
# A change this near to the median is never asked about; 1.4826 makes the median deviation a
# standard one, and three of those are usual.
NEAR = math.log(1.6)
USUAL = 3 * 1.4826
# Two counts differ by this many square roots of their sum by chance alone.
CHANCE = 2.5


@rule(
    _(
        "A value far from the one published last year is explained. What is far is told by the median change of the other units; where fewer than five have one, less than 0.4 or more than 2.5 times is far. Small counts may go up and down."
    ),
    Severity.EXPLAIN,
)
def unlike_last_year(reading: Reading) -> Iterator[Problem]:
    changed = [
        (row, before)
        for row, before in reading.changes(reading.of_this_year)
        # A growth leaps from year to year by its nature.
        if row.defined.measure != Measure.GROWTH
        and amount(before)
        and not slip_of(row, before)
        and not _by_chance(row, before)
    ]
    usual = _usual_changes(reading, {row.indicator_id for row, _before in changed})
    for row, before in changed:
        ratio = amount(row) / amount(before)
        others = usual.get(row.indicator_id, []) if not row.subject else []
        if not _is_far(ratio, others):
            continue
        yield Problem(
            "unlike_last_year",
            Severity.EXPLAIN,
            _(
                "%(indicator)s is %(now)s, last year it was %(before)s. Explain the change, or correct the value."
            ),
            {"indicator": row.indicator.name, "now": row.printed, "before": before.printed},
            row,
            "value",
        )


def _by_chance(row: IndicatorValue, before: IndicatorValue) -> bool:
    """Say whether two counts are so small that their difference means nothing."""
    if not (is_count(row) and is_count(before)):
        return False
    now, then = float(amount(row)), float(amount(before))
    return now >= 0 and abs(now - then) <= CHANCE * math.sqrt(now + then)


def _is_far(ratio: Decimal, others: list[float]) -> bool:
    """Say whether a change is unlike those of the other units, or far by itself."""
    if len(others) < ENOUGH_UNITS:
        return not LEAST_RATIO <= ratio <= MOST_RATIO
    if ratio <= 0:
        return True
    middle = median(others)
    spread = median(abs(other - middle) for other in others)
    return abs(math.log(ratio) - middle) > max(NEAR, USUAL * spread)


def _usual_changes(reading: Reading, indicators: set[int]) -> dict[int, list[float]]:
    """Return the logarithms of the last changes that other units published, by indicator.

    Of each unit the latest change up to the reported year counts. One query.
    """
    years = [str(reading.year - back) for back in range(3)]
    rows = (
        IndicatorValue.objects.public()
        .filter(
            indicator__in=indicators,
            period__in=years,
            status=FigureStatus.ACTUAL,
            subject="",
            value__gt=0,
            revision__case__kind=reading.case.kind,
        )
        .exclude(revision__case__bureau=reading.case.bureau_id)
        .order_by("period", "revision__case__year", "-position", "-id")
        .values_list(
            "indicator_id",
            "reporting_unit_id",
            "scope",
            "unit",
            "period",
            "value",
        )
    )
    series: dict[tuple[int, int, str, str], dict[int, Decimal]] = {}
    for indicator, unit_id, scope, unit, period, value in rows:
        factor, base = base_unit(unit)
        years_of = series.setdefault((indicator, unit_id, scope or Scope.WHOLE, base), {})
        years_of[int(period)] = (value or Decimal(0)) * factor
    changes: dict[int, list[float]] = {}
    for (indicator, *_rest), values in series.items():
        for year in (reading.year, reading.year - 1):
            if reading.indicators[indicator].is_broken(year - 1, year):
                break
            if year in values and year - 1 in values:
                changes.setdefault(indicator, []).append(math.log(values[year] / values[year - 1]))
                break
    return changes
