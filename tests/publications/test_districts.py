"""Districts and indicators: a page per year, the overview, one measure over all."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from apps.publications.districts import overview
from apps.registry.models import District, Organisation
from tests import factories

pytestmark = pytest.mark.django_db

EN = {"accept-language": "en"}


def beilun() -> District:
    return District.objects.get(slug="beilun")


def test_district_page_shows_figures_summary_and_lists(client: Client) -> None:
    factories.published_case("district-returns", 3)
    district = beilun()
    factories.published_case(
        "certifications",
        [factories.certification_values(1, district=district), factories.certification_values(2)],
    )
    factories.published_case(
        "roster-entries", [factories.roster_entry_values(1, district=district)]
    )
    factories.published_case("awards", 2)
    Organisation.objects.filter(name="宁波大学2").update(district=district)
    # A second organisation in the district does not make the award the district's.
    Organisation.objects.filter(name="宁波材料所").update(district=district)

    response = client.get("/districts/beilun/2023/")

    (section,) = response.context["sections"]
    assert [figure.row.printed for figure in section.figures] == [
        "13.50亿元",
        "14.50亿元",
        "15.50亿元",
    ]
    assert [item.heading for item in response.context["narrative"]] == ["第1节"]
    assert [
        (item.kind.code, item.count, item.by_first_organisation)
        for item in response.context["lists"]
    ] == [("awards", 1, True), ("certifications", 1, False), ("roster-entries", 1, False)]
    assert response.context["figure_count"] == 3


@pytest.mark.parametrize("rows", [1, 3, 40])
def test_district_page_costs_the_same_queries_at_any_number_of_figures(
    client: Client, django_assert_num_queries: Callable[..., Any], rows: int
) -> None:
    factories.published_case("district-returns", rows)

    with django_assert_num_queries(10):
        client.get("/districts/beilun/2023/")


def test_last_years_figure_stands_beside_with_its_change(client: Client) -> None:
    for year, value in ((2022, "10"), (2023, "12.5")):
        factories.published_case(
            "district-returns",
            [
                factories.figure_values(1, period=str(year), value=Decimal(value)),
                factories.figure_values(2, period=str(year), value=Decimal(value), qualifier="近"),
                factories.figure_values(3, period="2020/2023"),
            ],
            year=year,
        )

    (section,) = client.get("/districts/beilun/2023/").context["sections"]

    assert [(f.before.printed if f.before else "", f.change) for f in section.figures] == [
        ("10亿元", "+25.0 %"),
        ("近10亿元", ""),
        ("", ""),
    ]
    years = client.get("/districts/beilun/2022/").context["years"]
    assert years == [2023, 2022]


def test_phrases_of_a_comparison_are_told_one_after_the_other_and_empty_columns_not_at_all(
    client: Client,
) -> None:
    bureau = factories.district()
    factories.published_case(
        "district-returns", [factories.figure_values(1, bureau, comparison="全省首批|全市首个")]
    )
    factories.published_case(
        "roster-entries", [factories.roster_entry_values(1, district=bureau.district, title="")]
    )

    answer = client.get("/districts/beilun/2023/", headers=EN)

    assert "全省首批；全市首个" in answer.content.decode()
    assert "首批|" not in answer.content.decode()
    (listed,) = answer.context["lists"]
    assert "title" not in [str(column.name) for column in listed.table.columns]


def test_what_the_city_says_of_a_district_stands_apart(client: Client) -> None:
    factories.published_case("district-returns", 1)
    district = beilun()
    factories.published_case(
        "city-figures", [factories.figure_values(2, factories.district(), value=Decimal("99"))]
    )

    context = client.get(f"/districts/{district.slug}/2023/").context

    assert [f.row.printed for s in context["sections"] for f in s.figures] == ["13.50亿元"]
    assert [f.row.printed for s in context["others"] for f in s.figures] == ["99亿元"]


def test_district_that_only_the_city_speaks_of_has_figures(client: Client) -> None:
    factories.published_case("city-figures", [factories.figure_values(2, factories.district())])

    context = client.get("/districts/beilun/2023/").context

    assert context["figure_count"] == 1
    assert context["others"] == []


def test_zone_says_where_it_lies_and_a_district_without_bureau_has_no_summary(
    client: Client,
) -> None:
    factories.zone()
    factories.published_case("awards", 1)
    District.objects.filter(slug="gaoxin").update(bureau=None)

    response = client.get("/districts/gaoxin/2023/", headers=EN)

    assert "A zone inside Yinzhou District." in response.content.decode()
    assert response.context["is_empty"]


@pytest.mark.parametrize(
    "path",
    [
        "/districts/nowhere/2023/",
        "/districts/beilun/1999/",
        "/districts/beilun/99999999999999999/",
    ],
)
def test_unknown_district_or_year_is_not_found(client: Client, path: str) -> None:
    factories.published_case("district-returns", 1)

    assert client.get(path).status_code == 404


def test_overview_sets_the_districts_side_by_side(
    client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    factories.indicator("indicator-2", units=["亿元", "万元"])
    for slug in ("beilun", "haishu"):
        bureau = factories.district(slug)
        factories.published_case(
            "district-returns",
            [
                factories.figure_values(1, bureau),
                factories.figure_values(2, bureau, unit="万元"),
                factories.figure_values(3, bureau, value=None, blank="missing"),
                factories.figure_values(1, bureau, scope="own", value=Decimal("1")),
            ],
            bureau=bureau,
        )
    factories.published_case("city-figures", 1)

    with django_assert_num_queries(6):
        response = client.get("/districts/")

    assert [item.code for item in response.context["indicators"]] == ["indicator-1"]
    rows = {row.district.slug: row for row in response.context["rows"]}
    assert [cell.printed for cell in rows["beilun"].cells] == ["13.50亿元"]
    assert rows["beilun"].count == 4
    assert [row.district.slug for row in response.context["cities"]] == ["ningbo"]


def test_overview_of_a_year(client: Client) -> None:
    factories.published_case("district-returns", 1)
    factories.published_case("district-returns", 1, year=2022)

    assert client.get("/districts/").context["year"] == 2023
    assert client.get("/districts/", {"year": "2022"}).context["year"] == 2022
    for year in ("1999", "x", "%00", "٢٠٢٣"):
        assert client.get("/districts/", {"year": year}).status_code == 400


def test_overview_without_anything(client: Client) -> None:
    factories.city()

    assert client.get("/districts/").status_code == 200
    assert overview(2023, []) == ([], [])


def test_indicator_page_sets_units_and_periods_out(
    client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    for slug in ("beilun", "haishu"):
        bureau = factories.district(slug)
        factories.published_case(
            "district-returns",
            [
                factories.figure_values(1, bureau),
                factories.figure_values(1, bureau, period="2022", subject="某园区"),
            ],
            bureau=bureau,
        )

    with django_assert_num_queries(5):
        response = client.get("/indicators/indicator-1/")

    assert response.context["periods"] == ["2023", "2022"]
    assert [
        (row.district.slug, [[v.subject for v in cell] for cell in row.cells])
        for row in response.context["rows"]
    ] == [("haishu", [[""], ["某园区"]]), ("beilun", [[""], ["某园区"]])]


def test_indicator_without_figures_and_unknown_indicator(client: Client) -> None:
    factories.indicator("quiet")

    page = client.get("/indicators/quiet/", headers=EN)
    assert "No figure is published yet" in page.content.decode()
    assert client.get("/indicators/unheard-of/").status_code == 404


def test_front_page_stays_with_the_year_that_is_told_in_full(client: Client) -> None:
    factories.published_case("awards", year=2023)
    factories.published_case("policies", year=2023)
    factories.published_case("awards", year=2024)

    assert client.get("/").context["year"] == 2023

    factories.published_case("policies", year=2024)

    assert client.get("/").context["year"] == 2024


def _returns(year: int, *slugs: str) -> None:
    for slug in slugs:
        bureau = factories.district(slug)
        rows = [factories.figure_values(bureau=bureau, period=str(year))]
        factories.published_case("district-returns", rows, bureau=bureau, year=year)


def test_overview_opens_at_the_newest_year_that_half_of_the_districts_tell(client: Client) -> None:
    _returns(2023, "beilun", "cixi", "haishu")
    _returns(2024, "beilun")
    factories.district("zhenhai")

    assert client.get("/districts/").context["year"] == 2023
    assert client.get("/districts/?year=2024").context["year"] == 2024

    _returns(2024, "cixi")
    assert client.get("/districts/").context["year"] == 2024


def test_overview_opens_at_the_fullest_year_where_none_has_half(client: Client) -> None:
    for slug in ("haishu", "jiangbei", "zhenhai", "yinzhou"):
        factories.district(slug)
    _returns(2022, "beilun", "cixi")
    _returns(2023, "beilun")
    factories.published_case("awards", year=2024)

    assert client.get("/districts/").context["year"] == 2022


def test_overview_of_a_city_whose_districts_told_nothing_opens_at_the_newest(
    client: Client,
) -> None:
    factories.published_case("awards", year=2022)
    factories.published_case("awards", year=2024)

    assert client.get("/districts/").context["year"] == 2024
