"""The reviewers' queue: what waits, by tab, with filters and views that a person keeps."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from apps.accounts.models import Role
from apps.cases.desk import queue as asked
from apps.cases.desk.filters import QueueFilterSet
from apps.cases.desk.forms import ViewForm
from apps.cases.desk.tables import QueueTable
from apps.cases.desk.views.base import DeskRequest, chips_of, crumbs, next_url, page
from apps.cases.domain.saved_views import delete_view, keep_view, rename_view
from apps.cases.errors import WorkflowError
from apps.cases.models import SavedView

ROWS_PER_PAGE = 50
# The parameters that make a view; a page number is none.
VIEW_PARAMETERS = frozenset(
    {"tab", "q", "kind", "year", "bureau", "state", "reviewer", "deadline", "sort"}
)


def ensure_queue(request: DeskRequest) -> None:
    """Raise 404 for who has no queue."""
    if not request.user.has_role(*asked.QUEUE_ROLES):
        raise Http404


@login_required
@require_safe
def queue(request: DeskRequest) -> HttpResponse:
    """Show one tab of the queue, filtered and sorted."""
    ensure_queue(request)
    user = request.user
    default = "all" if user.has_role(Role.AUDITOR) else "mine"
    tab = request.GET.get("tab", default)
    if tab not in asked.TABS:
        tab = default
    data = request.GET.copy()
    if "tab" in data:
        # A tab that there is not is the usual one.
        data["tab"] = tab
    filterset = QueueFilterSet(data, asked.queue(user, tab), request=request)
    filterset.form.initial["tab"] = tab
    table = QueueTable(
        filterset.found,
        user=user,
        today=timezone.localdate(),
        empty_text=_("No case here. Look at another tab, or change the filter."),
    )
    counts = asked.tab_counts(user, filterset.found)
    paging = {"per_page": ROWS_PER_PAGE, "paginator_class": asked.CountedPaginator}
    RequestConfig(request, paginate={**paging, "total": counts["shown"]}).configure(table)
    chips = [chip for chip in chips_of(request, filterset.form) if chip["name"] != "tab"]
    others = asked.other_counts(user)
    kept = request.GET.copy()
    for name in set(kept) - VIEW_PARAMETERS:
        del kept[name]
    kept["tab"] = tab
    return render(
        request,
        "cases/queue.html",
        {
            "table": table,
            "unassigned": counts["in_unassigned"] if tab == "mine" else 0,
            "tabs": [
                {
                    "url": f"{request.path}?tab={name}",
                    "label": label,
                    "count": counts[f"in_{name}"],
                    "current": name == tab,
                }
                for name, label in asked.TABS.items()
            ]
            + [
                {
                    "url": reverse("desk:requests"),
                    "label": _("Correction requests"),
                    "count": others["requests"],
                },
                {
                    "url": reverse("desk:extensions"),
                    "label": _("More time"),
                    "count": others["extensions"],
                },
            ],
            "tab": tab,
            "filter_form": filterset.form,
            "chips": chips,
            "clear_url": f"{request.path}?tab={tab}" if chips else "",
            "sort": request.GET.get("sort", ""),
            "may_review": user.has_role(Role.CITY_REVIEWER),
            "views": list(user.saved_views.filter(place=SavedView.QUEUE)),
            "query": kept.urlencode(),
        },
    )


@login_required
@require_POST
def view_new(request: DeskRequest) -> HttpResponse:
    """Keep the present view of the queue under a name."""
    ensure_queue(request)
    query = request.POST.get("query", "")
    try:
        view = keep_view(request.user, request.POST.get("name", ""), query, VIEW_PARAMETERS)
    except WorkflowError as refusal:
        messages.error(request, str(refusal))
    else:
        query = view.query
        messages.success(request, _("The view is kept as “%(name)s”.") % {"name": view.name})
    return redirect(f"{reverse('desk:queue')}?{query}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def view_edit(request: DeskRequest, view_id: int) -> HttpResponse:
    """Rename or delete a view of one's own: of the queue, or of a long list."""
    try:
        view = SavedView.objects.get(pk=view_id, owner=request.user)
    except SavedView.DoesNotExist as error:
        raise Http404 from error
    if view.place == SavedView.QUEUE:
        ensure_queue(request)
        home, place = reverse("desk:queue"), _("Queue")
    else:
        home, place = reverse("desk:cases"), _("Cases")
    # A view of a list was opened from one case's list, to which the person goes back.
    back = next_url(request, "")
    form = ViewForm(request.POST if request.method == "POST" else None, initial={"name": view.name})
    refusal: WorkflowError | None = None
    if request.method == "POST" and "delete" in request.POST:
        delete_view(request.user, view.pk)
        messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
        return redirect(back or home)
    if request.method == "POST" and form.is_valid():
        try:
            view = rename_view(request.user, view.pk, form.cleaned_data["name"])
        except WorkflowError as error:
            refusal = error
        else:
            messages.success(request, _("The view is now called “%(name)s”.") % {"name": view.name})
            return redirect(back or f"{home}?{view.query}")
    context: dict[str, Any] = {
        "view": view,
        "form": form,
        "home": home,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "crumbs": [
            crumbs()[0],
            {"url": home, "label": place},
            {"url": "", "label": view.name},
        ],
    }
    status = 422 if request.method == "POST" else 200
    return page(request, "cases/queue_view.html", context, refusal, status)
