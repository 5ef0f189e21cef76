"""The open data interface: the same rows as the listings, page by page, and errors in sentences."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.cases.kinds import listed_record_kinds
from tests import factories

pytestmark = pytest.mark.django_db

KINDS = [kind.code for kind in listed_record_kinds()]
CASE_KIND = {"indicator-values": "city-figures"}
EN = {"accept-language": "en"}
FIELDS = {
    "awards": {
        "programme",
        "award_class",
        "grade",
        "award_year",
        "title",
        "organisations",
        "people",
        "flags",
    },
    "laureates": {"programme", "award_year", "name", "employer", "nominator"},
    "certifications": {"platform", "type", "level", "year", "hosts", "district", "status"},
    "roster-entries": {
        "roster",
        "year",
        "rank",
        "title",
        "organisation",
        "district",
        "certificate_number",
        "credit_code",
    },
    "indicator-values": {
        "indicator",
        "unit",
        "reporting_unit",
        "subject",
        "period",
        "scope",
        "value",
        "qualifier",
        "comparison",
        "rank",
        "status",
        "source_line",
    },
    "policies": {"title", "category", "year"},
    "events": {"date_from", "date_to", "title"},
}


def publish(code: str, rows: Any) -> Any:
    return factories.published_case(CASE_KIND.get(code, code), rows)


def pages(client: Client, url: str) -> list[list[dict[str, Any]]]:
    found = []
    next_url: str | None = url
    while next_url:
        answer = client.get(next_url).json()
        found.append(answer["results"])
        next_url = answer["next"]
    return found


@pytest.mark.parametrize("rows", [1, 3, 100])
@pytest.mark.parametrize("code", KINDS)
def test_list_costs_one_query_at_any_number_of_rows(
    client: Client, django_assert_num_queries: Callable[..., Any], code: str, rows: int
) -> None:
    publish(code, rows)

    # The rows, and the count of what this address asks.
    with django_assert_num_queries(2):
        answer = client.get(f"/api/v1/{code}/").json()

    assert len(answer["results"]) == rows
    assert answer["next"] is None


@pytest.mark.parametrize("code", KINDS)
def test_row_has_the_fixed_names(client: Client, code: str) -> None:
    published = publish(code, 1)
    record = factories.records_of(published)[0]

    (row,) = client.get(f"/api/v1/{code}/").json()["results"]

    assert FIELDS[code] | {"id", "url", "release", "revision"} <= row.keys()
    assert row["id"] == str(record.uid)
    assert row["release"] == factories.release_of(published).number
    assert row["revision"] == 1
    assert client.get(row["url"]).status_code == 200
    assert client.get(f"/api/v1/{code}/{record.uid}/").json() == row


def test_pages_follow_one_another_in_printed_order_and_repeat_nothing(client: Client) -> None:
    first = publish("awards", 5)
    second = publish("awards", 4)
    older = factories.published_case("awards", 2, year=2022)
    expected = [
        str(row.uid)
        for revision in (first, second, older)
        for row in factories.records_of(revision)
    ]

    found = pages(client, "/api/v1/awards/?page_size=2&grade=一等奖")

    assert [len(page) for page in found] == [2, 2, 2, 2, 2, 1]
    assert [row["id"] for page in found for row in page] == expected


def test_page_stays_where_it_was_when_a_list_is_corrected_meanwhile(client: Client) -> None:
    first = publish("awards", 3)
    publish("awards", [factories.award_values(9)])
    answer = client.get("/api/v1/awards/?page_size=2").json()
    factories.advance(factories.change_first_row(factories.successor_of(first)), "published")

    rest = client.get(answer["next"]).json()["results"]

    assert [row["title"][-1] for row in rest] == ["3", "9"]


def test_filters_are_those_of_the_listing(client: Client) -> None:
    publish(
        "awards",
        [factories.award_values(1, grade="一等奖"), factories.award_values(2, grade="二等奖")],
    )

    answer = client.get("/api/v1/awards/", {"grade": "二等奖"}).json()

    assert [row["title"] for row in answer["results"]] == ["高端装备关键技术及应用2"]
    assert client.get("/api/v1/awards/", {"as_of": "2020-01-01"}).json()["results"] == []


UID = "0190a2f4-0000-4000-8000-000000000001"


def made(key: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


@pytest.mark.parametrize(
    "query",
    [
        "page_size=0",
        "page_size=-1",
        "page_size=x",
        "page_size=99999999999",
        "page_size=1001",
        "page_size=٣",
        "sort=nothing",
        "sort=title,-nothing",
        "sort=position",
        "fields=nothing",
        "cursor=x",
        "cursor=!!",
        f"cursor={made([1, 2])}",
        f"cursor={made({'a': 1})}",
        f"cursor={made(['', [1, '4', UID]])}",
        f"cursor={made(['', [1, True, UID]])}",
        f"cursor={made(['', [1, 2**31, UID]])}",
        f"cursor={made(['', [2**63, 1, UID]])}",
        f"cursor={made(['', [1, 2, 5]])}",
        f"cursor={made(['', [1, 2, 'x']])}",
        f"cursor={made(['', [1, 2, UID, 4]])}",
        f"cursor={made(['title', [1, 2, UID]])}",
        f"sort=title&cursor={made(['', [1, 2, UID]])}",
        f"sort=title&cursor={made(['title', [None, 1, 2, UID]])}",
        f"sort=title&cursor={made(['title', [['a'], 1, 2, UID]])}",
        f"sort=title&cursor={made(['title', [chr(0), 1, 2, UID]])}",
        f"sort=title&cursor={made(['title', [chr(0xD800), 1, 2, UID]])}",
        f"sort=award_year&cursor={made(['award_year', [10**9, 1, 2, UID]])}",
        f"sort=award_year&cursor={made(['award_year', ['x', 1, 2, UID]])}",
        f"sort=organisations&cursor={made(['organisations', ['x', 1, 2, UID]])}",
        f"sort=organisations&cursor={made(['organisations', [[['x']], 1, 2, UID]])}",
        "cursor=%ff",
        "cursor=" + base64.urlsafe_b64encode(b"[" * 100_000).decode()[:4000],
        "as_of=x",
        "report_year=x",
        "q=%00",
    ],
)
def test_impossible_question_is_a_400_in_json(client: Client, query: str) -> None:
    publish("awards", 1)

    response = client.get(f"/api/v1/awards/?{query}")

    assert response.status_code == 400
    assert len(response.json()["detail"]) > 8


def test_errors_are_named_by_parameter(client: Client) -> None:
    answer = client.get("/api/v1/awards/?award_year=x", headers=EN).json()

    assert answer == {
        "detail": "award_year: Enter a whole number.",
        "errors": {"award_year": ["Enter a whole number."]},
    }


def test_largest_page(client: Client) -> None:
    publish("awards", 3)

    assert len(client.get("/api/v1/awards/?page_size=1000").json()["results"]) == 3


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing/",
        "/api/v1/narrative-sections/",
        "/api/v1/awards/x/",
        "/api/v1/a/b/c",
        "/api/v1/awards/0190a2f4-0000-4000-8000-000000000000/",
    ],
)
def test_unknown_address_is_a_404_in_json(client: Client, path: str) -> None:
    response = client.get(path, headers=EN)

    assert response.status_code == 404
    assert response.json() == {"detail": "There is nothing public at this address."}


def test_withdrawn_row_is_a_410_with_the_reason(client: Client) -> None:
    row = factories.records_of(factories.case_in("withdrawn", "awards"))[0]

    response = client.get(f"/api/v1/awards/{row.uid}/")

    assert response.status_code == 410
    assert response.json() == {"detail": factories.REASON}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_interface_is_read_only(client: Client, method: str) -> None:
    response = getattr(client, method)("/api/v1/awards/")

    assert response.status_code == 405
    assert "detail" in response.json()


def test_root_names_the_lists(client: Client) -> None:
    answer = client.get("/api/v1/").json()

    assert list(answer) == [*KINDS, "changes", "schema", "docs"]
    assert answer["awards"] == "http://testserver/api/v1/awards/"


def test_schema_describes_every_list_and_row(client: Client) -> None:
    schema = client.get("/api/v1/schema/?format=json").json()

    assert set(schema["paths"]) == {
        "/api/v1/changes/",
        *(path for code in KINDS for path in (f"/api/v1/{code}/", f"/api/v1/{code}/{{uid}}/")),
    }
    operation = schema["paths"]["/api/v1/awards/"]["get"]
    assert operation["operationId"] == "awards_list"
    assert {"as_of", "cursor", "page_size", "grade", "report_year", "q", "sort", "fields"} <= {
        parameter["name"] for parameter in operation["parameters"]
    }
