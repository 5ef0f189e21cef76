"""A stock that its flows contradict."""

from collections.abc import Iterator
from functools import reduce

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.amounts import Span, amount, plain, span
from apps.districts.checks.reading import Reading, rule
from apps.registry.models import Measure, RelationKind, RelationRole
from apps.registry.units import base_unit


@rule(
    _(
        "A stock or a cumulative figure is what was published last year, plus what is new, minus what was removed. Where nothing tells what was removed, a stock is at most last year's plus what is new. It is never less than what is new in the year."
    ),
    Severity.BLOCKING,
    Severity.EXPLAIN,
)
def stock_and_flow(reading: Reading) -> Iterator[Problem]:
    for relation, figures, stock in reading.related(RelationKind.STOCK):
        new, removed = (
            [figures.get(pk) for pk in relation.term_ids(role)]
            for role in (RelationRole.NEW, RelationRole.REMOVED)
        )
        added = [figure for figure in new if figure is not None]
        taken = [figure for figure in removed if figure is not None]
        if not added or len(added) < len(new) or stock.period != str(reading.year):
            continue
        inflow, end = reduce(Span.__add__, map(span, added)), span(stock)
        params = {
            "indicator": stock.indicator.name,
            "stock": stock.printed,
            "new": "、".join(figure.printed for figure in added),
        }
        if inflow.low > end.high and not removed:
            yield Problem(
                "stock_and_flow",
                relation.severity,
                _(
                    "%(indicator)s is %(stock)s, less than the %(new)s that are new this year alone. Correct the one that is wrong."
                ),
                params,
                stock,
                "value",
            )
            continue
        before = reading.before(stock)
        if before is None:
            continue
        expected = span(before) + inflow
        for figure in taken:
            gone = span(figure)
            expected = Span(expected.low - gone.high, expected.high - gone.low)
        # A cumulative figure loses nothing; a stock may, where no indicator says how much.
        is_open = len(taken) < len(removed) or (
            not removed and stock.defined.measure != Measure.CUMULATIVE
        )
        if end.low <= expected.high and (is_open or end.high >= expected.low):
            continue
        yield Problem(
            "stock_and_flow",
            relation.severity,
            _(
                "%(indicator)s is %(stock)s. Last year it was %(before)s, and %(new)s are new: that gives %(expected)s%(unit)s at most. Correct the one that is wrong, or explain the change."
            )
            if is_open
            else _(
                "%(indicator)s is %(stock)s. Last year it was %(before)s; with %(new)s new and %(removed)s removed that gives %(expected)s%(unit)s. Correct the one that is wrong, or explain the change."
            ),
            {
                **params,
                "before": before.printed,
                "unit": stock.unit,
                "removed": "、".join(figure.printed for figure in taken) or "0",
                "expected": plain(
                    (amount(before) + sum(map(amount, added)) - sum(map(amount, taken)))
                    / base_unit(stock.unit)[0]
                ),
            },
            stock,
            "value",
        )
