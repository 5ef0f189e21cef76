"""What a change of the dictionary touches in the returns: asked before it is made."""

from dataclasses import dataclass

from django.db.models import Count, Q

from apps.districts.models import Derivation, IndicatorValue
from apps.registry.models import Indicator, IndicatorRelation


@dataclass(frozen=True)
class Touched:
    """What rests on an indicator, by the report year from which a new definition would hold."""

    # Figures of returns that are not reported yet and would be asked for anew.
    open_figures: int
    # Those of them that stand in a unit that the new definition does not know.
    other_unit: int
    # Figures of earlier report years, which keep the definition that they were made with.
    kept_figures: int
    # The last report year that was reported; None where there is none.
    reported_until: int | None
    relations: list[IndicatorRelation]
    derivations: list[Derivation]


def touched(indicator: Indicator, from_year: int, units: list[str]) -> Touched:
    """Return what a definition of ``indicator`` from a report year on touches. Four queries."""
    rows = IndicatorValue.objects.filter(indicator=indicator)
    is_later = Q(revision__case__year__gte=from_year)
    is_reported = Q(revision__submitted_at__isnull=False)
    counts = rows.aggregate(
        open_figures=Count("pk", filter=is_later & ~is_reported),
        other_unit=Count("pk", filter=is_later & ~is_reported & ~Q(unit__in=units)),
        kept_figures=Count("pk", filter=~is_later),
    )
    last = (
        rows.filter(is_reported)
        .order_by("-revision__case__year")
        .values_list("revision__case__year", flat=True)
        .first()
    )
    relations = IndicatorRelation.objects.filter(Q(indicator=indicator) | Q(term=indicator))
    return Touched(
        **counts,
        reported_until=last,
        relations=list(relations.select_related("indicator", "term")),
        derivations=list(Derivation.objects.filter(indicator=indicator)),
    )
