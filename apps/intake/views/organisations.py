"""The names of organisations that are unsure: all of them, and an answer about one. Thin."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.cases.desk.views.base import DeskRequest, page
from apps.cases.errors import WorkflowError
from apps.intake import queries
from apps.intake.imports import organisations as naming
from apps.intake.models import ImportName
from apps.intake.views.shared import context_of, import_or_404, url_of


@login_required
@never_cache
@require_safe
def organisations(request: DeskRequest, case_id: int, import_id: int) -> HttpResponse:
    """Show all names of organisations that are unsure, and what was answered."""
    intake = import_or_404(request, case_id, import_id)
    if not intake.is_open:
        return redirect(url_of(intake))
    context = {
        **context_of(intake, _("Organisations")),
        **queries.organisations_of(intake, request.GET.get("page", "1"), is_open=True),
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
            **context_of(intake),
            **queries.organisations_of(intake, request.POST.get("page", "1"), is_open=True),
            "is_whole": is_whole,
            "refused": refused,
        }
        return render(request, "intake/_organisations.html", context)
    if refused:
        messages.error(request, refused)
    back = url_of(intake, "organisations") if is_whole else f"{url_of(intake)}?names=open"
    return redirect(f"{back}#organisations")
