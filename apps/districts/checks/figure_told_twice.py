"""One figure, two values."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.reading import Reading, rule
from apps.districts.models import IndicatorValue


@rule(
    _(
        "A figure is told once. Told twice with two values, one is corrected or both are explained; told twice alike is only hinted at."
    ),
    Severity.EXPLAIN,
    Severity.HINT,
)
def figure_told_twice(reading: Reading) -> Iterator[Problem]:
    first: dict[tuple[object, ...], IndicatorValue] = {}
    for row in reading.figures:
        other = first.setdefault(row.identity, row)
        if other is row:
            continue
        if (row.value, row.qualifier) == (other.value, other.qualifier):
            yield Problem(
                "figure_told_twice",
                Severity.HINT,
                _("%(indicator)s is told twice with the same value."),
                {"indicator": row.indicator.name},
                row,
                "value",
            )
        else:
            yield Problem(
                "figure_told_twice",
                Severity.EXPLAIN,
                _(
                    "%(indicator)s is told twice: %(first)s and %(second)s. Correct one, or explain both."
                ),
                {"indicator": row.indicator.name, "first": other.printed, "second": row.printed},
                row,
                "value",
            )
