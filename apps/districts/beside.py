"""What a reviewer sees beside a figure: last year's, and the same figure of the other units."""

import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.cases.beside import Beside, Peer, spread_of
from apps.cases.models import Revision, State
from apps.districts.checks.amounts import amount
from apps.districts.models import FigureStatus, IndicatorValue, Scope
from apps.registry.units import base_unit

# What a district is still writing is nobody else's measure.
REPORTED = [
    State.SUBMITTED,
    State.REVIEWING,
    State.APPROVED,
    State.ON_NOTICE,
    State.PUBLISHED,
]

# Indicator, base unit, period, scope and status: what makes figures of two units comparable.
Key = tuple[int, str, str, str, str]


def key_of(figure: IndicatorValue) -> Key:
    """Return what a figure of another unit must share. A scope left open is the whole area."""
    return (
        figure.indicator_id,
        base_unit(figure.unit)[1],
        figure.period,
        figure.scope or Scope.WHOLE,
        figure.status,
    )


def _last_reported(user: User, revision: Revision) -> QuerySet[Revision]:
    """Return each other bureau's newest reported revision of the same kind and year, in scope."""
    reported = Revision.objects.visible_to(user).filter(
        case__kind=revision.case.kind, case__year=revision.case.year, state__in=REPORTED
    )
    later = reported.filter(case=OuterRef("case"), number__gt=OuterRef("number"))
    return reported.filter(~Exists(later)).exclude(case=revision.case_id)


def beside_figures(
    user: User, revision: Revision, rows: Sequence[IndicatorValue]
) -> dict[uuid.UUID, Beside]:
    """Return what stands beside each figure. One query, whatever the number of rows.

    Last year's is what is published of the same bureau; the others' is what they reported for
    the same year, published or not, as ``user`` may see it. Divisions and zones are ranked apart.
    """
    year = revision.case.year
    last_year = Q(
        revision__in=Revision.objects.public().filter(
            case__kind=revision.case.kind, case__bureau=revision.case.bureau_id, case__year=year - 1
        ),
        period=str(year - 1),
        status=FigureStatus.ACTUAL,
    )
    others = Q(revision__in=_last_reported(user, revision), subject="", value__isnull=False)
    found = (
        IndicatorValue.objects.filter(
            last_year | others, indicator__in={row.indicator_id for row in rows}
        )
        .select_related("reporting_unit", "revision__case")
        .order_by("position", "id")
    )
    before: dict[tuple[int, str, int, str], IndicatorValue] = {}
    peers: dict[Key, dict[int, IndicatorValue]] = {}
    for figure in found:
        if figure.revision.case.year == year:
            peers.setdefault(key_of(figure), {})[figure.reporting_unit_id] = figure
        else:
            before.setdefault(_place(figure), figure)
    return {row.uid: _beside(row, before, peers, str(year)) for row in rows}


def _place(figure: IndicatorValue) -> tuple[int, str, int, str]:
    base = base_unit(figure.unit)[1]
    return (figure.indicator_id, base, figure.reporting_unit_id, figure.subject)


def _beside(
    row: IndicatorValue,
    before: dict[tuple[int, str, int, str], IndicatorValue],
    peers: dict[Key, dict[int, IndicatorValue]],
    year: str,
) -> Beside:
    former = None
    if row.period == year:
        former = before.get(_place(row))
    is_broken = row.indicator.is_broken(int(year) - 1, int(year))
    same = peers.get(key_of(row), {}) if not row.subject and row.value is not None else {}
    group = [
        _peer(figure)
        for figure in same.values()
        if figure.reporting_unit.kind == row.reporting_unit.kind
        and figure.reporting_unit_id != row.reporting_unit_id
    ]
    if group:
        group.append(Peer(str(row.reporting_unit), row.printed, amount(row), is_own=True))
    return Beside(
        value=row.printed,
        before=former.printed if former else "",
        before_label=former.period if former else "",
        change="" if is_broken else _change(row, former),
        spread=spread_of(group),
    )


def _peer(figure: IndicatorValue) -> Peer:
    is_public = figure.revision.state == State.PUBLISHED
    return Peer(
        str(figure.reporting_unit),
        figure.printed,
        amount(figure),
        state="" if is_public else figure.revision.get_state_display(),
    )


def _change(row: IndicatorValue, former: IndicatorValue | None) -> str:
    """Return the change against last year in per cent with its sign, or nothing."""
    if row.value is None or former is None or not former.value:
        return ""
    now, then = amount(row), amount(former)
    share = (now - then) / abs(then) * 100
    return f"{share.quantize(Decimal('0.1')):+f}%"
