"""The interface in every order that the pages have: the same rows, page by page, none twice."""

from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from apps.cases.kinds import listed_record_kinds, record_kinds
from apps.publications import keys
from apps.publications.listing import Listing
from tests import factories

pytestmark = pytest.mark.django_db

KINDS = [kind.code for kind in listed_record_kinds()]
CASE_KIND = {"indicator-values": "city-figures"}
SORTS = [
    (kind.code, sign + name)
    for kind in listed_record_kinds()
    for name in keys.sortable(kind)
    for sign in ("", "-")
]


def uneven(code: str) -> list[dict[str, Any]]:
    """Return rows of which several have the same value, and some have none."""
    make = factories.ROW_VALUES[code]
    if code == "indicator-values":
        city = factories.city()
        return [
            factories.figure_values(
                number,
                city,
                value=None if number % 3 == 0 else Decimal(f"{number % 2 + 1}.50"),
                blank="missing" if number % 3 == 0 else "",
                scope=("own", "", "whole")[number % 3],
                subject=f"对象{number % 2}",
            )
            for number in range(1, 8)
        ]
    rows = [make(number) for number in range(1, 8)]
    districts = [None, factories.district("beilun").district, factories.district("haishu").district]
    for number, row in enumerate(rows):
        if code in {"certifications", "roster-entries"}:
            row["district"] = districts[number % 3]
        if code == "roster-entries":
            row["rank"] = None if number % 3 == 0 else number % 2 + 1
        if code == "awards":
            row["organisations"] = ["乙", "甲"] if number % 2 else ["乙"]
            row["award_year"] = 2020 + number % 2
        if code == "certifications":
            row["year"] = 2020 + number % 3
    return rows


def shown(code: str, sort: str) -> list[str]:
    """Return the ids in the order of the page."""
    listing = Listing(record_kinds[code], QueryDict(f"sort={sort}"), "/")
    return [str(row.uid) for row in listing.rows]


def walked(client: Client, code: str, sort: str, size: int = 2) -> list[str]:
    """Return the ids as the interface gives them, page after page."""
    url: str | None = f"/api/v1/{code}/?sort={sort}&page_size={size}&fields=id"
    found: list[str] = []
    while url:
        response = client.get(url)
        assert response.status_code == 200, response.content
        answer = response.json()
        assert len(answer["results"]) <= size
        found += [row["id"] for row in answer["results"]]
        url = answer["next"]
    return found


@pytest.mark.parametrize("code", KINDS)
def test_every_order_of_the_page_is_walked_exactly(client: Client, code: str) -> None:
    factories.published_case(CASE_KIND.get(code, code), uneven(code))

    for kind, sort in SORTS:
        if kind == code:
            assert walked(client, code, sort) == shown(code, sort), sort
    assert sum(kind == code for kind, _sort in SORTS) >= 8


@pytest.mark.parametrize(
    ("code", "sort"),
    [
        ("roster-entries", "-rank,district"),
        ("roster-entries", "district,-rank,-title"),
        ("awards", "-award_year,organisations"),
        ("awards", "award_year,title"),
        ("indicator-values", "-value,scope,-indicator"),
        ("certifications", "-district,-year,report_year"),
    ],
)
@pytest.mark.parametrize("size", [1, 3])
def test_several_columns_either_way(client: Client, code: str, sort: str, size: int) -> None:
    factories.published_case(CASE_KIND.get(code, code), uneven(code))

    assert walked(client, code, sort, size) == shown(code, sort)


def test_column_named_twice_counts_once(client: Client) -> None:
    factories.published_case("awards", uneven("awards"))

    assert walked(client, "awards", "-title,title") == shown("awards", "-title")
    assert walked(client, "awards", "-title&sort=grade") == shown("awards", "-title,grade")


def test_unknown_column_is_refused_with_those_there_are(client: Client) -> None:
    response = client.get("/api/v1/policies/?sort=-nothing", headers={"accept-language": "en"})

    assert response.status_code == 400
    assert response.json()["errors"]["sort"] == [
        "There is no column “nothing” to sort by. There is: report_year, title, category, year, note."
    ] or "category" in str(response.json())


def test_page_deep_in_an_ascending_order_is_one_comparison_of_rows(client: Client) -> None:
    factories.published_case("roster-entries", uneven("roster-entries"))
    kind = record_kinds["roster-entries"]
    order = keys.sort_keys(kind, "year")

    condition = kind.model.objects.filter(
        keys.behind(order, [2023, 1, 2, "0190a2f4-0000-4000-8000-000000000001"])
    )

    sql = str(condition.query)
    assert " OR " not in sql
    assert '"year"' in sql.split("WHERE")[1].split(">")[0]
