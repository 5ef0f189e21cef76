"""Listings: one page for every kind."""

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from apps.cases.kinds import record_kinds
from apps.publications import structured
from apps.publications.answers import kept, public_page
from apps.publications.citing import city, newest_release
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
    if listing.short_url is not None:
        # What a form sends without saying anything makes no address to share.
        return redirect(listing.short_url)
    listing.paginate()
    values = {
        "listing": listing,
        "kind": listing.kind,
        # What says nothing of the rows is the same on every page of the kind.
        "alike": listing.kind.code,
        "city_bureau": city(),
        # Asked for where it is not remembered.
        "structured": lambda: structured.of_listing(listing.kind, newest_release()),
        **(extra or {}),
    }
    return render(request, template, values)


@kept
@public_page
def listing(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Show the published rows of a kind: filtered, sorted, paged, or as a file."""
    data: QueryDict = request.GET
    return listing_response(request, Listing(record_kinds[kind], data, request.path))
