"""What accepting would do, and accepting. Thin."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.cases.desk.views.base import DeskRequest, page
from apps.cases.domain.long_changes import ensure_free
from apps.cases.errors import WorkflowError
from apps.intake import comparison
from apps.intake.imports import organisations as naming
from apps.intake.imports.accepting import accept_or_queue, why_nothing
from apps.intake.imports.comparing import compare
from apps.intake.models import Import
from apps.intake.places import places_of
from apps.intake.views.shared import context_of, import_or_404, url_of


@login_required
@never_cache
@require_safe
def compare_page(request: DeskRequest, case_id: int, import_id: int) -> HttpResponse:
    """Show what accepting would do, and everything that stands in its way."""
    intake = import_or_404(request, case_id, import_id)
    if not intake.is_open:
        return redirect(url_of(intake))
    return _comparison(request, intake)


def _comparison(
    request: DeskRequest, intake: Import, refusal: WorkflowError | None = None
) -> HttpResponse:
    result = compare(intake)
    shown = [item.line for item in (*result.changes, *result.repeats)]
    places = places_of(shown + [fault.line for fault in result.faults])
    context = {
        **context_of(intake, _("What would be stored")),
        "result": result,
        "nothing": "" if result.total or result.faulty else why_nothing(intake, result),
        "figures": [
            {"label": _("New"), "value": result.new},
            {"label": _("Changed"), "value": result.changed},
            {"label": _("Unchanged"), "value": result.unchanged},
            {"label": _("In the case, not in the file"), "value": result.missing},
        ],
        "changes": comparison.changes_of(result.changes, places),
        "repeats": [comparison.repeat_of(item, places) for item in result.repeats],
        "lacking": comparison.lacking_of(result.lacking),
        "faults": [comparison.fault_of(fault, places) for fault in result.faults],
        "undecided": naming.undecided(intake),
    }
    return page(request, "intake/compare.html", context, refusal)


@login_required
@require_POST
def accept_import(request: DeskRequest, case_id: int, import_id: int) -> HttpResponse:
    """Store what was shown; a long list is stored by the task queue."""
    intake = import_or_404(request, case_id, import_id)
    digest = request.POST.get("digest", "")
    try:
        if intake.is_open:
            ensure_free(intake.revision_id)
        done = accept_or_queue(request.user, intake, digest)
    except WorkflowError as refusal:
        if not intake.is_open:
            messages.error(request, str(refusal))
            return redirect(url_of(intake))
        return _comparison(request, intake, refusal)
    if done is None:
        return redirect(url_of(intake))
    stored = done.counts["new"] + done.counts["changed"]
    messages.success(
        request,
        ngettext("%(count)s row stored.", "%(count)s rows stored.", stored) % {"count": stored},
    )
    return redirect(url_of(intake))
