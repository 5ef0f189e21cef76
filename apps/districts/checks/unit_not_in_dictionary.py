"""A unit that the dictionary does not know."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.reading import Reading, rule


@rule(
    _("A figure stands in a unit of its indicator: 万元 and 亿元 are never a bare number."),
    Severity.BLOCKING,
)
def unit_not_in_dictionary(reading: Reading) -> Iterator[Problem]:
    for row in reading.figures:
        if row.unit not in row.defined.units:
            yield Problem(
                "unit_not_in_dictionary",
                Severity.BLOCKING,
                _(
                    "%(indicator)s is given in %(units)s, not in %(unit)s. Convert the value or correct the unit."
                ),
                {
                    "indicator": row.indicator.name,
                    "unit": row.unit,
                    "units": "、".join(row.defined.units),
                },
                row,
                "unit",
            )
