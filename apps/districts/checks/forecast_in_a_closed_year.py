"""A forecast where the year is over."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.reading import Reading, rule
from apps.districts.models import FigureStatus


@rule(
    _("A figure of a year that has ended is actual. A forecast kept in its place is explained."),
    Severity.EXPLAIN,
)
def forecast_in_a_closed_year(reading: Reading) -> Iterator[Problem]:
    year = str(reading.year)
    if timezone.localdate().year <= reading.year:
        return
    for row in reading.figures:
        if row.status == FigureStatus.FORECAST and row.period == year:
            yield Problem(
                "forecast_in_a_closed_year",
                Severity.EXPLAIN,
                _(
                    "%(indicator)s is a forecast for %(year)s, which has ended. Enter the actual figure, or explain why there is none."
                ),
                {"indicator": row.indicator.name, "year": year},
                row,
                "status",
            )
