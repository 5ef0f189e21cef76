"""More certificates valid at the end of the year than were given in their years of validity."""

from collections.abc import Iterator
from functools import reduce

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.amounts import Span, amount, plain, span
from apps.districts.checks.reading import Reading, Relation, rule
from apps.districts.models import IndicatorValue
from apps.registry.models import RelationKind, RelationRole
from apps.registry.units import base_unit

_OUT = (RelationRole.REMOVED, RelationRole.MOVED_OUT)


@rule(
    _(
        "What is valid at the end of the year is what was new in the years that a certificate is valid, minus what was removed, plus what moved in, minus what moved out: 有效高新技术企业 is what was certified in three years (国科发火〔2016〕32号). Where nothing tells how many were removed, it is at most that many. Where a year is not published, nothing is said."
    ),
    Severity.BLOCKING,
    Severity.EXPLAIN,
    Severity.HINT,
)
def valid_certificates(reading: Reading) -> Iterator[Problem]:
    for relation, figures, valid in reading.related(RelationKind.VALIDITY):
        if valid.period != str(reading.year):
            continue
        given = _given(reading, relation, figures)
        if not given:
            continue
        stated = {
            role: [figures[pk] for pk in relation.term_ids(role) if pk in figures]
            for role in (*_OUT, RelationRole.MOVED_IN)
        }
        missing = sum(len(relation.term_ids(role)) - len(rows) for role, rows in stated.items())
        come = [*given, *stated[RelationRole.MOVED_IN]]
        gone = [figure for role in _OUT for figure in stated[role]]
        expected = reduce(Span.__add__, map(span, come))
        for figure in gone:
            lost = span(figure)
            expected = Span(expected.low - lost.high, expected.high - lost.low)
        end = span(valid)
        # A certificate may be revoked, and nothing tells how many were.
        is_open = not relation.term_ids(RelationRole.REMOVED) or missing > 0
        if end.low <= expected.high and (is_open or end.high >= expected.low):
            continue
        yield Problem(
            "valid_certificates",
            Severity.HINT if missing else relation.severity,
            _(
                "%(indicator)s is %(valid)s, but %(new)s were new in the years in which a certificate is valid: that gives %(expected)s%(unit)s at most. Correct the one that is wrong, or explain it."
            )
            if is_open
            else _(
                "%(indicator)s is %(valid)s, but %(new)s were new in the years in which a certificate is valid, and %(gone)s went: that gives %(expected)s%(unit)s. Correct the one that is wrong, or explain it."
            ),
            {
                "indicator": valid.indicator.name,
                "valid": valid.printed,
                "new": "、".join(figure.printed for figure in come),
                "gone": "、".join(figure.printed for figure in gone) or "0",
                "unit": valid.unit,
                "expected": plain(
                    (sum(map(amount, come)) - sum(map(amount, gone))) / base_unit(valid.unit)[0]
                ),
            },
            valid,
            "value",
        )


def _given(
    reading: Reading, relation: Relation, figures: dict[int, IndicatorValue]
) -> list[IndicatorValue]:
    """Return what was new in each year of validity; nothing where one of them is not known."""
    given: list[IndicatorValue] = []
    for term in relation.terms:
        if term.role != RelationRole.NEW:
            continue
        now = figures.get(term.term_id or 0)
        if now is None:
            return []
        given.append(now)
        for years in range(1, int(term.factor)):
            before = reading.before(now, years)
            if before is None:
                return []
            given.append(before)
    return given
