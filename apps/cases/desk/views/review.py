"""The reviewer's page of a case, and the mark that he has seen it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import Role
from apps.cases.desk import page as desk_page
from apps.cases.desk import queries, shown_findings
from apps.cases.desk.forms import FindingForm
from apps.cases.desk.review import REVIEWS, Review
from apps.cases.desk.values import field_label
from apps.cases.desk.views.base import DeskRequest, crumbs, next_url, revision_or_404
from apps.cases.domain.looking import mark_seen
from apps.cases.errors import WorkflowError
from apps.cases.models import State


@login_required
@require_safe
def review(request: DeskRequest, case_id: int) -> HttpResponse:
    """Show what changed since this person last looked; all of it is one key away."""
    revisions = queries.visible_revisions(request.user, case_id)
    if not revisions:
        raise Http404
    if not request.user.has_role(*REVIEWS):
        raise PermissionDenied
    revision = revisions[0]
    shown = Review(request.user, revision, request.GET.dict())
    said = shown.said_of_the_case
    may_decide = shown_findings.may_decide(request.user, revision)
    places = [("", _("the whole row"))] + [
        (name, field_label(shown.kind.model, name)) for name in shown.kind.fields
    ]
    remark = FindingForm(
        fields=places, is_objection=revision.state == State.ON_NOTICE, auto_id=False
    )
    return render(
        request,
        "cases/review.html",
        {
            "revision": revision,
            "case": revision.case,
            "review": shown,
            "page_obj": shown.page,
            "items": shown.items,
            "said": said,
            "said_settled": sum(finding["is_settled"] for finding in said),
            "may_decide": may_decide,
            "may_raise": may_decide,
            "may_mark": request.user.has_role(Role.CITY_REVIEWER, Role.CITY_PUBLISHER),
            "remark": remark,
            "now": timezone.now(),
            "here": request.get_full_path(),
            "steps": desk_page.offered_steps(revision, request.user, None),
            "crumbs": crumbs(revision, _("Review")),
        },
    )


@login_required
@require_POST
def seen(request: DeskRequest, case_id: int) -> HttpResponse:
    """Keep that the person has seen the case as his page showed it."""
    revision = revision_or_404(request, case_id)
    try:
        at = parse_datetime(request.POST.get("at", ""))
    except ValueError:
        at = None
    if at is not None and timezone.is_naive(at):
        at = None
    try:
        mark_seen(request.user, revision.pk, at)
    except WorkflowError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Kept: next time the page opens at what changed after this."))
    return redirect(next_url(request, reverse("desk:review", args=[case_id])))
