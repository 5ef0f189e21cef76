"""Listings: one page for every kind."""

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from apps.cases.kinds import record_kinds
from apps.publications.answers import public_page
from apps.publications.exports import export
from apps.publications.listing import Listing


def listing_response(
    request: HttpRequest,
    listing: Listing,
    template: str = "publications/listing.html",
    extra: dict[str, object] | None = None,
) -> HttpResponseBase:
    """Return the page of a listing, or the file that ``_export`` asks for."""
    if form := request.GET.get("_export"):
        return export(listing, form)
    listing.paginate()
    return render(request, template, {"listing": listing, "kind": listing.kind, **(extra or {})})


@public_page
def listing(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Show the published rows of a kind: filtered, sorted, paged, or as a file."""
    data: QueryDict = request.GET
    return listing_response(request, Listing(record_kinds[kind], data, request.path))
