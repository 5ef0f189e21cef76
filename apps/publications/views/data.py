"""Open data: the overview, the catalogue, and the files of a release."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render

from apps.cases.kinds import listed_record_kinds, record_kinds
from apps.cases.models import Release
from apps.publications import exports, structured
from apps.publications.answers import kept, public_page
from apps.publications.citing import city, newest_release
from apps.publications.opendata import describing, packages
from apps.publications.opendata.dictionary import columns_of
from apps.publications.views.releases import released


@kept
@public_page
def data(request: HttpRequest) -> HttpResponseBase:
    """Show which data there are, in which forms, and what each column means."""
    kinds = listed_record_kinds()
    release = newest_release()
    return render(
        request,
        "publications/data.html",
        {
            "city_bureau": city(),
            "structured": structured.of_catalogue(release),
            "tables": [{"kind": kind, "columns": columns_of(kind)} for kind in kinds],
            "forms": list(describing.MEDIA_TYPES),
            "moment": release.published_at if release else None,
        },
    )


@public_page
def catalogue(request: HttpRequest) -> HttpResponseBase:
    """Serve the catalogue of all listings (DCAT, JSON-LD)."""
    described = describing.catalogue(listed_record_kinds(), packages.last_release())
    return HttpResponse(described, content_type="application/ld+json")


@public_page
def dictionary(request: HttpRequest) -> HttpResponseBase:
    """Serve the data dictionary of all listings as CSV."""
    response = HttpResponse(
        describing.dictionary(listed_record_kinds()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="dictionary.csv"'
    return response


@public_page
def release_package(request: HttpRequest, number: str) -> HttpResponseBase:
    """Serve a release as one ZIP: its rows, its manifest, and what describes them."""
    release = get_object_or_404(Release, number=number)
    response = StreamingHttpResponse(
        packages.release_package(release), content_type=describing.MEDIA_TYPES["zip"]
    )
    response["Content-Disposition"] = f'attachment; filename="release-{number}.zip"'
    return response


def _csv(table: packages.Table, release: Release) -> HttpResponseBase:
    return exports.csv_response(table)


def _xlsx(table: packages.Table, release: Release) -> HttpResponseBase:
    return exports.xlsx_response(table, release.published_at)


FORMS: dict[str, Callable[[packages.Table, Release], HttpResponseBase]] = {
    "csv": _csv,
    "xlsx": _xlsx,
}


@public_page
def release_file(
    request: HttpRequest, number: str, case_id: int, kind: str, form: str
) -> HttpResponseBase:
    """Serve the rows of one kind of a released case, as they were published."""
    revision = released(number, case_id)
    wanted = record_kinds.get(kind)
    tables = [table for table in packages.tables_of(revision) if table.kind is wanted]
    if not tables or form not in FORMS:
        raise Http404
    response = FORMS[form](tables[0], revision.release_item.release)
    response["Content-Disposition"] = f'attachment; filename="{number}-{case_id}-{kind}.{form}"'
    return response
