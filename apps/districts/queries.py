"""What is asked about returns."""

from apps.accounts.models import Bureau
from apps.cases.models import Revision
from apps.districts.models import FigureStatus, IndicatorValue
from apps.registry.models import AskedOf, District, Indicator

# Indicator, unit and subject: what makes a figure comparable with last year's.
SeriesKey = tuple[int, str, str]


def last_year_values(bureau: Bureau, year: int) -> dict[SeriesKey, IndicatorValue]:
    """Return what is published of ``bureau``'s own return for the year before ``year``. One query."""
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
    return {(row.indicator_id, row.unit, row.subject): row for row in rows}


def indicators_of_return() -> list[Indicator]:
    """Return the indicators that each district is asked for, in the order of the form."""
    return list(Indicator.objects.exclude(asked_of=AskedOf.CITY))


def own_figures(revision: Revision, district: District) -> list[IndicatorValue]:
    """Return the figures of a return in printed order."""
    return list(
        IndicatorValue.objects.filter(revision=revision, reporting_unit=district)
        .select_related("indicator", "updated_by", "revision")
        .order_by("position", "id")
    )
