"""A forecast where the year is over."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Revision, Severity
from apps.districts.models import FigureStatus, IndicatorValue


def forecast_in_a_closed_year(revision: Revision) -> Iterator[Problem]:
    """A figure of a year that has ended is actual; a forecast kept in its place is explained."""
    year = str(revision.case.year)
    if timezone.localdate().year <= revision.case.year:
        return
    rows = IndicatorValue.objects.filter(
        revision=revision, status=FigureStatus.FORECAST, period=year
    )
    for row in rows.select_related("indicator"):
        yield Problem(
            "forecast_in_a_closed_year", Severity.EXPLAIN,
            _("%(indicator)s is a forecast for %(year)s, which has ended. Enter the actual figure, or explain why there is none."),
            {"indicator": row.indicator.name, "year": year}, row, "status",
        )
