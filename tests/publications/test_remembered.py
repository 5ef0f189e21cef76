"""What a page remembers is never of another edition, language, question or person."""

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation
from pytest_django import Settings

from apps.accounts.models import Role
from apps.cases.kinds import listed_record_kinds, record_kinds
from apps.cases.models import Release
from apps.publications import edition, searching
from apps.publications import listing as listings
from apps.publications.drawing import drawn_head, heads_of
from apps.publications.listing import Listing
from apps.publications.templatetags.navigation import ROOMS, site_links
from tests import factories

pytestmark = pytest.mark.django_db

KINDS = [kind.code for kind in listed_record_kinds()]
ADDRESSES = [
    "/awards/",
    "/awards/?page=last",
    "/awards/?q=应用",
    "/awards/?q=yy",
    "/awards/?q=<b>nobody</b>",
    "/awards/?grade=一等奖",
    "/awards/?grade=一等奖&grade=二等奖&q=应用",
    "/awards/?sort=-title",
    "/awards/?columns=title,grade",
    "/awards/?as_of=2020-01-01",
    "/policies/",
    "/policies/?q=条例",
]
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')


@pytest.fixture(autouse=True)
def remembering(settings: Settings) -> Iterator[None]:
    """Make every page anew, of what is remembered in this test alone."""
    settings.KEPT_PAGES_MEGABYTES = 0
    edition.counts.clear()
    yield
    edition.counts.clear()


def publish_grades(*grades: str) -> Any:
    return factories.published_case(
        "awards", [factories.award_values(n, grade=grade) for n, grade in enumerate(grades)]
    )


def body(client: Client, address: str, language: str) -> bytes:
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == 200
    return TOKEN.sub(b"", response.content)


def asked_for(address: str) -> HttpRequest:
    request = RequestFactory().get(address)
    request.user = AnonymousUser()
    return request


def test_what_is_remembered_changes_no_page() -> None:
    publish_grades("一等奖", "二等奖", "二等奖")
    factories.published_case("policies", 2)
    signed_in = Client()
    signed_in.force_login(factories.staff(Role.CITY_EDITOR))
    asked = [
        (client, address, language)
        for client in (Client(), signed_in)
        for address in ADDRESSES
        for language in ("zh-hans", "en")
    ]
    fresh = []
    for one in asked:
        edition.counts.clear()
        fresh.append(body(*one))
    edition.counts.clear()

    order = [*range(len(asked))] * 2
    random.Random(6).shuffle(order)

    for place in order:
        assert body(*asked[place]) == fresh[place], asked[place][1:]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_release_is_on_the_next_page_in_every_part(client: Client, language: str) -> None:
    publish_grades("一等奖", "二等奖")
    before = [body(client, address, language) for address in ADDRESSES]
    first = Release.objects.latest("pk").number

    publish_grades("三等奖")
    second = Release.objects.latest("pk").number
    after = [body(client, address, language) for address in ADDRESSES]
    edition.counts.clear()

    assert after == [body(client, address, language) for address in ADDRESSES]
    assert 'value="三等奖"' not in before[0].decode()
    assert 'value="三等奖"' in after[0].decode()
    assert first in before[0].decode()
    assert second in after[0].decode()
    assert first not in after[0].decode()


def test_nobodys_words_stay_behind(client: Client) -> None:
    publish_grades("一等奖")
    mine = client.get("/awards/", {"q": "mine<i>&", "as_of": "2020-01-01"}).content.decode()
    assert 'value="mine&lt;i&gt;&amp;"' in mine
    assert 'value="2020-01-01"' in mine

    page = client.get("/awards/").content.decode()

    assert "mine" not in page
    assert "2020-01-01" not in page


@pytest.mark.parametrize(
    "query", ["", "sort=-{0}&page=1", "sort={0}&columns={0}&other=<b>&other=2"]
)
@pytest.mark.parametrize("code", KINDS)
def test_heads_are_drawn_as_the_table_declares(code: str, query: str) -> None:
    kind = record_kinds[code]
    factories.published_case({"indicator-values": "city-figures"}.get(code, code), 1)
    request = asked_for("/?" + query.format(kind.title_field).replace("<", "%3C"))
    with translation.override("en"):
        shown = Listing(kind, request.GET, "/")
        shown.table.paginate(page=1)
        values = {"table": shown.table, "drawn": "rows", "pages": []}

        usual = render_to_string("components/table.html", values, request)
        head = drawn_head(heads_of(shown.table), request.GET)
        ours = render_to_string("components/table.html", {**values, "drawn_head": head}, request)

    assert ours == usual
    assert "aria-sort" in ours or not query


@pytest.mark.parametrize("path", ["/", "/awards/", "/awards/laureates/", "/search/"])
def test_rooms_are_linked_as_everywhere(path: str) -> None:
    request = asked_for(path)
    usual = [
        render_to_string("components/nav_link.html", {"label": label, "url": url}, request).strip()
        for label, url in ROOMS
    ]

    assert re.split(r"\n\s+", site_links({"request": request})) == usual
    assert "aria-current" not in site_links({})


def test_search_asks_so_often(
    client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    factories.published_case("policies", 60)
    client.get("/policies/")

    # What PostgreSQL knows of common words, the counts of all facets, the rows.
    with django_assert_num_queries(3):
        client.get("/policies/", {"q": "条例"})
    with django_assert_num_queries(2):
        client.get("/policies/", {"q": "办法"})


@pytest.fixture
def common(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish rows that share words, and let PostgreSQL take stock of them."""
    for module in (listings, searching):
        monkeypatch.setattr(module, "MOST_COUNTED", 3)
    factories.published_case(
        "policies",
        [factories.policy_values(n, category="规划" if n < 2 else "办法") for n in range(60)],
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE gazette_policy")


@pytest.mark.usefixtures("common")
def test_common_word_is_counted_by_reading_rows(client: Client) -> None:
    model = record_kinds["policies"].model

    assert searching.are_common(model, ["条例"])
    assert searching.are_common(model, ["条例", "条例"])
    assert not searching.are_common(model, ["条"])
    assert not searching.are_common(model, ["魑魅"])
    assert not searching.are_common(model, ["条例", "魑魅"])
    assert client.get("/policies/", {"q": "条例"}).context["listing"].is_capped


@pytest.mark.usefixtures("common")
@pytest.mark.parametrize(
    "query", [{"category": "规划"}, {"report_year": "1999"}, {"category": "none"}]
)
def test_common_word_is_counted_out_where_a_facet_leaves_few(
    client: Client, query: dict[str, str]
) -> None:
    shown = client.get("/policies/", {"q": "条例", **query}).context["listing"]

    assert not shown.is_capped
    assert shown.total == shown.filterset.qs.count()
    assert shown.counts == shown.filterset.facet_counts()


def test_where_nothing_was_counted_no_word_is_common() -> None:
    assert not searching.are_common(record_kinds["events"].model, ["条例"])
