"""The page of the interface, its feeds, and what other sites may read."""

from collections.abc import Callable

import pytest
from django.test import Client
from lxml import etree

from apps.cases.kinds import listed_record_kinds
from apps.publications import keys
from tests import factories

pytestmark = pytest.mark.django_db

EN = {"accept-language": "en"}
ATOM = "{http://www.w3.org/2005/Atom}"


def test_page_names_every_list_filter_and_order(
    client: Client, django_assert_num_queries: Callable[..., object]
) -> None:
    client.get("/api/v1/docs/", headers=EN)
    # The name of the city.
    with django_assert_num_queries(1):
        body = client.get("/api/v1/docs/", headers=EN).content.decode()

    for kind in listed_record_kinds():
        assert f"/api/v1/{kind.code}/" in body
        for name in kind.filterset.base_filters:
            assert f"<code>{name}</code>" in body
        assert ", ".join(keys.sortable(kind)) in body
    for text in ("RateLimit-Policy", "/api/v2/", "/api/v1/changes/", "curl", "600 times a minute"):
        assert text in body
    assert "actual, forecast, target" in body
    assert "award year" in body
    # Nothing that our policy would refuse.
    for text in ("<style", "style=", "onclick", "https://cdn"):
        assert text not in body


def test_page_speaks_the_reader_s_language_and_of_no_limit_where_there_is_none(
    client: Client, settings: object
) -> None:
    settings.API_PER_MINUTE = 0  # type: ignore[attr-defined]

    assert "Nobody counts" in client.get("/api/v1/docs/", headers=EN).content.decode()
    assert "起始日期" in client.get("/api/v1/docs/").content.decode()


def test_answers_have_a_tag_and_are_open_to_other_sites(client: Client) -> None:
    factories.published_case("awards", 1)

    answer = client.get("/api/v1/awards/", headers={"origin": "https://example.org"})

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "RateLimit-Policy" in answer["Access-Control-Expose-Headers"]
    tag = answer["ETag"]
    assert client.get("/api/v1/awards/", headers={"if-none-match": tag}).status_code == 304
    factories.published_case("awards", [factories.award_values(7)], year=2022)
    fresh = client.get("/api/v1/awards/", headers={"if-none-match": tag})
    assert (fresh.status_code, fresh["ETag"] != tag) == (200, True)
    other = client.get("/awards/", headers={"origin": "https://example.org"})
    assert not other.has_header("Access-Control-Allow-Origin")


def test_feed_of_each_kind_is_atom_and_named_in_the_head_of_its_page(client: Client) -> None:
    first = factories.published_case("awards", 2)
    corrected = factories.advance(
        factories.change_first_row(factories.successor_of(first)), "published"
    )
    factories.advance(factories.published_case("policies", 1), "withdrawn")

    for kind in listed_record_kinds():
        path = f"/{kind.path}feed.atom"
        head = client.get(f"/{kind.path}").content.decode().partition("</head>")[0]
        assert f'type="application/atom+xml" href="{path}"' in head
        response = client.get(path)
        assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
        feed = etree.fromstring(response.content)
        assert feed.findtext(f"{ATOM}id") == f"http://127.0.0.1:8000/{kind.path}"
        assert feed.findtext(f"{ATOM}title")
        assert feed.findtext(f"{ATOM}updated")
        assert feed.findtext(f"{ATOM}author/{ATOM}name")
        entries = feed.findall(f"{ATOM}entry")
        assert len(entries) == (2 if kind.code == "awards" else 0)
        for entry, revision in zip(entries, (corrected, first), strict=False):
            assert entry.findtext(f"{ATOM}title")
            assert entry.findtext(f"{ATOM}updated")
            link = str(entry.findtext(f"{ATOM}id"))
            assert link.endswith(f"/cases/{first.case_id}/{revision.number}/")
            assert client.get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200
    newest = etree.fromstring(client.get("/awards/feed.atom", headers=EN).content)
    assert "2 rows" in str(newest.findtext(f"{ATOM}entry/{ATOM}summary"))


def test_feed_costs_the_same_queries_at_any_number_of_cases(
    client: Client, django_assert_num_queries: Callable[..., object]
) -> None:
    for year in (2020, 2021, 2022):
        factories.published_case("awards", [factories.award_values(award_year=2019)], year=year)

    with django_assert_num_queries(1):
        client.get("/awards/feed.atom")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("status=nothing", "“nothing”"),
        ("scope=nothing", "whole"),
        ("status=actual&status=%3D", "forecast"),
    ],
)
def test_unknown_choice_of_a_filter_is_a_sentence(client: Client, query: str, said: str) -> None:
    page = client.get(f"/indicators/?{query}", headers=EN)
    answer = client.get(f"/api/v1/indicator-values/?{query}", headers=EN)

    assert (page.status_code, answer.status_code) == (400, 400)
    assert said in page.context["reason"]
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "status=actual",
        "scope=全域&scope=own",
        "reporting_unit=x",
        "as_of=0001-01-01",
    ],
)
def test_known_choice_of_a_filter_is_taken(client: Client, query: str) -> None:
    assert client.get(f"/indicators/?{query}", follow=True).status_code == 200
    assert client.get(f"/api/v1/indicator-values/?{query}").status_code == 200


def test_schema_in_one_language_leaves_the_pages_in_the_other(client: Client) -> None:
    factories.published_case("city-figures", 1)
    client.get("/api/v1/schema/?format=json", headers={"accept-language": "en"})

    page = client.get("/indicators/", headers={"accept-language": "zh-hans"}).content.decode()

    assert ">对象</label>" in page
    assert ">Subject<" not in page
