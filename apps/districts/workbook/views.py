"""The workbook's page: download, upload, the differences, accept or discard. Thin."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.audit import record_export
from apps.accounts.models import User
from apps.cases import scope
from apps.cases.desk.queries import find_revision
from apps.cases.errors import NotAllowed, WorkflowError
from apps.cases.models import Revision
from apps.districts.models import UploadedWorkbook
from apps.districts.returns import Return, read_return
from apps.districts.views import QUALIFIERS
from apps.districts.workbook.comparing import Differences, compare
from apps.districts.workbook.container import MOST_BYTES
from apps.districts.workbook.errors import Refused
from apps.districts.workbook.marking import mark_workbook, marked_name
from apps.districts.workbook.storing import (
    accept,
    discard_upload,
    find_upload,
    keep_upload,
    read_upload,
)
from apps.districts.workbook.writing import MEDIA_TYPE, write_workbook


def _find(request: HttpRequest, case_id: int) -> tuple[User, Revision]:
    """Return the person and the return in scope; 404 for anything else."""
    assert isinstance(request.user, User)
    try:
        revision = find_revision(request.user, case_id)
    except Revision.DoesNotExist as error:
        raise Http404 from error
    if revision.case.kind != "district-returns":
        raise Http404
    return request.user, revision


def _page(case_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("districts:workbook", args=[case_id]))


def _file(data: bytes, name: str, case_id: int) -> HttpResponse:
    """Return a workbook as an attachment that no cache keeps."""
    record_export(name, case=case_id)
    answer = HttpResponse(
        data,
        content_type=MEDIA_TYPE,
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store, private"},
    )
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def workbook_page(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show where to download and upload; or, of an upload, its differences and faults."""
    user, revision = _find(request, case_id)
    if request.method == "POST":
        return _upload(request, user, revision)
    page = read_return(user, revision, with_lists=True)
    upload = find_upload(user, revision) if page.may_fill else None
    if upload is None:
        return _show_upload(request, page)
    return _show_differences(request, page, upload)


def _upload(request: HttpRequest, user: User, revision: Revision) -> HttpResponse:
    file = request.FILES.get("file")
    try:
        scope.ensure_may_fill(user, revision)
        if file is None:
            raise Refused(_("Choose the workbook to upload."))
        # One byte more than is allowed is enough to know.
        keep_upload(user, revision, file.name or "workbook.xlsx", file.read(MOST_BYTES + 1))
    except Refused as refusal:
        return _show_upload(request, read_return(user, revision), str(refusal), 422)
    except WorkflowError as refusal:
        status = 403 if isinstance(refusal, NotAllowed) else 409
        return _show_upload(request, read_return(user, revision), str(refusal), status)
    return _page(revision.case_id)


def _show_upload(
    request: HttpRequest, page: Return, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {"page": page, "case": page.revision.case, "refusal": refusal}
    return render(request, "districts/workbook.html", context, status=status)


def _show_differences(
    request: HttpRequest,
    page: Return,
    upload: UploadedWorkbook,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    try:
        result = compare(read_upload(upload), page)
    except Refused as error:
        # The return has moved on to another revision, or the template to another version.
        return _show_upload(request, page, str(error), 409)
    return render(
        request,
        "districts/workbook_differences.html",
        {
            "page": page,
            "case": page.revision.case,
            "upload": upload,
            "result": result,
            "figures": _figures(result),
            "refusal": refusal,
        },
        status=status,
    )


def _figures(result: Differences) -> list[dict[str, Any]]:
    """Return the counts at the head of the page."""
    counts = [
        (_("Figures to store"), len(result.changes)),
        (_("To choose"), len(result.conflicts)),
        (_("Faults"), len(result.faults)),
        (_("Unchanged"), result.unchanged),
    ]
    if result.confirmations:
        counts.insert(1, (_("Rows to confirm"), len(result.confirmations)))
    return [{"label": name, "value": number} for name, number in counts]


@login_required
@never_cache
@require_GET
def download(request: HttpRequest, case_id: int) -> HttpResponse:
    """Send the return's workbook."""
    user, revision = _find(request, case_id)
    page = read_return(user, revision, with_lists=True)
    name = f"{page.district.slug}-{revision.case.year}-r{revision.number}.xlsx"
    return _file(write_workbook(page, QUALIFIERS), name, case_id)


@login_required
@never_cache
@require_GET
def marked(request: HttpRequest, case_id: int) -> HttpResponse:
    """Send the uploaded workbook back with its faulty cells marked and commented."""
    user, revision = _find(request, case_id)
    upload = find_upload(user, revision)
    if upload is None:
        raise Http404
    try:
        result = compare(read_upload(upload), read_return(user, revision, with_lists=True))
    except Refused:
        return _page(case_id)
    return _file(
        mark_workbook(bytes(upload.content), result.faults), marked_name(upload.name), case_id
    )


@login_required
@require_POST
def accept_upload(request: HttpRequest, case_id: int) -> HttpResponse:
    """Store what the person saw and accepted, all or nothing."""
    user, revision = _find(request, case_id)
    upload = find_upload(user, revision)
    if upload is None or upload.sha256 != request.POST.get("sha256"):
        messages.error(
            request, _("This upload is no longer there. Nothing was stored; upload it again.")
        )
        return _page(case_id)
    try:
        stored, result = accept(
            user,
            revision,
            read_upload(upload),
            request.POST.get("digest", ""),
            request.POST.dict(),
        )
    except NotAllowed as refusal:
        return _show_upload(request, read_return(user, revision), str(refusal), 403)
    except (Refused, WorkflowError) as refusal:
        return _again(request, user, case_id, upload, str(refusal))
    messages.success(
        request,
        ngettext("%(count)s entry saved.", "%(count)s entries saved.", stored) % {"count": stored}
        if result.confirmations
        else ngettext("%(count)s figure saved.", "%(count)s figures saved.", stored)
        % {"count": stored},
    )
    return HttpResponseRedirect(reverse("districts:return", args=[case_id]))


def _again(
    request: HttpRequest, user: User, case_id: int, upload: UploadedWorkbook, refusal: str
) -> HttpResponse:
    """Show the differences as they are now, with what hindered."""
    _user, revision = _find(request, case_id)
    return _show_differences(
        request, read_return(user, revision, with_lists=True), upload, refusal, 409
    )


@login_required
@require_POST
def discard(request: HttpRequest, case_id: int) -> HttpResponse:
    """Forget the person's upload."""
    user, revision = _find(request, case_id)
    discard_upload(user, revision)
    messages.info(request, _("The upload was discarded; nothing was stored."))
    return _page(case_id)
