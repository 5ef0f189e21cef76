"""Changing many rows of a list: a choice or a block, a preview, a confirmation."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.cases.desk.lists import orders
from apps.cases.desk.lists.cells import Cells
from apps.cases.desk.lists.choosing import Choice, uid_of
from apps.cases.desk.lists.filters import ListFilter
from apps.cases.desk.lists.grid import ROWS_PER_PAGE, Openness
from apps.cases.desk.lists.orders import CLEAR, PASTE, REMOVE, SET
from apps.cases.desk.lists.pasting import Pasted, read_block
from apps.cases.desk.values import EMPTY, in_words, words
from apps.cases.desk.views.base import DeskRequest, next_url, page
from apps.cases.desk.views.lists import list_context, list_or_404, list_url
from apps.cases.desk.views.long_changes import change_url
from apps.cases.desk.views.row_base import recheck
from apps.cases.domain import long_changes, many
from apps.cases.errors import Refused, WorkflowError
from apps.cases.kinds import RecordKind
from apps.cases.models import Revision

LONGEST_PASTE = 2_000_000


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def list_many(request: DeskRequest, case_id: int, code: str) -> HttpResponse:
    """Show what setting, clearing or removing would do to the chosen rows; on POST do it."""
    revision, kind = list_or_404(request, case_id, code)
    data = request.POST if request.method == "POST" else request.GET
    what, cells = data.get("do", ""), Cells(kind)
    name = data.get("field", "")
    if what not in {SET, CLEAR, REMOVE} or (what != REMOVE and name not in cells.names):
        raise Http404
    choice = Choice.of_form(revision, kind, data)
    back = next_url(request, "") or f"{list_url(revision, kind)}?{choice.query}"
    if choice.is_empty:
        messages.info(request, _("Tick the rows first, or choose all that fit the filter."))
        return redirect(back)
    form = _ValueForm(cells, name, data) if what == SET else None
    has_value = form is None or "value" in data
    value: Any = None
    refusal: WorkflowError | None = None
    found: many.Look | None = None
    try:
        if form is not None and has_value and form.is_valid():
            value = form.cleaned_data["value"]
        is_ready = has_value and (form is None or form.is_valid())
        if what == CLEAR:
            value = many.empty_value(kind, name)
        if is_ready and request.method == "POST" and "digest" in data:
            order = {
                "do": what,
                "kind": code,
                "field": name,
                "value": data.get("value", ""),
                "digest": data["digest"],
                **choice.order,
            }
            return make(request, revision, kind, order, choice.rows.count(), back)
        if is_ready:
            found = (
                many.look(choice.rows, name, value) if what != REMOVE else many.look(choice.rows)
            )
    except WorkflowError as error:
        refusal = error
        if what == REMOVE or value is not None:
            # What stands now is shown; it is confirmed anew.
            found = many.look(choice.rows, name if what != REMOVE else "", value)
    heading = {
        SET: _("Set a field in many rows"),
        CLEAR: _("Clear a field in many rows"),
        REMOVE: _("Remove many rows"),
    }[what]
    context = {
        **list_context(revision, kind, heading),
        "heading": heading,
        "do": what,
        "field": name,
        "field_label": cells.labels.get(name, ""),
        "choice": choice,
        "form": form,
        "found": found,
        "count": len(found.touched) if found else 0,
        "samples": _samples(choice, what, name, value, found) if found else [],
        "sample_fields": [cells.labels[n] for n in kind.natural_key if n in cells.labels],
        "hidden": [
            {"name": "do", "value": what},
            {"name": "field", "value": name},
            *choice.hidden,
            {"name": "next", "value": data.get("next", "")},
        ],
        "value": form["value"].value() if form is not None and has_value else "",
        "next": data.get("next", ""),
        "back": back,
        "token": uuid.uuid4(),
    }
    status = 422 if form is not None and has_value and not form.is_valid() else 200
    return page(request, "cases/list_many.html", context, refusal, status)


class _ValueForm(forms.Form):
    """The value that one field is to get, in the control of the kind's own form."""

    def __init__(self, cells: Cells, name: str, data: QueryDict) -> None:
        super().__init__(data if "value" in data else None)
        field = cells.form.fields[name]
        field.label = cells.labels[name]
        # Emptying is an act of its own.
        field.required = True
        self.fields["value"] = field


def _samples(
    choice: Choice, what: str, name: str, value: Any, found: many.Look
) -> list[dict[str, Any]]:
    """Return the first rows that would change, each before and after."""
    keys = [pk for pk, _uid, _version in found.touched[: many.SHOWN]]
    rows = choice.kind.model.objects.filter(pk__in=keys).order_by("position", "pk")
    if choice.kind.select_related:
        rows = rows.select_related(*choice.kind.select_related)
    after = words(value) if what == SET else EMPTY
    return [
        {
            "title": str(getattr(row, choice.kind.title_field)),
            "before": in_words(row, name) if name else "",
            "after": after,
            "values": [in_words(row, part) for part in choice.kind.natural_key],
        }
        for row in rows
    ]


def make(
    request: DeskRequest,
    revision: Revision,
    kind: RecordKind,
    order: dict[str, Any],
    count: int,
    back: str,
) -> HttpResponse:
    """Make a change of ``count`` rows, and lead to the page that shows the way back from it.

    What takes long is made by the task queue: then lead to where it stands.
    """
    if count > long_changes.AT_ONCE:
        change = long_changes.ask(
            request.user,
            revision.pk,
            orders.CHANGE,
            order,
            words=orders.in_words(kind, order, count),
            total=count,
            token=uid_of(request.POST.get("token", "")),
            url=back,
        )
        return redirect(change_url(change))
    long_changes.ensure_free(revision.pk)
    done = orders.carry_out(request.user, revision, kind, order)
    recheck(request, revision)
    messages.success(request, str(done))
    return redirect(f"{back}{'&' if '?' in back else '?'}{urlencode({'done': done.pk})}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def list_paste(request: DeskRequest, case_id: int, code: str) -> HttpResponse:
    """Take a copied block, show what it would change, and store it when that is confirmed."""
    revision, kind = list_or_404(request, case_id, code)
    data = request.POST if request.method == "POST" else request.GET
    cells, openness = Cells(kind), Openness(request.user, revision, kind)
    anchor, column = uid_of(data.get("row", "")), data.get("column", "")
    query = data.get("query", "")[:2000]
    asked = ListFilter(revision, kind, QueryDict(query))
    text = request.POST.get("text", "")
    pasted: Pasted | None = None
    refusal: WorkflowError | None = None
    if request.method == "POST":
        try:
            if len(text) > LONGEST_PASTE:
                raise Refused(_("The block is too large. Take the file in as a table instead."))
            pasted = read_block(asked, cells, openness, text, column=column, anchor=anchor)
            if (digest := request.POST.get("digest", "")) and not pasted.fault_count:
                order = {
                    "do": PASTE,
                    "kind": code,
                    "row": data.get("row", ""),
                    "column": column,
                    "query": query,
                    "text": text,
                    "digest": digest,
                }
                count = len(pasted.block.changes) + len(pasted.block.new)
                place = f"{list_url(revision, kind)}?{_place(asked, anchor)}"
                return make(request, revision, kind, order, count, place)
        except WorkflowError as error:
            refusal = error
    start = asked.all_rows.filter(uid=anchor).first() if anchor else None
    context = {
        **list_context(revision, kind, _("Paste a block")),
        "columns": [(name, cells.labels[name]) for name in cells.names],
        "column": column,
        "row": str(anchor) if start else "",
        "row_title": str(getattr(start, kind.title_field)) if start else "",
        "query": query,
        "text": text,
        "pasted": pasted,
        "may_add": openness.of(None),
        "token": uuid.uuid4(),
    }
    status = 422 if pasted is not None and pasted.fault_count else 200
    return page(request, "cases/list_paste.html", context, refusal, status)


def _place(asked: ListFilter, anchor: uuid.UUID | None) -> str:
    """Return the parameters of the page on which the block begins."""
    place = asked.rows().order_by()
    first = asked.all_rows.filter(uid=anchor).values_list("position", flat=True).first()
    before = place.filter(position__lt=first).count() if first is not None else place.count() - 1
    return f"{asked.kept}&{urlencode({'page': max(before, 0) // ROWS_PER_PAGE + 1})}"
