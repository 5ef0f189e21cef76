"""The desk's first page: what waits for the person, and what is missing."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.models import Role
from apps.cases.deadlines import Deadlines, read_deadlines
from apps.cases.desk import queries
from apps.cases.desk.views.base import DeskRequest
from apps.cases.models import Revision, State

# In the order in which a person wants to see them.
ORDER = [
    State.RETURNED,
    State.DRAFT,
    State.CHECKING,
    State.SUBMITTED,
    State.REVIEWING,
    State.APPROVED,
    State.ON_NOTICE,
    State.PUBLISHED,
]


@dataclass(frozen=True)
class Task:
    """One case that waits for the person."""

    revision: Revision
    due: dt.date | None

    @property
    def is_late(self) -> bool:
        """Say whether its day has passed."""
        return self.due is not None and self.due < timezone.localdate()


def _headings() -> dict[str, str]:
    return {
        State.RETURNED: _("Returned: to be corrected"),
        State.DRAFT: _("Being filled in"),
        State.CHECKING: _("To be checked and signed"),
        State.SUBMITTED: _("Reported: to be accepted for review"),
        State.REVIEWING: _("In my review"),
        State.APPROVED: _("Approved: to be published or put on notice"),
        State.ON_NOTICE: _("Public notice has ended: to be published"),
        State.PUBLISHED: _("Withdrawal proposed: to be decided"),
    }


def _groups(request: DeskRequest, deadlines: Deadlines) -> list[tuple[str, list[Task]]]:
    """Return the person's tasks under their headings."""
    tasks = [
        Task(revision, queries.due_on(revision, deadlines))
        for revision in queries.waiting_for(request.user)
    ]
    tasks.sort(key=lambda task: ORDER.index(State(task.revision.state)))
    headings = _headings()
    return [
        (headings[state], list(group))
        for state, group in groupby(tasks, key=lambda task: task.revision.state)
    ]


@login_required
@require_safe
def home(request: DeskRequest) -> HttpResponse:
    """Show the person's work by role: tasks, missing cases, new messages; all of it if auditor."""
    user = request.user
    if not user.has_role(*queries.DESK_ROLES):
        return render(
            request,
            "cases/home_admin.html",
            {
                "is_administrator": user.has_role(Role.ADMINISTRATOR),
            },
        )
    deadlines = read_deadlines(None if user.is_city_official else user.bureau_id)
    is_auditor = user.has_role(Role.AUDITOR)
    context = {
        "groups": _groups(request, deadlines),
        "missing": queries.missing_cases(user, deadlines),
        "startable": [kind for kind in queries.kinds_filled_by(user) if kind.has_subject],
        "events": queries.recent_events(user) if is_auditor else [],
        "is_auditor": is_auditor,
        "messages_new": queries.notifications_for(user)[:5],
        "today": timezone.localdate(),
    }
    return render(request, "cases/home.html", context)
