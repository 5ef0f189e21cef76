"""Files on record at the desk: the list of a place, attaching, handing out, removing."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.cases.desk import evidence as desk_evidence
from apps.cases.desk.forms import EvidenceForm
from apps.cases.desk.views.base import DeskRequest, case_url, crumbs, page, revision_or_404
from apps.cases.domain.evidence import Place, attach, ensure_may_attach, place_of, remove_evidence
from apps.cases.errors import WorkflowError
from apps.cases.evidence import store
from apps.cases.models import Evidence, Revision


def _place_or_404(request: DeskRequest, revision: Revision) -> desk_evidence.NamedPlace:
    """Return what the address names: a row, a finding, or the whole case."""
    try:
        return desk_evidence.find_place(
            revision,
            request.GET.get("kind", ""),
            request.GET.get("row", ""),
            request.GET.get("finding", ""),
        )
    except LookupError as error:
        raise Http404 from error


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: DeskRequest, case_id: int) -> HttpResponse:
    """List the files of a place, and attach one. Without a place: the case's own, and all others."""
    revision = revision_or_404(request, case_id)
    named = _place_or_404(request, revision)
    form = EvidenceForm(request.POST or None, request.FILES or None)
    refusal: WorkflowError | None = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            attached = attach(
                request.user, revision.pk, values["file"], named.place, caption=values["caption"]
            )
        except WorkflowError as error:
            refusal = error
        else:
            messages.success(request, _("Attached: %(name)s") % {"name": attached.name})
            return redirect(request.get_full_path())
    return page(
        request,
        "cases/evidence.html",
        {
            "revision": revision,
            "case": revision.case,
            "named": named,
            "form": form,
            "may_attach": _may_attach(request, revision, named.place),
            "files": desk_evidence.files_at(revision, named.place),
            "others": desk_evidence.files_by_place(revision) if named.is_case else [],
            "crumbs": crumbs(revision, _("Evidence")),
        },
        refusal,
        status=422 if request.method == "POST" else 200,
    )


def _may_attach(request: DeskRequest, revision: Revision, place: Place) -> bool:
    try:
        ensure_may_attach(request.user, revision, place)
    except WorkflowError:
        return False
    return True


def _found_or_404(request: DeskRequest, case_id: int, uid: uuid.UUID) -> Evidence:
    """Return a standing file in the person's scope, of the latest revision that holds it."""
    found = desk_evidence.find_evidence(request.user, case_id, uid)
    if found is None:
        raise Http404
    return found


@login_required
@require_safe
def evidence_file(request: DeskRequest, case_id: int, uid: uuid.UUID) -> HttpResponse:
    """Hand a file out, as an attachment and nothing else; its bytes are checked first."""
    return hand_out(request, _found_or_404(request, case_id, uid))


def hand_out(request: DeskRequest, found: Evidence) -> HttpResponse:
    """Answer with the bytes of a file that is in the person's scope."""
    try:
        data = store.fetch(found.file_id)
    except (store.NotIntact, store.NotReached) as refusal:
        return page(
            request,
            "cases/evidence_gone.html",
            {
                "revision": found.revision,
                "case": found.revision.case,
                "found": found,
                "crumbs": crumbs(found.revision, _("Evidence")),
            },
            refusal,
        )
    response = HttpResponse(data, content_type=found.file.content_type)
    response["Content-Disposition"] = content_disposition_header(True, found.name)
    # Whatever a browser makes of it, it runs nothing and reaches nothing.
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_remove(request: DeskRequest, case_id: int, uid: uuid.UUID) -> HttpResponse:
    """Ask, then mark a file as removed."""
    found = _found_or_404(request, case_id, uid)
    back = desk_evidence.place_url(found)
    refusal: WorkflowError | None = None
    if request.method == "POST":
        try:
            remove_evidence(request.user, found.revision_id, uid)
        except WorkflowError as error:
            refusal = error
        else:
            messages.success(request, _("Removed: %(name)s") % {"name": found.name})
            return redirect(back)
    return page(
        request,
        "cases/evidence_remove.html",
        {
            "revision": found.revision,
            "case": found.revision.case,
            "found": found,
            "may_remove": refusal is None and _may_attach(request, found.revision, place_of(found)),
            "cancel_url": back,
            "case_url": case_url(found.revision),
            "crumbs": crumbs(found.revision, _("Evidence"), found.name),
        },
        refusal,
    )
