"""A row removed, and put back."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.cases.desk import page as desk_page
from apps.cases.desk import queries
from apps.cases.desk.views.base import (
    DeskRequest,
    case_url,
    crumbs,
    kind_or_404,
    page,
    revision_or_404,
)
from apps.cases.desk.views.row_base import back_to, recheck, row_url, title_of, values_of
from apps.cases.domain.long_changes import ensure_still
from apps.cases.domain.records import remove_record, restore_record
from apps.cases.errors import Locked, StaleRecord, WorkflowError


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def row_remove(request: DeskRequest, case_id: int, code: str, uid: uuid.UUID) -> HttpResponse:
    """Ask, then remove a row. Removed twice is removed once."""
    revision = revision_or_404(request, case_id)
    kind = kind_or_404(revision, code)
    back = f"{case_url(revision)}?rows={kind.code}#removed"
    try:
        stored = queries.find_row(revision, kind, uid)
    except kind.model.DoesNotExist as error:
        if request.method == "POST" and queries.is_removed(revision, kind, uid):
            messages.info(request, _("This row is removed already."))
            return redirect(back)
        raise Http404 from error
    refusal = desk_page.write_refusal(request.user, revision, kind, uid)
    if request.method == "POST" and refusal is None:
        version = request.POST.get("version", "")
        try:
            ensure_still(revision.pk)
            remove_record(
                request.user,
                revision.pk,
                kind,
                uid,
                version=int(version) if version.isdecimal() else None,
            )
        except WorkflowError as error:
            refusal = error
            stored = queries.find_row(revision, kind, uid)
        else:
            recheck(request, revision)
            messages.success(
                request,
                _("Removed: %(row)s. You can put it back below the rows.")
                % {"row": title_of(kind, stored)},
            )
            return redirect(back)
    return page(
        request,
        "cases/row_remove.html",
        {
            "revision": revision,
            "case": revision.case,
            "kind": kind,
            "row": stored,
            "title": title_of(kind, stored),
            "values": values_of(revision, kind, stored),
            "hidden": [{"name": "version", "value": stored.version}],
            "cancel_url": row_url(revision, kind, uid),
            "may_remove": not isinstance(refusal, Locked)
            and (refusal is None or isinstance(refusal, StaleRecord)),
            "crumbs": crumbs(revision, title_of(kind, stored)),
        },
        refusal,
    )


@login_required
@require_POST
def row_restore(request: DeskRequest, case_id: int, code: str, uid: uuid.UUID) -> HttpResponse:
    """Put a removed row back as it was."""
    revision = revision_or_404(request, case_id)
    kind = kind_or_404(revision, code)
    try:
        restored = restore_record(request.user, revision.pk, kind, uid)
    except kind.model.DoesNotExist as error:
        raise Http404 from error
    except WorkflowError as refusal:
        messages.error(request, str(refusal))
        return redirect(case_url(revision))
    recheck(request, revision)
    messages.success(request, _("Put back: %(row)s") % {"row": title_of(kind, restored)})
    return redirect(back_to(revision, kind, restored))
