"""A count below nought."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Revision, Severity
from apps.districts.models import IndicatorValue
from apps.registry.models import Measure


def negative_count(revision: Revision) -> Iterator[Problem]:
    """Only a growth may be negative."""
    rows = IndicatorValue.objects.filter(revision=revision, value__lt=0).exclude(
        indicator__measure=Measure.GROWTH
    )
    for row in rows.select_related("indicator"):
        yield Problem(
            "negative_count", Severity.BLOCKING,
            _("%(indicator)s is %(value)s. It cannot be below nought; correct the value."),
            {"indicator": row.indicator.name, "value": row.printed}, row, "value",
        )
