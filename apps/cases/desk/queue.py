"""What the reviewers' queue asks: the open cases in scope, by tab, with what they wait for."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import (
    CharField,
    Count,
    DateField,
    DateTimeField,
    Exists,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.models import Bureau, Role, User
from apps.cases.desk.queries import revisions_for, to_publish
from apps.cases.models import (
    OPEN,
    SETTLED,
    CorrectionRequest,
    Event,
    Extension,
    ExtensionStatus,
    Finding,
    RequestStatus,
    Revision,
    Severity,
    State,
)

QUEUE_ROLES = (Role.CITY_REVIEWER, Role.CITY_PUBLISHER, Role.AUDITOR)
# Where the bureau has to act, not the city.
WITH_BUREAU = frozenset({State.DRAFT, State.CHECKING, State.RETURNED})
TABS: dict[str, str | Promise] = {
    "mine": _("My work"),
    "unassigned": _("Unassigned"),
    "overdue": pgettext_lazy("of cases", "Overdue"),
    "waiting": _("Waiting for the district"),
    "all": _("All open cases"),
}


def items_due(before: dt.date | None = None) -> QuerySet[Finding]:
    """Return the open items of a return with their day, those before ``before`` where it is given."""
    items = Finding.objects.filter(revision=OuterRef("pk"), deadline__isnull=False).exclude(
        status__in=sorted(SETTLED)
    )
    return items if before is None else items.filter(deadline__lt=before)


def is_overdue(today: dt.date) -> Q:
    """Return the condition of a case whose bureau let the day of an item pass."""
    return Q(Exists(items_due(today)), state__in=sorted(WITH_BUREAU))


def tab_conditions(user: User) -> dict[str, Q]:
    """Return which open cases stand in each tab."""
    mine = Q(state__in=[State.SUBMITTED, State.REVIEWING], reviewer=user)
    if user.has_role(Role.CITY_PUBLISHER):
        mine |= to_publish(user)
    return {
        "mine": mine,
        "unassigned": Q(state=State.SUBMITTED, reviewer__isnull=True),
        "overdue": is_overdue(timezone.localdate()),
        "waiting": Q(state__in=sorted(WITH_BUREAU)),
        "all": Q(),
    }


def open_cases(user: User) -> QuerySet[Revision]:
    """Return the open revisions in scope; there is one per case at most."""
    return revisions_for(user).filter(state__in=sorted(OPEN))


def tab_counts(user: User, shown: QuerySet[Revision]) -> dict[str, int]:
    """Return how many cases stand in each tab (``in_mine`` …), and how many are ``shown``. One query."""
    conditions = tab_conditions(user)
    return open_cases(user).aggregate(
        shown=Count("pk", filter=Q(pk__in=shown.order_by().values("pk"))),
        **{f"in_{name}": Count("pk", filter=condition) for name, condition in conditions.items()},
    )


class CountedPaginator(Paginator):
    """A paginator that is told how many rows there are, and need not count them."""

    def __init__(self, *args: Any, total: int, **kwargs: Any) -> None:
        """Keep the number of rows."""
        super().__init__(*args, **kwargs)
        self.count = total


def queue(user: User, tab: str) -> QuerySet[Revision]:
    """Return the cases of a tab, longest waiting first.

    Each with ``since`` (its last step), ``item_due`` (the first day of its items) and
    ``open_findings`` (what stands in the way of approval).
    """
    last = Event.objects.filter(revision=OuterRef("pk")).order_by("-from_version").values("at")[:1]
    due = items_due().order_by().values("revision").annotate(day=Min("deadline")).values("day")
    findings = (
        Finding.objects.filter(revision=OuterRef("pk"))
        .exclude(status__in=sorted(SETTLED))
        .exclude(severity=Severity.HINT)
        .order_by()
        .values("revision")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return (
        open_cases(user)
        .filter(tab_conditions(user)[tab])
        .select_related("case__bureau", "reviewer")
        .annotate(
            since=Subquery(last, output_field=DateTimeField()),
            item_due=Subquery(due, output_field=DateField()),
            open_findings=Coalesce(Subquery(findings, output_field=IntegerField()), 0),
        )
        .order_by("since", "pk")
    )


def other_counts(user: User) -> dict[str, int]:
    """Return how many correction requests and requests for more time wait. One query."""
    requests = CorrectionRequest.objects.visible_to(user).exclude(status=RequestStatus.CLOSED)
    extensions = Extension.objects.visible_to(user).filter(status=ExtensionStatus.ASKED)
    parts = [
        rows.order_by().values_list(Value(name, output_field=CharField())).annotate(n=Count("pk"))
        for name, rows in (("requests", requests), ("extensions", extensions))
    ]
    return {"requests": 0, "extensions": 0, **dict(parts[0].union(parts[1], all=True))}


@dataclass(frozen=True)
class Choices:
    """What the filters of the queue offer: what the open cases in scope have."""

    years: list[int]
    bureaus: list[Bureau]
    reviewers: list[User]


def filter_choices(user: User) -> Choices:
    """Return the years, bureaus and reviewers of the open cases in scope. One query."""
    years: set[int] = set()
    bureaus: dict[int, Bureau] = {}
    reviewers: dict[int, User] = {}
    found = (
        open_cases(user)
        .order_by("case__year", "case__bureau_id", "reviewer_id")
        .distinct("case__year", "case__bureau_id", "reviewer_id")
        .select_related("case__bureau", "reviewer")
    )
    for revision in found:
        years.add(revision.case.year)
        bureaus[revision.case.bureau_id] = revision.case.bureau
        if revision.reviewer is not None:
            reviewers[revision.reviewer.pk] = revision.reviewer
    return Choices(
        sorted(years, reverse=True),
        sorted(bureaus.values(), key=lambda bureau: (bureau.order, bureau.slug)),
        sorted(reviewers.values(), key=lambda person: (str(person), person.pk)),
    )


def chosen(user: User, ids: set[int]) -> list[Revision]:
    """Return the revisions in scope that ``ids`` name, in order. Those out of scope are left out."""
    found: Any = (
        revisions_for(user)
        .filter(pk__in=ids)
        .select_related("case__bureau", "reviewer", "based_on")
        .order_by("pk")
    )
    return list(found)
