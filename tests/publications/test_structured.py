"""What pages say of themselves to search engines: schema.org, Open Graph, the map of the site."""

import json
import re
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from lxml import etree, html

from tests import factories
from tests.publications.site import publish_site

pytestmark = pytest.mark.django_db

EN = {"accept-language": "en"}
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
# Pages that answer one reader, or that end: nothing for a search engine.
NOT_MAPPED = {
    "search",
    "notices",
    "notice",
    "correction_new",
    "corrections",
    "correction",
    "changes",
}
ABOUT = {
    "home": "WebSite",
    "listing": "Dataset",
    "record": "WebPage",
    "organisation": "Organization",
    "district": "AdministrativeArea",
    "indicator": "Dataset",
    "release": "Dataset",
    "data": "DataCatalog",
}


def data_of(page: str) -> Any:
    """Return the block of data of a page, read as a search engine reads it."""
    blocks = html.fromstring(page).xpath("//script[@type='application/ld+json']")
    assert len(blocks) == 1
    return json.loads(blocks[0].text)


def meta_of(page: str) -> dict[str, str]:
    """Return the Open Graph properties of a page."""
    return {
        str(one.get("property")): str(one.get("content"))
        for one in html.fromstring(page).xpath("//meta[starts-with(@property, 'og:')]")
    }


def test_every_page_has_its_card_and_what_is_data_says_so(client: Client) -> None:
    pages = publish_site()
    said = {}
    for name, path in pages.items():
        if name in {"bad question", "missing"}:
            continue
        page = client.get(path, headers=EN).content.decode()
        meta = meta_of(page)
        assert "og:title" in meta, name
        title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
        assert title is not None
        assert unescape(title[1]).startswith(meta["og:title"]), name
        assert meta["og:title"], name
        assert meta["og:description"], name
        assert meta["og:url"].startswith(f"{settings.SITE_URL}/"), name
        assert meta["og:image"].endswith("/icons/card.png"), name
        if (kind := name.split()[0]) in ABOUT:
            said[kind] = data_of(page)
            assert said[kind]["@context"] == "https://schema.org"
            assert said[kind]["@type"] == ABOUT[kind], name

    assert said.keys() == ABOUT.keys()


def test_data_sets_say_what_a_catalogue_asks(client: Client) -> None:
    pages = publish_site()

    for name in ("listing awards", "release", "indicator"):
        said = data_of(client.get(pages[name], headers=EN).content.decode())
        assert {"name", "description", "url", "publisher", "distribution"} <= said.keys(), name
        assert said["publisher"]["name"] == "宁波市科学技术局"
        for file in said["distribution"]:
            answer = client.get(file["contentUrl"].removeprefix(settings.SITE_URL))
            assert answer.status_code == 200, file
            assert answer["Content-Type"].startswith(file["encodingFormat"]), file
            assert b"".join(answer.streaming_content if answer.streaming else [answer.content])
    catalogue = data_of(client.get(pages["data"], headers=EN).content.decode())
    assert {part["url"] for part in catalogue["dataset"]} >= {f"{settings.SITE_URL}/awards/"}


def test_row_says_what_it_is_and_whom_it_names(client: Client) -> None:
    revision = factories.published_case(
        "awards", [factories.award_values(1, title="</script><b>&", organisations=["甲研究院"])]
    )
    row = factories.records_of(revision)[0]

    page = client.get(f"/awards/{row.uid}/", headers=EN).content.decode()

    said = data_of(page)
    assert said["mainEntity"] == {
        "@type": "CreativeWork",
        "name": "</script><b>&",
        "award": "宁波市科学技术奖",
    }
    assert said["version"] == factories.release_of(revision).number
    assert said["isPartOf"]["url"] == f"{settings.SITE_URL}/awards/"
    (named,) = said["mentions"]
    assert named["name"] == "甲研究院"
    assert client.get(named["url"].removeprefix(settings.SITE_URL)).status_code == 200


def test_event_and_figure_say_their_days_and_values(client: Client) -> None:
    event = factories.records_of(factories.published_case("events", 1))[0]
    figure = factories.records_of(factories.published_case("city-figures", 1))[0]

    def thing(path: str) -> Any:
        return data_of(client.get(path, headers=EN).content.decode())["mainEntity"]

    assert thing(f"/events/{event.uid}/") == {
        "@type": "Event",
        "name": "科技大会1",
        "startDate": "2023-01-02",
        "endDate": "2023-01-02",
    }
    said = thing(f"/indicators/{figure.uid}/")
    assert (said["@type"], said["value"], said["unitText"]) == ("Observation", "13.50", "亿元")


def test_every_lasting_address_begins_with_the_site_s_own_whatever_host_is_asked(
    client: Client, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["inside.example"]
    released = factories.published_case("awards", 1)
    (row,) = factories.records_of(released)
    paths = ["/sitemap.xml", "/sitemap-awards.xml", "/sitemap-releases.xml", "/robots.txt"]
    paths += ["/releases/feed.atom", "/awards/feed.atom", "/", "/awards/", f"/awards/{row.uid}/"]
    paths += ["/data/", "/data/catalogue.jsonld", "/releases/"]

    for path in paths:
        answer = client.get(path, headers={"host": "inside.example"})

        assert answer.status_code == 200, path
        assert "inside.example" not in answer.content.decode(), path
    map_ = client.get("/sitemap.xml", headers={"host": "inside.example"}).content.decode()
    assert f"<loc>{settings.SITE_URL}/sitemap-awards.xml</loc>" in map_


def test_map_of_very_many_pages_has_more_files(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr("apps.publications.sitemaps._Map.limit", 2)
    factories.published_case("awards", 5)

    files = [
        str(one.text) for one in etree.fromstring(client.get("/sitemap.xml").content).iter(LOC)
    ]

    awards = [f"{settings.SITE_URL}/sitemap-awards.xml{page}" for page in ("", "?p=2", "?p=3")]
    assert [file for file in files if "awards" in file] == awards
    rows = etree.fromstring(client.get("/sitemap-awards.xml?p=3").content)
    assert len(list(rows.iter(LOC))) == 1


def test_map_names_a_page_of_every_kind_that_is_for_all(client: Client) -> None:
    pages = publish_site()

    def places(path: str) -> set[str]:
        tree = etree.fromstring(client.get(path).content)
        return {"/" + str(one.text).split("/", 3)[3] for one in tree.iter(LOC)}

    mapped = set[str]().union(*map(places, places("/sitemap.xml")))

    for name, path in pages.items():
        if name.split()[0] not in NOT_MAPPED and "?" not in path and name != "missing":
            assert quote(path) in mapped, name
