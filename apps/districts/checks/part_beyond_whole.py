"""A part that is more than its whole."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.amounts import span
from apps.districts.checks.reading import Reading, rule
from apps.registry.models import RelationKind, RelationRole


@rule(
    _("A part is never more than its whole."),
    Severity.BLOCKING,
    Severity.EXPLAIN,
)
def part_beyond_whole(reading: Reading) -> Iterator[Problem]:
    for kind in (RelationKind.PART, RelationKind.SUM):
        for relation, figures, whole in reading.related(kind):
            for pk in relation.term_ids(RelationRole.PART):
                part = figures.get(pk)
                if part is None or span(part).low <= span(whole).high:
                    continue
                yield Problem(
                    "part_beyond_whole",
                    relation.severity,
                    _(
                        "%(part)s is %(value)s, more than %(whole)s with %(total)s, of which it is a part. Correct the one that is wrong."
                    ),
                    {
                        "part": part.indicator.name,
                        "value": part.printed,
                        "whole": whole.indicator.name,
                        "total": whole.printed,
                    },
                    part,
                    "value",
                )
