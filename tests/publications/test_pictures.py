"""The pictures on the public pages, from published rows."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.publications import pictures
from apps.registry.models import District
from tests import factories

pytestmark = pytest.mark.django_db

EN = {"accept-language": "en"}


def put_on_the_map(**tiles: tuple[int, int]) -> None:
    for slug, (row, column) in tiles.items():
        factories.district(slug)
        District.objects.filter(slug=slug).update(tile_row=row, tile_column=column)


def test_front_page_draws_what_was_won_by_whom_and_where(client: Client) -> None:
    put_on_the_map(beilun=(1, 2), haishu=(2, 1))
    grades = ("三等奖", "一等奖", "一等奖")
    factories.published_case(
        "awards",
        [
            factories.award_values(n, grade=grade, organisations=["宁波大学", f"研究院{n}"])
            for n, grade in enumerate(grades, 1)
        ],
    )
    beilun = District.objects.get(slug="beilun")
    factories.published_case("roster-entries", [factories.roster_entry_values(1, district=beilun)])
    factories.published_case("certifications", [factories.certification_values(1, district=beilun)])

    response = client.get("/", headers=EN)

    context = response.context
    assert context["won"].series == ["一等奖", "三等奖"]
    assert [(bar.label, bar.cells) for bar in context["won"].bars] == [
        ("宁波市科学技术奖 科学技术进步奖", ["2", "1"])
    ]
    assert [(bar.label, bar.printed) for bar in context["winners"].bars] == [("宁波大学", "3")]
    assert [(tile.label, tile.printed, tile.shade) for tile in context["map"].tiles] == [
        ("Haishu District", "0", 0),
        ("Beilun District", "2", 4),
    ]
    body = response.content.decode()
    assert body.count("<svg viewBox") >= 3
    assert "As a table" in body


def test_front_page_of_a_year_without_awards_draws_nothing(client: Client) -> None:
    factories.published_case("policies", 1)

    context = client.get("/").context

    assert (context["won"], context["winners"], context["map"]) == (None, None, None)
    assert context["trends"] == []


def test_trends_are_of_the_city_and_of_several_years() -> None:
    city = factories.city()
    length = factories.indicator("length", measure="flow")
    level = factories.indicator("level", measure="flow")
    rank = factories.indicator("place", measure="rank")

    def rows(year: int) -> list[dict[str, Any]]:
        period = str(year)
        return [
            factories.figure_values(1, city, indicator=length, period=period, value=Decimal(year)),
            factories.figure_values(1, city, indicator=level, period=period, value=Decimal(7)),
            factories.figure_values(1, city, indicator=rank, period=period, value=Decimal(year)),
        ]

    factories.published_case("city-figures", rows(2022), year=2022)
    factories.published_case("city-figures", rows(2023))

    (line,) = pictures.trends()

    assert [(point.label, point.printed) for point in line.points] == [
        ("2022", "2022"),
        ("2023", "2023"),
    ]
    assert line.url == "/indicators/length/"


def publish_figures(**values: dict[str, Any]) -> None:
    for slug, changed in values.items():
        bureau = factories.district(slug)
        factories.published_case(
            "district-returns", [factories.figure_values(1, bureau, **changed)], bureau=bureau
        )


def test_district_page_ranks_what_is_counted_alike(
    client: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    publish_figures(
        beilun={"value": Decimal(5)},
        haishu={"value": Decimal(9)},
        jiangbei={"value": Decimal(1)},
        zhenhai={"value": Decimal(99), "scope": "own"},
        yinzhou={"value": Decimal(98), "qualifier": "超"},
        cixi={"value": None, "blank": "missing"},
    )

    with django_assert_max_num_queries(10):
        response = client.get("/districts/beilun/2023/", headers=EN)
    (section,) = response.context["sections"]
    assert (section.figures[0].standing.rank, section.figures[0].standing.of) == (2, 3)
    assert "2 of 3" in response.content.decode()

    for slug in ("yinzhou", "cixi"):
        (section,) = client.get(f"/districts/{slug}/2023/").context["sections"]
        assert section.figures[0].standing is None


def test_indicator_page_draws_the_commonest_scope_and_the_years(client: Client) -> None:
    publish_figures(
        beilun={"value": Decimal(5)},
        haishu={"value": Decimal(9)},
        jiangbei={"value": Decimal(99), "scope": "own"},
    )
    beilun = factories.district("beilun")
    factories.published_case(
        "district-returns",
        [factories.figure_values(1, beilun, period="2022", value=Decimal(4))],
        bureau=beilun,
        year=2022,
    )

    context = client.get("/indicators/indicator-1/", headers=EN).context

    assert [(bar.label, bar.printed) for bar in context["chart"].bars] == [
        ("Haishu District", "9"),
        ("Beilun District", "5"),
    ]
    (line,) = context["lines"]
    assert line.title == "Beilun District (亿元)"
    assert [point.label for point in line.points] == ["2022", "2023"]


def test_indicator_of_one_unit_has_no_picture(client: Client) -> None:
    publish_figures(beilun={"value": Decimal(5)})

    context = client.get("/indicators/indicator-1/").context

    assert (context["chart"], context["lines"]) == (None, [])


def test_organisation_page_tells_what_it_led_and_when(client: Client) -> None:
    for year in (2022, 2023):
        factories.published_case(
            "awards", [factories.award_values(year, organisations=["甬江实验室"])], year=year
        )
    factories.published_case(
        "certifications", [factories.certification_values(1, hosts=["甬江实验室"])]
    )
    home = client.get("/").context["winners"].bars[0].url

    response = client.get(home, headers=EN)

    assert response.context["led"] == 2
    assert [(bar.label, bar.cells) for bar in response.context["chart"].bars] == [
        ("2023", ["1", "1"]),
        ("2022", ["1", "0"]),
    ]


def test_programme_page_tells_years_classes_grades_and_winners(
    client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    for year, number in ((2021, 1), (2022, 3)):
        factories.published_case(
            "awards",
            [
                factories.award_values(n + year, award_year=year, organisations=["宁波大学"])
                for n in range(number)
            ],
            year=year + 1,
        )
    factories.published_case("awards", [factories.award_values(9, programme="浙江省科学技术奖")])
    path = reverse("publications:programme", args=["宁波市科学技术奖"])

    with django_assert_num_queries(4):
        response = client.get(path, headers=EN)

    years = response.context["years"]
    assert [(year["year"], year["total"]) for year in years] == [(2022, 3), (2021, 1)]
    assert client.get(years[0]["url"]).context["listing"].table.rows[0].record.award_year == 2022
    assert [bar.printed for bar in response.context["winners"].bars] == ["4"]
    assert [bar.label for bar in response.context["chart"].bars] == ["2022", "2021"]
    assert response.context["others"] == ["浙江省科学技术奖"]


def test_unknown_programme_is_not_found(client: Client) -> None:
    factories.published_case("awards", 1)

    assert client.get("/awards/programmes/nothing/").status_code == 404
