"""A person's work and the cases in his scope. Everything starts from ``revisions_for``."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    DateTimeField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Greatest
from django.utils import timezone

from apps.accounts.models import CITY_ROLES, DISTRICT_ROLES, Bureau, Role, User
from apps.cases.deadlines import Deadlines, due_expression
from apps.cases.kinds import Kind, kinds
from apps.cases.models import (
    OPEN,
    SETTLED,
    WRITABLE,
    Case,
    Event,
    Look,
    Notification,
    Revision,
    State,
)
from apps.registry.models import NoticeRule, ReportingYear

DESK_ROLES = frozenset({*DISTRICT_ROLES, *CITY_ROLES, Role.AUDITOR})


PEOPLE = (
    "created_by",
    "handed_over_by",
    "submitted_by",
    "reviewer",
    "approved_by",
    "published_by",
)


def revisions_for(user: User) -> QuerySet[Revision]:
    """Return the revisions ``user`` works with or reads at the desk; an administrator has none."""
    if not user.has_role(*DESK_ROLES):
        return Revision.objects.none()
    return Revision.objects.visible_to(user)


def latest_revisions(user: User) -> QuerySet[Revision]:
    """Return one revision per case: the one with the highest number that ``user`` may see."""
    later = revisions_for(user).filter(case=OuterRef("case"), number__gt=OuterRef("number"))
    return revisions_for(user).filter(~Exists(later)).select_related("case__bureau")


def find_revision(
    user: User, case_id: int, number: int | None = None, beside: Mapping[str, Any] | None = None
) -> Revision:
    """Return a revision of a case in scope, the latest unless ``number`` says which.

    ``beside`` are annotations that its page wants along. Raises ``Revision.DoesNotExist``.
    """
    revisions = revisions_for(user).filter(case_id=case_id).annotate(**(beside or {}))
    if number is not None:
        revisions = revisions.filter(number=number)
    revision = (
        revisions.select_related("case__bureau__district", "based_on", *PEOPLE)
        .order_by("-number")
        .first()
    )
    if revision is None:
        raise Revision.DoesNotExist
    return revision


def visible_revisions(user: User, case_id: int) -> list[Revision]:
    """Return the revisions of a case in scope, newest first, with all that their page tells.

    One query: with the case, its bureau, who did what, the release, the day on which the year is
    due, ``open_number`` and ``open_state`` of a correction under way, in scope or not, and
    ``seen_at``: up to when the person has seen it (said so, returned or approved it).
    """
    judged = Event.objects.filter(
        revision=OuterRef("pk"), actor=user, transition__in=["return", "approve"]
    )
    seen = Look.objects.filter(revision=OuterRef("pk"), person=user)
    under_way = Revision.objects.filter(case=OuterRef("case"), state__in=sorted(OPEN))
    return list(
        revisions_for(user)
        .filter(case_id=case_id)
        .select_related("case__bureau", "based_on", "release_item__release", *PEOPLE)
        .defer("release_item__release__manifest")
        .annotate(
            open_number=Subquery(under_way.values("number")[:1]),
            open_state=Subquery(under_way.values("state")[:1]),
            seen_at=Greatest(
                Subquery(seen.values("at")), Subquery(judged.order_by("-at").values("at")[:1])
            ),
            year_due_on=due_expression(),
        )
        .order_by("-number")
    )


def kinds_filled_by(user: User) -> list[Kind]:
    """Return the kinds of case that ``user`` opens and fills for his bureau."""
    return [kind for kind in kinds.values() if user.has_role(kind.filled_by)]


def to_publish(user: User) -> Q:
    """Return the condition of a revision that ``user``, a publisher, can bring on now."""
    ready = Q(state=State.APPROVED) | Q(state=State.ON_NOTICE, notice_until__lte=timezone.now())
    return ready & ~Q(approved_by=user)


def _waits_for(user: User) -> Q:
    """Return the condition of a revision that waits for ``user`` to do something."""
    own = Q(case__bureau=user.bureau_id)
    waits = own & Q(case__kind__in=[k.code for k in kinds_filled_by(user)], state__in=WRITABLE)
    if user.has_role(Role.DISTRICT_SIGNATORY):
        waits |= own & Q(state=State.CHECKING) & ~Q(handed_over_by=user)
    if user.has_role(Role.CITY_REVIEWER):
        waits |= Q(state=State.SUBMITTED) & ~Q(submitted_by=user)
        waits |= Q(state=State.REVIEWING, reviewer=user)
    if user.has_role(Role.CITY_PUBLISHER):
        waits |= to_publish(user)
    if user.has_role(Role.CITY_REVIEWER, Role.CITY_PUBLISHER):
        proposals = Event.objects.filter(
            transition="propose_withdrawal", from_version=F("revision__version") - 1
        ).exclude(actor=user)
        waits |= Q(state=State.PUBLISHED, pk__in=proposals.values("revision"))
    return waits


def waiting_for(user: User) -> QuerySet[Revision]:
    """Return what waits for ``user``, longest waiting first, with ``since`` and ``item_due``."""
    last = Event.objects.filter(revision=OuterRef("pk")).order_by("-from_version").values("at")[:1]
    return (
        revisions_for(user)
        .filter(_waits_for(user))
        .select_related("case__bureau")
        .annotate(
            since=Subquery(last, output_field=DateTimeField()),
            item_due=Min(
                "findings__deadline",
                filter=~Q(findings__status__in=sorted(SETTLED)),
            ),
        )
        .order_by("since", "pk")
    )


def reporting_years() -> dict[int, ReportingYear]:
    """Return every reporting year by its number, newest first."""
    return {row.year: row for row in ReportingYear.objects.order_by("-year")}


def due_on(revision: Revision, deadlines: Deadlines) -> dt.date | None:
    """Return the day by which the bureau has to act: the return's, else the term's. None: no day.

    ``revision`` comes from ``waiting_for`` or ``queue``.
    """
    if revision.state == State.RETURNED:
        return revision.item_due  # type: ignore[attr-defined]
    if revision.state in {State.DRAFT, State.CHECKING} and revision.number == 1:
        case = revision.case
        return deadlines.due(case.kind, case.bureau_id, case.year)
    return None


def notice_days() -> Callable[[str, int], int | None]:
    """Return the rules of public notice as a function of kind and year: one query for all."""
    rules = list(NoticeRule.objects.order_by("-from_year"))

    def days(kind: str, year: int) -> int | None:
        fitting = (r for r in rules if r.kind == kind and r.from_year <= year)
        rule = next(fitting, None)
        return rule.working_days or None if rule else None

    return days


@dataclass(frozen=True)
class Missing:
    """A case that the person's bureau has not begun."""

    kind: Kind
    year: int
    due_on: dt.date

    @property
    def is_late(self) -> bool:
        """Say whether its day has passed."""
        return self.due_on < timezone.localdate()


def missing_cases(user: User, deadlines: Deadlines) -> list[Missing]:
    """Return per open year the kinds of one case a year that the bureau has not begun."""
    wanted = [kind for kind in kinds_filled_by(user) if not kind.has_subject]
    if not wanted:
        return []
    begun = set(
        Case.objects.filter(
            bureau=user.bureau_id, kind__in=[kind.code for kind in wanted]
        ).values_list("kind", "year")
    )
    today = timezone.localdate()
    missing = []
    for year in deadlines.calendar.years:
        for kind in wanted:
            term = deadlines.term(kind.code, year)
            if term and term.opens_on <= today and (kind.code, year) not in begun:
                assert user.bureau_id is not None
                due = deadlines.due(kind.code, user.bureau_id, year)
                missing.append(Missing(kind, year, due or term.due_on))
    return missing


def recent_events(user: User, rows: int = 30) -> QuerySet[Event]:
    """Return the last steps on cases in scope, newest first."""
    return (
        Event.objects.filter(revision__in=revisions_for(user))
        .select_related("revision__case__bureau")
        .order_by("-at", "-pk")[:rows]
    )


def notifications_for(user: User) -> QuerySet[Notification]:
    """Return the person's messages, unread ones first, newest first."""
    return (
        Notification.objects.filter(recipient=user)
        .select_related("event__revision__case__bureau")
        .order_by(F("read_at").asc(nulls_first=True), "-pk")
    )


def bureaus_with_cases(user: User) -> QuerySet[Bureau]:
    """Return the bureaus whose cases are in scope."""
    return Bureau.objects.filter(pk__in=revisions_for(user).values("case__bureau"))


def years_with_cases(user: User) -> list[int]:
    """Return the years of cases in scope, newest first."""
    years = Case.objects.filter(pk__in=revisions_for(user).values("case"))
    return list(years.order_by("-year").values_list("year", flat=True).distinct())
