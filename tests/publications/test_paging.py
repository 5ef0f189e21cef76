"""Pages of a listing at any depth, its columns and order by choice, and how it is cited."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import Settings

from apps.audit.models import Entry
from apps.cases.models import Mention
from apps.publications import paging
from tests import factories

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def short_pages(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put two rows on a page, and number two pages."""
    settings.TABLE_ROWS_PER_PAGE = 2
    monkeypatch.setattr(paging, "MOST_NUMBERED", 4)


def titles(response: Any) -> list[str]:
    return [row.title for row in response.context["listing"].records]


def link(response: Any, rel: str) -> str:
    return next((p.url for p in response.context["listing"].pages if p.rel == rel), "")


def walk(client: Client, url: str, rel: str) -> list[list[str]]:
    pages = []
    while url:
        response = client.get(url, headers=EN)
        assert response.status_code == 200
        pages.append(titles(response))
        url = link(response, rel)
    return pages


@pytest.mark.parametrize("query", ["", "category=办法"])
def test_every_row_stands_on_one_page_forth_and_back(client: Client, query: str) -> None:
    factories.published_case(
        "policies",
        [factories.policy_values(n, category=["办法", "规划"][n % 2]) for n in range(17)],
    )
    factories.published_case("policies", 2, year=2022)
    everything = [row.title for row in client.get(f"/policies/?{query}").context["listing"].rows]

    forth = walk(client, f"/policies/?{query}", "next")
    back = walk(
        client, f"/policies/?{query}&page=last" if query else "/policies/?page=last", "prev"
    )

    assert [title for page in forth for title in page] == everything
    assert [title for page in back[::-1] for title in page] == everything
    assert all(len(page) == 2 for page in forth[:-1])


def test_last_page_holds_what_is_left_and_is_reached_from_the_first(client: Client) -> None:
    factories.published_case("events", 7)

    first = client.get("/events/", headers=EN)
    last = next(p for p in first.context["listing"].pages if p.label == "Last page")
    shown = client.get(last.url, headers=EN)

    assert last.url == "/events/?page=last"
    assert titles(shown) == ["科技大会7"]
    assert link(shown, "next") == ""
    assert client.get("/events/?page=3").status_code == 404


def test_last_page_in_another_order_and_of_few_rows(client: Client) -> None:
    factories.published_case("events", 7)

    sorted_last = client.get("/events/?sort=-title&page=last", headers=EN)
    few = client.get("/events/?q=大会7&page=last")

    assert titles(sorted_last) == ["科技大会1"]
    assert link(sorted_last, "prev") == "/events/?sort=-title&page=2"
    assert "pages are numbered for the first" in sorted_last.content.decode()
    assert titles(few) == ["科技大会7"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("after=x", 400),
        ("before=" + "0" * 36, 400),
        (f"after={uuid.UUID(int=1)}", 404),
        (f"before={uuid.UUID(int=1)}&page=9", 404),
        ("page=last&sort=title", 200),
        ("page=LAST", 400),
        ("columns=", 302),
        ("columns=nothing", 302),
        ("columns=title&columns=note", 302),
        ("category=%20", 302),
    ],
)
def test_made_up_places_are_answered(client: Client, query: str, status: int) -> None:
    factories.published_case("policies", 7)

    assert client.get(f"/policies/?{query}").status_code == status


def test_page_by_its_row_goes_with_the_printed_order_only(client: Client) -> None:
    row = factories.records_of(factories.published_case("events", 7))[0]

    refused = client.get(f"/events/?after={row.uid}&sort=title", headers=EN)

    assert refused.status_code == 400
    assert "Take the sort away" in refused.content.decode()


def test_draft_row_is_no_place(client: Client) -> None:
    factories.published_case("awards", 7)
    hidden = factories.records_of(factories.open_award_list(1))[0]

    assert client.get(f"/awards/?after={hidden.uid}").status_code == 404


def test_columns_are_chosen_in_the_address_and_fields_beside_the_table(client: Client) -> None:
    factories.published_case("roster-entries", 3)

    response = client.get("/enterprises/?columns=year,credit_code", headers=EN, follow=True)

    listing = response.context["listing"]
    assert [c.name for c in listing.table.columns.itervisible()] == [
        "organisation",
        "year",
        "credit_code",
    ]
    assert listing.records[0].credit_code in response.content.decode()
    assert {c.value for c in listing.column_choices if c.selected} == {"year", "credit_code"}
    assert 'name="columns" value="organisation,year,credit_code"' in response.content.decode()


def test_what_a_form_sends_becomes_a_short_address(client: Client) -> None:
    factories.published_case("awards", 3)

    response = client.get(
        "/awards/?q=&as_of=&grade=一等奖&columns=title&columns=grade&sort=-award_year&sort=&sort=title"
    )

    assert response.status_code == 302
    assert response.url.startswith("/awards/?")
    assert "q=" not in response.url
    assert "columns=title,grade" in response.url
    assert "sort=-award_year,title" in response.url
    assert client.get(response.url).status_code == 200


def test_several_columns_decide_the_order(client: Client) -> None:
    rows = [(2022, "乙"), (2023, "丙"), (2022, "甲")]
    factories.published_case(
        "awards",
        [factories.award_values(n, award_year=y, title=t) for n, (y, t) in enumerate(rows)],
    )

    page = client.get("/awards/?sort=award_year,-title")

    assert titles(page) == ["甲", "乙"]
    assert page.context["listing"].sort == "award_year,-title"


def test_names_lead_to_their_organisations_and_hits_are_marked(client: Client) -> None:
    published = factories.published_case("awards", 1)
    mention = Mention.objects.filter(revision=published).first()

    page = client.get("/awards/?q=宁波大学").content.decode()

    assert mention is not None
    assert f'<a class="name whole" href="/organisations/{mention.name.organisation_id}/">' in page
    assert "<mark>宁波大学</mark>" in page


def test_list_without_hits_offers_what_comes_nearest(client: Client) -> None:
    factories.published_case("policies", [factories.policy_values(1, title="科技创新条例")])

    page = client.get("/policies/?q=科技创薪条例", headers=EN).content.decode()

    assert "Did you mean" in page
    assert "科技创新条例" in page


@pytest.mark.parametrize("place", ["listing", "record", "indicator", "district"])
def test_page_is_cited_with_its_release_in_both_languages(client: Client, place: str) -> None:
    published = factories.published_case("city-figures", 1)
    row = factories.records_of(published)[0]
    release = factories.release_of(published)
    slug = row.reporting_unit.slug
    url = {
        "listing": "/indicators/",
        "record": f"/indicators/{row.uid}/",
        "indicator": f"/indicators/{row.indicator.code}/",
        "district": f"/districts/{slug}/2023/",
    }[place]

    response = client.get(url)

    chosen = response.context.get("citations") or response.context["listing"].citations
    assert [citation.language for citation in chosen] == ["zh-hans", "en"]
    for citation in chosen:
        assert release.number in citation.text
        assert citation.text in response.content.decode().replace("&amp;", "&")
    if place == "listing":
        lasting = chosen[0].text.split(". ")[-1]
        assert "as_of=" in lasting
        again = client.get(lasting[lasting.index("/indicators/") :])
        assert [r.uid for r in again.context["listing"].records] == [row.uid]


@pytest.mark.parametrize("column", ["sounds = 'x'", "list_place = 1"])
def test_what_follows_from_a_row_is_frozen_with_it_and_audited_before(column: str) -> None:
    published = factories.records_of(factories.published_case("awards", 1))[0]
    draft = factories.records_of(factories.open_award_list(1))[0]
    sql = f"UPDATE awards_award SET {column} WHERE id = %s"

    with connection.cursor() as cursor:
        with pytest.raises(IntegrityError, match="cannot be written"), transaction.atomic():
            cursor.execute(sql, [published.pk])
        before = Entry.objects.count()
        cursor.execute(sql, [draft.pk])

    assert Entry.objects.count() == before + 1
