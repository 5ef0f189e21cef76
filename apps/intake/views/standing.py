"""Where an import stands: its progress, its review, or what became of it. Thin."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from apps.cases.desk.views.base import DeskRequest
from apps.intake.views.reviewing import review_page
from apps.intake.views.shared import context_of, import_or_404, outcome_of


@login_required
@never_cache
@require_safe
def import_page(request: DeskRequest, case_id: int, import_id: int) -> HttpResponse:
    """Show where an import stands: its progress, its review, or what became of it."""
    intake = import_or_404(request, case_id, import_id)
    if intake.is_busy:
        return render(request, "intake/progress.html", context_of(intake))
    if request.htmx:
        # The page that waited shows the result as soon as it is there.
        return HttpResponseClientRefresh()
    if intake.is_open:
        return review_page(request, intake)
    return render(request, "intake/ended.html", {**context_of(intake), **outcome_of(intake)})
