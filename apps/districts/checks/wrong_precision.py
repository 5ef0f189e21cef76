"""A value of another type or precision than its indicator."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.amounts import amount
from apps.districts.checks.reading import Reading, rule
from apps.registry.models import ValueType


@rule(
    _("A count is a whole number, and a value has no more decimal places than its indicator."),
    Severity.BLOCKING,
    Severity.HINT,
)
def wrong_precision(reading: Reading) -> Iterator[Problem]:
    for row in reading.valued:
        assert row.value is not None
        indicator = row.indicator
        if indicator.value_type == ValueType.INTEGER:
            # 1.5万人 is a whole number of people.
            if amount(row) % 1:
                yield Problem(
                    "wrong_precision",
                    Severity.BLOCKING,
                    _("%(indicator)s is %(value)s. It counts whole things; correct the value."),
                    {"indicator": indicator.name, "value": row.printed},
                    row,
                    "value",
                )
            continue
        places = -int(row.value.as_tuple().exponent)
        if places > indicator.precision:
            yield Problem(
                "wrong_precision",
                Severity.HINT,
                _(
                    "%(indicator)s has %(places)s decimal places in %(value)s; the dictionary asks for %(precision)s."
                ),
                {
                    "indicator": indicator.name,
                    "value": row.printed,
                    "places": places,
                    "precision": indicator.precision,
                },
                row,
                "value",
            )
