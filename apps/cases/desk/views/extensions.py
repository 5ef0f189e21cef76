"""Requests for more time, and the list of reminders that were sent."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.models import CITY_ROLES, DISTRICT_ROLES, Role
from apps.cases.deadlines import due_of, read_deadlines
from apps.cases.desk.forms import ExtensionAnswerForm, ExtensionForm
from apps.cases.desk.views.base import DeskRequest, crumbs, page
from apps.cases.domain.extensions import (
    DECIDERS,
    ask_extension,
    decide_extension,
    take_back_extension,
)
from apps.cases.duties import Duty, bureaus_in_scope, duties_of
from apps.cases.errors import NotAllowed, WorkflowError
from apps.cases.kinds import kinds
from apps.cases.models import Extension, ExtensionStatus, Reminder

PER_PAGE = 50


def _ensure_reads(request: DeskRequest, *roles: str) -> None:
    if not request.user.has_role(*roles):
        raise Http404


def _way(*last: str) -> list[dict[str, str]]:
    return [
        crumbs()[0],
        {"url": reverse("desk:extensions"), "label": _("More time")},
        *({"url": "", "label": label} for label in last),
    ]


def unreported(request: DeskRequest) -> list[Duty]:
    """Return what the signatory's bureau has not reported yet, by year and kind."""
    user = request.user
    deadlines = read_deadlines(user.bureau_id)
    own = [kind for kind in kinds.values() if kind.checked_in_bureau]
    today = timezone.localdate()
    found = []
    for year in deadlines.calendar.years:
        for duty in duties_of(year, deadlines, bureaus_in_scope(user), own):
            term = deadlines.term(duty.kind.code, year)
            if duty.reported_at is None and term is not None and term.opens_on <= today:
                found.append(duty)
    return found


@login_required
@require_safe
def extension_list(request: DeskRequest) -> HttpResponse:
    """List the requests for more time in scope, those that wait for an answer first."""
    user = request.user
    _ensure_reads(request, *CITY_ROLES, *DISTRICT_ROLES, Role.AUDITOR)
    rows = Extension.objects.visible_to(user).select_related("bureau", "asked_by", "decided_by")
    decided = Paginator(rows.exclude(status=ExtensionStatus.ASKED), PER_PAGE)
    return render(
        request,
        "cases/extensions.html",
        {
            "asked": list(rows.filter(status=ExtensionStatus.ASKED)),
            "page_obj": decided.get_page(request.GET.get("page")),
            "duties": unreported(request) if user.has_role(Role.DISTRICT_SIGNATORY) else [],
            "may_decide": user.has_role(*DECIDERS),
            "crumbs": [crumbs()[0], {"url": "", "label": _("More time")}],
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def extension_new(request: DeskRequest) -> HttpResponse:
    """Ask for more time; what was typed stays where it is refused."""
    _ensure_reads(request, Role.DISTRICT_SIGNATORY)
    data = request.POST if request.method == "POST" else request.GET
    kind = kinds.get(data.get("kind", ""))
    year = data.get("year", "")
    if kind is None or not kind.checked_in_bureau or not (year.isdecimal() and len(year) == 4):
        raise Http404
    bureau_id = request.user.bureau_id
    assert bureau_id is not None
    due = due_of(kind.code, bureau_id, int(year))
    form = ExtensionForm(
        request.POST if request.method == "POST" else None,
        initial={"kind": kind.code, "year": year},
    )
    refusal: WorkflowError | None = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            extension = ask_extension(
                request.user, kind, int(year), values["reason"], values["wished_until"]
            )
        except WorkflowError as error:
            refusal = error
        else:
            messages.success(request, _("Your request is with the city bureau."))
            return redirect("desk:extension", extension.pk)
    context = {
        "form": form,
        "kind": kind,
        "year": year,
        "due": due,
        "crumbs": _way(_("Ask for more time")),
    }
    status = 422 if request.method == "POST" else 200
    return page(request, "cases/extension_new.html", context, refusal, status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def extension(request: DeskRequest, extension_id: int) -> HttpResponse:
    """Show a request for more time; take the city's decision, or take it back."""
    try:
        found = (
            Extension.objects.visible_to(request.user)
            .select_related("bureau", "asked_by", "decided_by")
            .get(pk=extension_id)
        )
    except Extension.DoesNotExist as error:
        raise Http404 from error
    form = ExtensionAnswerForm(
        request.POST if request.method == "POST" else None,
        initial={"until": found.wished_until},
    )
    refusal: WorkflowError | None = None
    if request.method == "POST":
        try:
            if _decide(request, found, form):
                return redirect("desk:extension", found.pk)
        except WorkflowError as error:
            refusal = error
    is_open = found.status == ExtensionStatus.ASKED
    context: dict[str, Any] = {
        "extension": found,
        "form": form,
        "due": due_of(found.kind, found.bureau_id, found.year),
        "may_decide": is_open and request.user.has_role(*DECIDERS),
        "may_take_back": is_open
        and request.user.has_role(Role.DISTRICT_SIGNATORY)
        and found.bureau_id == request.user.bureau_id,
        "crumbs": _way(str(found)),
    }
    status = 422 if request.method == "POST" else 200
    return page(request, "cases/extension.html", context, refusal, status)


def _decide(request: DeskRequest, found: Extension, form: ExtensionAnswerForm) -> bool:
    """Do what was posted; say whether it was done. Raises ``WorkflowError``."""
    if "take_back" in request.POST:
        take_back_extension(request.user, found.pk)
        messages.success(request, _("The request is taken back."))
        return True
    if not request.user.has_role(*DECIDERS):
        raise NotAllowed(_("A reviewer or publisher of the city decides on more time."))
    if not form.is_valid():
        return False
    grants = "grant" in request.POST
    until = form.cleaned_data["until"] if grants else None
    if grants and until is None:
        form.add_error("until", _("Say until which day."))
        return False
    decide_extension(request.user, found.pk, until=until, answer=form.cleaned_data["answer"])
    messages.success(
        request, _("More time is granted.") if grants else _("The request is refused.")
    )
    return True


@login_required
@require_safe
def reminder_list(request: DeskRequest) -> HttpResponse:
    """List the reminders that were sent: to whom, of what, when, and whether the mail left."""
    _ensure_reads(request, *CITY_ROLES, Role.AUDITOR)
    rows = Reminder.objects.select_related("bureau", "person", "notification")
    pages = Paginator(rows, PER_PAGE)
    return render(
        request,
        "cases/reminders.html",
        {
            "page_obj": pages.get_page(request.GET.get("page")),
            "crumbs": [crumbs()[0], {"url": "", "label": _("Reminders")}],
        },
    )
