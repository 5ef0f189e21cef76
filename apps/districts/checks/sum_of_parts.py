"""A whole that is not the sum of its parts."""

from collections.abc import Iterator
from functools import reduce

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.amounts import Span, amount, plain, span
from apps.districts.checks.reading import Reading, rule
from apps.registry.models import RelationKind, RelationRole
from apps.registry.units import base_unit


@rule(
    _(
        "Where the dictionary says that parts make up a whole, they add up to it. Rounding and words such as 超 or 近 are allowed for; a part without a value leaves the sum open."
    ),
    Severity.BLOCKING,
    Severity.EXPLAIN,
)
def sum_of_parts(reading: Reading) -> Iterator[Problem]:
    for relation, figures, whole in reading.related(RelationKind.SUM):
        parts = [figures.get(pk) for pk in relation.term_ids(RelationRole.PART)]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            continue
        total = reduce(Span.__add__, map(span, known))
        if total.meets(span(whole)):
            continue
        yield Problem(
            "sum_of_parts",
            relation.severity,
            _(
                "%(indicator)s is %(whole)s, but its parts add up to %(sum)s%(unit)s (%(parts)s). Correct the whole or the part that is wrong."
            ),
            {
                "indicator": whole.indicator.name,
                "whole": whole.printed,
                "unit": whole.unit,
                "sum": plain(sum(map(amount, known)) / base_unit(whole.unit)[0]),
                "parts": "、".join(f"{part.indicator.name} {part.printed}" for part in known),
            },
            whole,
            "value",
        )
