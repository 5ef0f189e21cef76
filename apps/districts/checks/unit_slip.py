"""A value that fits after a power of ten."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.amounts import amount
from apps.districts.checks.reading import Reading, rule
from apps.districts.models import IndicatorValue
from apps.registry.models import Measure, ValueType

# 千, 万 and 亿, and two places for a share that was typed as a fraction.
POWERS = (3, 4, 8)
LEAST, MOST = Decimal("0.4"), Decimal("2.5")


def slip_of(figure: IndicatorValue, before: IndicatorValue) -> int:
    """Return the power of ten by which the figure is too large (or too small, below nought), or 0."""
    now, then = amount(figure), amount(before)
    if figure.defined.measure == Measure.GROWTH:
        # A growth of 0.2 % after one of 20 % is no slip.
        return 0
    if not now or not then or LEAST <= now / then <= MOST:
        return 0
    powers = (2, *POWERS) if figure.defined.value_type == ValueType.PERCENT else POWERS
    for power in powers:
        for signed in (power, -power):
            if LEAST <= (now / then).scaleb(-signed) <= MOST:
                return signed
    return 0


@rule(
    _(
        "A value that is a thousand, ten thousand or a hundred million times last year's, or that part of it, is taken for a slip of unit (千, 万, 亿); so is a share a hundred times off."
    ),
    Severity.EXPLAIN,
)
def unit_slip(reading: Reading) -> Iterator[Problem]:
    for row, before in reading.changes(reading.of_this_year):
        power = slip_of(row, before)
        if not power:
            continue
        yield Problem(
            "unit_slip",
            Severity.EXPLAIN,
            _(
                "%(indicator)s is %(now)s, last year it was %(before)s: %(times)s times too much, probably a slip of unit. Correct it, or explain the change."
            )
            if power > 0
            else _(
                "%(indicator)s is %(now)s, last year it was %(before)s: %(times)s times too little, probably a slip of unit. Correct it, or explain the change."
            ),
            {
                "indicator": row.indicator.name,
                "now": row.printed,
                "before": before.printed,
                "times": 10 ** abs(power),
            },
            row,
            "value",
        )
