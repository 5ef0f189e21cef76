"""One line of the review: looked at, settled, edited, set aside, put back. Thin."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.cases.desk.views.base import DeskRequest, page
from apps.cases.errors import WorkflowError
from apps.intake import queries
from apps.intake.imports import review
from apps.intake.models import Import, ImportRow
from apps.intake.shown_lines import Shower
from apps.intake.views.reviewing import FILTERS
from apps.intake.views.shared import context_of, import_or_404, url_of


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def row(request: DeskRequest, case_id: int, import_id: int, row_id: int) -> HttpResponse:
    """Show one line to be edited; or settle, edit, set aside, put back."""
    intake = import_or_404(request, case_id, import_id)
    lines = ImportRow.objects.select_related("table").filter(table__intake=intake)
    line = lines.filter(pk=row_id).first()
    if line is None:
        raise Http404
    line.table.intake = intake
    if request.method != "POST":
        if "shown" in request.GET:
            return _row(request, line)
        return _edit_page(request, intake, line)
    try:
        line = _change(request, intake, row_id)
    except WorkflowError as refusal:
        line = lines.get(pk=row_id)
        line.table.intake = intake
        typed = _typed(request, "value-")
        if typed and line.table.kind and not line.aside:
            return _edit_page(request, intake, line, refusal, typed)
        if request.htmx:
            return _row(request, line, refusal)
        messages.error(request, str(refusal))
        return redirect(url_of(intake))
    line.table.intake = intake
    if request.htmx:
        return _row(request, line)
    return redirect(f"{_back(request, intake, line)}#row-{line.pk}")


def _change(request: DeskRequest, intake: Import, row_id: int) -> ImportRow:
    """Do what was asked with a line."""
    actor, data = request.user, request.POST
    if "settle" in data:
        return review.settle(actor, intake.pk, row_id, data["settle"])
    if "settle-all" in data:
        return review.settle(actor, intake.pk, row_id)
    if "aside" in data:
        return review.set_aside(actor, intake.pk, row_id)
    if "back" in data:
        return review.put_back(actor, intake.pk, row_id)
    values, seen = _typed(request, "value-"), _typed(request, "seen-")
    return review.edit(actor, intake.pk, row_id, values, seen)


def _typed(request: DeskRequest, prefix: str) -> dict[str, str]:
    """Return what was sent by field: what was typed, or what had been there before."""
    return {
        name.removeprefix(prefix): str(value).replace("\r\n", "\n")
        for name, value in request.POST.items()
        if name.startswith(prefix)
    }


def _way(request: DeskRequest) -> dict[str, str]:
    """Return which page the person came from: the filter and page of the review, or another."""
    said = request.POST if request.method == "POST" else request.GET
    only, number = str(said.get("only", "")), str(said.get("page", ""))
    return {
        "from_page": "compare" if said.get("from") == "compare" else "",
        "only": only if only in FILTERS else "",
        "page_number": number if number.isdecimal() else "1",
    }


def _back(request: DeskRequest, intake: Import, line: ImportRow) -> str:
    """Return the page that the person came from: of the review, or what would be stored."""
    way = _way(request)
    if way["from_page"]:
        return reverse("intake:compare", args=[intake.revision.case_id, intake.pk])
    rest = f"only={way['only']}&page={way['page_number']}"
    return f"{url_of(intake)}?table={line.table.number}&{rest}"


def _edit_page(
    request: DeskRequest,
    intake: Import,
    line: ImportRow,
    refusal: WorkflowError | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    """Show the fields of a line; what was typed and refused stays, beside what is there now."""
    if not line.table.kind or line.aside:
        raise Http404
    shower = Shower(line.table)
    context = {
        **context_of(intake, _("Row")),
        "line": shower.line(line),
        "table": line.table,
        "inputs": shower.inputs(line, typed, request.GET.get("field", "")),
        "back": _back(request, intake, line),
        "width": len(shower.headers) + 3,
        **_way(request),
    }
    if request.htmx:
        return render(request, "intake/_row_edit.html", {**context, "refusal": refusal})
    return page(request, "intake/row.html", context, refusal)


def _row(
    request: DeskRequest, line: ImportRow, refusal: WorkflowError | None = None
) -> HttpResponse:
    """Answer a change with the line as it is now, and the counts."""
    intake = line.table.intake
    context = {
        **context_of(intake),
        "line": Shower(line.table).line(line),
        "table": line.table,
        **queries.counts_of(queries.tables_of(intake)),
        "has_edits": intake.edits.exists(),
        "oob": True,
        "refusal": refusal,
        "width": len(Shower(line.table).headers) + 3,
        **_way(request),
    }
    return render(request, "intake/_answer.html", context)
