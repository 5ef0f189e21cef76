"""Findings: raising one, and its thread with explanation, answer and decision."""

import contextlib
import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.models import Role
from apps.cases import scope
from apps.cases.desk import evidence as desk_evidence
from apps.cases.desk import queries, shown_findings
from apps.cases.desk.forms import FindingForm, RemarkForm
from apps.cases.desk.values import field_label
from apps.cases.desk.views.base import (
    DeskRequest,
    case_url,
    crumbs,
    kind_or_404,
    next_url,
    page,
    revision_or_404,
    show_instead,
)
from apps.cases.domain.evidence import Place as EvidencePlace
from apps.cases.domain.findings import decide, explain, may_take_back, raise_finding
from apps.cases.errors import NotAllowed, WorkflowError
from apps.cases.kinds import RecordKind
from apps.cases.models import (
    WRITABLE,
    Finding,
    FindingStatus,
    Record,
    Revision,
    Severity,
    State,
)

Place = tuple[RecordKind | None, Record | None]


def _place(request: DeskRequest, revision: Revision) -> Place:
    """Return the row that the address names. 404 for one that is not in the case."""
    code = request.GET.get("kind", "")
    if not code:
        return None, None
    kind = kind_or_404(revision, code)
    with contextlib.suppress(ValueError, kind.model.DoesNotExist):
        return kind, queries.find_row(revision, kind, uuid.UUID(request.GET.get("row", "")))
    raise Http404


def _choices(revision: Revision, kind: RecordKind | None) -> list[tuple[str, str]]:
    """Return what a finding may be about: the row or its fields; else the case or its lists."""
    if kind is not None:
        fields = [(name, field_label(kind.model, name)) for name in kind.fields]
        return [("", _("the whole row")), *fields]
    kinds = [(k.code, str(k.label_plural)) for k in revision.case.kind_spec.records]
    return [("", _("the whole case")), *kinds]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def finding_new(request: DeskRequest, case_id: int) -> HttpResponse:
    """Raise a finding on the case, a row or a field; during a public notice, an objection."""
    revision = revision_or_404(request, case_id)
    kind, row = _place(request, revision)
    is_objection = revision.state == State.ON_NOTICE
    signs = scope.may_sign(request.user, revision)
    form = FindingForm(
        request.POST if request.method == "POST" else None,
        fields=_choices(revision, kind),
        is_objection=is_objection,
        # Within a bureau there is no deadline; the weight is the signatory's to give.
        has_deadline=not signs,
        initial={"place": request.GET.get("field", "")},
    )
    refusal: WorkflowError | None = None
    if not signs and not request.user.has_role(Role.CITY_REVIEWER, Role.CITY_PUBLISHER):
        refusal = NotAllowed(_("Only the city's reviewers and publishers raise findings."))
    elif request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            finding = raise_finding(
                request.user,
                revision.pk,
                values["message"],
                record_kind=kind.code if kind else values["place"],
                record_uid=row.uid if row else None,
                field=values["place"] if kind else "",
                severity=Severity(
                    values.get("severity", Severity.EXPLAIN if signs else Severity.BLOCKING)
                ),
                deadline=values.get("deadline"),
                is_objection=is_objection,
            )
        except WorkflowError as error:
            refusal = error
        else:
            messages.success(
                request,
                _("Noted. It goes to the filler when you send the case back.")
                if signs
                else _("The finding is noted. It goes out with the return.")
                if finding.deadline
                else _("The finding is noted."),
            )
            if signs:
                return redirect("desk:step", case_id, revision.number, "submit")
            return redirect(next_url(request, f"{case_url(revision)}#finding-{finding.pk}"))
    if form.figure_found:
        show_instead(form, "warned", form.cleaned_data.get("message", ""))
    return page(
        request,
        "cases/finding_new.html",
        {
            "revision": revision,
            "case": revision.case,
            "form": form,
            "is_objection": is_objection,
            "signs": signs,
            "place": str(getattr(row, kind.title_field)) if kind and row else "",
            "next": request.POST.get("next", ""),
            "crumbs": crumbs(revision, _("New finding")),
        },
        refusal,
        status=422 if request.method == "POST" else 200,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def finding(request: DeskRequest, case_id: int, finding_id: int) -> HttpResponse:
    """Show a finding with its thread; take an explanation, an answer or a decision."""
    try:
        found = (
            Finding.objects.filter(
                revision__in=queries.revisions_for(request.user), revision__case_id=case_id
            )
            .select_related("revision__case__bureau", "raised_by")
            .prefetch_related("remarks__author")
            .get(pk=finding_id)
        )
    except Finding.DoesNotExist as error:
        raise Http404 from error
    revision = found.revision
    form = RemarkForm(request.POST if request.method == "POST" else None)
    refusal: WorkflowError | None = None
    if request.method == "POST" and form.is_valid():
        decision, text = form.cleaned_data["decision"], form.cleaned_data["text"]
        try:
            if decision in ("", "explain"):
                explain(request.user, found.pk, text, form.cleaned_data["category"])
            else:
                decide(request.user, found.pk, FindingStatus(decision), text)
        except WorkflowError as error:
            refusal = error
        else:
            messages.success(request, _("Noted."))
            return redirect(next_url(request, f"{case_url(revision)}#finding-{found.pk}"))
    user = request.user
    [view] = shown_findings.finding_views(user, revision, [found])
    files_of = EvidencePlace(finding_id=found.pk)
    may_explain = shown_findings.may_explain(user, revision, found)
    may_decide = shown_findings.may_decide(user, revision)
    may_fill = scope.may_fill(user, revision.case.kind_spec, revision.case.bureau_id)
    # What a rule blocks is cured at the row, not here.
    is_to_correct = may_fill and found.severity == Severity.BLOCKING and bool(found.rule)
    place = (
        f"?kind={found.record_kind}&row={found.record_uid}&field={found.field}"
        if found.record_uid
        else ""
    )
    return page(
        request,
        "cases/finding.html",
        {
            "revision": revision,
            "case": revision.case,
            "finding": {**view, "reply_url": ""},
            "form": form,
            "may_explain": may_explain,
            "may_decide": may_decide,
            "files": desk_evidence.files_at(revision, files_of),
            "evidence_url": desk_evidence.list_url(case_id, files_of),
            "may_attach": may_explain or may_decide,
            "is_by_rule": bool(found.rule),
            "may_take_back": may_take_back(user, found),
            "is_to_correct": is_to_correct and revision.state in WRITABLE,
            "raise_url": reverse("desk:finding_new", args=[case_id]) + place,
            "next": request.POST.get("next", ""),
            "crumbs": crumbs(revision, _("Finding")),
        },
        refusal,
        status=422 if request.method == "POST" else 200,
    )
