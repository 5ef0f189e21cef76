"""By when a case is due: the reporting calendar, and what was granted beyond it."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from apps.cases.models import Extension, ExtensionStatus, Revision
from apps.registry.deadlines import Calendar, Term, read_calendar
from apps.registry.models import ReportingTerm, ReportingYear

Place = tuple[str, int, int]


@dataclass(frozen=True)
class Deadlines:
    """The calendar with the extensions of each bureau, read once."""

    calendar: Calendar
    # (kind, bureau, year) -> the latest day that was granted.
    granted: dict[Place, dt.date] = field(default_factory=dict)

    def term(self, kind: str, year: int) -> Term | None:
        """Return the days of ``kind`` in ``year`` without any extension."""
        return self.calendar.term(kind, year)

    def due(self, kind: str, bureau_id: int, year: int) -> dt.date | None:
        """Return the day by which the bureau has to report; None where the year is not reported.

        An extension never shortens a term: where the calendar was moved later since, that counts.
        """
        term = self.term(kind, year)
        if term is None:
            return None
        return max(term.due_on, self.granted.get((kind, bureau_id, year), term.due_on))


def read_deadlines(bureau_id: int | None = None) -> Deadlines:
    """Return all deadlines; the extensions of one bureau only where it is named. Two queries."""
    extensions = Extension.objects.filter(status=ExtensionStatus.GRANTED)
    if bureau_id is not None:
        extensions = extensions.filter(bureau=bureau_id)
    granted: dict[Place, dt.date] = {}
    for kind, bureau, year, until in extensions.values_list("kind", "bureau_id", "year", "until"):
        assert until is not None
        place = (kind, bureau, year)
        granted[place] = max(until, granted.get(place, until))
    return Deadlines(read_calendar(), granted)


def due_of(kind: str, bureau_id: int, year: int) -> dt.date | None:
    """Return the day by which one bureau has to report one kind. One query. None: not reported."""
    terms = ReportingTerm.objects.filter(kind=kind, year=OuterRef("pk")).values("due_on")
    granted = Extension.objects.filter(
        kind=kind, bureau=bureau_id, year=OuterRef("pk"), status=ExtensionStatus.GRANTED
    ).order_by("-until")
    row = (
        ReportingYear.objects.filter(pk=year)
        .annotate(own=Subquery(terms[:1]), granted=Subquery(granted.values("until")[:1]))
        .values_list("due_on", "own", "granted")
        .first()
    )
    if row is None:
        return None
    due = row[1] or row[0]
    return max(due, row[2] or due)


def due_expression() -> Greatest:
    """Return the day by which the case of each revision of a query is due, as an expression."""
    year = OuterRef("case__year")
    terms = ReportingTerm.objects.filter(kind=OuterRef("case__kind"), year=year)
    granted = Extension.objects.filter(
        kind=OuterRef("case__kind"),
        bureau=OuterRef("case__bureau"),
        year=year,
        status=ExtensionStatus.GRANTED,
    ).order_by("-until")
    # PostgreSQL's GREATEST passes over what is null.
    return Greatest(
        Coalesce(
            Subquery(terms.values("due_on")[:1]),
            Subquery(ReportingYear.objects.filter(year=year).values("due_on")),
        ),
        Subquery(granted.values("until")[:1]),
    )


def due_on_of(revision: Revision) -> dt.date | None:
    """Return the day by which the first report of a case is due; None once it was reported."""
    case = revision.case
    if revision.submitted_at is not None or revision.number > 1:
        return None
    return due_of(case.kind, case.bureau_id, case.year)


def extensions_of(revision: Revision) -> QuerySet[Extension]:
    """Return the requests for more time that were made for a case, newest first."""
    case = revision.case
    return Extension.objects.filter(kind=case.kind, bureau=case.bureau_id, year=case.year)
