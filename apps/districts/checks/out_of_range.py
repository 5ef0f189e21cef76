"""A value that cannot be."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.amounts import plain
from apps.districts.checks.reading import Reading, rule
from apps.registry.models import Measure, RelationKind, ValueType

_BY_NATURE = {
    Measure.RANK: (Decimal(1), None),
    Measure.GROWTH: (Decimal(-100), None),
}
_NO_BOUNDS: tuple[Decimal | None, Decimal | None] = (None, None)


@rule(
    _(
        "A value lies within the bounds of its indicator: a share from 0 to 100 %, a rank from 1, a growth from −100 %, and what the dictionary lays down besides."
    ),
    Severity.BLOCKING,
    Severity.EXPLAIN,
)
def out_of_range(reading: Reading) -> Iterator[Problem]:
    declared = {
        relation.indicator_id: (relation.terms[0].low, relation.terms[0].high, relation.severity)
        for relation in reading.relations(RelationKind.RANGE)
    }
    for row in reading.valued:
        assert row.value is not None
        indicator = row.indicator
        low, high = _BY_NATURE.get(Measure(indicator.measure), _NO_BOUNDS)
        severity = Severity.EXPLAIN
        if indicator.pk in declared:
            low, high, severity = declared[indicator.pk]
        elif indicator.measure == Measure.RATIO and indicator.value_type == ValueType.PERCENT:
            low, high = None, Decimal(100)
        if (low is None or row.value >= low) and (high is None or row.value <= high):
            continue
        bounds = {
            "low": "" if low is None else plain(low),
            "high": "" if high is None else plain(high),
        }
        yield Problem(
            "out_of_range",
            severity,
            _(
                "%(indicator)s is %(value)s. It lies between %(low)s and %(high)s; correct the value or its unit."
            )
            if low is not None and high is not None
            else _(
                "%(indicator)s is %(value)s. It is at least %(low)s; correct the value or its unit."
            )
            if low is not None
            else _(
                "%(indicator)s is %(value)s. It is at most %(high)s; correct the value or its unit."
            ),
            {"indicator": indicator.name, "value": row.printed, **bounds},
            row,
            "value",
        )
