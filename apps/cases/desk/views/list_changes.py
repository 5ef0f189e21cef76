"""Changing many rows of a list: a preview, a confirmation, and the way back."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.cases.desk.lists.cells import Cells
from apps.cases.desk.lists.filters import ListFilter
from apps.cases.desk.lists.grid import ROWS_PER_PAGE, Openness
from apps.cases.desk.lists.pasting import Pasted, read_block
from apps.cases.desk.values import EMPTY, in_words, words
from apps.cases.desk.views.base import DeskRequest, next_url, page
from apps.cases.desk.views.lists import list_context, list_or_404, list_url
from apps.cases.desk.views.row_base import recheck
from apps.cases.domain import many
from apps.cases.errors import Invalid, Refused, StaleRecord, WorkflowError
from apps.cases.kinds import RecordKind
from apps.cases.models import Operation, Revision

SET, CLEAR, REMOVE = "set", "clear", "remove"
LONGEST_PASTE = 2_000_000


class Choice:
    """Which rows were chosen, as an address or a form says it: ticked ones, or all that fit."""

    def __init__(self, revision: Revision, kind: RecordKind, data: QueryDict) -> None:
        """Read ``row`` (ids), or ``all`` with the filter in ``query``."""
        self.revision, self.kind = revision, kind
        self.is_all = data.get("all") == "1"
        self.query = data.get("query", "")[:2000]
        self.asked = ListFilter(revision, kind, QueryDict(self.query))
        self.uids = [] if self.is_all else sorted({u for u in map(_uid, data.getlist("row")) if u})

    @property
    def rows(self) -> QuerySet[Any]:
        """Return the chosen rows: asked again each time."""
        if self.is_all:
            return self.asked.rows()
        return self.kind.model.objects.filter(revision=self.revision, uid__in=self.uids)

    @property
    def hidden(self) -> list[dict[str, str]]:
        """Return the choice as fields of a form."""
        ticked = [("row", str(uid)) for uid in self.uids]
        pairs = [("all", "1")] if self.is_all else ticked
        return [{"name": n, "value": v} for n, v in [*pairs, ("query", self.query)]]

    @property
    def words(self) -> str:
        """Return what was chosen, in words."""
        if not self.is_all:
            return _("the ticked rows")
        return self.asked.in_words() or _("the whole list")


def _uid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


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
    choice = Choice(revision, kind, data)
    back = next_url(request, "") or f"{list_url(revision, kind)}?{choice.query}"
    if not choice.is_all and not choice.uids:
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
        if is_ready and request.method == "POST":
            done = _do(request, choice, what, name, value)
            recheck(request, revision)
            return redirect(_said(request, back, done))
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


def _do(request: DeskRequest, choice: Choice, what: str, name: str, value: Any) -> Operation:
    """Change the chosen rows as they were previewed."""
    digest = request.POST.get("digest", "")
    pk = choice.revision.pk
    if what == REMOVE:
        return many.remove(request.user, pk, choice.kind, choice.rows, digest)
    return many.set_field(
        request.user, pk, choice.kind, choice.rows, name, value, digest, words=words(value)
    )


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


def _said(request: DeskRequest, back: str, done: Operation) -> str:
    """Say what was done; return the page that shows the way back from it."""
    messages.success(request, f"{done}.")
    return f"{back}{'&' if '?' in back else '?'}{urlencode({'done': done.pk})}"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def list_paste(request: DeskRequest, case_id: int, code: str) -> HttpResponse:
    """Take a copied block, show what it would change, and store it when that is confirmed."""
    revision, kind = list_or_404(request, case_id, code)
    data = request.POST if request.method == "POST" else request.GET
    cells, openness = Cells(kind), Openness(request.user, revision, kind)
    anchor, column = _uid(data.get("row", "")), data.get("column", "")
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
                if digest != pasted.digest:
                    raise many.Moved
                done = many.paste(request.user, revision.pk, kind, pasted.block)
                recheck(request, revision)
                place = f"{list_url(revision, kind)}?{_place(asked, anchor)}"
                return redirect(_said(request, place, done))
        except StaleRecord:
            refusal = many.Moved()
        except (Refused, Invalid) as error:
            refusal = error
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
    }
    status = 422 if pasted is not None and pasted.fault_count else 200
    return page(request, "cases/list_paste.html", context, refusal, status)


def _place(asked: ListFilter, anchor: uuid.UUID | None) -> str:
    """Return the parameters of the page on which the block begins."""
    place = asked.rows().order_by()
    first = asked.all_rows.filter(uid=anchor).values_list("position", flat=True).first()
    before = place.filter(position__lt=first).count() if first is not None else place.count() - 1
    return f"{asked.kept}&{urlencode({'page': max(before, 0) // ROWS_PER_PAGE + 1})}"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def list_undo(request: DeskRequest, case_id: int, code: str, operation_id: int) -> HttpResponse:
    """Show what taking an operation back would do; do it."""
    revision, kind = list_or_404(request, case_id, code)
    operation = (
        Operation.objects.filter(pk=operation_id, revision__case=case_id, record_kind=kind.code)
        .select_related("revision", "by", "undone_by")
        .first()
    )
    if operation is None:
        raise Http404
    refusal: WorkflowError | None = None
    would = None
    try:
        if request.method == "POST":
            done = many.undo(request.user, operation.pk)
            recheck(request, revision)
            messages.success(request, _("Undone: %(count)s rows.") % {"count": done.total})
            if done.left:
                messages.warning(
                    request,
                    _("Left as they are, because they were saved since: %(rows)s")
                    % {"rows": "；".join(done.left[: many.SHOWN])},
                )
            return redirect(list_url(revision, kind))
        would = many.preview_undoing(operation)
    except WorkflowError as error:
        refusal = error
    context = {
        **list_context(revision, kind, _("Undo")),
        "operation": operation,
        "effects": _effects(would) if would else [],
        "left": would.left[: many.SHOWN] if would else [],
        "left_count": len(would.left) if would else 0,
        "is_possible": would is not None and would.total > 0,
        "back": list_url(revision, kind, "list_operations"),
    }
    return page(request, "cases/list_undo.html", context, refusal)


def _effects(would: Any) -> list[str]:
    effects = [
        (len(would.changed), _("%(count)s rows are as before.")),
        (len(would.removed), _("%(count)s removed rows come back.")),
        (len(would.added), _("%(count)s rows that were added are removed.")),
    ]
    return [text % {"count": count} for count, text in effects if count]
