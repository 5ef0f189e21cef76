"""Taking a table in: hand in, wait, review, compare, accept, undo. Thin."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from apps.cases import scope
from apps.cases.desk.views.base import (
    DeskRequest,
    case_url,
    crumbs,
    page,
    revision_or_404,
    status_of,
)
from apps.cases.errors import WorkflowError
from apps.cases.kinds import record_kinds
from apps.intake import queries, sentences
from apps.intake.forms import ImportForm
from apps.intake.imports import organisations as naming
from apps.intake.imports import review, starting, twins, undoing
from apps.intake.imports.accepting import accept_or_queue
from apps.intake.imports.comparing import compare
from apps.intake.models import Import, ImportName, ImportRow, ImportTable

FILTERS = ("", "doubtful", "aside")


def import_or_404(request: DeskRequest, case_id: int, import_id: int) -> Import:
    """Return an import in the person's scope; what is out of scope does not exist for him."""
    try:
        return queries.find_import(request.user, case_id, import_id)
    except Import.DoesNotExist as error:
        raise Http404 from error


def url_of(intake: Import, name: str = "import", *args: Any) -> str:
    """Return the address of an import's page."""
    return reverse(f"intake:{name}", args=[intake.revision.case_id, intake.pk, *args])


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: DeskRequest, case_id: int) -> HttpResponse:
    """Take in a file or a pasted table; list what was taken in before."""
    revision = revision_or_404(request, case_id)
    if not scope.may_fill(request.user, revision.case.kind_spec, revision.case.bureau_id):
        raise Http404
    offered = starting.kinds_of(revision)
    form = ImportForm(request.POST or None, request.FILES or None, kinds=offered)
    refusal: WorkflowError | None = None
    if request.method == "POST" and form.is_valid():
        name, data = form.content
        try:
            intake = starting.take_in(
                request.user, revision, name, data, form.cleaned_data.get("kind", "")
            )
        except WorkflowError as error:
            refusal = error
        else:
            intake.revision = revision
            return redirect(url_of(intake))
    try:
        scope.ensure_may_fill(request.user, revision)
        closed = ""
    except WorkflowError as error:
        closed = str(error)
    context = {
        "revision": revision,
        "case": revision.case,
        "form": form,
        "closed": closed or ("" if offered else _("A case of this kind takes in no such tables.")),
        "imports": queries.imports_of(request.user, case_id)[:20],
        "crumbs": crumbs(revision, _("Take in a table")),
    }
    status = 422 if request.method == "POST" else 200
    return page(request, "intake/start.html", context, refusal, status)


@login_required
@never_cache
@require_safe
def import_page(request: DeskRequest, case_id: int, import_id: int) -> HttpResponse:
    """Show where an import stands: its progress, its review, or what became of it."""
    intake = import_or_404(request, case_id, import_id)
    if intake.is_busy:
        return render(request, "intake/progress.html", _context(intake))
    if request.htmx:
        # The page that waited shows the result as soon as it is there.
        return HttpResponseClientRefresh()
    if intake.is_open:
        return _review(request, intake)
    return render(
        request,
        "intake/ended.html",
        {
            **_context(intake),
            "acceptance": intake.acceptances.filter(undone_at__isnull=True)
            .select_related("by")
            .first(),
            "is_draft": intake.revision.state == "draft",
        },
    )


def _context(intake: Import, *last: str) -> dict[str, Any]:
    """Return what every page of an import knows."""
    way = crumbs(intake.revision, _("Take in a table"))
    way[-1]["url"] = reverse("intake:start", args=[intake.revision.case_id])
    if last:
        way += [{"url": url_of(intake), "label": intake.name}]
    way += [{"url": "", "label": label} for label in last or (intake.name,)]
    return {
        "intake": intake,
        "case": intake.revision.case,
        "crumbs": way,
        "said": [
            (sentences.refusal(each["code"], each["params"]), each["where"])
            for each in intake.refusals
        ],
    }


def _review(
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
    shower = queries.Shower(chosen)
    lines = [shower.line(row) for row in shown.object_list]
    lacking = queries.lacking(lines)
    pairs = twins.pairs_of(request.user, chosen)
    context = {
        **_context(intake),
        "tables": tables,
        "table": chosen,
        "only": only,
        "filters": _filters(chosen, only),
        "page_obj": shown,
        "lines": lines,
        "alike": queries.shared_doubts(chosen, shower) if only != "aside" else [],
        "stated": queries.stated(chosen),
        "lacking": [shower.label(name) for name in lacking],
        "headers": shower.headers,
        "kinds": [
            (code, record_kinds[code].label_plural) for code in starting.kinds_of(intake.revision)
        ],
        "columns": queries.mapping_of(chosen),
        "choices": queries.choices_of(chosen.kind) if chosen.kind else [],
        "constants": queries.constants_of(chosen, lacking) if chosen.kind else [],
        "total": sum(t.rows_count for t in tables if t.is_taken),  # type: ignore[attr-defined]
        "doubtful": sum(t.doubtful for t in tables if t.is_taken),  # type: ignore[attr-defined]
        "has_edits": intake.edits.exists(),
        **queries.organisations_of(intake),
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
        ("aside", _("Set aside"), table.aside),
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
def cancel(request: DeskRequest, case_id: int, import_id: int) -> HttpResponse:
    """Stop the reading, or discard what was not stored."""
    intake = import_or_404(request, case_id, import_id)
    try:
        starting.cancel(request.user, intake)
    except WorkflowError as refusal:
        messages.error(request, str(refusal))
        return redirect(url_of(intake))
    messages.info(request, _("The import was discarded; nothing was stored."))
    return redirect("intake:start", case_id)


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
            name, *codes = str(request.POST["alike"]).split()
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
            messages.success(
                request,
                _("Read again as %(kind)s. This is remembered for the next file of this layout.")
                % {"kind": record_kinds[found.kind].label_plural},
            )
    except ImportTable.DoesNotExist as error:
        raise Http404 from error
    except WorkflowError as refusal:
        messages.error(request, str(refusal))
    return redirect(back)


def _columns(request: DeskRequest) -> dict[int, str]:
    """Return what each column was said to be."""
    return {
        int(name.removeprefix("column-")): str(value)
        for name, value in request.POST.items()
        if name.startswith("column-") and name.removeprefix("column-").isdecimal()
    }


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
        if request.htmx:
            line.refresh_from_db()
            line.table.intake = intake
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
    values = {
        name.removeprefix("value-"): str(value)
        for name, value in data.items()
        if name.startswith("value-")
    }
    return review.edit(actor, intake.pk, row_id, values)


def _back(request: DeskRequest, intake: Import, line: ImportRow) -> str:
    """Return the page that the person came from: of the review, or what would be stored."""
    if request.POST.get("from") == "compare":
        return reverse("intake:compare", args=[intake.revision.case_id, intake.pk])
    only, number = request.POST.get("only", ""), request.POST.get("page", "")
    only = only if only in FILTERS else ""
    number = number if number.isdecimal() else "1"
    return f"{url_of(intake)}?table={line.table.number}&only={only}&page={number}"


def _edit_page(request: DeskRequest, intake: Import, line: ImportRow) -> HttpResponse:
    if not line.table.kind or line.aside:
        raise Http404
    shower = queries.Shower(line.table)
    context = {
        **_context(intake, _("Row")),
        "line": shower.line(line),
        "table": line.table,
        "inputs": shower.inputs(line),
        "width": len(shower.headers) + 3,
    }
    template = "intake/_row_edit.html" if request.htmx else "intake/row.html"
    return render(request, template, context)


def _row(
    request: DeskRequest, line: ImportRow, refusal: WorkflowError | None = None
) -> HttpResponse:
    """Answer a change with the line as it is now, and the counts."""
    intake = line.table.intake
    tables = queries.tables_of(intake)
    context = {
        **_context(intake),
        "line": queries.Shower(line.table).line(line),
        "table": line.table,
        "total": sum(t.rows_count for t in tables if t.is_taken),  # type: ignore[attr-defined]
        "doubtful": sum(t.doubtful for t in tables if t.is_taken),  # type: ignore[attr-defined]
        "has_edits": intake.edits.exists(),
        "oob": True,
        "refusal": refusal,
        "width": len(queries.Shower(line.table).headers) + 3,
    }
    return render(request, "intake/_answer.html", context)


@login_required
@never_cache
@require_safe
def organisations(request: DeskRequest, case_id: int, import_id: int) -> HttpResponse:
    """Show all names of organisations that are unsure, and what was answered."""
    intake = import_or_404(request, case_id, import_id)
    if not intake.is_open:
        return redirect(url_of(intake))
    context = {
        **_context(intake, _("Organisations")),
        **queries.organisations_of(intake, request.GET.get("page", "1")),
        "is_whole": True,
    }
    return page(request, "intake/organisations.html", context)


@login_required
@require_POST
def organisation(request: DeskRequest, case_id: int, import_id: int, name_id: int) -> HttpResponse:
    """Take the answer about one name: the same as one shown, a new one, or later."""
    intake = import_or_404(request, case_id, import_id)
    refused = ""
    try:
        naming.answer(request.user, intake.pk, name_id, request.POST.get("answer", ""))
    except ImportName.DoesNotExist as error:
        raise Http404 from error
    except WorkflowError as refusal:
        refused = str(refusal)
    is_whole = "whole" in request.POST
    if request.htmx:
        context = {
            **_context(intake),
            **queries.organisations_of(intake, request.POST.get("page", "1")),
            "is_whole": is_whole,
            "refused": refused,
        }
        return render(request, "intake/_organisations.html", context)
    if refused:
        messages.error(request, refused)
    back = url_of(intake, "organisations") if is_whole else url_of(intake)
    return redirect(f"{back}#organisations")


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


@login_required
@never_cache
@require_safe
def compare_page(request: DeskRequest, case_id: int, import_id: int) -> HttpResponse:
    """Show what accepting would do, and everything that stands in its way."""
    intake = import_or_404(request, case_id, import_id)
    if not intake.is_open:
        return redirect(url_of(intake))
    return _comparison(request, intake)


def _comparison(
    request: DeskRequest, intake: Import, refusal: WorkflowError | None = None
) -> HttpResponse:
    result = compare(intake)
    context = {
        **_context(intake, _("What would be stored")),
        "result": result,
        "figures": [
            {"label": _("New"), "value": result.new},
            {"label": _("Changed"), "value": result.changed},
            {"label": _("Unchanged"), "value": result.unchanged},
            {"label": _("In the case, not in the file"), "value": result.missing},
        ],
        "changes": [queries.change_of(item) for item in result.changes],
        "repeats": [queries.repeat_of(item) for item in result.repeats],
        "faults": [queries.fault_of(fault) for fault in result.faults],
        "undecided": naming.undecided(intake),
    }
    return page(request, "intake/compare.html", context, refusal)


@login_required
@require_POST
def accept_import(request: DeskRequest, case_id: int, import_id: int) -> HttpResponse:
    """Store what was shown; a long list is stored by the task queue."""
    intake = import_or_404(request, case_id, import_id)
    digest = request.POST.get("digest", "")
    try:
        done = accept_or_queue(request.user, intake, digest)
    except WorkflowError as refusal:
        if not intake.is_open:
            messages.error(request, str(refusal))
            return redirect(url_of(intake))
        return _comparison(request, intake, refusal)
    if done is None:
        return redirect(url_of(intake))
    stored = done.counts["new"] + done.counts["changed"]
    messages.success(
        request,
        ngettext("%(count)s row stored.", "%(count)s rows stored.", stored) % {"count": stored},
    )
    return redirect(url_of(intake))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: DeskRequest, case_id: int, import_id: int) -> HttpResponse:
    """Show what undoing would do; do it."""
    intake = import_or_404(request, case_id, import_id)
    try:
        if request.method == "POST":
            done = undoing.undo(request.user, intake.pk)
            messages.success(
                request,
                _("Undone: %(added)s rows removed, %(changed)s as before.")
                % {"added": done.added, "changed": done.changed},
            )
            if done.left:
                messages.warning(
                    request,
                    _("Left as they are, because they were saved since: %(rows)s")
                    % {"rows": "；".join(done.left[: undoing.SHOWN])},
                )
            return redirect(url_of(intake))
        would = undoing.preview(intake)
    except WorkflowError as refusal:
        messages.error(request, str(refusal))
        if request.method != "POST":
            return render(
                request,
                "intake/ended.html",
                {**_context(intake), "acceptance": None},
                status=status_of(refusal),
            )
        return redirect(url_of(intake))
    return render(
        request,
        "intake/undo.html",
        {
            **_context(intake, _("Undo")),
            "would": would,
            "effects": [
                _("%(count)s rows that the import added are removed from the case.")
                % {"count": would.added},
                _("%(count)s rows that it changed are as before.") % {"count": would.changed},
            ],
            "left": would.left[: undoing.SHOWN],
            "case_url": case_url(intake.revision),
        },
    )
