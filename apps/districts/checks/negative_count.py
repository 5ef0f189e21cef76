"""A count below nought."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.reading import Reading, rule
from apps.registry.models import Measure


@rule(_("Only a growth may be below nought."), Severity.BLOCKING)
def negative_count(reading: Reading) -> Iterator[Problem]:
    for row in reading.valued:
        if row.value < 0 and row.defined.measure != Measure.GROWTH:  # type: ignore[operator]
            yield Problem(
                "negative_count",
                Severity.BLOCKING,
                _("%(indicator)s is %(value)s. It cannot be below nought; correct the value."),
                {"indicator": row.indicator.name, "value": row.printed},
                row,
                "value",
            )
