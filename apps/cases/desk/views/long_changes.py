"""Where a change of very many rows stands: how far it is, how it came out; cancelling it. Thin."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from apps.cases import scope
from apps.cases.desk.views.base import DeskRequest, crumbs, page, revision_or_404
from apps.cases.domain import long_changes
from apps.cases.errors import WorkflowError
from apps.cases.models import LongChange


def change_url(change: LongChange) -> str:
    """Return the address of the page that says where a change stands."""
    return reverse("desk:long_change", args=[change.revision.case_id, change.pk])


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def long_change(request: DeskRequest, case_id: int, change_id: int) -> HttpResponse:
    """Show how far a change is, or how it came out; on POST cancel one that waits."""
    revision = revision_or_404(request, case_id)
    if not scope.may_fill(request.user, revision.case.kind_spec, revision.case.bureau_id):
        raise Http404
    change = (
        LongChange.objects.filter(pk=change_id, revision__case=case_id)
        .select_related("revision", "by")
        .first()
    )
    if change is None:
        raise Http404
    refusal: WorkflowError | None = None
    if request.method == "POST":
        try:
            long_changes.cancel(request.user, change.pk)
        except WorkflowError as error:
            refusal = error
        else:
            messages.info(request, _("Cancelled. Nothing was changed."))
            return redirect(change.url or change_url(change))
    if request.htmx and not change.is_under_way:
        # The page that waited shows the result as soon as it is there.
        return HttpResponseClientRefresh()
    is_lost = long_changes.is_lost(change)
    undo_url, back = "", change.url
    if operation := change.result.get("operation"):
        undo_url = reverse("desk:list_undo", args=[case_id, change.result["kind"], operation])
        # The list shows the way back from it, too, and no row stays ticked for it.
        back += f"{'&' if '?' in back else '?'}done={operation}"
    context = {
        "revision": revision,
        "case": revision.case,
        "crumbs": crumbs(revision, change.words),
        "change": change,
        "is_lost": is_lost,
        "may_cancel": change.state == "waiting" or is_lost,
        "undo_url": undo_url,
        "back": back,
    }
    return page(request, "cases/long_change.html", context, refusal)
