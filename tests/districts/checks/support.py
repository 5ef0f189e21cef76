"""What the tests of the rules share: returns with figures, last year's, and relations."""

from decimal import Decimal
from typing import Any

from apps.cases.domain.records import add_records
from apps.cases.kinds import record_kinds
from apps.cases.models import Revision
from apps.registry.models import Indicator, IndicatorRelation
from tests import factories
from tests.cases.support import said_by

YEAR = 2023


def counted(code: str, **fields: Any) -> Indicator:
    """Return an indicator that counts enterprises."""
    return factories.indicator(
        code, **{"units": ["家"], "value_type": "integer", "precision": 0, **fields}
    )


def figure(
    code: str | Indicator, value: Any, year: int | str = YEAR, **values: Any
) -> dict[str, Any]:
    """Return the values of one figure in its indicator's unit; None is a missing value."""
    indicator = factories.indicator(code) if isinstance(code, str) else code
    there = {"value": None, "blank": "missing"} if value is None else {"value": Decimal(value)}
    return factories.figure_values(
        indicator=indicator, period=str(year), **{"unit": indicator.units[0], **there, **values}
    )


def published(*rows: dict[str, Any], year: int = YEAR - 1, **options: Any) -> Revision:
    """Publish a return of 北仑 for an earlier year."""
    return factories.advance(factories.open_return(rows=rows, year=year, **options), "published")


def a_return(*rows: dict[str, Any], text: str = "") -> Revision:
    """Return the open return of 北仑 with these figures, and a section of this text."""
    revision = factories.open_list("district-returns", rows)
    if text:
        add_records(
            factories.filler_of(revision),
            revision.pk,
            record_kinds["narrative-sections"],
            [factories.section_values(text=text)],
        )
    return factories.fresh(revision)


def relate(kind: str, whole: Indicator, *terms: tuple[str, Indicator], **fields: Any) -> None:
    """Lay a relation down in the dictionary: ``terms`` are pairs of role and indicator."""
    for role, term in terms or [("", None)]:
        IndicatorRelation.objects.create(
            code=f"{whole.code}-{kind}", kind=kind, indicator=whole, role=role, term=term, **fields
        )


def sentences(rule: Any, revision: Revision) -> list[tuple[str, str]]:
    """Return the severity and sentence of what a rule says."""
    return [(severity, sentence) for severity, _row, _field, sentence in said_by(rule, revision)]
