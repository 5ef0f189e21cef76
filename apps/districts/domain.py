"""What can be done to a return beyond what can be done to any case."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.domain.records import (
    Change,
    open_newest,
    open_revision,
    store_changes,
    was_stored,
)
from apps.cases.errors import Locked, StaleRecord
from apps.cases.models import Revision
from apps.districts.derived import KIND, derivations
from apps.districts.kind import INDICATOR_VALUE
from apps.districts.models import Blank, FigureStatus, IndicatorValue, Presence, Scope
from apps.registry.models import District, Indicator, ValueSource


@dataclass(frozen=True)
class FigureChange:
    """What the bureau's own figure for ``indicator`` is to become.

    ``values`` holds value, blank and qualifier. ``uid`` and ``version`` are those of the figure
    that the person read; without them it is a first entry, and ``scope`` is its scope.
    """

    indicator: Indicator
    values: Mapping[str, Any]
    scope: str = Scope.WHOLE
    uid: uuid.UUID | None = None
    version: int | None = None

    @property
    def cleaned(self) -> dict[str, Any]:
        """Return the values with ``blank`` and ``value`` agreeing."""
        return cleaned_figure(self.values)


def cleaned_figure(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``values`` with ``blank`` and ``value`` agreeing: a number, or why there is none."""
    cleaned = dict(values)
    has_value = cleaned.get("value") is not None
    cleaned["blank"] = "" if has_value else cleaned.get("blank") or Blank.MISSING
    return cleaned


def save_figure(
    actor: User,
    revision_id: int,
    indicator: Indicator,
    values: Mapping[str, Any],
    *,
    scope: str = Scope.WHOLE,
    uid: uuid.UUID | None = None,
    version: int | None = None,
) -> IndicatorValue:
    """Store the bureau's own figure for ``indicator`` in the return's year and return it.

    Parameters are those of ``FigureChange``; effects and errors those of ``save_figures``.
    """
    change = FigureChange(indicator, values, scope, uid, version)
    return save_figures(actor, revision_id, [change])[0]


@transaction.atomic
def save_again(
    actor: User,
    case_id: int,
    code: str,
    values: Mapping[str, Any],
    *,
    uid: uuid.UUID,
    version: int,
) -> IndicatorValue:
    """Store a figure that stands in the newest revision of the return, and return it.

    What ``save_figures`` does for one figure that is there, in the fewest statements: this is what
    every field of every page calls in the last hour. ``code`` is the indicator that the page names.
    Raises as ``save_records``; ``Revision.DoesNotExist`` also where the case is no return.
    """
    revision = open_newest(actor, case_id, INDICATOR_VALUE)
    if revision.case.kind != KIND:
        raise Revision.DoesNotExist
    change = Change(cleaned_figure(values), uid, version)
    [stored] = store_changes(actor, revision, INDICATOR_VALUE, [change], is_sound=True)
    figure = cast(IndicatorValue, stored)
    if figure.indicator.code != code:
        raise IndicatorValue.DoesNotExist
    ensure_typed(figure.indicator, revision.case.year)
    return figure


def ensure_typed(indicator: Indicator, year: int) -> None:
    """Raise ``Locked`` where the indicator is counted from the city's lists of that year."""
    source = indicator.in_year(year).source
    if source == ValueSource.DERIVED and indicator.pk in derivations(year):
        raise Locked(_("This figure is counted from the city's lists and cannot be typed."))


@transaction.atomic
def save_figures(
    actor: User, revision_id: int, changes: Sequence[FigureChange]
) -> list[IndicatorValue]:
    """Store figures of the return, all or none, and return them in the order of ``changes``.

    Two people who enter the same figure for the first time meet here: the second is told, as for
    any stale save. A save that comes again because its answer was lost is answered with the figure
    as it stands. Raises as ``save_records``.
    """
    revision = open_revision(actor, revision_id, INDICATOR_VALUE)
    first = [change for change in changes if change.uid is None]
    present = _entered_meanwhile(revision, first) if first else {}
    done: dict[int, IndicatorValue] = {}
    rows: list[Change] = []
    for number, change in enumerate(changes):
        if change.uid is not None:
            rows.append(Change(change.cleaned, change.uid, change.version))
        elif (figure := present.get(change.indicator.pk)) is None:
            identity = _identity(revision, change.indicator)
            rows.append(Change({**identity, "scope": change.scope, **change.cleaned}))
        else:
            is_same = all(getattr(figure, name) == v for name, v in change.cleaned.items())
            if not is_same and not was_stored(actor, INDICATOR_VALUE, figure, change.cleaned, 0):
                raise StaleRecord(figure, change.cleaned)
            done[number] = figure
    stored = iter(store_changes(actor, revision, INDICATOR_VALUE, rows) if rows else [])
    figures = [
        done.get(number) or cast(IndicatorValue, next(stored)) for number in range(len(changes))
    ]
    for figure, change in zip(figures, changes, strict=True):
        if figure.indicator_id != change.indicator.pk:
            raise IndicatorValue.DoesNotExist
    return figures


def _identity(revision: Revision, indicator: Indicator) -> dict[str, Any]:
    """Return what makes a figure the bureau's own for ``indicator`` in the return's year."""
    return {
        "indicator": indicator,
        "unit": indicator.in_year(revision.case.year).unit,
        "reporting_unit": _district(revision),
        "subject": "",
        "period": str(revision.case.year),
        "status": FigureStatus.ACTUAL,
    }


def _district(revision: Revision) -> District:
    return revision.case.bureau.district


def _entered_meanwhile(
    revision: Revision, changes: Sequence[FigureChange]
) -> dict[int, IndicatorValue]:
    """Return the figures that are there already, by indicator; hold off others who enter them."""
    indicators = {change.indicator.pk: change.indicator for change in changes}
    with connection.cursor() as cursor:
        # One first entry of a figure at a time; the row to lock does not exist yet.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s::int, pk) FROM unnest(%s::int[]) AS pk",
            [revision.pk, sorted(indicators)],
        )
    rows = (
        IndicatorValue.objects.filter(
            revision=revision,
            indicator__in=indicators,
            reporting_unit=_district(revision),
            subject="",
            period=str(revision.case.year),
            status=FigureStatus.ACTUAL,
        )
        .select_related("updated_by")
        .order_by("-position", "-id")
    )
    year = revision.case.year
    units = {pk: indicator.in_year(year).unit for pk, indicator in indicators.items()}
    return {row.indicator_id: row for row in rows if row.unit == units[row.indicator_id]}


# How much longer than his page means to be silent a person counts as being there, and how much of
# that may be used up before it is written anew.
GRACE, SPARE = dt.timedelta(seconds=9), dt.timedelta(seconds=3)


def note_presence(
    actor: User, revision: Revision, section: int, field: str, again: dt.timedelta
) -> None:
    """Note that ``actor`` is at a field of the return, and that his page will ask again by then.

    Only the bureau's own people are noted. One statement; it writes nothing where nothing is new.
    """
    if actor.bureau_id != revision.case.bureau_id:
        return
    silent_until = timezone.now() + again
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {Presence._meta.db_table} AS old
                (revision_id, person_id, section, field, here_until) VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT (revision_id, person_id) DO UPDATE
                SET section = EXCLUDED.section, field = EXCLUDED.field,
                    here_until = EXCLUDED.here_until
                WHERE old.here_until < %s OR (old.section, old.field)
                    IS DISTINCT FROM (EXCLUDED.section, EXCLUDED.field)
            """,  # noqa: S608 - the table's name is ours
            [revision.pk, actor.pk, section, field, silent_until + GRACE, silent_until + SPARE],
        )
