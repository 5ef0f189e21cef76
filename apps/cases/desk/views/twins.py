"""Rows that may be one project in two lists: proposed, compared, answered."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.cases.desk.views.base import DeskRequest, crumbs, page
from apps.cases.desk.views.organisations import ensure_reader
from apps.cases.domain.organisations import may_keep
from apps.cases.domain.twins import answer_twin
from apps.cases.errors import WorkflowError
from apps.cases.kinds import record_kinds
from apps.cases.models import Twin, TwinAnswer
from apps.cases.twins import differences, rows_of_twins

PER_PAGE = 25
TABS = {
    "": gettext_lazy("Proposed"),
    TwinAnswer.ACCEPTED: gettext_lazy("One project"),
    TwinAnswer.REJECTED: gettext_lazy("Two projects"),
}


@login_required
@never_cache
@require_safe
def twin_list(request: DeskRequest) -> HttpResponse:
    """List the pairs that are proposed, or those that were answered."""
    ensure_reader(request)
    answer = request.GET.get("answer", "")
    answer = answer if answer in TABS else ""
    pages = Paginator(Twin.objects.filter(answer=answer).select_related("answered_by"), PER_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    rows = rows_of_twins(request.user, shown.object_list)
    return page(
        request,
        "cases/twins.html",
        {
            "page_obj": shown,
            "actions": [
                {
                    "url": reverse("desk:organisations"),
                    "label": _("Organisations"),
                    "style": "secondary",
                }
            ],
            "pairs": [
                {"twin": twin, "one": rows[twin.one], "other": rows[twin.other]}
                for twin in shown.object_list
                if twin.one in rows and twin.other in rows
            ],
            "tabs": [
                {
                    "url": f"{request.path}?answer={code}",
                    "label": label,
                    "count": pages.count if code == answer else "",
                    "current": code == answer,
                }
                for code, label in TABS.items()
            ],
            "crumbs": [crumbs()[0], {"url": "", "label": _("Projects in two lists")}],
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def twin(request: DeskRequest, twin_id: int) -> HttpResponse:
    """Show a pair field by field; take the answer, or take it back."""
    ensure_reader(request)
    found = Twin.objects.select_related("answered_by").filter(pk=twin_id).first()
    rows = rows_of_twins(request.user, [found]) if found else {}
    if found is None or len(rows) < 2:
        raise Http404
    refusal: WorkflowError | None = None
    if request.method == "POST":
        try:
            answer = request.POST.get("answer", "")
            answer_twin(request.user, twin_id, answer, request.POST.get("seen"))
        except WorkflowError as error:
            refusal = error
            found.refresh_from_db()
        else:
            messages.success(request, _("The answer is kept."))
            return redirect("desk:twin", twin_id)
    kind = record_kinds[found.record_kind]
    one, other = rows[found.one], rows[found.other]
    context: dict[str, Any] = {
        "twin": found,
        "one": one,
        "other": other,
        "differences": differences(kind, one, other),
        "may_keep": may_keep(request.user),
        "crumbs": [
            crumbs()[0],
            {"url": reverse("desk:twins"), "label": _("Projects in two lists")},
            {"url": "", "label": str(one)},
        ],
    }
    return page(request, "cases/twin.html", context, refusal)
