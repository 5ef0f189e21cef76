"""Listings: the same page for every kind, filtered, sorted, paged, counted."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.cases.kinds import listed_record_kinds, record_kinds
from tests import factories

pytestmark = pytest.mark.django_db

KINDS = [kind.code for kind in listed_record_kinds()]
EN = {"accept-language": "en"}
# Case kind that holds each record kind in tests.
CASE_KIND = {"indicator-values": "city-figures"}
# Queries of the first page of a listing after a release: revisions, tallies, rows, newest release,
# city; where names are shown, which organisations they are; the dictionaries that rows name; the
# labels of districts where they are a facet. All but the rows and the names are remembered.
QUERIES = {
    "awards": 6,
    "laureates": 6,
    "certifications": 7,
    "roster-entries": 6,
    "indicator-values": 7,
    "policies": 5,
    "events": 5,
}


def path_of(code: str) -> str:
    return reverse("publications:listing", args=[code])


def publish(code: str, rows: Any) -> Any:
    return factories.published_case(CASE_KIND.get(code, code), rows)


def titles(response: Any) -> list[str]:
    kind = response.context["kind"]
    return [
        str(getattr(row.record, kind.title_field))
        for row in response.context["listing"].table.page.object_list
    ]


def test_paths_are_the_fixed_ones() -> None:
    assert {code: path_of(code) for code in KINDS} == {
        "awards": "/awards/",
        "laureates": "/awards/laureates/",
        "certifications": "/platforms/",
        "roster-entries": "/enterprises/",
        "indicator-values": "/indicators/",
        "policies": "/policies/",
        "events": "/events/",
    }


@pytest.mark.parametrize("rows", [1, 3, 100])
@pytest.mark.parametrize("code", KINDS)
def test_listing_costs_the_same_queries_at_any_number_of_rows(
    client: Client, django_assert_num_queries: Callable[..., Any], code: str, rows: int
) -> None:
    publish(code, rows)

    with django_assert_num_queries(QUERIES[code]):
        response = client.get(path_of(code))

    assert response.status_code == 200
    assert response.context["listing"].table.paginator.count == rows


@pytest.mark.parametrize("code", KINDS)
def test_listing_without_rows_says_so_and_shows_the_way_back(client: Client, code: str) -> None:
    response = client.get(path_of(code), headers=EN)

    assert response.status_code == 200
    assert "Nothing has been published here yet" in response.content.decode()


def test_listing_keeps_the_printed_order_and_links_each_row(client: Client) -> None:
    published = publish("awards", 3)
    rows = factories.records_of(published)

    response = client.get("/awards/")

    assert titles(response) == [row.title for row in rows]
    for row in rows:
        assert f'href="/awards/{row.uid}/"' in response.content.decode()


def test_corrected_list_keeps_its_place(client: Client) -> None:
    first = publish("awards", [factories.award_values(1)])
    publish("awards", [factories.award_values(2)])
    factories.advance(factories.change_first_row(factories.successor_of(first)), "published")

    assert titles(client.get("/awards/")) == [
        "高端装备关键技术及应用1（更正）",
        "高端装备关键技术及应用2",
    ]


def test_filter_takes_several_values_of_one_facet(client: Client) -> None:
    publish(
        "awards",
        [
            factories.award_values(1, grade="一等奖"),
            factories.award_values(2, grade="二等奖"),
            factories.award_values(3, grade="三等奖"),
        ],
    )

    response = client.get("/awards/", {"grade": ["一等奖", "三等奖"]})

    assert titles(response) == ["高端装备关键技术及应用1", "高端装备关键技术及应用3"]
    chips = response.context["listing"].chips
    assert [chip.value for chip in chips] == ["一等奖", "三等奖"]
    assert chips[0].url == f"/awards/?grade={quote('三等奖')}"


def test_facets_count_what_each_value_would_leave(client: Client) -> None:
    publish(
        "awards",
        [
            factories.award_values(1, grade="一等奖", award_class="技术发明奖"),
            factories.award_values(2, grade="二等奖", award_class="技术发明奖"),
            factories.award_values(3, grade="二等奖", award_class="自然科学奖"),
        ],
    )

    facets = {
        facet.name: [(option.value, option.count, option.selected) for option in facet.options]
        for facet in client.get("/awards/", {"grade": "二等奖"}).context["listing"].facets
    }

    assert facets["grade"] == [("一等奖", 1, False), ("二等奖", 2, True)]
    assert facets["award_class"] == [("技术发明奖", 1, False), ("自然科学奖", 1, False)]
    assert facets["report_year"] == []


def test_district_facet_names_districts_and_filters_by_code_or_name(client: Client) -> None:
    beilun = factories.district("beilun").district
    haishu = factories.district("haishu").district
    publish(
        "certifications",
        [
            factories.certification_values(1, district=beilun),
            factories.certification_values(2, district=haishu),
            factories.certification_values(3, district=haishu),
            factories.certification_values(4),
        ],
    )

    response = client.get("/platforms/")
    facet = next(f for f in response.context["listing"].facets if f.name == "district")

    assert [(o.value, o.label, o.count) for o in facet.options] == [
        ("haishu", "海曙区", 2),
        ("beilun", "北仑区", 1),
    ]
    by_code = client.get("/platforms/", {"district": "beilun"})
    by_name = client.get("/platforms/", {"district": "北仑区"})
    assert titles(by_code) == titles(by_name) == ["海洋装备重点实验室1"]
    assert [chip.value for chip in by_code.context["listing"].chips] == ["北仑区"]


def test_choice_facet_is_named_in_words(client: Client) -> None:
    publish("indicator-values", 2)

    response = client.get("/indicators/", {"status": "actual"}, headers={"accept-language": "en"})

    facet = next(f for f in response.context["listing"].facets if f.name == "status")
    assert [(o.value, o.label, o.count) for o in facet.options] == [("actual", "actual", 2)]


def test_single_facet_offers_all(client: Client) -> None:
    publish("indicator-values", 2)

    facets = client.get("/indicators/").context["listing"].facets
    section = next(f for f in facets if f.name == "section")

    if section.single:
        assert section.options[0].value == ""
        assert section.options[0].selected


def test_cell_without_a_value_is_marked_so_that_a_card_leaves_it_out(client: Client) -> None:
    named = factories.district()
    factories.published_case(
        "roster-entries",
        [
            factories.roster_entry_values(1, district=named.district),
            factories.roster_entry_values(2, district=None),
        ],
    )

    page = client.get("/enterprises/").content.decode()

    assert page.count('<span class="nothing">—</span></td>') == 1


def test_selected_value_that_leaves_nothing_can_be_taken_away(client: Client) -> None:
    publish("awards", 1)

    response = client.get("/awards/", {"grade": "特等奖"}, headers=EN)

    facet = next(f for f in response.context["listing"].facets if f.name == "grade")
    assert [(o.value, o.count, o.selected) for o in facet.options] == [
        ("一等奖", 1, False),
        ("特等奖", 0, True),
    ]
    assert "Nothing fits these conditions" in response.content.decode()


def test_many_values_of_a_facet_are_cut_but_the_chosen_one_stays(client: Client) -> None:
    publish(
        "laureates",
        [factories.laureate_values(number, employer=f"单位{number:03d}") for number in range(65)],
    )

    facet = next(
        f
        for f in client.get("/awards/laureates/", {"employer": "单位064"}).context["listing"].facets
        if f.name == "employer"
    )

    assert len(facet.options) == 61
    assert [option.value for option in facet.options if option.selected] == ["单位064"]


def test_search_finds_every_word_in_any_field_and_in_lists(client: Client) -> None:
    publish(
        "awards",
        [
            factories.award_values(1, people=["戴世勋", "王训四"]),
            factories.award_values(2, people=["王五"]),
        ],
    )

    assert titles(client.get("/awards/", {"q": "戴世勋"})) == ["高端装备关键技术及应用1"]
    assert titles(client.get("/awards/", {"q": "宁波大学2 王五"})) == ["高端装备关键技术及应用2"]
    assert titles(client.get("/awards/", {"q": "王五 戴世勋"})) == []


def test_sort_follows_the_column_and_unknown_ones_are_passed_over(client: Client) -> None:
    publish(
        "awards",
        [
            factories.award_values(1, award_year=2021),
            factories.award_values(2, award_year=2023),
            factories.award_values(3, award_year=2021),
        ],
    )

    response = client.get("/awards/", {"sort": "-award_year,no_such_thing"})

    assert [title[-1] for title in titles(response)] == ["2", "1", "3"]
    assert response.context["listing"].sort == "-award_year"
    assert 'name="sort" value="-award_year"' in response.content.decode()


@pytest.mark.parametrize("code", KINDS)
def test_every_column_can_be_sorted_and_ends_with_the_key(client: Client, code: str) -> None:
    publish(code, 3)

    for name, column in record_kinds[code].table.base_columns.items():
        if column.orderable is False:
            continue
        for sort in (name, f"-{name}"):
            response = client.get(path_of(code), {"sort": sort})
            assert response.status_code == 200
            assert response.context["listing"].rows.query.order_by[-1] == "uid"


def test_pages_are_cut_at_fifty_rows(client: Client) -> None:
    publish("awards", 51)

    first, second = client.get("/awards/"), client.get("/awards/", {"page": "2"})

    assert len(titles(first)) == 50
    assert titles(second) == ["高端装备关键技术及应用51"]
    assert client.get("/awards/", {"page": "3"}).status_code == 404


def test_as_of_shows_what_was_public_that_day(client: Client) -> None:
    published = publish("awards", 1)
    day = f"{timezone.localtime(published.published_at):%Y-%m-%d}"

    now = client.get("/awards/", {"as_of": day})
    before = client.get("/awards/", {"as_of": "2020-02-29"})

    assert titles(now) == ["高端装备关键技术及应用1"]
    assert titles(before) == []
    assert [chip.value for chip in before.context["listing"].chips] == ["2020-02-29"]
    assert before.context["listing"].chips[0].url == "/awards/"


HOSTILE = [
    "page=0",
    "page=-1",
    "page=abc",
    "page=99999999999999999999",
    "page=١",
    "as_of=2023-02-30",
    "as_of=2023",
    "as_of=x",
    "as_of=2023-1-1",
    "as_of=9999-12-31",
    "as_of=0001-01-01T00:00:00%2B14:00",
    "as_of=2099-01-02T03:04:05",
    "_export=csv&gade=1",
    "_export=csv&sort=nothing",
    "_export=exe",
    "_export=../../etc/passwd",
    "q=%00",
    "q=" + "x" * 3000,
    "grade=%00",
    "report_year=abc",
    "report_year=99999999999999999999",
    "award_year=1e5",
    "award_year=%D9%A1%D9%A2%D9%A3%D9%A4x",
]
HARMLESS = [
    "as_of=0001-01-01",
    "as_of=2001-06-18T07:04:17-19:28",
    "sort=",
    "sort=-",
    "sort=--title",
    "sort=%00",
    "sort=title;drop%20table",
    "sort=organisations",
    "q=%25%27%22%5C",
    "q=%F0%9F%98%80",
    "grade=%27%20or%201=1--",
    "unknown=1",
    "page=",
    "report_year=",
    "_export=",
    "grade=&grade=",
    "%FF%FE=1",
    "q=%FF",
    "report_year=2023&report_year=2024",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_impossible_question_is_answered_with_a_sentence(client: Client, query: str) -> None:
    publish("awards", 1)

    response = client.get(f"/awards/?{query}")

    assert response.status_code == 400
    assert len(response.context["reason"]) > 15


@pytest.mark.parametrize("query", HARMLESS)
def test_odd_question_is_answered(client: Client, query: str) -> None:
    publish("awards", 1)

    assert client.get(f"/awards/?{query}", follow=True).status_code == 200


@pytest.mark.parametrize("code", KINDS)
def test_every_filter_of_every_kind_survives_anything(client: Client, code: str) -> None:
    publish(code, 1)

    for name in record_kinds[code].filterset.base_filters:
        for value in ("x", "2023", "-1", "%00", "99999999999999999999", "'", "2023-13-45"):
            status = client.get(f"{path_of(code)}?{name}={value}").status_code
            assert status in {200, 400}, (name, value, status)


def test_listing_is_read_only(client: Client) -> None:
    assert client.post("/awards/").status_code == 405
    assert client.head("/awards/").status_code == 200


def test_htmx_gets_the_page_that_anyone_gets(client: Client) -> None:
    publish("awards", 1)

    response = client.get("/awards/", headers={"hx-request": "true"})

    assert '<section id="results"' in response.content.decode()


def test_moment_is_shown_to_the_second_and_kept_in_its_field(client: Client) -> None:
    factories.published_case("awards", 1)
    second = f"{timezone.localtime() + dt.timedelta(seconds=1):%Y-%m-%d %H:%M:%S}"

    page = client.get("/awards/", {"as_of": second.replace(" ", "T")}, headers=EN).content.decode()

    assert f"You see what was published on {second}" in page
    assert f'value="{second.replace(" ", "T")}"' in page
    assert "Enter a valid date" not in page


def test_day_before_the_first_release_says_when_that_was(client: Client) -> None:
    publish("awards", 1)

    page = client.get("/awards/?as_of=2001-02-03", headers=EN)

    assert page.status_code == 200
    assert "Nothing had been published yet on that day" in page.content.decode()
    assert f"The first release is of {timezone.localdate():%Y-%m-%d}" in page.content.decode()
    assert "before any later correction" not in page.content.decode()


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/awards/?gade=一等奖", "grade"),
        ("/awards/?gade=一等奖&q=毫不相干", "grade"),
        ("/districts/?yaer=2023", "year"),
        ("/data/indicators/?yaer=2023", "year"),
        ("/search/?qq=宁波", "q"),
    ],
)
def test_unknown_name_of_a_filter_is_said_with_those_there_are(
    client: Client, path: str, known: str
) -> None:
    publish("awards", 1)
    name = path.partition("?")[2].partition("=")[0]

    page = client.get(path, headers=EN).content.decode()

    assert f"This page does not know “{name}”; nothing was chosen by it." in page
    said = page.partition("The address takes: ")[2].partition(".")[0]
    assert known in said.split(", ")


@pytest.mark.parametrize(
    "query", ["utm_source=x", "from=timeline&isappinstalled=0", "grade=一等奖", "gade="]
)
def test_what_other_sites_hang_on_a_link_is_no_filter(client: Client, query: str) -> None:
    publish("awards", 1)

    page = client.get(f"/awards/?{query}", headers=EN, follow=True).content.decode()

    assert "does not know" not in page


def test_very_many_and_very_long_names_are_cut(client: Client) -> None:
    query = "&".join(f"{letter * 60}=1" for letter in "abcdefg")

    (sentence,) = client.get(f"/awards/?{query}", headers=EN).context["listing"].passed_over

    assert "a" * 40 + "…, " + "b" * 40 + "…" in sentence
    assert "eeee…, …”" in sentence
    assert "ffff" not in sentence


def test_order_by_what_is_no_column_is_said(client: Client) -> None:
    publish("awards", 1)

    page = client.get("/awards/?sort=title,-gade", headers=EN).content.decode()

    assert "No column “-gade” is shown; nothing was sorted by it." in page
