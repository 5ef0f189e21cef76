"""What is asked about returns."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import Bureau, User
from apps.cases.desk.queries import revisions_for
from apps.cases.models import Revision
from apps.districts.models import FigureStatus, IndicatorValue, Presence
from apps.registry.models import AskedOf, District, Indicator
from apps.registry.units import base_unit


@dataclass(frozen=True)
class LastYear:
    """What a bureau published of itself for the year before; of two alike the first."""

    # By indicator and subject, each with its unit.
    figures: Mapping[tuple[int, str], Mapping[str, IndicatorValue]]

    def find(self, indicator: Indicator, unit: str, subject: str = "") -> IndicatorValue | None:
        """Return the figure to stand beside one in ``unit``: in that unit, or in another.

        In another power of ten of it, or, where the dictionary does not know the former unit any
        more, in the unit it was published in.
        """
        there = self.figures.get((indicator.pk, subject), {})
        if unit in there:
            return there[unit]
        others = [row for other, row in there.items() if other not in indicator.units]
        base = base_unit(unit)[1]
        return min(others, key=lambda row: base_unit(row.unit)[1] != base, default=None)


def last_year_values(bureau: Bureau, year: int, indicator: Indicator | None = None) -> LastYear:
    """Return what is published of ``bureau``'s own return for the year before ``year``. One query.

    Of one ``indicator`` alone if it is given.
    """
    rows = (
        IndicatorValue.objects.public()
        .filter(
            revision__case__bureau=bureau,
            revision__case__year=year - 1,
            reporting_unit__bureau=bureau,
            period=str(year - 1),
            status=FigureStatus.ACTUAL,
        )
        .select_related("indicator")
        .order_by("-position")
    )
    if indicator is not None:
        rows = rows.filter(indicator=indicator)
    figures: dict[tuple[int, str], dict[str, IndicatorValue]] = {}
    for row in rows:
        figures.setdefault((row.indicator_id, row.subject), {})[row.unit] = row
    return LastYear(figures)


def indicators_of_return(year: int) -> list[Indicator]:
    """Return the indicators that each district is asked for, in the order of the form.

    Each as it is defined in the report ``year``.
    """
    return [row.in_year(year) for row in Indicator.objects.exclude(asked_of=AskedOf.CITY)]


def own_figures(revision: Revision, district: District) -> list[IndicatorValue]:
    """Return the figures of a return in printed order."""
    return list(
        IndicatorValue.objects.filter(revision=revision, reporting_unit=district)
        .select_related("indicator", "updated_by", "revision")
        .order_by("position", "id")
    )


def return_in_scope(user: User, case_id: int) -> Revision:
    """Return the newest revision of a return in ``user``'s scope. Raises ``Revision.DoesNotExist``."""
    revision = (
        revisions_for(user)
        .filter(case_id=case_id, case__kind="district-returns")
        .select_related("case__bureau")
        .order_by("-number")
        .first()
    )
    if revision is None:
        raise Revision.DoesNotExist
    return revision


def _lines(revision: Revision, codes: Iterable[str]) -> QuerySet[IndicatorValue]:
    """Return the bureau's own figures of the year; of two for one indicator the first comes last."""
    return IndicatorValue.objects.filter(
        revision=revision,
        indicator__code__in=list(codes),
        reporting_unit__bureau=revision.case.bureau_id,
        subject="",
        period=str(revision.case.year),
        status=FigureStatus.ACTUAL,
    ).order_by("-position", "-id")


def figures_of_lines(revision: Revision, codes: Iterable[str]) -> dict[str, IndicatorValue]:
    """Return the bureau's own figures of the year for these indicators, by code. One query."""
    rows = _lines(revision, codes).select_related("indicator", "updated_by")
    return {row.indicator.code: row for row in rows if row.unit == row.defined.unit}


def versions_of_lines(revision: Revision, codes: Iterable[str]) -> dict[str, tuple[uuid.UUID, int]]:
    """Return row and version of each of these figures, by code: what a page asks all the time."""
    rows = _lines(revision, codes).values_list(
        "indicator__code", "uid", "version", "unit", "indicator__units", "indicator__former"
    )
    year = revision.case.year
    return {
        code: (uid, version)
        for code, uid, version, unit, units, former in rows
        if unit == Indicator(units=units, former=former).in_year(year).unit
    }


def scope_before(revision: Revision, indicator: Indicator) -> str | None:
    """Return the scope of last year's figure as published; None where there is none."""
    before = last_year_values(revision.case.bureau, revision.case.year, indicator)
    figure = before.find(indicator, indicator.unit)
    return figure.scope if figure else None


def people_here(revision: Revision, but: User) -> list[Presence]:
    """Return who else of the bureau is in the return now, longest there first. One query."""
    return list(
        Presence.objects.filter(revision=revision, here_until__gte=timezone.now())
        .exclude(person=but)
        .select_related("person")
        .order_by("pk")
    )
