"""Taking a change of many rows back: what it would do, and doing it."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.cases.desk.lists import orders
from apps.cases.desk.lists.choosing import uid_of
from apps.cases.desk.views.base import DeskRequest, page
from apps.cases.desk.views.lists import list_context, list_or_404, list_url
from apps.cases.desk.views.long_changes import change_url
from apps.cases.desk.views.row_base import recheck
from apps.cases.domain import long_changes, many
from apps.cases.domain.would_take_back import Would
from apps.cases.errors import WorkflowError
from apps.cases.models import LongChange, Operation


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def list_undo(request: DeskRequest, case_id: int, code: str, operation_id: int) -> HttpResponse:
    """Show what taking an operation back would do; do it."""
    revision, kind = list_or_404(request, case_id, code)
    operation = (
        Operation.objects.filter(pk=operation_id, revision__case=case_id, record_kind=kind.code)
        .select_related("revision", "by", "undone_by")
        .first()
    )
    if operation is None:
        raise Http404
    refusal: WorkflowError | None = None
    would = None
    try:
        if request.method == "POST":
            digest = request.POST.get("digest", "")
            if operation.changed + operation.added > long_changes.AT_ONCE:
                return redirect(change_url(_ask(request, operation, digest)))
            long_changes.ensure_free(revision.pk)
            done = many.undo(request.user, operation.pk, digest)
            recheck(request, revision)
            messages.success(request, _("Undone: %(count)s rows.") % {"count": done.total})
            if done.left:
                messages.warning(
                    request,
                    _("Left as they are, because they were saved since: %(rows)s")
                    % {"rows": "；".join(done.left[: many.SHOWN])},
                )
            return redirect(list_url(revision, kind))
    except WorkflowError as error:
        refusal = error
    if many.why_not_undone(operation) is None:
        # Also beside a refusal: what stands now is shown, and confirmed anew.
        would = many.preview_undoing(operation)
    elif refusal is None:
        refusal = many.why_not_undone(operation)
    context = {
        **list_context(revision, kind, _("Undo")),
        "operation": operation,
        "effects": _effects(would) if would else [],
        "left": would.left[: many.SHOWN] if would else [],
        "left_count": would.left_count if would else 0,
        "is_possible": would is not None and would.total > 0,
        "hidden": [
            {"name": "digest", "value": would.digest if would else ""},
            {"name": "token", "value": uuid.uuid4()},
        ],
        "back": list_url(revision, kind, "list_operations"),
    }
    return page(request, "cases/list_undo.html", context, refusal)


def _ask(request: DeskRequest, operation: Operation, digest: str) -> LongChange:
    """Let the task queue take a large operation back."""
    if refusal := many.why_not_undone(operation):
        raise refusal
    return long_changes.ask(
        request.user,
        operation.revision_id,
        orders.UNDO,
        {"operation": operation.pk, "digest": digest},
        words=orders.undo_words(operation),
        total=operation.changed + operation.added,
        token=uid_of(request.POST.get("token", "")),
        url=reverse(
            "desk:list_operations", args=[operation.revision.case_id, operation.record_kind]
        ),
    )


def _effects(would: Would) -> list[str]:
    effects = [
        (would.changed, _("%(count)s rows are as before.")),
        (would.removed, _("%(count)s removed rows come back.")),
        (would.added, _("%(count)s rows that were added are removed.")),
    ]
    return [text % {"count": count} for count, text in effects if count]
