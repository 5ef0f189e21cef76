"""From when a case may be filled in, and by when it is due. Both are data a bureau can change."""

import datetime as dt
from dataclasses import dataclass, field

from apps.registry.models import ReportingYear


@dataclass(frozen=True)
class Term:
    """The days of one kind in one year."""

    opens_on: dt.date
    due_on: dt.date


@dataclass(frozen=True)
class Calendar:
    """All reporting years and the kinds that have days of their own, read once."""

    years: dict[int, Term] = field(default_factory=dict)
    kinds: dict[tuple[str, int], Term] = field(default_factory=dict)

    def term(self, kind: str, year: int) -> Term | None:
        """Return the days of ``kind`` in ``year``; None where that year is not reported."""
        return self.kinds.get((kind, year)) or self.years.get(year)


def read_calendar() -> Calendar:
    """Return the reporting calendar, newest year first. One query."""
    calendar = Calendar()
    rows = ReportingYear.objects.order_by("-year").values_list(
        "year", "opens_on", "due_on", "terms__kind", "terms__opens_on", "terms__due_on"
    )
    for year, opens_on, due_on, kind, own_opening, own_due in rows:
        calendar.years[year] = Term(opens_on, due_on)
        if kind is not None:
            calendar.kinds[kind, year] = Term(own_opening, own_due)
    return calendar
