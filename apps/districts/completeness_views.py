"""The page of completeness by indicator: table, picture, file, and the bureaus behind a figure."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from apps.accounts.audit import record_export
from apps.accounts.models import CITY_ROLES, DISTRICT_ROLES, Role, User
from apps.cases.desk.queries import revisions_for
from apps.cases.desk.views.timeliness import chosen_year
from apps.cases.duties import bureaus_in_scope
from apps.cases.spreadsheets import csv_text
from apps.districts.completeness import STANDINGS, Completeness, completeness
from apps.districts.models import Blank
from apps.registry.deadlines import read_calendar

PER_PAGE = 60
BAR = 300
WORDS: dict[str, str | Promise] = {
    "filled": gettext_lazy("figure given"),
    Blank.NOT_APPLICABLE: gettext_lazy("does not apply"),
    Blank.WITHHELD: gettext_lazy("withheld"),
    "missing": pgettext_lazy("of a report", "missing"),
    "unreported": gettext_lazy("return not reported"),
}


def _export(year: int, found: Completeness) -> HttpResponse:
    """Return every cell as a line of a CSV file."""
    lines = [
        (year, row.indicator.code, row.indicator.name, bureau.name, row.cells[bureau.pk])
        for row in found.rows
        for bureau in found.bureaus
    ]
    head = ("year", "indicator", "name", "bureau", "standing")
    response = HttpResponse(csv_text(head, lines), content_type="text/csv; charset=utf-8")
    name = f"completeness-{year}.csv"
    record_export(name, year=year)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@require_safe
def completeness_page(request: HttpRequest) -> HttpResponse:
    """Show how many bureaus gave each figure; with ``indicator`` how each bureau stands."""
    user = request.user
    assert isinstance(user, User)
    if not user.has_role(Role.AUDITOR, *CITY_ROLES, *DISTRICT_ROLES):
        raise Http404
    calendar = read_calendar()
    year = chosen_year(request, calendar)
    if year is None:
        raise Http404
    found = completeness(year, bureaus_in_scope(user), revisions_for(user))
    if request.GET.get("_export") == "csv":
        return _export(year, found)
    crumbs = [
        {"url": reverse("desk:home"), "label": _("Desk")},
        {"url": f"{reverse('desk:timeliness')}?year={year}", "label": _("Timeliness")},
    ]
    if code := request.GET.get("indicator", ""):
        return _one(request, year, found, code, crumbs)
    sections: dict[str, list[int]] = {}
    for row in found.rows:
        counts = sections.setdefault(row.indicator.section_name, [0, 0])
        counts[0] += row.filled
        counts[1] += len(row.cells)
    pages = Paginator(found.rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "districts/completeness.html",
        {
            "year": year,
            "years": list(calendar.years),
            "bureaus": found.bureaus,
            "totals": [
                {
                    "label": capfirst(str(WORDS[name])),
                    "value": sum(row.count(name) for row in found.rows),
                }
                for name in STANDINGS
            ],
            "page_obj": pages,
            "bars": [
                {
                    "y": 10 + 24 * number,
                    "text_y": 24 + 24 * number,
                    "text": name,
                    "width": filled * BAR // max(of, 1),
                    "filled": filled,
                    "of": of,
                }
                for number, (name, (filled, of)) in enumerate(sections.items())
            ],
            "height": 20 + 24 * len(sections),
            "crumbs": [*crumbs, {"url": "", "label": _("Completeness by indicator")}],
        },
    )


def _one(
    request: HttpRequest,
    year: int,
    found: Completeness,
    code: str,
    crumbs: list[dict[str, str]],
) -> HttpResponse:
    """Show how each bureau stands with one indicator. 404 for one that districts are not asked."""
    row = next((row for row in found.rows if row.indicator.code == code), None)
    if row is None:
        raise Http404
    url = reverse("districts:completeness")
    return render(
        request,
        "districts/completeness_indicator.html",
        {
            "year": year,
            "row": row,
            "bureaus": [
                {
                    "bureau": bureau,
                    "word": WORDS[row.cells[bureau.pk]],
                    "case": found.cases.get(bureau.pk),
                }
                for bureau in found.bureaus
            ],
            "crumbs": [
                *crumbs,
                {"url": f"{url}?year={year}", "label": _("Completeness by indicator")},
                {"url": "", "label": str(row.indicator)},
            ],
        },
    )
