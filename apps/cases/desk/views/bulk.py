"""Several cases at once: accept, hand over, approve. Each page lists every case before it acts.

Approval opens each open finding of each case and asks for a decision on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from apps.accounts.models import Role
from apps.cases.desk import queries, shown_findings
from apps.cases.desk import queue as asked
from apps.cases.desk.forms import HandOverForm
from apps.cases.desk.views.base import DeskRequest, crumbs, page
from apps.cases.desk.views.queue import ensure_queue
from apps.cases.domain.together import Decision, approve_many, hand_many
from apps.cases.domain.transitions import perform_many, why_not
from apps.cases.errors import Refused, StaleVersion, WorkflowError
from apps.cases.models import FindingStatus, Revision, Severity, State

# So many cases are decided on one page: a person has to read each.
MOST_AT_ONCE = 50
STEPS = {"accept": State.SUBMITTED, "hand_over": State.REVIEWING, "approve": State.REVIEWING}
DECISIONS = {"accepted": FindingStatus.ACCEPTED, "closed": FindingStatus.CLOSED}


@dataclass
class Item:
    """One chosen case: what is open in it, and why it cannot take the step, if it cannot."""

    revision: Revision
    findings: list[dict[str, Any]] = field(default_factory=list)
    refusal: str = ""


def _chosen(request: DeskRequest, data: QueryDict) -> list[Revision]:
    """Return the chosen cases in scope, the first fifty. 404 where one is not in scope."""
    ids = {int(pk) for pk in data.getlist("revision") if pk.isdecimal() and len(pk) < 19}
    kept = set(sorted(ids)[:MOST_AT_ONCE])
    revisions = asked.chosen(request.user, kept)
    if len(revisions) != len(kept):
        raise Http404
    if len(ids) > MOST_AT_ONCE:
        messages.info(
            request,
            _("Only %(count)s cases are taken at once; do the others after these.")
            % {"count": MOST_AT_ONCE},
        )
    return revisions


def _versions(data: QueryDict, revisions: list[Revision]) -> dict[int, int | None]:
    """Return the version of each that the person saw. Raises ``StaleVersion`` where it is missing."""
    versions: dict[int, int | None] = {}
    for revision in revisions:
        text = data.get(f"version-{revision.pk}", "")
        if not text.isdecimal():
            raise StaleVersion
        versions[revision.pk] = int(text)
    return versions


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: DeskRequest) -> HttpResponse:
    """Show the chosen cases and what the step does; on POST take it on all of them, or on none."""
    ensure_queue(request)
    if not request.user.has_role(Role.CITY_REVIEWER):
        raise Http404
    data = request.POST if request.method == "POST" else request.GET
    name = data.get("step", "")
    if name not in STEPS:
        raise Http404
    revisions = _chosen(request, data)
    left_out = [r for r in revisions if request.method == "GET" and r.state != STEPS[name]]
    revisions = [revision for revision in revisions if revision not in left_out]
    if not revisions:
        messages.info(request, _("Choose at least one case with which this can be done."))
        return redirect("desk:queue")
    form = HandOverForm(request.POST if request.method == "POST" else None)
    refusal: WorkflowError | None = None
    if request.method == "POST":
        try:
            _act(request, name, revisions, form)
        except WorkflowError as error:
            refusal = error
            revisions = asked.chosen(request.user, {revision.pk for revision in revisions})
        else:
            _say(request, name, len(revisions))
            return redirect("desk:queue")
    items = _items(request, name, revisions)
    if refusal is not None:
        _say_where(request, name, items)
    context = {
        "step": name,
        "heading": _headings()[name],
        "items": items,
        "left_out": left_out,
        "form": form if name == "hand_over" else None,
        "note": data.get("note", ""),
        "finding_count": sum(len(item.findings) for item in items),
        "crumbs": [
            crumbs()[0],
            {"url": reverse("desk:queue"), "label": _("Queue")},
            {"url": "", "label": _headings()[name]},
        ],
    }
    return page(request, "cases/bulk.html", context, refusal)


def _headings() -> dict[str, str]:
    return {
        "accept": _("Accept several cases"),
        "hand_over": _("Hand several cases over"),
        "approve": _("Approve several cases"),
    }


def _act(request: DeskRequest, name: str, revisions: list[Revision], form: HandOverForm) -> None:
    """Take the step on all of ``revisions``. Raises ``WorkflowError``: then nothing has changed."""
    versions = _versions(request.POST, revisions)
    if name == "accept":
        perform_many("accept", versions, request.user)
    elif name == "hand_over":
        if not form.is_valid():
            raise Refused(_("Choose a colleague and write a note."))
        hand_many(
            request.user,
            versions,
            form.cleaned_data["colleague"].pk,
            form.cleaned_data["note"],
        )
    else:
        decisions = _decisions(request.POST)
        _ensure_decided(request, revisions, decisions)
        approve_many(request.user, versions, decisions, note=request.POST.get("note", ""))


def _decisions(data: QueryDict) -> dict[int, Decision]:
    """Return what was decided on each finding of the page."""
    decided = {}
    for name, value in data.items():
        finding = name.removeprefix("decision-")
        if finding != name and finding.isdecimal() and value in DECISIONS:
            text = data.get(f"text-{finding}", "")
            decided[int(finding)] = (DECISIONS[str(value)], text)
    return decided


def _ensure_decided(
    request: DeskRequest, revisions: list[Revision], decisions: Mapping[int, Decision]
) -> None:
    """Raise ``Refused`` unless each finding in the way has its decision, and no other has one."""
    open_ids, in_the_way = set(), set()
    for finding in queries.open_findings_of(revisions):
        open_ids.add(finding.pk)
        if finding.severity != Severity.HINT:
            in_the_way.add(finding.pk)
    if set(decisions) - open_ids:
        raise StaleVersion
    left = len(in_the_way - set(decisions))
    if left:
        raise Refused(
            ngettext(
                "%(count)s finding has no decision yet. Decide on it, or leave its case out.",
                "%(count)s findings have no decision yet. Decide on each, or leave its case out.",
                left,
            )
            % {"count": left}
        )


def _items(request: DeskRequest, name: str, revisions: list[Revision]) -> list[Item]:
    """Return the cases, for approval each with its open findings. Queries do not grow with them."""
    items = {revision.pk: Item(revision) for revision in revisions}
    if name == "approve":
        findings = queries.open_findings_of(revisions)
        titles = queries.titles_of_findings(revisions, findings)
        for finding in findings:
            item = items[finding.revision_id]
            finding.revision = item.revision
            view = shown_findings.finding_view(
                request.user, item.revision, finding, titles.get(finding.revision_id, {})
            )
            view["decision"] = request.POST.get(f"decision-{finding.pk}", "")
            view["text"] = request.POST.get(f"text-{finding.pk}", "")
            view["is_hint"] = finding.severity == Severity.HINT
            item.findings.append(view)
    return list(items.values())


def _say_where(request: DeskRequest, name: str, items: list[Item]) -> None:
    """Say at each case why it cannot take the step: what stopped one stopped all."""
    if name == "hand_over":
        return
    for item in items:
        refusal = why_not(name, item.revision, request.user)
        item.refusal = str(refusal) if refusal and not item.findings else ""


def _say(request: DeskRequest, name: str, count: int) -> None:
    """Say what was done."""
    sentences = {
        "accept": ngettext(
            "%(count)s case is now in your review.",
            "%(count)s cases are now in your review.",
            count,
        ),
        "hand_over": ngettext(
            "%(count)s case was handed over.", "%(count)s cases were handed over.", count
        ),
        "approve": ngettext("%(count)s case is approved.", "%(count)s cases are approved.", count),
    }
    messages.success(request, sentences[name] % {"count": count})
