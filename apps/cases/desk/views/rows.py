"""One row: entry, correction, and both values after a stale save."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.models import Role
from apps.cases.desk import evidence as desk_evidence
from apps.cases.desk import page as desk_page
from apps.cases.desk import queries, shown_findings
from apps.cases.desk.values import field_label, in_words
from apps.cases.desk.views.base import (
    DeskRequest,
    crumbs,
    kind_or_404,
    page,
    revision_or_404,
)
from apps.cases.desk.views.row_base import back_to, recheck, row_url, title_of, values_of
from apps.cases.domain.evidence import Place
from apps.cases.domain.long_changes import ensure_still
from apps.cases.domain.records import save_record
from apps.cases.errors import Invalid, Locked, StaleRecord, WorkflowError
from apps.cases.flags import told
from apps.cases.kinds import RecordKind
from apps.cases.models import Record, Revision, State
from apps.cases.origins import origins_of

# Under it, ids of new rows are made from the case and the form: a form sent twice is one row,
# and nobody can choose the id of somebody else's.
ROW_NAMESPACE = uuid.UUID("6b0a3f6e-5f2c-4e0b-9a55-3f9f0b8f7a10")


def _saved(request: DeskRequest, revision: Revision, kind: RecordKind, row: Record) -> HttpResponse:
    """Run the rules over what was saved, say so, and go on where the person wants to."""
    found = recheck(request, revision)
    messages.success(request, _("Saved: %(row)s") % {"row": title_of(kind, row)})
    for finding in found:
        if finding.record_uid == row.uid and not finding.is_settled:
            messages.warning(request, str(finding))
    if "again" in request.POST:
        return redirect("desk:row_new", revision.case_id, kind.code)
    return redirect(back_to(revision, kind, row))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def row_new(request: DeskRequest, case_id: int, code: str) -> HttpResponse:
    """Enter a new row. The form sent twice makes one row."""
    revision = revision_or_404(request, case_id)
    kind = kind_or_404(revision, code)
    if kind.entry_url:
        return redirect(kind.entry_url, case_id)
    refusal = desk_page.write_refusal(request.user, revision, kind, None)
    blank = kind.model(revision=revision)
    once = request.POST.get("once") or uuid.uuid4().hex
    if request.method != "POST":
        form: Any = kind.form(instance=blank)
        return _form_page(request, revision, kind, form, refusal, once=once)
    form = kind.form(request.POST, request.FILES or None, instance=blank)
    if form.is_valid() and refusal is None:
        uid = uuid.uuid5(ROW_NAMESPACE, f"{revision.pk}/{kind.code}/{once}")
        try:
            row = _create(request, revision, kind, form.values, uid)
        except Invalid as error:
            _put_errors(form, error)
        except WorkflowError as error:
            refusal = error
        else:
            return _saved(request, revision, kind, row)
    return _form_page(request, revision, kind, form, refusal, once=once, status=422)


def _create(
    request: DeskRequest,
    revision: Revision,
    kind: RecordKind,
    values: dict[str, Any],
    uid: uuid.UUID,
) -> Record:
    """Store a new row; the row of the same form and the same values is that row."""
    known = kind.model.objects.filter(revision=revision, uid=uid).first()
    if known is not None:
        if all(getattr(known, name) == value for name, value in values.items()):
            return known
        # The person went back in the browser and typed another row into the same form.
        uid = uuid.uuid4()
    try:
        return save_record(request.user, revision.pk, kind, {**values, "uid": uid})
    except IntegrityError:
        # The same form came in twice at once, and the other was first.
        row: Record = kind.model.objects.get(revision=revision, uid=uid)
        return row


def _put_errors(form: Any, error: Invalid) -> None:
    """Show the domain's sentences at their fields."""
    for name, sentences in error.errors.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def row(request: DeskRequest, case_id: int, code: str, uid: uuid.UUID) -> HttpResponse:
    """Show one row; where it is open to the person, edit it. A stale save shows both values."""
    revision = revision_or_404(request, case_id)
    kind = kind_or_404(revision, code)
    try:
        stored = queries.find_row(revision, kind, uid)
    except kind.model.DoesNotExist as error:
        if request.method == "POST":
            return _row_is_gone(request, revision, kind, uid)
        raise Http404 from error
    refusal = desk_page.write_refusal(request.user, revision, kind, uid)
    if kind.entry_url:
        if request.method == "POST":
            return redirect(kind.entry_url, case_id)
        return _row_page(request, revision, kind, stored, None)
    if request.method != "POST":
        form: Any = None if refusal else kind.form(instance=queries.find_row(revision, kind, uid))
        return _row_page(request, revision, kind, stored, form)
    form = kind.form(
        request.POST, request.FILES or None, instance=queries.find_row(revision, kind, uid)
    )
    if form.is_valid() and refusal is None:
        try:
            ensure_still(revision.pk)
            saved = save_record(
                request.user,
                revision.pk,
                kind,
                _chosen(request, form.values, stored),
                uid=uid,
                version=form.cleaned_data["version"],
            )
        except Invalid as error:
            _put_errors(form, error)
        except StaleRecord as error:
            return _conflict_page(request, revision, kind, form, error)
        except WorkflowError as error:
            refusal = error
        else:
            return _saved(request, revision, kind, saved)
    return _row_page(request, revision, kind, stored, form, refusal, status=422)


def _chosen(request: DeskRequest, values: dict[str, Any], stored: Record) -> dict[str, Any]:
    """Return the typed values, but the stored one where the person chose that it stays."""
    return {
        name: getattr(stored, name) if request.POST.get(f"choice-{name}") == "theirs" else value
        for name, value in values.items()
    }


def _conflict_page(
    request: DeskRequest, revision: Revision, kind: RecordKind, form: Any, error: StaleRecord
) -> HttpResponse:
    """Show both values of every field that differs; nothing that was typed is lost."""
    theirs = error.current
    conflicts = [
        {
            "name": f"choice-{name}",
            "label": field_label(kind.model, name),
            "yours": in_words(form.instance, name),
            "theirs": in_words(theirs, name),
            "theirs_by": str(theirs.updated_by),
            "theirs_at": theirs.updated_at,
        }
        for name, value in form.values.items()
        if getattr(theirs, name) != value
    ]
    data = request.POST.copy()
    # The choice is made against the row as it is shown here.
    data["version"] = str(theirs.version)
    again = kind.form(data, instance=queries.find_row(revision, kind, theirs.uid))
    return page(
        request,
        "cases/conflict.html",
        {
            "revision": revision,
            "case": revision.case,
            "kind": kind,
            "row": theirs,
            "title": title_of(kind, theirs),
            "conflicts": conflicts,
            "form": again,
            "action": row_url(revision, kind, theirs.uid),
            "crumbs": crumbs(revision, title_of(kind, theirs)),
        },
        error,
    )


def _row_is_gone(
    request: DeskRequest, revision: Revision, kind: RecordKind, uid: uuid.UUID
) -> HttpResponse:
    """Show what was typed into a row that somebody removed meanwhile. 404 where none ever was."""
    if not queries.is_removed(revision, kind, uid):
        raise Http404
    form = kind.form(request.POST, instance=kind.model(revision=revision))
    form.is_valid()
    return _form_page(
        request,
        revision,
        kind,
        form,
        Locked(
            _(
                "This row was removed while you were working on it. Put it back from the case's "
                "page, or save what you typed as a new row."
            )
        ),
        once=uuid.uuid4().hex,
        action=reverse("desk:row_new", args=[revision.case_id, kind.code]),
    )


def _form_page(
    request: DeskRequest,
    revision: Revision,
    kind: RecordKind,
    form: Any,
    refusal: WorkflowError | None,
    *,
    once: str,
    action: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the form of a new row."""
    return page(
        request,
        "cases/row_new.html",
        {
            "revision": revision,
            "case": revision.case,
            "kind": kind,
            "form": form,
            "once": once,
            "action": action,
            "crumbs": crumbs(revision, _("New: %(row)s") % {"row": kind.label}),
        },
        refusal,
        status,
    )


def _row_page(
    request: DeskRequest,
    revision: Revision,
    kind: RecordKind,
    stored: Record,
    form: Any,
    refusal: WorkflowError | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a row: its form where it is open, its values beside the published ones, findings."""
    title = title_of(kind, stored)
    locked = (
        None
        if form is not None
        else desk_page.write_refusal(request.user, revision, kind, stored.uid)
    )
    findings = [f for f in queries.findings_of(revision) if f.record_uid == stored.uid]
    may_raise = request.user.has_role(Role.CITY_REVIEWER, Role.CITY_PUBLISHER) and (
        revision.state in {State.REVIEWING, State.ON_NOTICE}
    )
    raise_url = reverse("desk:finding_new", args=[revision.case_id])
    place = Place(kind.code, stored.uid)
    return page(
        request,
        "cases/row.html",
        {
            "revision": revision,
            "case": revision.case,
            "kind": kind,
            "row": stored,
            "doubts": told(stored),
            "title": title,
            "form": form,
            "locked": locked,
            "values": values_of(revision, kind, stored),
            "findings": shown_findings.finding_views(request.user, revision, findings),
            "raise_url": f"{raise_url}?kind={kind.code}&row={stored.uid}" if may_raise else "",
            "public_url": reverse("publications:record", args=[kind.code, stored.uid])
            if kind.is_listed and revision.is_public
            else "",
            "origins": origins_of(request.user, revision, stored.uid),
            "entry_url": reverse(kind.entry_url, args=[revision.case_id]) if kind.entry_url else "",
            "files": desk_evidence.files_at(revision, place),
            "evidence_url": desk_evidence.list_url(revision.case_id, place),
            "may_attach": locked is None and refusal is None,
            "remove_url": row_url(revision, kind, stored.uid, "row_remove"),
            "history_url": row_url(revision, kind, stored.uid, "row_history"),
            "crumbs": crumbs(revision, title),
        },
        refusal,
        status,
    )
