"""Districts and indicators."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from apps.districts.lists.standing import confirmed_rows
from apps.districts.printed import sections_of
from apps.publications import districts as asked
from apps.publications import pictures, queries, structured
from apps.publications.answers import BadQuery, kept, public_page
from apps.publications.asking import passed_over
from apps.publications.citing import citations, city, newest_release
from apps.publications.dictionary import entry_of
from apps.publications.listing import record_url
from apps.registry.domain import form_beside, form_from
from apps.registry.models import District, DistrictKind, Indicator


def _year_asked(request: HttpRequest, years: list[int]) -> int | None:
    """Return the year that ``year`` names, else the newest that tells most. Raises ``BadQuery``."""
    text = request.GET.get("year", "").strip()
    if not text:
        return asked.telling_year(years)
    if text not in {str(year) for year in years}:
        raise BadQuery(
            _("Nothing is published of that year. Choose one of: %(years)s.")
            % {"years": ", ".join(str(year) for year in years)}
        )
    return int(text)


@kept
@public_page
def districts(request: HttpRequest) -> HttpResponseBase:
    """Show the districts side by side with the figures that most of them report."""
    years = queries.published_years()
    year = _year_asked(request, years)
    shown = list(District.objects.filter(valid_to__isnull=True))
    indicators, rows = asked.overview(year, shown) if year is not None else ([], [])
    return render(
        request,
        "publications/districts.html",
        {
            "passed_over": passed_over(request.GET, {"year"}),
            "years": years,
            "year": year,
            "indicators": indicators,
            "rows": [row for row in rows if row.district.kind != DistrictKind.CITY],
            "cities": [row for row in rows if row.district.kind == DistrictKind.CITY and row.count],
        },
    )


@kept
@public_page
def district(request: HttpRequest, slug: str, year: int) -> HttpResponseBase:
    """Show one district's year: its figures by section, its summary, its places in the lists."""
    shown = get_object_or_404(
        District.objects.select_related("bureau", "parent", "successor").annotate(
            form_head=form_beside("district-returns", year)
        ),
        slug=slug,
    )
    years = queries.published_years()
    if year not in years:
        raise Http404
    figures, every = asked.figures_beside(year, shown)
    standing = pictures.standing(figures, every, shown)
    own = [row for row in figures if row.revision.case.bureau_id == shown.bureau_id]
    others = [row for row in figures if row.revision.case.bureau_id != shown.bureau_id]
    if not own:
        own, others = others, []
    sections = sections_of(own, year, record_url, standing=standing)
    other_sections = sections_of(others, year, record_url)
    narrative = asked.narrative_of(shown.bureau, year, own)
    lists = asked.lists_of(shown, year)
    return render(
        request,
        "publications/district.html",
        {
            "district": shown,
            "structured": structured.of_district(shown, request.path),
            "year": year,
            "years": years,
            "year_period": str(year),
            "sections": sections,
            "others": other_sections,
            "has_former": any(
                figure.before for part in (*sections, *other_sections) for figure in part.figures
            ),
            "form_head": form_from(shown.form_head) if own else None,  # type: ignore[attr-defined]
            "narrative": narrative,
            "lists": lists,
            "revision": own[0].revision if own else None,
            "confirmed_rows": confirmed_rows(own[0].revision) if own and lists else 0,
            "city_bureau": city(),
            "citations": citations(
                lambda: f"{shown} {year}",
                own[0].revision.release_item.release if own else newest_release(),
                request.path,
            ),
            "figure_count": len(own),
            "is_empty": not (figures or narrative or lists),
        },
    )


@kept
@public_page
def indicator(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show one indicator over districts and periods, with its unit and rule."""
    shown = get_object_or_404(Indicator, code=code)
    values = asked.values_of(shown)
    periods, rows = asked.series_of(values)
    return render(
        request,
        "publications/indicator.html",
        {
            "indicator": shown,
            "structured": structured.of_indicator(shown, periods, newest_release()),
            "entry": entry_of(shown),
            "city_bureau": city(),
            "citations": citations(lambda: str(shown), newest_release(), request.path),
            "chart": pictures.side_by_side(shown, values),
            "lines": pictures.over_time(values),
            "periods": periods,
            "broken": set(map(str, shown.breaks)),
            "rows": rows,
        },
    )
