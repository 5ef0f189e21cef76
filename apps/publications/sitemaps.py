"""The map of the site for search engines: every permanent page, and what no robot should read."""

from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.cases.kinds import RecordKind, listed_record_kinds
from apps.cases.models import Release, Revision
from apps.publications import pictures, queries
from apps.publications.listing import record_url
from apps.registry.models import District, Indicator, Organisation

# Pages in one file; the standard allows 50,000.
PAGES_A_FILE = 5_000
PROTOCOL, _, HOST = settings.SITE_URL.partition("://")
XML = "application/xml"
# Not for robots: a notice page ends by itself, and is never to be found later (DOMAIN §2).
CLOSED = ("/desk/", "/accounts/", "/admin/", "/notices/", "/search/", "/corrections/")
# Whole lists as files, and each of them at any second of the past: no robot's work.
CLOSED_QUERIES = ("_export=", "as_of=")


class _Map(Sitemap):
    limit = PAGES_A_FILE
    protocol = PROTOCOL

    def get_domain(self, site: Any = None) -> str:
        """Return the host of the site's own address, whatever host a robot asks."""
        return HOST


class Pages(_Map):
    """The pages that always stand."""

    def items(self) -> list[str]:
        """Return their addresses."""
        names = ("home", "districts", "releases", "data", "indicators", "verify")
        listings = [
            reverse("publications:listing", args=[kind.code]) for kind in listed_record_kinds()
        ]
        pages = [reverse(f"publications:{name}") for name in names]
        return [*pages, reverse("api:docs"), *listings]

    def location(self, item: str) -> str:
        """Return the address itself."""
        return item


class Districts(_Map):
    """A page for each district and published year."""

    def items(self) -> list[tuple[str, int]]:
        """Return district and year."""
        years = queries.published_years()
        slugs = District.objects.order_by("slug").values_list("slug", flat=True)
        return [(slug, year) for slug in slugs for year in years]

    def location(self, item: tuple[str, int]) -> str:
        """Return the page's address."""
        return reverse("publications:district", args=item)


class Programmes(_Map):
    """The award programmes."""

    def items(self) -> list[str]:
        """Return their names."""
        return pictures.programmes()

    def location(self, item: str) -> str:
        """Return the page's address."""
        return pictures.programme_url(item)


class Indicators(_Map):
    """The indicators."""

    def items(self) -> QuerySet[Indicator]:
        """Return all of them."""
        return Indicator.objects.order_by("pk")

    def location(self, item: Indicator) -> str:
        """Return the page's address."""
        return reverse("publications:indicator", args=[item.code])


class Organisations(_Map):
    """The organisations that a published row names."""

    def items(self) -> QuerySet[Organisation]:
        """Return them."""
        return queries.public_organisations().order_by("pk")

    def location(self, item: Organisation) -> str:
        """Return the page's address."""
        return reverse("publications:organisation", args=[item.pk])


class Releases(_Map):
    """The releases; their pages never change."""

    changefreq = "never"

    def items(self) -> QuerySet[Release]:
        """Return all of them."""
        return Release.objects.defer("manifest").order_by("pk")

    def location(self, item: Release) -> str:
        """Return the page's address."""
        return reverse("publications:release", args=[item.number])

    def lastmod(self, item: Release) -> Any:
        """Return when it was made."""
        return item.published_at


class Revisions(_Map):
    """The revisions of cases, corrected ones too: what they say never changes."""

    changefreq = "never"

    def items(self) -> QuerySet[Revision]:
        """Return all that can be read."""
        return queries.readable_revisions().order_by("pk")

    def location(self, item: Revision) -> str:
        """Return the page's address."""
        return reverse("publications:revision", args=[item.case_id, item.number])

    def lastmod(self, item: Revision) -> Any:
        """Return when it was published."""
        return item.published_at


class Rows(_Map):
    """The published rows of one kind."""

    def __init__(self, kind: RecordKind) -> None:
        """Keep the kind."""
        super().__init__()
        self.kind = kind

    def items(self) -> QuerySet[Any]:
        """Return the rows, in the order in which they were stored: none moves to another file."""
        return self.kind.model.objects.public().order_by("pk").only("uid")

    def location(self, item: Any) -> str:
        """Return the page's address."""
        return record_url(item)


def sitemaps() -> dict[str, Any]:
    """Return every part of the map by its name."""
    return {
        "pages": Pages,
        "districts": Districts,
        "programmes": Programmes,
        "indicators": Indicators,
        "organisations": Organisations,
        "releases": Releases,
        "revisions": Revisions,
        **{kind.code: Rows(kind) for kind in listed_record_kinds()},
    }


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Name the files of the map, by the site's own address, as each of them does."""
    files = []
    for section, made in sitemaps().items():
        address = settings.SITE_URL + reverse("publications:sitemap_part", args=[section])
        pages = (made() if isinstance(made, type) else made).paginator.num_pages
        files.append({"location": address})
        files += [{"location": f"{address}?p={page}"} for page in range(2, pages + 1)]
    return render(request, "sitemap_index.xml", {"sitemaps": files}, content_type=XML)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell robots what to leave alone, and where the map is."""
    closed = [*CLOSED, *(f"/*{query}" for query in CLOSED_QUERIES)]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('publications:sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
