"""Every saved change of a row."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.cases.changes import field_changes
from apps.cases.desk import queries
from apps.cases.desk.values import field_label, in_words
from apps.cases.desk.views.base import (
    DeskRequest,
    crumbs,
    kind_or_404,
    page,
    revision_or_404,
)
from apps.cases.desk.views.row_base import row_url, title_of
from apps.cases.kinds import RecordKind


@login_required
@require_safe
def row_history(request: DeskRequest, case_id: int, code: str, uid: uuid.UUID) -> HttpResponse:
    """Show every saved change of a row: old and new value, who, when."""
    revision = revision_or_404(request, case_id)
    kind = kind_or_404(revision, code)
    events = queries.history_of_row(request.user, revision.case, kind, uid)
    if not events:
        raise Http404
    return page(
        request,
        "cases/row_history.html",
        {
            "revision": revision,
            "case": revision.case,
            "kind": kind,
            "title": title_of(kind, events[-1]),
            "entries": _history(kind, list(events)),
            "is_standing": kind.model.objects.filter(revision=revision, uid=uid).exists(),
            "row_url": row_url(revision, kind, uid),
            "crumbs": crumbs(revision, title_of(kind, events[-1]), _("History")),
        },
    )


def _history(kind: RecordKind, events: list[Any]) -> list[dict[str, Any]]:
    """Return the saved changes, newest first, each with the fields that it changed."""
    removers = queries.people_by_id(
        (event.pgh_context.metadata.get("user") if event.pgh_context else None)
        for event in events
        if event.pgh_label == "delete"
    )
    entries = []
    former = None
    for event in events:
        who = str(event.updated_by)
        if event.pgh_label == "delete":
            what = _("Removed")
            meta = event.pgh_context.metadata if event.pgh_context else {}
            who = str(removers.get(int(meta.get("user") or 0), "—"))
        elif former is None:
            what = _("Entered")
        elif former.revision_id != event.revision_id:
            what, who = _("Copied into revision %(number)s") % {"number": event.revision.number}, ""
        elif former.pgh_label == "delete":
            what = _("Put back")
        else:
            what = _("Changed")
        is_shown_whole = former is None
        entries.append(
            {
                "time": event.pgh_created_at,
                "what": what,
                "who": who,
                "revision": event.revision.number,
                "values": [
                    {"label": field_label(kind.model, name), "value": in_words(event, name)}
                    for name in kind.fields
                ]
                if is_shown_whole
                else [],
                "changes": () if is_shown_whole else field_changes(kind, former, event),
            }
        )
        former = event
    return entries[::-1]
