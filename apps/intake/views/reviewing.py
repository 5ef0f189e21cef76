"""The review of an import: one table's lines, what its columns mean, the last change undone. Thin."""

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.cases.desk.views.base import DeskRequest, page
from apps.cases.errors import WorkflowError
from apps.cases.kinds import record_kinds
from apps.intake import queries, sentences
from apps.intake.imports import review, scope, twins
from apps.intake.models import Import, ImportTable
from apps.intake.shown_lines import Shower, lacking_in
from apps.intake.views.shared import context_of, import_or_404, url_of

FILTERS = ("", "doubtful", "aside")
# No table is wider than its number has digits here.
_COLUMN = re.compile(r"column-(\d{1,6})", re.ASCII)


def review_page(
    request: DeskRequest, intake: Import, refusal: WorkflowError | None = None
) -> HttpResponse:
    """Show a page of lines of one table."""
    tables = queries.tables_of(intake)
    chosen = _chosen(request, tables)
    chosen.intake = intake
    only = request.GET.get("only", "")
    only = only if only in FILTERS else ""
    pages = Paginator(review.lines(chosen, only).order_by("position", "pk"), queries.LINES_PER_PAGE)
    counts = {"": chosen.rows_count, "doubtful": chosen.doubtful, "aside": chosen.aside}  # type: ignore[attr-defined]
    pages.count = counts[only]
    shown = pages.get_page(request.GET.get("page"))
    shower = Shower(chosen)
    lines = [shower.line(row) for row in shown.object_list]
    lacking = lacking_in(lines)
    pairs = twins.pairs_of(request.user, chosen)
    context = {
        **context_of(intake),
        "tables": tables,
        "table": chosen,
        "only": only,
        "filters": _filters(chosen, only),
        "page_obj": shown,
        "page_number": shown.number,
        "lines": lines,
        "alike": queries.shared_doubts(chosen, shower) if only != "aside" else [],
        "stated": queries.stated(chosen),
        "lacking": [shower.label(name) for name in lacking],
        "headers": shower.headers,
        "kinds": [
            (code, record_kinds[code].label_plural) for code in scope.kinds_of(intake.revision)
        ],
        "columns": queries.mapping_of(chosen),
        "choices": queries.choices_of(chosen.kind) if chosen.kind else [],
        "constants": queries.constants_of(chosen, lacking) if chosen.kind else [],
        **queries.counts_of(tables),
        "has_edits": intake.edits.exists(),
        **queries.organisations_of(intake, is_open="names" in request.GET),
        "twins": pairs,
        "twin_lines": len({pair.line for pair in pairs}),
        "remarks": [
            {"text": each["text"], "reason": sentences.aside(each["code"])}
            for each in chosen.remarks
        ],
    }
    return page(request, "intake/review.html", context, refusal)


def _chosen(request: DeskRequest, tables: list[ImportTable]) -> ImportTable:
    """Return the table that the address names, else the first that is taken."""
    named = request.GET.get("table", "")
    for table in tables:
        if str(table.number) == named:
            return table
    return next((table for table in tables if table.is_taken), tables[0])


def _filters(table: Any, only: str) -> list[dict[str, Any]]:
    """Return the choices of lines as tabs with their counts."""
    words = (
        ("", _("All rows"), table.rows_count),
        ("doubtful", _("To be settled"), table.doubtful),
        ("aside", _("Set aside"), table.aside + len(table.remarks)),
    )
    return [
        {
            "url": f"?table={table.number}&only={code}#lines",
            "label": label,
            "count": count,
            "current": code == only,
        }
        for code, label, count in words
    ]


@login_required
@require_POST
def table(request: DeskRequest, case_id: int, import_id: int, number: int) -> HttpResponse:
    """Take a candidate or set it aside; say what it is and what its columns mean."""
    intake = import_or_404(request, case_id, import_id)
    back = f"{url_of(intake)}?table={number}"
    try:
        if "take" in request.POST:
            review.choose(request.user, intake.pk, number, request.POST["take"] == "1")
        elif "alike" in request.POST:
            name, *codes = str(request.POST["alike"]).split() or [""]
            count = review.settle_alike(request.user, intake.pk, number, name, codes)
            messages.success(
                request,
                ngettext(
                    "Settled in %(count)s row. “Undo the last change” takes it back.",
                    "Settled in %(count)s rows. “Undo the last change” takes it back.",
                    count,
                )
                % {"count": count},
            )
            back += "&only=doubtful#lines"
        else:
            found = review.map_columns(
                request.user,
                intake.pk,
                number,
                request.POST.get("kind", ""),
                _columns(request),
                {
                    name.removeprefix("constant-"): text
                    for name, text in request.POST.items()
                    if name.startswith("constant-") and isinstance(text, str)
                },
            )
            said = (
                _("Read again as %(kind)s. This is remembered for the next file of this layout.")
                if any(found.frame["header"])
                else _(
                    "Read again as %(kind)s. This is remembered for the next table that begins with the same line."
                )
            )
            messages.success(request, said % {"kind": record_kinds[found.kind].label_plural})
    except ImportTable.DoesNotExist as error:
        raise Http404 from error
    except WorkflowError as refusal:
        messages.error(request, str(refusal))
    return redirect(back)


def _columns(request: DeskRequest) -> dict[int, str]:
    """Return what each column was said to be."""
    return {
        int(named[1]): str(value)
        for name, value in request.POST.items()
        if (named := _COLUMN.fullmatch(name))
    }


@login_required
@require_POST
def unedit(request: DeskRequest, case_id: int, import_id: int) -> HttpResponse:
    """Take the last change of a line back."""
    intake = import_or_404(request, case_id, import_id)
    try:
        line = review.undo(request.user, intake.pk)
    except WorkflowError as refusal:
        messages.error(request, str(refusal))
        return redirect(url_of(intake))
    if line is None:
        messages.info(request, _("There is nothing to undo."))
        return redirect(url_of(intake))
    place = review.page_of(line, queries.LINES_PER_PAGE)
    messages.info(request, _("The last change was undone."))
    return redirect(
        f"{url_of(intake)}?table={line.table.number}&page={place}&touched={line.pk}#row-{line.pk}"
    )
