"""Completeness and timeliness: who has reported what, and when, as table, picture and file."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.audit import record_export
from apps.accounts.models import CITY_ROLES, DISTRICT_ROLES, Role
from apps.cases.deadlines import read_deadlines
from apps.cases.desk import timeliness as drawn
from apps.cases.desk.queries import revisions_for
from apps.cases.desk.views.base import DeskRequest, crumbs
from apps.cases.duties import Duty, bureaus_in_scope, duties_of, tally
from apps.cases.spreadsheets import csv_text
from apps.registry.deadlines import Calendar

PER_PAGE = 50
COLUMNS = (
    "kind",
    "year",
    "bureau",
    "subject",
    "due_on",
    "extended_until",
    "first_reported_on",
    "status",
    "days_late",
    "corrections",
)


def _scope(request: DeskRequest) -> Any:
    """Return whose duties the person may see. 404 for who has none at all."""
    if not request.user.has_role(Role.AUDITOR, *CITY_ROLES, *DISTRICT_ROLES):
        raise Http404
    return bureaus_in_scope(request.user)


def chosen_year(request: HttpRequest, calendar: Calendar) -> int | None:
    """Return the year that ``year`` names, else the newest that is due; None where there is none.

    404 for a year that is not reported.
    """
    years = list(calendar.years)
    text = request.GET.get("year", "")
    if text:
        if text not in {str(year) for year in years}:
            raise Http404
        return int(text)
    today = timezone.localdate()
    opened = [year for year in years if calendar.years[year].opens_on <= today]
    return next(iter(opened or years), None)


def _export(year: int, duties: Sequence[Duty]) -> HttpResponse:
    """Return the duties as a CSV file, one a line."""
    today = timezone.localdate()
    rows = [
        (
            duty.kind.code,
            duty.year,
            duty.bureau.name,
            duty.subject,
            duty.term_ends,
            duty.due_on if duty.is_extended else None,
            duty.reported_on,
            duty.status(today),
            duty.days_late(today),
            duty.corrections,
        )
        for duty in duties
    ]
    response = HttpResponse(csv_text(COLUMNS, rows), content_type="text/csv; charset=utf-8")
    name = f"timeliness-{year}.csv"
    record_export(name, year=year)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@require_safe
def timeliness(request: DeskRequest) -> HttpResponse:
    """Show the year by form and bureau: figures, heat map, timeline; or the file of it."""
    scope = _scope(request)
    deadlines = read_deadlines()
    year = chosen_year(request, deadlines.calendar)
    duties = duties_of(year, deadlines, scope) if year is not None else []
    if year is not None and request.GET.get("_export") == "csv":
        return _export(year, duties)
    today = timezone.localdate()
    total = tally(duties, today)
    return render(
        request,
        "cases/timeliness.html",
        {
            "year": year,
            "years": list(deadlines.calendar.years),
            "total": total,
            "stats": drawn.stats(total),
            "forms": drawn.by_form(duties, today),
            "matrix": drawn.matrix(duties, today),
            "heat_map": drawn.heat_map(duties, today),
            "timeline": drawn.timeline(duties, deadlines, today),
            "cells_urls": drawn.cells_urls(duties),
            "crumbs": [crumbs()[0], {"url": "", "label": _("Timeliness")}],
        },
    )


@login_required
@require_safe
def timeliness_cases(request: DeskRequest) -> HttpResponse:
    """List the reports behind a figure: of one form, bureau or standing, each with its case."""
    scope = _scope(request)
    deadlines = read_deadlines()
    year = chosen_year(request, deadlines.calendar)
    today = timezone.localdate()
    wanted = {name: request.GET.get(name, "") for name in ("kind", "bureau", "status")}
    duties = [
        duty
        for duty in (duties_of(year, deadlines, scope) if year is not None else [])
        if wanted["kind"] in ("", duty.kind.code)
        and wanted["bureau"] in ("", duty.bureau.slug)
        and (
            wanted["status"] in ("", duty.status(today))
            or (wanted["status"] == "corrected" and duty.corrections)
            or (wanted["status"] == "extended" and duty.is_extended)
        )
    ]
    pages = Paginator(duties, PER_PAGE).get_page(request.GET.get("page"))
    # A link only to what the person may open: the city does not see a district's draft.
    seen = set(
        revisions_for(request.user)
        .filter(case__in=[duty.case_id for duty in pages if duty.case_id])
        .values_list("case_id", flat=True)
    )
    return render(
        request,
        "cases/timeliness_cases.html",
        {
            "year": year,
            "page_obj": pages,
            "rows": [
                {
                    "duty": duty,
                    "status": duty.status(today),
                    "word": drawn.WORDS[duty.status(today)],
                    "days_late": duty.days_late(today),
                    "is_open": duty.case_id in seen,
                }
                for duty in pages
            ],
            "crumbs": [
                crumbs()[0],
                {"url": f"{reverse('desk:timeliness')}?year={year}", "label": _("Timeliness")},
                {"url": "", "label": _("Reports")},
            ],
        },
    )
