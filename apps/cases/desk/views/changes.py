"""Comparing two states of a case: any two revisions, or a revision with an earlier moment."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from apps.accounts.audit import record_export
from apps.cases.changes import ADDED, CHANGED, MOVED, REMOVED, Diff
from apps.cases.changes.sheet import file_name, write_sheet
from apps.cases.desk import comparing, queries
from apps.cases.desk.comparing import Comparison
from apps.cases.desk.views.base import DeskRequest, crumbs
from apps.cases.kinds import RecordKind
from apps.cases.models import Revision

ROWS_PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SORTS = {
    "": gettext_lazy("all"),
    ADDED: gettext_lazy("added"),
    CHANGED: gettext_lazy("changed"),
    REMOVED: gettext_lazy("removed"),
    MOVED: gettext_lazy("at another place"),
}


@login_required
@require_safe
def case_changes(request: DeskRequest, case_id: int, number: int) -> HttpResponseBase:
    """Show what a revision changes against ``against``: another revision's number, ``returned``.

    ``to`` leads to the same of another revision; ``what`` and ``rows`` filter; ``_export=xlsx``
    hands out all of it as a file.
    """
    user = request.user
    revisions = queries.visible_revisions(user, case_id)
    if (to := request.GET.get("to", "")).isdecimal() and to != str(number):
        rest = request.GET.copy()
        del rest["to"]
        path = reverse("desk:changes", args=[case_id, int(to)])
        return redirect(f"{path}?{rest.urlencode()}")
    revision = next((r for r in revisions if r.number == number), None)
    if revision is None:
        raise Http404
    comparison = _chosen(request, revision, revisions)
    if comparison is not None and request.GET.get("_export") == "xlsx":
        return _file(revision, comparison)
    context: dict[str, Any] = {
        "revision": revision,
        "case": revision.case,
        "revisions": revisions,
        "comparison": comparison,
        "choices": _choices(revision, revisions),
        "crumbs": crumbs(revision, _("Changes")),
    }
    if comparison is not None:
        context |= paged(comparison.diff, request.GET)
    return render(request, "cases/changes.html", context)


def _choices(revision: Revision, revisions: list[Revision]) -> list[tuple[str, str]]:
    """Return with what a revision can be compared: value and words."""
    others = [
        (
            str(other.number),
            _("Revision %(number)s (%(state)s)")
            % {"number": other.number, "state": other.get_state_display()},
        )
        for other in revisions
        if other.pk != revision.pk
    ]
    if revision.returned_at is not None:
        others.append(("returned", _("this revision when it was returned")))
    return others


def _chosen(
    request: DeskRequest, revision: Revision, revisions: list[Revision]
) -> Comparison | None:
    """Return what ``against`` names; without it what the revision corrects, or its return.

    None where there is nothing to compare with. 404 for a revision that is not in scope.
    """
    against = request.GET.get("against", "")
    if not against:
        earlier = [r for r in revisions if r.number < revision.number]
        base = next((r for r in earlier if r.pk == revision.based_on_id), None)
        if base is None and revision.returned_at is not None:
            against = "returned"
        else:
            base = base or next(iter(earlier), None)
            against = str(base.number) if base else ""
    if not against:
        return None
    if against == "returned" and revision.returned_at is not None:
        return comparing.since_return(revision, revision.returned_at)
    other = next((r for r in revisions if str(r.number) == against), None)
    if other is None or other.pk == revision.pk:
        raise Http404
    return comparing.against_revision(revision, other)


def paged(diff: Diff, data: Any) -> dict[str, Any]:
    """Return one page of a comparison: tabs of its kinds of row, its sorts, its rows.

    The page opens at the first kind of which something differs.
    """
    kind = _kind(diff, data.get("rows", ""))
    what = data.get("what", "")
    what = what if what in SORTS else ""
    counts = diff.counts(kind)
    page = Paginator(diff.of(kind, what), ROWS_PER_PAGE).get_page(data.get("page"))
    against = f"against={data['against']}&" if data.get("against") else ""
    return {
        "diff_kind": kind,
        "counts": counts,
        "what": what,
        "page_obj": page,
        "rows": diff.rows(list(page.object_list)),
        "tabs": [
            {
                "url": f"?{against}rows={other.code}",
                "label": other.label_plural,
                "count": len(diff.of(other)),
                "current": other is kind,
            }
            for other in diff.kinds
        ]
        if len(diff.kinds) > 1
        else [],
        "sorts": [
            {
                "url": f"?{against}rows={kind.code}" + (f"&what={sort}" if sort else ""),
                "label": label,
                "count": counts[sort] if sort else len(diff.of(kind)),
                "current": sort == what,
            }
            for sort, label in SORTS.items()
            if not sort or counts[sort] or sort == what
        ],
    }


def _kind(diff: Diff, code: str) -> RecordKind:
    """Return the kind of row called ``code``, else the first of which something differs."""
    named = next((kind for kind in diff.kinds if kind.code == code), None)
    return named or next((kind for kind in diff.kinds if diff.of(kind)), diff.kinds[0])


def _file(revision: Revision, comparison: Comparison) -> HttpResponse | FileResponse:
    facts = [
        (_("Case"), str(revision.case)),
        (_("Bureau"), str(revision.case.bureau)),
        (_("Before"), comparison.before_label),
        (_("Now"), _("Revision %(number)s") % {"number": revision.number}),
        (_("Written on"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
    ]
    name = file_name(revision.case_id, comparison.against, revision.number)
    record_export(name, case=revision.case_id)
    return FileResponse(
        write_sheet(comparison.diff, facts),
        as_attachment=True,
        filename=name,
        content_type=XLSX,
    )
