"""Undoing an import that was stored. Thin."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.cases.desk.lists.choosing import uid_of
from apps.cases.desk.views.base import DeskRequest, case_url, page
from apps.cases.desk.views.long_changes import change_url
from apps.cases.domain.many import Moved
from apps.cases.errors import WorkflowError
from apps.cases.models import LongChange
from apps.intake.imports import undoing
from apps.intake.views.shared import context_of, import_or_404, outcome_of, url_of


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: DeskRequest, case_id: int, import_id: int) -> HttpResponse:
    """Show what undoing would do; do it."""
    intake = import_or_404(request, case_id, import_id)
    try:
        if request.method == "POST":
            digest = request.POST.get("digest", "")
            token = uid_of(request.POST.get("token", ""))
            done = undoing.undo_or_queue(request.user, intake, digest, token)
            if isinstance(done, LongChange):
                return redirect(change_url(done))
            messages.success(
                request,
                _("Undone: %(added)s rows removed, %(changed)s as before.")
                % {"added": done.added, "changed": done.changed},
            )
            if done.left:
                messages.warning(
                    request,
                    _("Left as they are, because they were saved since: %(rows)s")
                    % {"rows": "；".join(done.left[: undoing.SHOWN])},
                )
            return redirect(url_of(intake))
        would = undoing.preview(intake)
    except Moved as refusal:
        messages.error(request, str(refusal))
        return redirect(url_of(intake, "undo"))
    except WorkflowError as refusal:
        if request.method != "POST":
            context = {**context_of(intake, _("Undo")), **outcome_of(intake)}
            return page(request, "intake/ended.html", context, refusal)
        messages.error(request, str(refusal))
        return redirect(url_of(intake))
    return render(
        request,
        "intake/undo.html",
        {
            **context_of(intake, _("Undo")),
            "would": would,
            "effects": [
                _("%(count)s rows that the import added are removed from the case.")
                % {"count": would.added},
                _("%(count)s rows that it changed are as before.") % {"count": would.changed},
            ],
            "left": would.left[: undoing.SHOWN],
            "hidden": [
                {"name": "digest", "value": would.digest},
                {"name": "token", "value": uuid.uuid4()},
            ],
            "case_url": case_url(intake.revision),
        },
    )
