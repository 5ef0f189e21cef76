"""The front page and the search over everything."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from apps.publications import searching
from apps.registry.models import Organisation
from tests import factories

pytestmark = pytest.mark.django_db

EN = {"accept-language": "en"}


def test_front_page_before_anything_is_published(client: Client) -> None:
    factories.city()

    assert "Nothing has been published yet" in client.get("/", headers=EN).content.decode()


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_front_page_costs_the_same_queries_at_any_number_of_rows(
    client: Client, django_assert_num_queries: Callable[..., Any], rows: int
) -> None:
    factories.published_case("awards", rows)
    factories.published_case("events", rows)

    with django_assert_num_queries(10):
        response = client.get("/", headers=EN)

    assert [(stat["label"], stat["value"], stat["url"]) for stat in response.context["stats"]] == [
        ("Awards", str(rows), "/awards/?report_year=2023"),
        ("Events", str(rows), "/events/?report_year=2023"),
    ]


def test_front_page_shows_the_newest_events_releases_and_the_districts(client: Client) -> None:
    factories.district("beilun")
    factories.zone()
    published = factories.published_case("events", 8)

    context = client.get("/").context

    assert [event["row"].title for event in context["events"]] == [
        f"科技大会{number}" for number in (8, 7, 6, 5, 4, 3)
    ]
    assert [release.number for release in context["releases"]] == [
        factories.release_of(published).number
    ]
    assert {district.slug for district in context["districts"]} == {"beilun", "yinzhou", "gaoxin"}


def test_search_finds_in_every_kind_in_ten_queries(
    client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    for kind in ("awards", "laureates", "certifications", "roster-entries", "policies", "events"):
        factories.published_case(kind, 7)
    factories.published_case("city-figures", 7)

    with django_assert_num_queries(3):
        response = client.get("/search/", {"q": "宁波"}, headers=EN)

    groups = {group.label: group.total for group in response.context["groups"]}
    assert groups == {
        "organisations": 23,
        "awards": 7,
        "laureates": 7,
        "certifications": 7,
        "roster entries": 7,
        "figures": 7,
    }
    awards = next(g for g in response.context["groups"] if g.label == "awards")
    assert len(awards.hits) == 5
    assert awards.url == "/awards/?q=%E5%AE%81%E6%B3%A2"
    assert awards.hits[0].note == "宁波市科学技术奖 · 2022 · 宁波大学1、宁波材料所"


def test_search_finds_indicators_by_either_name(client: Client) -> None:
    factories.indicator("rd-spending", name="研发经费", name_en="Research spending")

    for query in ("研发", "spending"):
        (group,) = client.get("/search/", {"q": query}).context["groups"]
        assert [hit.url for hit in group.hits] == ["/indicators/rd-spending/"]


def test_search_shows_an_organisation_by_a_name_that_is_published(client: Client) -> None:
    factories.published_case("awards", [factories.award_values(1, organisations=["公开名称"])])
    Organisation.objects.filter(name="公开名称").update(name="草稿名称")

    (group,) = [g for g in client.get("/search/", {"q": "公开"}).context["groups"] if not g.url]

    assert [hit.title for hit in group.hits] == ["公开名称"]
    assert client.get("/search/", {"q": "草稿"}).context["total"] == 0


def test_long_note_is_cut(client: Client) -> None:
    factories.published_case(
        "awards",
        [
            factories.award_values(
                1, organisations=["很长的单位名称" * 5, "另一个很长的单位名称" * 5]
            )
        ],
    )

    hit = client.get("/search/", {"q": "高端"}).context["groups"][0].hits[0]

    assert hit.note.endswith("…")


@pytest.mark.parametrize("query", ["", "   ", "%", "'", "\\", "😀"])
def test_search_for_nothing_much(client: Client, query: str) -> None:
    response = client.get("/search/", {"q": query})

    assert response.status_code == 200
    assert response.context["total"] == 0


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        pytest.param("a\x00b", "a null character is none", id="null"),
        pytest.param("x" * 101, "up to 100 characters", id="long"),
        pytest.param("a b c d e f g h i", "up to 8 words", id="words"),
    ],
)
@pytest.mark.parametrize("path", ["/search/", "/search/suggest/", "/awards/"])
def test_search_for_what_cannot_be_is_answered_with_a_sentence(
    client: Client, path: str, query: str, reason: str
) -> None:
    response = client.get(path, {"q": query}, headers=EN)

    assert response.status_code == 400
    assert reason in response.context["reason"]


def test_nothing_found_offers_the_nearest(
    client: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    factories.published_case(
        "awards", [factories.award_values(1, title="无关", organisations=["宁波江丰电子有限公司"])]
    )

    with django_assert_max_num_queries(10):
        response = client.get("/search/", {"q": "江锋电子"})

    assert response.context["nearest"] == ["宁波江丰电子有限公司"]
    assert f"q={quote('宁波江丰电子有限公司')}" in response.content.decode()
    assert client.get("/search/", {"q": "毫不相干"}).context["nearest"] == []


def test_hits_are_marked_and_found_by_initials(client: Client) -> None:
    factories.published_case("awards", [factories.award_values(1, title="宁波江丰<电子>")])

    page = client.get("/search/", {"q": "jfd"}).content.decode()

    assert "宁波<mark>江丰&lt;电</mark>子&gt;" in page


def test_summaries_and_releases_are_found(client: Client) -> None:
    published = factories.published_case("district-returns")
    number = factories.release_of(published).number

    summaries = client.get("/search/", {"q": "稳步推进"}, headers=EN).context["groups"]
    (release,) = client.get("/search/", {"q": number}).context["groups"]

    assert [hit.url for hit in summaries[0].hits] == ["/districts/beilun/2023/"]
    assert "稳步推进" in summaries[0].hits[0].note
    assert [hit.url for hit in release.hits] == [f"/releases/{number}/"]


def test_so_many_hits_are_not_counted_out(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST_COUNTED", 3)
    factories.published_case("events", 9)

    response = client.get("/search/", {"q": "科技大会"}, headers=EN)

    (group,) = response.context["groups"]
    assert (group.total, group.shown_total, len(group.hits)) == (4, 3, 5)
    assert "More than 3 places found." in response.content.decode()


def test_box_offers_what_it_finds(client: Client) -> None:
    factories.published_case("awards", 2)

    page = client.get("/search/suggest/", {"q": "宁波大学1"}).content.decode()

    assert page.count('role="option"') == 2
    assert "<mark>宁波大学1</mark>" in page
    assert client.get("/search/suggest/", {"q": " "}).content.strip() == b""
