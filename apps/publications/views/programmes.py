"""The page of an award programme over the years."""

from itertools import groupby

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from apps.publications import pictures
from apps.publications.answers import kept, public_page


@kept
@public_page
def programme(request: HttpRequest, programme: str) -> HttpResponseBase:
    """Show what one award programme gave: by year, class and grade, and who won it most."""
    if "\x00" in programme:
        # No text of the database holds it, and no question about one may.
        raise Http404
    rows = pictures.awards_of(programme)
    if not rows:
        raise Http404
    years = [
        {
            "year": year,
            "rows": found,
            "total": sum(int(str(row["number"])) for row in found),
            "url": pictures.listing_of(programme, year),
        }
        for year, found in (
            (year, list(group)) for year, group in groupby(rows, lambda row: row["award_year"])
        )
    ]
    return render(
        request,
        "publications/programme.html",
        {
            "programme": programme,
            "years": years,
            "chart": pictures.grades_by_year(rows),
            "winners": pictures.winners_of(programme),
            "others": [name for name in pictures.programmes() if name != programme],
        },
    )
