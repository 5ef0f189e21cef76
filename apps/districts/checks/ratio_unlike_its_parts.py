"""A ratio that its own numerator and denominator contradict."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.amounts import amount, plain, quotient, span
from apps.districts.checks.reading import Reading, rule
from apps.registry.models import RelationKind, RelationRole


@rule(
    _("A ratio is its numerator divided by its denominator, to the printed decimal place."),
    Severity.BLOCKING,
    Severity.EXPLAIN,
)
def ratio_unlike_its_parts(reading: Reading) -> Iterator[Problem]:
    for relation, figures, ratio in reading.related(RelationKind.RATIO):
        above, below = (
            next((figures[pk] for pk in relation.term_ids(role) if pk in figures), None)
            for role in (RelationRole.NUMERATOR, RelationRole.DENOMINATOR)
        )
        if above is None or below is None:
            continue
        factor = next(term.factor for term in relation.terms if term.role == RelationRole.NUMERATOR)
        computed = quotient(span(above), span(below), factor)
        if computed is None or computed.meets(span(ratio)):
            continue
        yield Problem(
            "ratio_unlike_its_parts",
            relation.severity,
            _(
                "%(indicator)s is %(ratio)s, but %(above)s divided by %(below)s gives %(computed)s%(unit)s. Correct the ratio, or the figure it is made of."
            ),
            {
                "indicator": ratio.indicator.name,
                "ratio": ratio.printed,
                "unit": ratio.unit,
                "above": above.printed,
                "below": below.printed,
                "computed": plain(amount(above) / amount(below) * factor),
            },
            ratio,
            "value",
        )
