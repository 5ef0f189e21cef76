"""What every bureau has to report in a year, and whether and when it did.

A duty is one report: of a kind without a subject every bureau that fills it owes one a year; of a
list there is a duty as soon as its case is open. On time is judged by the first report (the first
``submit`` of the case) against the term with the extension that was granted. Reports after the
first are corrections and are counted apart.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Min, Q
from django.utils import timezone

from apps.accounts.models import CITY_ROLES, DISTRICT_ROLES, Bureau, BureauKind, Role, User
from apps.cases.deadlines import Deadlines
from apps.cases.kinds import Kind, kinds
from apps.cases.models import Revision, State

# Before these a case has not left its bureau.
NOT_REPORTED = frozenset({State.DRAFT, State.CHECKING})


@dataclass(frozen=True)
class Duty:
    """One report that a bureau owes: due when, reported when, corrected how often."""

    kind: Kind
    bureau: Bureau
    year: int
    subject: str
    # The term of the calendar, and the day that counts: later where an extension was granted.
    term_ends: dt.date
    due_on: dt.date
    case_id: int | None = None
    reported_at: dt.datetime | None = None
    corrections: int = 0
    # False once the case is with the city or came back from it.
    is_with_bureau: bool = True

    @property
    def reported_on(self) -> dt.date | None:
        """Return the day of the first report, in local time."""
        return timezone.localdate(self.reported_at) if self.reported_at else None

    @property
    def is_extended(self) -> bool:
        """Say whether more time was granted."""
        return self.due_on > self.term_ends

    def status(self, today: dt.date) -> str:
        """Return ``on_time``, ``late``, ``missing`` (its day has passed) or ``open``."""
        if self.reported_on is not None:
            return "on_time" if self.reported_on <= self.due_on else "late"
        return "missing" if today > self.due_on else "open"

    def days_late(self, today: dt.date) -> int:
        """Return by how many calendar days the first report is or was late, nought if it is not."""
        return max(((self.reported_on or today) - self.due_on).days, 0)


def bureaus_in_scope(user: User) -> Q:
    """Return which bureaus' duties ``user`` may see: all for the city, a district's own for it."""
    if user.has_role(Role.AUDITOR, *CITY_ROLES):
        return Q()
    if user.has_role(*DISTRICT_ROLES):
        return Q(pk=user.bureau_id)
    return Q(pk__in=[])


def bureaus_of(year: int, scope: Q | None = None) -> list[Bureau]:
    """Return the bureaus whose district exists in ``year``; one without a district always does."""
    last_day = dt.date(year, 12, 31)
    return list(
        Bureau.objects.filter(scope or Q())
        .exclude(district__valid_to__lt=last_day)
        .exclude(district__valid_from__gt=last_day)
    )


def duties_of(
    year: int,
    deadlines: Deadlines,
    scope: Q | None = None,
    only: Iterable[Kind] | None = None,
) -> list[Duty]:
    """Return the duties of ``year`` of the bureaus in ``scope``, by kind and bureau.

    Empty where the year is not reported. Two queries, however many bureaus and cases.
    """
    wanted = list(kinds.values()) if only is None else list(only)
    bureaus = bureaus_of(year, scope)
    begun = _begun(year, wanted, bureaus)
    duties = []
    for kind in wanted:
        for bureau in bureaus:
            due_on = deadlines.due(kind.code, bureau.pk, year)
            term = deadlines.term(kind.code, year)
            if due_on is None or term is None:
                continue
            owes = not kind.has_subject and _fills(kind, bureau)
            for own in begun.get((kind.code, bureau.pk), [_Begun()] if owes else []):
                duties.append(
                    Duty(
                        kind,
                        bureau,
                        year,
                        own.subject,
                        term.due_on,
                        due_on,
                        own.case_id,
                        own.first,
                        max(own.reports - 1, 0),
                        own.is_with_bureau,
                    )
                )
    return duties


def _fills(kind: Kind, bureau: Bureau) -> bool:
    """Say whether bureaus of that level fill cases of ``kind``."""
    return (bureau.kind != BureauKind.CITY) == kind.checked_in_bureau


@dataclass(frozen=True)
class _Begun:
    """What the log says of one case; without one, of a report that was not begun."""

    subject: str = ""
    case_id: int | None = None
    first: dt.datetime | None = None
    reports: int = 0
    is_with_bureau: bool = True


def _begun(
    year: int, wanted: Iterable[Kind], bureaus: Iterable[Bureau]
) -> dict[tuple[str, int], list[_Begun]]:
    """Return the cases of ``year`` by kind and bureau, each with its first report. One query."""
    report = Q(events__transition="submit")
    away = ~Q(state__in=NOT_REPORTED) | Q(returned_at__isnull=False) | Q(number__gt=1)
    rows = (
        Revision.objects.filter(
            case__year=year,
            case__kind__in=[kind.code for kind in wanted],
            case__bureau__in=[bureau.pk for bureau in bureaus],
        )
        .order_by("case__subject", "case_id")
        .values_list("case__kind", "case__bureau_id", "case__subject", "case_id")
        .annotate(
            first=Min("events__at", filter=report),
            reports=Count("events", filter=report),
            away=Count("pk", filter=away),
        )
    )
    begun: dict[tuple[str, int], list[_Begun]] = {}
    for kind, bureau, subject, case, first, reports, gone in rows:
        begun.setdefault((kind, bureau), []).append(_Begun(subject, case, first, reports, not gone))
    return begun


@dataclass
class Tally:
    """How a number of duties stand."""

    expected: int = 0
    on_time: int = 0
    late: int = 0
    missing: int = 0
    open: int = 0
    extended: int = 0
    corrections: int = 0

    def add(self, duty: Duty, today: dt.date) -> None:
        """Count one duty."""
        self.expected += 1
        status = duty.status(today)
        setattr(self, status, getattr(self, status) + 1)
        self.extended += duty.is_extended
        self.corrections += duty.corrections

    @property
    def reported(self) -> int:
        """Return how many were reported, on time or not."""
        return self.on_time + self.late

    @property
    def share_reported(self) -> int | None:
        """Return the share that was reported in whole per cent, rounded down; None of nothing."""
        return self.reported * 100 // self.expected if self.expected else None

    @property
    def share_on_time(self) -> int | None:
        """Return the share reported on time in whole per cent, rounded down; None of nothing."""
        return self.on_time * 100 // self.expected if self.expected else None

    @property
    def worst(self) -> str:
        """Return the word that the heat map shows: the worst standing among the duties."""
        for status in ("missing", "late", "open", "on_time"):
            if getattr(self, status):
                return status
        return "none"


def tally(duties: Iterable[Duty], today: dt.date) -> Tally:
    """Return how ``duties`` stand together."""
    total = Tally()
    for duty in duties:
        total.add(duty, today)
    return total
