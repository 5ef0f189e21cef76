"""The front page: what the year brought."""

from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst

from apps.cases.kinds import listed_record_kinds, record_kinds
from apps.cases.models import Release
from apps.publications import pictures, queries, structured
from apps.publications.answers import kept, public_page
from apps.publications.citing import city
from apps.publications.listing import record_url
from apps.registry.models import District, DistrictKind

EVENTS_SHOWN = 6
RELEASES_SHOWN = 4
NOTICES_SHOWN = 4


@kept
@public_page
def home(request: HttpRequest) -> HttpResponseBase:
    """Show the newest published year: its numbers, its events, the districts, the releases."""
    year = queries.newest_year()
    stats = []
    events = []
    drawn: dict[str, Any] = {}
    districts = list(
        District.objects.filter(
            kind__in=[DistrictKind.DIVISION, DistrictKind.ZONE], valid_to__isnull=True
        )
    )
    if year is not None:
        counts = queries.counts_by_kind(year)
        drawn = {
            "won": pictures.what_was_won(year),
            "winners": pictures.by_whom(year),
            "map": pictures.where(year, districts, counts),
            "trends": pictures.trends(),
        }
        stats = [
            {
                "label": capfirst(str(kind.label_plural)),
                "value": f"{sum(counts[kind.code].values()):,}",
                "url": f"{reverse('publications:listing', args=[kind.code])}?report_year={year}",
            }
            for kind in listed_record_kinds()
            if counts[kind.code]
        ]
        newest = queries.public_rows(record_kinds["events"]).order_by(
            "-date_from", "position", "id"
        )[:EVENTS_SHOWN]
        events = [{"row": row, "url": record_url(row)} for row in newest]
    return render(
        request,
        "publications/home.html",
        {
            "city_bureau": city(),
            "structured": structured.of_site(),
            "year": year,
            "stats": stats,
            "events": events,
            "notices": queries.on_notice()[:NOTICES_SHOWN],
            "districts": districts,
            **drawn,
            "releases": Release.objects.annotate(
                cases=Count("items"), rows=Sum("items__rows")
            ).order_by("-published_at", "-pk")[:RELEASES_SHOWN],
        },
    )
