"""What the public pages show as pictures, asked in the database and drawn by ``charts``."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import CharField, Count, F, Min, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.awards.models import Award
from apps.cases.kinds import listed_record_kinds, record_kind_of
from apps.districts.models import FigureStatus, IndicatorValue
from apps.publications.charts import (
    BarChart,
    BarRow,
    LineChart,
    Place,
    Strip,
    TileMap,
    bar_chart,
    line_chart,
    strip,
    tile_map,
)
from apps.publications.queries import published_mentions
from apps.registry.models import District, DistrictKind, Indicator, Measure

AWARDS = record_kind_of(Award)
FIGURES = record_kind_of(IndicatorValue)

ORGANISATIONS_SHOWN = 8
TRENDS_SHOWN = 3
# A rank or a growth is no length from nought.
_LENGTHS = [Measure.NEW, Measure.CUMULATIVE, Measure.STOCK, Measure.FLOW]


def what_was_won(year: int) -> BarChart | None:
    """Return the awards in the report of ``year`` by programme and class, with their grades.

    Grades stand in the order in which the decided lists print them. One query.
    """
    rows = list(
        AWARDS.model.objects.public()
        .filter(revision__case__year=year)
        .values("programme", "award_class", "grade")
        .annotate(number=Count("pk"), place=Min("position"))
        .order_by("programme", "award_class", "place")
    )
    grades = list(dict.fromkeys(row["grade"] for row in sorted(rows, key=_highest_first)))
    table: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in rows:
        table[row["programme"], row["award_class"]][row["grade"]] = row["number"]
    drawn = [
        BarRow(
            programme if award_class in programme else f"{programme} {award_class}",
            [found.get(grade, 0) for grade in grades],
            url=f"{programme_url(programme)}#{year}",
        )
        for (programme, award_class), found in table.items()
    ]
    return bar_chart(
        _("What was won"), drawn, series=grades, label_heading=_("Programme and class")
    )


# 特等 before 一等; words that are no grade of this order come after, as printed.
_GRADES = ("特等", "一等", "二等", "三等")


def _highest_first(row: dict[str, object]) -> tuple[int, str]:
    grade = str(row["grade"])
    found = [place for place, word in enumerate(_GRADES) if grade.startswith(word)]
    return (found[0] if found else len(_GRADES), grade)


def programme_url(programme: str) -> str:
    """Return the path of a programme's page."""
    return reverse("publications:programme", args=[programme])


def by_whom(year: int) -> BarChart | None:
    """Return who won most as the first completing organisation (DOMAIN §3). One query."""
    first = (
        published_mentions()
        .filter(
            revision__case__year=year,
            record_kind=AWARDS.code,
            field=AWARDS.mentions[0],
            position=0,
        )
        .values("name__organisation", "name__organisation__name")
        .annotate(number=Count("pk"))
        .order_by("-number", "name__organisation__name")[:ORGANISATIONS_SHOWN]
    )
    rows = [
        BarRow(
            row["name__organisation__name"],
            [row["number"]],
            url=reverse("publications:organisation", args=[row["name__organisation"]]),
        )
        for row in first
    ]
    return bar_chart(
        _("Who won most"),
        rows,
        label_heading=_("Organisation"),
        note=_("An award counts for its first completing organisation."),
    )


def where(
    year: int, districts: Iterable[District], counts: Mapping[str, Mapping[int | None, int]]
) -> TileMap | None:
    """Return the map of tiles with the certifications and roster entries of each district.

    ``counts`` are those of ``queries.counts_by_kind``; ``districts`` without a tile are not on
    the map. No query.
    """
    totals: dict[int | None, int] = defaultdict(int)
    for by_district in counts.values():
        for district_id, number in by_district.items():
            totals[district_id] += number
    places = [
        Place(
            str(district),
            reverse("publications:district", args=[district.slug, year]),
            district.tile_row,
            district.tile_column or 1,
            totals[district.pk],
        )
        for district in districts
        if district.tile_row is not None
    ]
    return tile_map(
        _("Where they are"),
        places,
        label_heading=_("District"),
        note=_("Certified platforms and roster entries, by the district that the list names."),
    )


def trends() -> list[LineChart]:
    """Return the city's figures that are published of the most years, as lines. One query."""
    found = (
        FIGURES.model.objects.public()
        .filter(
            reporting_unit__kind=DistrictKind.CITY,
            subject="",
            status=FigureStatus.ACTUAL,
            value__isnull=False,
            period__regex=r"^[0-9]{4}$",
            indicator__measure__in=_LENGTHS,
        )
        .order_by()
        .values("indicator", "unit", "scope")
        .annotate(
            years=Count("period", distinct=True),
            levels=Count("value", distinct=True),
            place=Min("indicator__order"),
            points=ArrayAgg(
                JSONObject(
                    year="period",
                    value=Cast("value", TextField()),
                    qualifier="qualifier",
                ),
                order_by=["revision__case__year", "position"],
            ),
        )
        # A line that stays level tells less than a number does.
        .filter(years__gte=2, levels__gte=2)
        .order_by("-years", "place")[:TRENDS_SHOWN]
    )
    rows = list(found)
    known = Indicator.objects.in_bulk([row["indicator"] for row in rows])
    lines = []
    for row in rows:
        indicator = known[row["indicator"]]
        # A later report speaks last of a year.
        values = {
            int(point["year"]): IndicatorValue(
                unit=row["unit"], value=Decimal(point["value"]), qualifier=point["qualifier"]
            )
            for point in row["points"]
        }
        lines.append(
            line_chart(
                _("%(indicator)s (%(unit)s)") % {"indicator": indicator, "unit": row["unit"]},
                [(year, value.value or 0, value.printed_number) for year, value in values.items()],
                url=reverse("publications:indicator", args=[indicator.code]),
            )
        )
    return [line for line in lines if line is not None]


def _identity(row: IndicatorValue) -> tuple[object, ...]:
    """Return what two units' figures must share to be compared: 口径 and unit among it."""
    return (row.indicator_id, row.unit, row.scope, row.period, row.subject)


def standing(
    own: Iterable[IndicatorValue], every: Iterable[IndicatorValue], unit: District
) -> dict[int, Strip]:
    """Return, by the figure's key, where each of a unit's figures stands among its peers.

    Peers are the units of the same kind that report the same measure, in the same unit, for the
    same period and over the same scope (DOMAIN §1). Figures with a qualifier such as 超 or 近
    are left out: they have no exact place.
    """
    peers: dict[tuple[object, ...], dict[int, Decimal]] = defaultdict(dict)
    for row in every:
        if _is_exact(row) and row.reporting_unit.kind == unit.kind:
            peers[_identity(row)].setdefault(row.reporting_unit_id, row.value or Decimal())
    found = {}
    for row in own:
        if not _is_exact(row):
            continue
        others = [
            value for pk, value in peers[_identity(row)].items() if pk != row.reporting_unit_id
        ]
        place = strip(row.value or Decimal(), others)
        if place is not None:
            found[row.pk] = place
    return found


def _is_exact(row: IndicatorValue) -> bool:
    return (
        row.value is not None
        and not row.qualifier
        and row.status == FigureStatus.ACTUAL
        and row.defined.measure != Measure.RANK
    )


def side_by_side(indicator: Indicator, rows: Sequence[IndicatorValue]) -> BarChart | None:
    """Return the newest year of an indicator over the units that count it alike. No query.

    ``rows`` are its published figures. Of several scopes and units the commonest is drawn.
    """
    by_series: dict[tuple[str, str, str], list[IndicatorValue]] = defaultdict(list)
    for row in rows:
        if (
            row.value is not None
            and row.value >= 0
            and not row.subject
            and row.status == FigureStatus.ACTUAL
            and row.reporting_unit.kind != DistrictKind.CITY
            and len(row.period) == 4
        ):
            by_series[row.period, row.unit, row.scope].append(row)
    if not by_series or indicator.measure == Measure.RANK:
        return None
    newest = max(period for period, _unit, _scope in by_series)
    (_period, unit, _scope), shown = max(
        (item for item in by_series.items() if item[0][0] == newest),
        key=lambda item: len({row.reporting_unit_id for row in item[1]}),
    )
    once = {row.reporting_unit_id: row for row in reversed(shown)}
    if len(once) < 2:
        return None
    drawn = [
        BarRow(
            str(row.reporting_unit),
            [row.value or 0],
            row.printed_number,
            reverse("publications:record", args=[FIGURES.code, row.uid]),
        )
        for row in sorted(once.values(), key=lambda row: -(row.value or 0))
    ]
    return bar_chart(
        f"{newest} ({unit})",
        drawn,
        label_heading=_("Reporting unit"),
        note=shown[0].get_scope_display() if shown[0].scope else "",
    )


def over_time(rows: Sequence[IndicatorValue]) -> list[LineChart]:
    """Return a line for each unit of which an indicator is published for several years.

    A break of the indicator's definition is marked, and the line does not cross it.
    """
    series: dict[tuple[int, str, str], dict[int, IndicatorValue]] = defaultdict(dict)
    for row in rows:
        if (
            row.value is not None
            and not row.subject
            and row.status == FigureStatus.ACTUAL
            and len(row.period) == 4
            and row.period.isdecimal()
        ):
            series[row.reporting_unit_id, row.unit, row.scope][int(row.period)] = row
    lines = []
    for (_pk, unit, _scope), found in series.items():
        some = next(iter(found.values()))
        broken = [year for year in some.indicator.breaks if min(found) < year <= max(found)]
        note = _("Defined anew from %(years)s: not comparable with earlier years.")
        lines.append(
            line_chart(
                f"{some.reporting_unit} ({unit})",
                [(year, row.value or 0, row.printed_number) for year, row in found.items()],
                note=note % {"years": "、".join(map(str, broken))} if broken else "",
                broken=broken,
            )
        )
    return [line for line in lines if line is not None]


def organisation_by_year(counts: dict[tuple[int, str], int]) -> BarChart | None:
    """Return how often an organisation is named, by report year and kind. No query."""
    labels = {kind.code: str(kind.label_plural) for kind in listed_record_kinds()}
    codes = [code for code in labels if any(found == code for _year, found in counts)]
    years = sorted({year for year, _code in counts}, reverse=True)
    if len(years) < 2:
        return None
    return bar_chart(
        _("By report year"),
        [BarRow(str(year), [counts.get((year, code), 0) for code in codes]) for year in years],
        series=[labels[code] for code in codes],
        label_heading=_("Year"),
    )


def awards_of(programme: str) -> list[dict[str, object]]:
    """Return a programme's published awards by year, class and grade. One query."""
    rows = (
        AWARDS.model.objects.public()
        .filter(programme=programme)
        .values("award_year", "award_class", "grade", year=F("revision__case__year"))
        .annotate(number=Count("pk"), place=Min("position"))
        .order_by("-award_year", "place")
    )
    return list(rows)


def grades_by_year(rows: Sequence[dict[str, object]]) -> BarChart | None:
    """Return a programme's awards as a bar a year, parted by grade. No query."""
    grades = list(dict.fromkeys(str(row["grade"]) for row in sorted(rows, key=_highest_first)))
    numbers: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        numbers[int(str(row["award_year"]))][str(row["grade"])] += int(str(row["number"]))
    return bar_chart(
        _("Awards by year"),
        [
            BarRow(str(year), [numbers[year][grade] for grade in grades])
            for year in sorted(numbers, reverse=True)
        ],
        series=grades,
        label_heading=_("Award year"),
    )


def winners_of(programme: str) -> BarChart | None:
    """Return who won a programme most often as the first completing organisation. One query."""
    uids = AWARDS.model.objects.public().filter(programme=programme).values("uid")
    first = (
        published_mentions()
        .filter(record_kind=AWARDS.code, field=AWARDS.mentions[0], position=0, record_uid__in=uids)
        .values("name__organisation", "name__organisation__name")
        .annotate(number=Count("pk"))
        .order_by("-number", "name__organisation__name")[:ORGANISATIONS_SHOWN]
    )
    return bar_chart(
        _("Who won most"),
        [
            BarRow(
                row["name__organisation__name"],
                [row["number"]],
                url=reverse("publications:organisation", args=[row["name__organisation"]]),
            )
            for row in first
        ],
        label_heading=_("Organisation"),
        note=_("An award counts for its first completing organisation."),
    )


def programmes() -> list[str]:
    """Return the names of the programmes of which an award is published. One query."""
    names: QuerySet[Award, str] = (
        AWARDS.model.objects.public()
        .order_by("programme")
        .values_list(Cast("programme", CharField()), flat=True)
        .distinct()
    )
    return list(names)


def listing_of(programme: str, year: object) -> str:
    """Return the path of the listing of a programme's awards of a year."""
    asked = urlencode({"programme": programme, "award_year": str(year)})
    return f"{reverse('publications:listing', args=[AWARDS.code])}?{asked}"
