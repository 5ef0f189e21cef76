"""The list of cases, opening one, and the page of a case."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from apps.accounts.models import Role, User
from apps.cases.desk import page as desk_page
from apps.cases.desk import queries
from apps.cases.desk.filters import CaseFilterSet
from apps.cases.desk.forms import OpenCaseForm
from apps.cases.desk.tables import CaseTable
from apps.cases.desk.views.base import (
    DeskRequest,
    case_url,
    chips_of,
    crumbs,
    page,
    revision_or_404,
)
from apps.cases.domain.findings import check_case
from apps.cases.domain.opening import open_case
from apps.cases.errors import WorkflowError
from apps.cases.kinds import kinds
from apps.cases.models import Severity

ROWS_PER_PAGE = 50
CASE_ORDER = ("-case__year", "case__kind", "case__bureau__order", "case__subject", "pk")


@login_required
@require_safe
def case_list(request: DeskRequest) -> HttpResponse:
    """List the cases in scope, each by its latest revision, with filters."""
    user = request.user
    filterset = CaseFilterSet(
        request.GET, queries.latest_revisions(user).order_by(*CASE_ORDER), request=request
    )
    may_publish = user.has_role(Role.CITY_PUBLISHER)
    table = CaseTable(
        filterset.found,
        user=user,
        notice_days=queries.notice_days() if may_publish else None,
        empty_text=_("No case fits. Change the filter, or begin a case."),
    )
    RequestConfig(request, paginate={"per_page": ROWS_PER_PAGE}).configure(table)
    chips = chips_of(request, filterset.form)
    return render(
        request,
        "cases/case_list.html",
        {
            "table": table,
            "filter_form": filterset.form,
            "chips": chips,
            "clear_url": request.path if chips or not filterset.is_valid() else "",
            "may_open": bool(queries.kinds_filled_by(user)),
            "may_publish": may_publish,
            "sort": request.GET.get("sort", ""),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def case_new(request: DeskRequest) -> HttpResponse:
    """Open a case; one that exists already is shown instead."""
    user = request.user
    offered = queries.kinds_filled_by(user)
    years = list(queries.reporting_years().values())
    if request.method != "POST" or not offered:
        form = OpenCaseForm(initial=request.GET.dict(), kinds=offered, years=years)
        return page(
            request,
            "cases/case_new.html",
            {
                "form": form,
                "offered": offered,
                "crumbs": crumbs(None, _("New case")),
            },
            status=403 if request.method == "POST" else 200,
        )
    form = OpenCaseForm(request.POST, kinds=offered, years=years)
    refusal = None
    if form.is_valid():
        values = form.cleaned_data
        kind = kinds[values["kind"]]
        subject = values.get("subject", "") if kind.has_subject else ""
        assert user.bureau is not None
        try:
            revision = open_case(user, kind, user.bureau, values["year"], subject)
        except WorkflowError as error:
            refusal = error
            if (existing := _existing(user, kind.code, values["year"], subject)) is not None:
                messages.info(request, _("This case exists already. Here it is."))
                return redirect("desk:case", existing)
        else:
            messages.success(request, _("The case is open. Enter its rows."))
            return redirect("desk:case", revision.case_id)
    return page(
        request,
        "cases/case_new.html",
        {
            "form": form,
            "offered": offered,
            "crumbs": crumbs(None, _("New case")),
        },
        refusal,
        status=422,
    )


def _existing(user: User, kind: str, year: int, subject: str) -> int | None:
    """Return the id of the bureau's own case of that name, if there is one."""
    return (
        queries.revisions_for(user)
        .filter(
            case__kind=kind,
            case__bureau=user.bureau_id,
            case__year=year,
            case__subject=subject.strip(),
        )
        .values_list("case_id", flat=True)
        .first()
    )


@login_required
@require_safe
def case_page(request: DeskRequest, case_id: int, number: int | None = None) -> HttpResponse:
    """Show a revision whole: what to do next, findings, changes, rows, history."""
    revisions = queries.visible_revisions(request.user, case_id)
    revision = next((r for r in revisions if number in (None, r.number)), None)
    if revision is None:
        raise Http404
    context = desk_page.context(
        request.user,
        revision,
        revisions,
        request.GET.get("rows", ""),
        request.GET.get("page", ""),
    )
    context["crumbs"] = crumbs(None, str(revision.case))
    return render(request, "cases/case.html", context)


@login_required
@require_POST
def case_check(request: DeskRequest, case_id: int) -> HttpResponse:
    """Run the rules and say what they found."""
    revision = revision_or_404(request, case_id)
    try:
        findings = check_case(request.user, revision.pk)
    except WorkflowError as refusal:
        messages.error(request, str(refusal))
    else:
        stopping = [f for f in findings if f.severity != Severity.HINT and not f.is_settled]
        if stopping:
            messages.warning(
                request,
                _("Checked: %(count)s findings stand. See below.") % {"count": len(stopping)},
            )
        else:
            messages.success(request, _("Checked: nothing stands in the way of the report."))
    return redirect(case_url(revision) + "#findings")
