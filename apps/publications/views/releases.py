"""Releases: their pages, their manifests as stored, and the content that the manifests hash."""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from apps.cases.canonical import canonical_bytes
from apps.cases.models import Release, Revision, State
from apps.publications import content, queries, structured
from apps.publications.answers import kept, public_page
from apps.publications.citing import city
from apps.publications.paging import page_of


@kept
@public_page
def releases(request: HttpRequest) -> HttpResponseBase:
    """List the releases, the newest first."""
    found = Release.objects.annotate(cases=Count("items"), rows=Sum("items__rows"))
    found = found.order_by("-published_at", "-pk")
    page = page_of(found, request.GET.get("page"))
    return render(request, "publications/releases.html", {"page_obj": page})


@kept
@public_page
def release(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show a release: its cases with their hashes, and where to check them."""
    shown = get_object_or_404(Release, number=number)
    readable = set(
        queries.readable_revisions()
        .filter(release_item__release=shown)
        .values_list("pk", flat=True)
    )
    items = [
        (item, item.revision_id in readable, item.revision.case.kind_spec.public_records)
        for item in shown.items.select_related("revision__case__bureau")
    ]
    return render(
        request,
        "publications/release.html",
        {
            "release": shown,
            "city_bureau": city(),
            "structured": structured.of_release(shown),
            "items": items,
            "previous": Release.objects.filter(pk__lt=shown.pk).order_by("-pk").first(),
            "next": Release.objects.filter(pk__gt=shown.pk).order_by("pk").first(),
            "permalink": settings.SITE_URL + reverse("publications:release", args=[number]),
        },
    )


@public_page
def manifest(request: HttpRequest, number: str) -> HttpResponseBase:
    """Serve the manifest, byte by byte as it was stored: they never change."""
    shown = get_object_or_404(Release, number=number)
    response = HttpResponse(shown.manifest.encode(), content_type="application/json")
    response["ETag"] = f'"{shown.manifest_hash}"'
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def released(number: str, case_id: int) -> Revision:
    """Return a revision that a release made public. Raises ``Gone`` or ``Http404``."""
    revision = (
        Revision.objects.filter(release_item__release__number=number, case_id=case_id)
        .exclude(state__in=set(State) - {State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN})
        .order_by("-number")
        .first()
    )
    if revision is None:
        raise Http404
    return queries.revision_of(case_id, revision.number)


def _content(
    revision: Revision, write: Callable[[Revision], Iterator[bytes]], content_type: str, suffix: str
) -> HttpResponseBase:
    response = StreamingHttpResponse(write(revision), content_type=content_type)
    item = revision.release_item
    name = f"{item.release.number}-{revision.case_id}.{suffix}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@public_page
def content_json(request: HttpRequest, number: str, case_id: int) -> HttpResponseBase:
    """Serve the content of a released case as JSON."""
    return _content(released(number, case_id), content.content_json, "application/json", "json")


@public_page
def content_canonical(request: HttpRequest, number: str, case_id: int) -> HttpResponseBase:
    """Serve the very bytes that the manifest's hash was made of."""
    return _content(released(number, case_id), canonical_bytes, "text/plain; charset=utf-8", "txt")
