"""What is published about districts: their figures, their summaries, their places in the lists."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.accounts.models import Bureau
from apps.cases.kinds import RecordKind, listed_record_kinds, record_kind_of
from apps.cases.models import Record, Revision
from apps.districts.models import FigureStatus, IndicatorValue, NarrativeSection
from apps.districts.narrative.references import References, tell
from apps.publications.listing import fit, hide_blank, record_url
from apps.publications.queries import public_rows, published_mentions
from apps.registry.models import District, DistrictKind, Indicator

# A list on a district's page; the rest is in the listing.
MOST_OF_DISTRICT = 30
# Columns of the overview.
KEY_FIGURES = 4

FIGURES: RecordKind = record_kind_of(IndicatorValue)


@dataclass(frozen=True)
class DistrictList:
    """The rows of one kind that belong to a district."""

    kind: RecordKind
    table: Any
    count: int
    by_first_organisation: bool


def figures_of(year: int, **wanted: Any) -> QuerySet[IndicatorValue]:
    """Return the published figures of the report of ``year``, in printed order."""
    return public_rows(FIGURES).filter(revision__case__year=year, **wanted)


def figures_beside(year: int, unit: District) -> tuple[list[IndicatorValue], list[IndicatorValue]]:
    """Return a unit's figures of the report of ``year``, and every unit's of the same indicators.

    One query.
    """
    asked = IndicatorValue.objects.public().filter(
        revision__case__year=year, reporting_unit=unit, subject=""
    )
    every = list(
        figures_of(year).filter(
            Q(reporting_unit=unit) | Q(indicator__in=asked.values("indicator"), subject="")
        )
    )
    return [row for row in every if row.reporting_unit_id == unit.pk], every


def narrative_of(
    bureau: Bureau | None, year: int, figures: Sequence[IndicatorValue]
) -> list[NarrativeSection]:
    """Return the summary of a bureau's return; ``figures`` are those of the same return. One query."""
    if bureau is None:
        return []
    sections = list(
        NarrativeSection.objects.public()
        .filter(revision__case__bureau=bureau, revision__case__year=year)
        .order_by("position", "id")
    )
    tell(sections, References(figures, year))
    return sections


def _belongs(kind: RecordKind, district: District) -> tuple[Q, bool] | None:
    """Return which rows of ``kind`` are a district's, and whether by their first organisation."""
    names = {field.name for field in kind.model._meta.get_fields()}
    if "district" in names:
        return Q(district=district), False
    if kind.mentions:
        first = published_mentions().filter(
            record_kind=kind.code,
            field=kind.mentions[0],
            position=0,
            name__organisation__district=district,
        )
        return Q(uid__in=first.values("record_uid")), True
    return None


def lists_of(district: District, year: int) -> list[DistrictList]:
    """Return a district's rows in the lists of ``year``. One query for each kind."""
    lists = []
    for kind in listed_record_kinds():
        belongs = _belongs(kind, district)
        if belongs is None:
            continue
        wanted, by_first = belongs
        rows: list[Record] = list(public_rows(kind).filter(wanted, revision__case__year=year))
        if rows:
            table = kind.table(
                data=rows[:MOST_OF_DISTRICT],
                orderable=False,
                row_url=record_url,
                exclude=("report_year", "district"),
            )
            hide_blank(table, rows[:MOST_OF_DISTRICT])
            lists.append(DistrictList(kind, fit(table), len(rows), by_first))
    return lists


@dataclass(frozen=True)
class OverviewRow:
    """One district in the overview."""

    district: District
    cells: list[IndicatorValue | None]
    count: int


def overview(year: int, districts: Iterable[District]) -> tuple[list[Indicator], list[OverviewRow]]:
    """Return the indicators that most districts report, and each district's figures. One query."""
    rows = list(figures_of(year))
    counts: Counter[int] = Counter()
    indicators: dict[int, Indicator] = {}
    by_district: dict[int, dict[int, IndicatorValue]] = defaultdict(dict)
    total: Counter[int] = Counter(row.reporting_unit_id for row in rows)
    shown = {district.pk for district in districts}
    for row in rows:
        # The first printed one stands for the rest, such as a second scope.
        known = by_district[row.reporting_unit_id]
        if row.indicator_id not in known and _is_comparable(row, year):
            known[row.indicator_id] = row
            indicators[row.indicator_id] = row.indicator
            counts[row.indicator_id] += row.reporting_unit_id in shown
    widest = sorted(
        (pk for pk, count in counts.items() if count > 1),
        key=lambda pk: (-counts[pk], indicators[pk].order),
    )[:KEY_FIGURES]
    keys = sorted((indicators[pk] for pk in widest), key=lambda item: item.order)
    return keys, [
        OverviewRow(
            district, [by_district[district.pk].get(key.pk) for key in keys], total[district.pk]
        )
        for district in districts
    ]


def telling_year(years: Sequence[int]) -> int | None:
    """Return the year to open at: the newest of which half of the districts have figures.

    While the first returns of a new year come out, that page would be nearly empty. Where no year
    has half of them, the one with most, the newest of several such; else the newest of ``years``.
    One query.
    """
    units = District.objects.filter(valid_to__isnull=True, bureau__isnull=False).exclude(
        kind=DistrictKind.CITY
    )
    reporting = dict(
        Revision.objects.public()
        .filter(case__bureau__district__in=units)
        .order_by()
        .values_list("case__year")
        .annotate(units=Count("case__bureau", distinct=True))
    )
    half = (units.count() + 1) // 2
    told = [year for year in years if reporting.get(year, 0) >= max(half, 1)]
    if told:
        return told[0]
    return max(years, key=lambda year: (reporting.get(year, 0), year), default=None)


def _is_comparable(row: IndicatorValue, year: int) -> bool:
    """Say whether a figure is the unit's own number of that year in the dictionary's unit."""
    return (
        row.value is not None
        and not row.subject
        and row.unit == row.defined.unit
        and row.status == FigureStatus.ACTUAL
        and row.period == str(year)
    )


@dataclass
class SeriesRow:
    """One reporting unit's figures of an indicator, by period."""

    district: District
    cells: list[list[IndicatorValue]]


def values_of(indicator: Indicator) -> list[IndicatorValue]:
    """Return an indicator's published figures. One query."""
    return list(public_rows(FIGURES).filter(indicator=indicator))


def series_of(rows: Sequence[IndicatorValue]) -> tuple[list[str], list[SeriesRow]]:
    """Return an indicator's figures as the periods, newest first, and a row for each unit."""
    periods = sorted({row.period for row in rows}, reverse=True)
    by_place: dict[tuple[int, str], list[IndicatorValue]] = defaultdict(list)
    districts: dict[int, District] = {}
    for row in rows:
        by_place[row.reporting_unit_id, row.period].append(row)
        districts[row.reporting_unit_id] = row.reporting_unit
    order = sorted(districts.values(), key=lambda item: (item.order, item.code, item.slug))
    return periods, [
        SeriesRow(item, [by_place.get((item.pk, period), []) for period in periods])
        for item in order
    ]
