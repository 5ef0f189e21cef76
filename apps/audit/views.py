"""The auditor's pages: the last verification, the anchors, the search."""

import csv
import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.audit import record_export
from apps.accounts.models import Role
from apps.audit import anchors, queries, words
from apps.audit.domain import request_verification
from apps.audit.forms import SearchForm
from apps.audit.models import Entry, Outcome, Verification
from apps.cases.desk.views.base import DeskRequest
from apps.registry.models import District

PAGE = 50
EXPORT_PAGE = 2000


def _auditor_or_404(request: DeskRequest) -> None:
    if not request.user.has_role(Role.AUDITOR):
        raise Http404


@login_required
@require_safe
def audit(request: DeskRequest) -> HttpResponse | StreamingHttpResponse:
    """Show the last verification, the last anchor and what the search finds; or export it."""
    _auditor_or_404(request)
    districts = list(District.objects.all())
    form = SearchForm(request.GET, districts)
    valid = form.is_valid()
    entries = queries.entries_for(request.user)
    found = entries.filter(form.wanted()) if valid else entries.none()
    if request.GET.get("_export") == "csv" and valid:
        record_export("audit.csv", asked=unquote_plus(request.GET.urlencode())[:500])
        return _export(found)
    place = queries.Place.read(request.GET.get("after", ""))
    page = queries.page_after(found, place, PAGE)
    more = len(page) > PAGE
    page = page[:PAGE]
    kept = request.GET.copy()
    kept.pop("after", None)
    first, older, export = kept.copy(), kept.copy(), kept.copy()
    if more:
        older["after"] = str(queries.Place(page[-1].at, page[-1].pk))
    export["_export"] = "csv"
    context = {
        "form": form,
        "lines": words.lines(page, districts),
        "older": f"?{older.urlencode()}#results" if more else "",
        "newest": f"?{first.urlencode()}#results" if place else "",
        "export": f"?{export.urlencode()}",
        "last_anchor": _last_anchor(),
        **_verifications(),
    }
    return render(request, "audit/audit.html", context, status=200 if valid else 400)


def _verifications() -> dict[str, Any]:
    """Return the run that is under way, if any, and the last one that ended."""
    recent = list(Verification.objects.select_related("asked_by")[:20])
    under_way = {Outcome.WAITING, Outcome.RUNNING}
    return {
        "running": next((run for run in recent[:1] if run.outcome in under_way), None),
        "last": next((run for run in recent if run.outcome not in under_way), None),
    }


def _last_anchor() -> dict[str, Any] | None:
    """Return what the last readable line of the anchors says."""
    said = next((line.said for line in reversed(anchors.read()) if line.said), None)
    return {**said, "at": dt.datetime.fromisoformat(said["at"])} if said else None


@login_required
@require_POST
def verify_now(request: DeskRequest) -> HttpResponse:
    """Queue a verification."""
    _auditor_or_404(request)
    request_verification(request.user)
    messages.success(request, _("The verification has been started."))
    return redirect("audit:audit")


def _export(entries: Any) -> StreamingHttpResponse:
    """Send every entry found, as CSV, page after page: memory stays the same at any size."""
    response = StreamingHttpResponse(_csv(entries), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _csv(entries: Any) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # The mark by which spreadsheets know UTF-8.
    yield "\ufeff"
    yield writer.writerow(
        ["time", "person", "kind", "table", "row", "done", "case", "before_and_after", "act"]
    )
    place = None
    while page := queries.page_after(entries, place, EXPORT_PAGE):
        for line in words.lines(page[:EXPORT_PAGE]):
            yield writer.writerow(_cells(line))
        if len(page) <= EXPORT_PAGE:
            break
        place = queries.Place(page[EXPORT_PAGE - 1].at, page[EXPORT_PAGE - 1].pk)


def _cells(line: words.Line) -> list[str]:
    entry: Entry = line.entry
    cells = [
        timezone.localtime(entry.at).isoformat(),
        str(entry.person or ""),
        entry.get_kind_display(),
        entry.table_name,
        entry.row_id,
        entry.get_operation_display(),
        str(entry.case or ""),
        line.text,
        str(entry.act_id),
    ]
    # A spreadsheet must not take a text for a formula.
    return [f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell for cell in cells]
