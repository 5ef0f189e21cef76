"""The dictionary of indicators."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.publications import dictionary as asked
from apps.publications.answers import BadQuery, public_page
from apps.publications.asking import passed_over


@public_page
def indicators(request: HttpRequest) -> HttpResponseBase:
    """Show every indicator by section: as it is defined now, or was in the report year ``year``."""
    text = request.GET.get("year", "").strip()
    if text and not (text.isdecimal() and len(text) == 4):
        raise BadQuery(_("Write a year in four digits, such as 2023."))
    entries = asked.entries()
    sections: dict[str, list[asked.Shown]] = {}
    for entry in entries:
        shown = asked.shown_in(entry, int(text) if text else None)
        sections.setdefault(entry.indicator.section_name, []).append(shown)
    changes = sorted(
        {held.version.from_year for entry in entries for held in entry.versions} - {0}, reverse=True
    )
    return render(
        request,
        "publications/dictionary.html",
        {
            "passed_over": passed_over(request.GET, {"year"}),
            "sections": sections,
            "year": text,
            "total": len(entries),
            "changes": changes,
        },
    )


@public_page
def indicators_csv(request: HttpRequest) -> HttpResponseBase:
    """Serve the dictionary with all its versions as CSV."""
    response = HttpResponse(asked.as_csv(asked.entries()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="indicators.csv"'
    return response


@public_page
def indicators_json(request: HttpRequest) -> HttpResponseBase:
    """Serve the dictionary with all its versions as JSON."""
    return HttpResponse(asked.as_json(asked.entries()), content_type="application/json")
