"""Addresses of the public side. The paths are fixed (``docs/architecture.md``)."""

from django.contrib.sitemaps import views as maps
from django.urls import path

from apps.publications import converters  # noqa: F401 - registers its own
from apps.publications.feeds import KindFeed, ReleaseFeed
from apps.publications.sitemaps import index, robots, sitemaps
from apps.publications.views import (
    corrections,
    data,
    dictionary,
    districts,
    home,
    listings,
    notices,
    programmes,
    records,
    releases,
    search,
    verify,
)

app_name = "publications"

urlpatterns = [
    path("", home.home, name="home"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", index, name="sitemap"),
    path("sitemap-<slug:section>.xml", maps.sitemap, {"sitemaps": sitemaps()}, name="sitemap_part"),
    path("search/", search.search, name="search"),
    path("search/suggest/", search.suggest, name="suggest"),
    path("verify/", verify.verify, name="verify"),
    path("districts/", districts.districts, name="districts"),
    path("districts/<slug:slug>/<int:year>/", districts.district, name="district"),
    path("awards/programmes/<str:programme>/", programmes.programme, name="programme"),
    path("organisations/<int:pk>/", records.organisation, name="organisation"),
    path("cases/<int:case_id>/<int:number>/", records.revision, name="revision"),
    path("cases/<int:case_id>/<int:number>/changes/", records.changes, name="changes"),
    path("releases/", releases.releases, name="releases"),
    path("releases/feed.atom", ReleaseFeed(), name="feed"),
    path("releases/<release:number>/", releases.release, name="release"),
    path("releases/<release:number>/manifest.json", releases.manifest, name="manifest"),
    path(
        "releases/<release:number>/<int:case_id>.json", releases.content_json, name="content_json"
    ),
    path(
        "releases/<release:number>/<int:case_id>.txt",
        releases.content_canonical,
        name="content_canonical",
    ),
    path("releases/<release:number>/data.zip", data.release_package, name="release_package"),
    path(
        "releases/<release:number>/<int:case_id>-<slug:kind>.<str:form>",
        data.release_file,
        name="release_file",
    ),
    path("data/", data.data, name="data"),
    path("data/catalogue.jsonld", data.catalogue, name="catalogue"),
    path("data/dictionary.csv", data.dictionary, name="dictionary"),
    path("data/indicators/", dictionary.indicators, name="indicators"),
    path("data/indicators.csv", dictionary.indicators_csv, name="indicators_csv"),
    path("data/indicators.json", dictionary.indicators_json, name="indicators_json"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:case_id>/", notices.notice, name="notice"),
    path("<listing:kind>", listings.listing, name="listing"),
    path("<listing:kind>feed.atom", KindFeed(), name="feed_of_kind"),
    path("<listing:kind><uuid:uid>/", records.record, name="record"),
    path("<listing:kind><uuid:uid>/correction/", corrections.ask, name="correction_new"),
    path("corrections/", corrections.look_up, name="corrections"),
    path("corrections/<slug:number>/", corrections.receipt, name="correction"),
    path("indicators/<slug:code>/", districts.indicator, name="indicator"),
]
