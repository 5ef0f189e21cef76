"""How complete the year's returns are, indicator by indicator and bureau by bureau.

A cell is one indicator that districts are asked for, in the return of one bureau: its own figure
of the year itself, about no other body. It counts from the return as last reported; a draft that
nobody signed does not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from apps.accounts.models import Bureau
from apps.cases.duties import bureaus_of
from apps.cases.models import Revision
from apps.districts.models import Blank, FigureStatus, IndicatorValue
from apps.districts.queries import indicators_of_return
from apps.registry.models import Indicator

KIND = "district-returns"
# A figure; said not to apply; withheld; missing in a reported return; no return was reported.
STANDINGS = ("filled", Blank.NOT_APPLICABLE, Blank.WITHHELD, "missing", "unreported")


@dataclass
class IndicatorRow:
    """One indicator over all bureaus that owe a return."""

    indicator: Indicator
    # Standing of each bureau, by its id.
    cells: dict[int, str] = field(default_factory=dict)

    def count(self, standing: str) -> int:
        """Return how many bureaus stand so."""
        return sum(cell == standing for cell in self.cells.values())

    @property
    def filled(self) -> int:
        """Return how many bureaus gave a figure."""
        return self.count("filled")

    @property
    def not_applicable(self) -> int:
        """Return of how many bureaus it does not apply."""
        return self.count(Blank.NOT_APPLICABLE)

    @property
    def withheld(self) -> int:
        """Return how many bureaus withhold it."""
        return self.count(Blank.WITHHELD)

    @property
    def missing(self) -> int:
        """Return in how many reported returns it is missing."""
        return self.count("missing")

    @property
    def unreported(self) -> int:
        """Return how many bureaus have reported no return."""
        return self.count("unreported")

    @property
    def share(self) -> int:
        """Return the share of bureaus that gave a figure, in whole per cent, rounded down."""
        return self.filled * 100 // len(self.cells) if self.cells else 0


@dataclass(frozen=True)
class Completeness:
    """A year's returns by indicator."""

    bureaus: list[Bureau]
    rows: list[IndicatorRow]
    # The case of each bureau that reported, where the reader may open it.
    cases: dict[int, int]


def last_reported(year: int) -> QuerySet[Revision]:
    """Return the return of each bureau for ``year`` as last reported."""
    return (
        Revision.objects.filter(case__kind=KIND, case__year=year, submitted_at__isnull=False)
        .order_by("case_id", "-number")
        .distinct("case_id")
        .select_related("case")
    )


def completeness(year: int, scope: Q, visible: QuerySet[Revision]) -> Completeness:
    """Return the cells of ``year`` for the bureaus in ``scope``. Four queries at any size.

    ``visible`` are the revisions that the reader may open.
    """
    bureaus = [bureau for bureau in bureaus_of(year, scope) if not bureau.is_city]
    reported = {
        revision.case.bureau_id: revision
        for revision in last_reported(year).annotate(
            is_visible=Exists(visible.filter(pk=OuterRef("pk")))
        )
    }
    standing = _standings(year, [reported[b.pk] for b in bureaus if b.pk in reported])
    rows = []
    for indicator in indicators_of_return(year):
        row = IndicatorRow(indicator)
        for bureau in bureaus:
            row.cells[bureau.pk] = (
                standing.get((indicator.pk, bureau.pk), "missing")
                if bureau.pk in reported
                else "unreported"
            )
        rows.append(row)
    cases = {pk: r.case_id for pk, r in reported.items() if r.is_visible}
    return Completeness(bureaus, rows, cases)


def _standings(year: int, revisions: Sequence[Revision]) -> dict[tuple[int, int], str]:
    """Return indicator and bureau of each figure of the year: a value outdoes any blank."""
    figures = IndicatorValue.objects.filter(
        revision__in=[revision.pk for revision in revisions],
        reporting_unit__bureau=F("revision__case__bureau"),
        period=str(year),
        status=FigureStatus.ACTUAL,
        subject="",
    ).values_list("indicator", "revision__case__bureau", "blank")
    rank = {"filled": 3, Blank.NOT_APPLICABLE: 2, Blank.WITHHELD: 1, Blank.MISSING: 0}
    standing: dict[tuple[int, int], str] = {}
    for indicator, bureau, blank in figures:
        found = blank or "filled"
        known = standing.get((indicator, bureau))
        if known is None or rank[found] > rank[known]:
            standing[indicator, bureau] = found
    return standing
