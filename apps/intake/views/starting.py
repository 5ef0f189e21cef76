"""Handing a table in; stopping or discarding an import. Thin."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.cases import scope
from apps.cases.desk.views.base import DeskRequest, crumbs, page, revision_or_404
from apps.cases.errors import WorkflowError
from apps.intake import queries
from apps.intake.forms import ImportForm
from apps.intake.imports import starting
from apps.intake.imports.scope import kinds_of
from apps.intake.views.shared import import_or_404, url_of

# So many earlier imports stand on a page.
BEFORE = 20


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: DeskRequest, case_id: int) -> HttpResponse:
    """Take in a file or a pasted table; list what was taken in before."""
    revision = revision_or_404(request, case_id)
    if not scope.may_fill(request.user, revision.case.kind_spec, revision.case.bureau_id):
        raise Http404
    offered = kinds_of(revision)
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
        "page_obj": Paginator(queries.imports_of(request.user, case_id), BEFORE).get_page(
            request.GET.get("page")
        ),
        "crumbs": crumbs(revision, _("Take in a table")),
    }
    status = 422 if request.method == "POST" else 200
    return page(request, "intake/start.html", context, refusal, status)


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
