"""Last year's figure told otherwise than it was published."""

import re
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.amounts import amount, half_step
from apps.districts.checks.reading import Reading, rule, series_of
from apps.registry.units import base_unit

# 2022年为48% in a comparison tells last year's value again.
_TOLD = re.compile(r"(20\d\d)年为(\d+(?:\.\d+)?)")


@rule(
    _(
        "A figure of an earlier year that this return tells again is the one that was published then. A published figure is changed by a correction of that year's return, not here."
    ),
    Severity.EXPLAIN,
)
def last_year_restated(reading: Reading) -> Iterator[Problem]:
    for row in reading.valued:
        published = reading.published.get(series_of(row), {})
        if not published:
            continue
        told = [(int(year), Decimal(value)) for year, value in _TOLD.findall(row.comparison)]
        field = "comparison"
        if row.period.isdigit() and int(row.period) < reading.year:
            assert row.value is not None
            told, field = [(int(row.period), row.value)], "value"
        factor = base_unit(row.unit)[0]
        for year, value in told:
            before = published.get(year)
            if before is None or row.indicator.is_broken(year, reading.year):
                continue
            step = half_step(value) * factor
            # The same figure told to fewer places is the same figure.
            if abs(value * factor - amount(before)) <= step:
                continue
            yield Problem(
                "last_year_restated",
                Severity.EXPLAIN,
                _(
                    "%(indicator)s of %(year)s is told as %(now)s%(unit)s, but was published as %(before)s. Take the published value, or explain the difference."
                ),
                {
                    "indicator": row.indicator.name,
                    "year": year,
                    "now": f"{value:f}",
                    "unit": row.unit,
                    "before": before.printed,
                },
                row,
                field,
            )
            break
