"""Correction requests from the public, as the city's reviewers work them off."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.models import Role
from apps.cases.desk import queue as asked
from apps.cases.desk.forms import AnswerForm, RequestFindingForm
from apps.cases.desk.views.base import DeskRequest, case_url, crumbs, page
from apps.cases.desk.views.queue import ensure_queue
from apps.cases.domain.requests import answer_request, make_finding_of
from apps.cases.errors import WorkflowError
from apps.cases.kinds import record_kinds
from apps.cases.models import CorrectionRequest, RequestStatus, Revision, State

PER_PAGE = 50


@login_required
@require_safe
def request_list(request: DeskRequest) -> HttpResponse:
    """List what the public asked to be corrected: open requests first come, or answered ones."""
    ensure_queue(request)
    rows = CorrectionRequest.objects.visible_to(request.user)
    closed = request.GET.get("tab") == "closed"
    is_closed = Q(status=RequestStatus.CLOSED)
    counts = rows.aggregate(
        closed=Count("pk", filter=is_closed), open=Count("pk", filter=~is_closed)
    )
    shown = rows.filter(is_closed if closed else ~is_closed).select_related(
        "revision__case__bureau"
    )
    if closed:
        shown = shown.order_by("-closed_at", "-pk")
    return render(
        request,
        "cases/requests.html",
        {
            "page_obj": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
            "tabs": [
                {
                    "url": request.path,
                    "label": pgettext("of requests", "Open"),
                    "count": counts["open"],
                    "current": not closed,
                },
                {
                    "url": f"{request.path}?tab=closed",
                    "label": _("Answered"),
                    "count": counts["closed"],
                    "current": closed,
                },
            ],
            "crumbs": [*asked_crumbs(), {"url": "", "label": _("Correction requests")}],
        },
    )


def asked_crumbs() -> list[dict[str, str]]:
    """Return the way to the queue."""
    return [crumbs()[0], {"url": reverse("desk:queue"), "label": _("Queue")}]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_page(request: DeskRequest, request_id: int) -> HttpResponse:
    """Show a request beside its row; take an answer, or make a remark of it."""
    if not request.user.has_role(*asked.QUEUE_ROLES):
        raise Http404
    try:
        found = (
            CorrectionRequest.objects.visible_to(request.user)
            .select_related("revision__case__bureau", "finding", "closed_by")
            .get(pk=request_id)
        )
    except CorrectionRequest.DoesNotExist as error:
        raise Http404 from error
    posted = request.POST if request.method == "POST" else None
    answer = AnswerForm(posted)
    remark = RequestFindingForm(posted, initial={"message": found.reason})
    refusal: WorkflowError | None = None
    if request.method == "POST" and answer.is_valid() and remark.is_valid():
        try:
            if "remark" in request.POST:
                values = remark.cleaned_data
                make_finding_of(request.user, found.pk, values["message"], values["deadline"])
                messages.success(request, _("The request is now a remark of the case."))
            else:
                answer_request(request.user, found.pk, answer.cleaned_data["answer"])
                messages.success(request, _("The request is answered."))
            return redirect("desk:request", found.pk)
        except WorkflowError as error:
            refusal = error
    status = 422 if request.method == "POST" else 200
    return page(
        request, "cases/request.html", _context(request, found, answer, remark), refusal, status
    )


def _context(
    request: DeskRequest, found: CorrectionRequest, answer: AnswerForm, remark: RequestFindingForm
) -> dict[str, Any]:
    """Return what the page of a request shows. The contact is for reviewers alone."""
    user = request.user
    kind = record_kinds[found.record_kind]
    row = kind.model.objects.filter(revision=found.revision_id, uid=found.record_uid).first()
    is_reviewer = user.has_role(Role.CITY_REVIEWER)
    reviewing = found.revision.case.revisions.filter(state=State.REVIEWING).first()
    is_open = found.status != RequestStatus.CLOSED
    public = Revision.objects.public().filter(pk=found.revision_id).exists()
    return {
        "item": found,
        "title_of_row": str(getattr(row, kind.title_field)) if row else "",
        "kind": kind,
        "row_url": reverse(
            "desk:row_history", args=[found.revision.case_id, kind.code, found.record_uid]
        ),
        "public_url": f"/{kind.path}{found.record_uid}/" if public and kind.is_listed else "",
        "contact": found.contact if is_reviewer else "",
        "is_reviewer": is_reviewer,
        "may_answer": is_reviewer and is_open,
        "may_remark": is_reviewer
        and is_open
        and found.finding_id is None
        and reviewing is not None,
        "finding_url": reverse(
            "desk:finding", args=[found.finding.revision.case_id, found.finding_id]
        )
        if found.finding
        else "",
        "restate_url": f"{case_url(found.revision)}restate/"
        if public and user.has_role(Role.CITY_PUBLISHER)
        else "",
        "answer_form": answer,
        "remark_form": remark,
        "crumbs": [
            *asked_crumbs(),
            {"url": reverse("desk:requests"), "label": _("Correction requests")},
            {"url": "", "label": found.number},
        ],
    }
