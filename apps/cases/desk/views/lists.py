"""A long list in a draft: its page, saving one cell, keeping a filter, duplicates."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.cases import scope
from apps.cases.desk import queries
from apps.cases.desk.lists.cells import Cells
from apps.cases.desk.lists.duplicates import find_duplicates
from apps.cases.desk.lists.filters import (
    ListFilter,
    findings_of_page,
    list_parameters,
    page_of,
)
from apps.cases.desk.lists.grid import ROWS_PER_PAGE, Cell, Openness, cell, lines
from apps.cases.desk.values import field_label, in_words
from apps.cases.desk.views.base import (
    DeskRequest,
    crumbs,
    kind_or_404,
    next_url,
    page,
    revision_or_404,
)
from apps.cases.desk.views.scripts import for_scripts, script_status
from apps.cases.domain.long_changes import Busy, ensure_still, under_way
from apps.cases.domain.records import save_record
from apps.cases.domain.saved_views import keep_view
from apps.cases.errors import StaleRecord, WorkflowError
from apps.cases.kinds import RecordKind
from apps.cases.models import Operation, Record, Revision

GROUPS_PER_PAGE = 20
# What the address says where the rows of each value are to be counted.
COUNTED = "counted"
OPERATIONS_SHOWN = 50


def list_or_404(request: DeskRequest, case_id: int, code: str) -> tuple[Revision, RecordKind]:
    """Return the list a person fills. A kind with an entry page of its own is edited there."""
    revision = revision_or_404(request, case_id)
    spec = revision.case.kind_spec
    if spec.entry_url or not scope.may_fill(request.user, spec, revision.case.bureau_id):
        raise Http404
    return revision, kind_or_404(revision, code)


def list_url(revision: Revision, kind: RecordKind, name: str = "list", *args: Any) -> str:
    """Return the address of a list's page."""
    return reverse(f"desk:{name}", args=[revision.case_id, kind.code, *args])


def undo_url(request: DeskRequest, revision: Revision, kind: RecordKind) -> str:
    """Return the way back from what was just done, as the address names it; blank: nothing was."""
    done = request.GET.get("done", "")
    is_id = done.isdecimal() and len(done) < 19
    return list_url(revision, kind, "list_undo", int(done)) if is_id else ""


def list_context(revision: Revision, kind: RecordKind, *last: str) -> dict[str, Any]:
    """Return what every page of a list knows."""
    way = crumbs(revision, str(kind.label_plural))
    if last:
        way[-1]["url"] = list_url(revision, kind)
        way += [{"url": "", "label": label} for label in last]
    return {
        "revision": revision,
        "case": revision.case,
        "kind": kind,
        "under_way": under_way(revision.pk),
        "list_url": list_url(revision, kind),
        "operations_url": list_url(revision, kind, "list_operations"),
        "crumbs": way,
    }


@login_required
@require_safe
def list_page(request: DeskRequest, case_id: int, code: str) -> HttpResponse:
    """Show a page of the list, filtered, to be edited in place.

    The values of the filter are counted where somebody asks for them (``values``): htmx gets
    these alone, a browser without scripts the whole page with them.
    """
    revision, kind = list_or_404(request, case_id, code)
    asked = ListFilter(revision, kind, request.GET)
    is_counted = request.GET.get("values") == COUNTED
    facets, count = asked.counted_facets() if is_counted else (asked.chosen_facets(), -1)
    values = {"facets": facets, "values_url": "" if is_counted else _values_url(asked)}
    if is_counted and request.htmx:
        return render(request, "cases/_list_values.html", values)
    rows = asked.rows()
    if not is_counted:
        count = rows.count()
    shown = Paginator(range(count), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    first = shown.start_index()
    part = slice(max(first - 1, 0), shown.end_index())
    records = page_of(revision, kind, rows, part, count)
    cells, openness = Cells(kind), Openness(request.user, revision, kind)
    cells.choose_among(asked.entries)
    uids = [record.uid for record in records]
    context = {
        **list_context(revision, kind),
        "undo_url": undo_url(request, revision, kind),
        "person": request.user.pk,
        "asked": asked,
        "kept": asked.kept,
        "lines": lines(
            cells,
            revision,
            records,
            first=first,
            findings=findings_of_page(revision, kind, uids),
            openness=openness,
        ),
        "cells": cells,
        "fields": [(name, cells.labels[name]) for name in cells.names],
        "clearable": [
            (name, cells.labels[name])
            for name in cells.names
            if kind.model._meta.get_field(name).blank  # type: ignore[union-attr]
        ],
        "editors": [cells.form[name] for name in cells.names] if openness.may_write else [],
        "count": count,
        "page_obj": shown,
        "may_write": openness.may_write,
        "may_add": openness.of(None),
        **values,
        "is_filter_open": asked.is_on or is_counted,
        "clear_url": request.path if asked.is_on else "",
        "views": list(request.user.saved_views.filter(place=kind.code)),
    }
    return render(request, "cases/list.html", context)


def _values_url(asked: ListFilter) -> str:
    """Return the address of this view with the values of its filter counted; blank: it has none."""
    if not asked.facets:
        return ""
    query = QueryDict(asked.kept, mutable=True)
    query["values"] = COUNTED
    return f"{list_url(asked.revision, asked.kind)}?{query.urlencode()}"


@for_scripts
def list_cell(request: DeskRequest, case_id: int, code: str) -> HttpResponse:
    """Store one cell as it was read at its version; answer the row as it stands.

    409 holds both values where somebody else changed this very cell since. Where he changed
    another cell of the row, both changes stand.
    """
    revision, kind = list_or_404(request, case_id, code)
    cells, name = Cells(kind), request.POST.get("field", "")
    try:
        uid, version = uuid.UUID(request.POST["uid"]), int(request.POST["version"])
    except (KeyError, ValueError) as error:
        raise Http404 from error
    if name not in cells.names:
        raise Http404
    try:
        ensure_still(revision.pk)
        value = cells.from_editor(name, request.POST.get("value", ""))
        row = _save_cell(request, revision, kind, uid, version, name, value)
    except ValidationError as error:
        return JsonResponse({"message": " ".join(error.messages)}, status=422)
    except StaleRecord as stale:
        return _conflict(cells, stale, name)
    except kind.model.DoesNotExist:
        gone = _("This row was removed while you were working on it. Put it back to go on.")
        return JsonResponse({"message": gone}, status=423)
    except Busy:
        # What was typed stays on the page, and is sent again until this is over.
        wait = _("Many rows are being changed. This cell is saved as soon as that is done.")
        return JsonResponse({"message": wait}, status=503)
    except WorkflowError as refusal:
        return JsonResponse({"message": str(refusal)}, status=script_status(refusal))
    return JsonResponse({"row": _described(cells, row)})


def _save_cell(
    request: DeskRequest,
    revision: Revision,
    kind: RecordKind,
    uid: uuid.UUID,
    version: int,
    name: str,
    value: Any,
) -> Record:
    """Store one cell; upon a later version of the row only where this cell is as it was read."""
    user, values = request.user, {name: value}
    try:
        saved = save_record(user, revision.pk, kind, values, uid=uid, version=version)
    except StaleRecord as stale:
        if not _cell_is_as_read(kind, stale.current, version, name):
            raise
        saved = save_record(user, revision.pk, kind, values, uid=uid, version=stale.current.version)
    return saved


def _cell_is_as_read(kind: RecordKind, current: Record, version: int, name: str) -> bool:
    """Say whether a cell holds what it held at ``version``: the row's history knows."""
    field: Any = kind.model._meta.get_field(name)
    kept = kind.model.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
        pgh_obj_id=current.pk, version=version
    ).exclude(pgh_label="delete")
    read = list(kept.values_list(field.attname, flat=True)[:1])
    return bool(read) and str(read[0]) == str(getattr(current, field.attname))


def _described(cells: Cells, row: Record) -> dict[str, Any]:
    """Return a row as the page's script takes it."""
    shown: list[Cell] = [cell(cells, row, name) for name in cells.names]
    return {
        "uid": str(row.uid),
        "version": row.version,
        "cells": {one.name: {"text": one.text, "raw": one.raw} for one in shown},
        "at": timezone.localtime(row.updated_at).isoformat(),
    }


def _conflict(cells: Cells, stale: StaleRecord, name: str) -> HttpResponse:
    """Answer a stale save: both values, who and when, and the choice between them."""
    theirs = stale.current
    yours = type(theirs)(**{name: stale.yours[name]})
    html = render_to_string(
        "cases/_cell_choice.html",
        {
            "label": cells.labels[name],
            "yours": in_words(yours, name),
            "theirs": in_words(theirs, name),
            "row": theirs,
        },
    )
    return JsonResponse({"row": _described(cells, theirs), "html": html}, status=409)


@login_required
@require_POST
def list_view_new(request: DeskRequest, case_id: int, code: str) -> HttpResponse:
    """Keep the present filter of the list under a name."""
    revision, kind = list_or_404(request, case_id, code)
    query = request.POST.get("query", "")
    known = list_parameters(kind)
    try:
        view = keep_view(request.user, request.POST.get("name", ""), query, known, kind.code)
    except WorkflowError as refusal:
        messages.error(request, str(refusal))
    else:
        query = view.query
        messages.success(request, _("The filter is kept as “%(name)s”.") % {"name": view.name})
    return redirect(next_url(request, f"{list_url(revision, kind)}?{query}"))


@login_required
@require_safe
def list_duplicates(request: DeskRequest, case_id: int, code: str) -> HttpResponse:
    """Show rows that are the same, or nearly, side by side."""
    revision, kind = list_or_404(request, case_id, code)
    groups = find_duplicates(revision, kind)
    shown = Paginator(groups, GROUPS_PER_PAGE).get_page(request.GET.get("page"))
    wanted = [uid for group in shown.object_list for uid in group.uids[:MOST_BESIDE]]
    rows = {row.uid: row for row in queries.rows_of(revision, kind).filter(uid__in=wanted)}
    openness = Openness(request.user, revision, kind)
    context = {
        **list_context(revision, kind, _("Duplicates")),
        "undo_url": undo_url(request, revision, kind),
        "groups": [
            _beside(kind, [rows[uid] for uid in group.uids if uid in rows], openness)
            | {"is_exact": group.is_exact, "more": max(0, len(group.uids) - MOST_BESIDE)}
            for group in shown.object_list
        ],
        "count": len(groups),
        "page_obj": shown,
    }
    return render(request, "cases/list_duplicates.html", context)


# Of one group so many rows stand side by side.
MOST_BESIDE = 6


def _beside(kind: RecordKind, rows: list[Any], openness: Openness) -> dict[str, Any]:
    """Return rows side by side: a line per field, marked where they differ."""
    compared = []
    for name in kind.fields:
        texts = [in_words(row, name) for row in rows]
        compared.append((field_label(kind.model, name), texts, len(set(texts)) > 1))
    return {
        "rows": [
            {"row": row, "title": str(getattr(row, kind.title_field)), "open": openness.of(row.uid)}
            for row in rows
        ],
        "fields": compared,
    }


@login_required
@require_safe
def list_operations(request: DeskRequest, case_id: int, code: str) -> HttpResponse:
    """Show what was done to many rows of the list at once, latest first, to be taken back."""
    revision, kind = list_or_404(request, case_id, code)
    done = Operation.objects.filter(revision=revision, record_kind=kind.code)
    context = {
        **list_context(revision, kind, _("Changes of many rows")),
        "operations": list(done.select_related("by", "undone_by")[:OPERATIONS_SHOWN]),
    }
    return page(request, "cases/list_operations.html", context)
