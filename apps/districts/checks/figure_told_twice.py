"""One figure, two values."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Revision, Severity
from apps.districts.models import IndicatorValue


def figure_told_twice(revision: Revision) -> Iterator[Problem]:
    """The same figure with two values is to be explained; told twice alike it is a hint."""
    first: dict[tuple[object, ...], IndicatorValue] = {}
    rows = IndicatorValue.objects.filter(revision=revision).select_related("indicator")
    for row in rows.order_by("position", "id"):
        other = first.setdefault(row.identity, row)
        if other is row:
            continue
        if (row.value, row.qualifier) == (other.value, other.qualifier):
            yield Problem(
                "figure_told_twice", Severity.HINT,
                _("%(indicator)s is told twice with the same value."),
                {"indicator": row.indicator.name}, row, "value",
            )
        else:
            yield Problem(
                "figure_told_twice", Severity.EXPLAIN,
                _("%(indicator)s is told twice: %(first)s and %(second)s. Correct one, or explain both."),
                {"indicator": row.indicator.name, "first": other.printed, "second": row.printed},
                row, "value",
            )
