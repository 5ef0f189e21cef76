"""A value far from last year's."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Revision, Severity
from apps.districts.models import IndicatorValue
from apps.districts.queries import last_year_values

# Beyond these a figure is to be explained; beyond a thousandfold it is taken for a slip of unit.
LEAST_RATIO, MOST_RATIO = Decimal("0.4"), Decimal("2.5")
SLIP = Decimal(1000)


def unlike_last_year(revision: Revision) -> Iterator[Problem]:
    """A figure far from the one published for the year before is explained, a slip of unit hinted."""
    before = last_year_values(revision.case.bureau, revision.case.year)
    rows = IndicatorValue.objects.filter(
        revision=revision, period=str(revision.case.year), value__isnull=False
    ).select_related("indicator")
    for row in rows:
        former = before.get((row.indicator_id, row.unit, row.subject))
        if former is None or not former.value or row.value is None:
            continue
        ratio = row.value / former.value
        if LEAST_RATIO <= ratio <= MOST_RATIO:
            continue
        slip = ratio >= SLIP or (ratio != 0 and abs(1 / ratio) >= SLIP)
        yield Problem(
            "unlike_last_year", Severity.EXPLAIN,
            _("%(indicator)s is %(now)s, last year it was %(before)s: probably a slip of unit. Correct it, or explain the change.")
            if slip
            else _("%(indicator)s is %(now)s, last year it was %(before)s. Explain the change, or correct the value."),
            {"indicator": row.indicator.name, "now": row.printed, "before": former.printed},
            row, "value",
        )
