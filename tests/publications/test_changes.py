"""The feed of changes: what became public, was corrected, was withdrawn, by row, in order."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.cases.domain import records
from apps.publications import changes
from tests import factories

pytestmark = pytest.mark.django_db

EN = {"accept-language": "en"}


def walked(client: Client, query: str = "", size: int = 100) -> list[dict[str, Any]]:
    """Return the changes, page after page."""
    url: str | None = f"/api/v1/changes/?page_size={size}&{query}"
    found: list[dict[str, Any]] = []
    while url:
        response = client.get(url)
        assert response.status_code == 200, response.content
        answer = response.json()
        assert len(answer["results"]) <= size
        found += answer["results"]
        url = answer["next"]
    return found


def told(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["change"], row["id"]) for row in rows]


def uids(revision: Any, code: str | None = None) -> list[str]:
    return [str(row.uid) for row in factories.records_of(revision, code)]


def story() -> tuple[Any, Any, Any]:
    """Publish a list and a figure; change a row, drop one, add one; withdraw the figure."""
    first = factories.published_case("awards", 4)
    figure = factories.published_case("city-figures", 2)
    draft = factories.successor_of(first)
    draft = factories.change_first_row(draft)
    filler = factories.filler_of(draft)
    last = factories.records_of(draft)[-1]
    records.remove_record(filler, draft.pk, last.record_kind, last.uid)
    records.add_records(
        filler,
        draft.pk,
        draft.case.kind_spec.records[0],
        factories.rows_of("awards", [factories.award_values(9)]),
    )
    corrected = factories.advance(factories.fresh(draft), "published")
    factories.advance(figure, "withdrawn")
    return first, corrected, figure


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_what_happened_is_told_row_by_row_in_order(client: Client, size: int) -> None:
    first, corrected, figure = story()
    rows, figures, now = uids(first), uids(figure), uids(corrected)

    found = walked(client, size=size)

    assert told(found) == [
        *(("published", uid) for uid in rows),
        *(("published", uid) for uid in figures),
        ("corrected", rows[0]),
        *sorted(
            [("withdrawn", rows[3]), ("published", now[-1])],
            key=lambda change: order_of(change[1], first, corrected),
        ),
        *(("withdrawn", uid) for uid in figures),
    ]
    assert [row["at"] for row in found] == sorted(row["at"] for row in found)
    correction = found[6]
    assert correction["kind"] == "awards"
    assert correction["revision"] == 2
    assert correction["release"] == factories.release_of(corrected).number
    assert correction["reason"] == corrected.reason
    assert client.get(correction["url"]).status_code == 200
    assert (found[-1]["release"], found[-1]["reason"]) == (None, factories.REASON)
    assert client.get(found[-1]["url"]).status_code == 410


def order_of(uid: str, *revisions: Any) -> tuple[int, str]:
    positions = {str(r.uid): r.position for one in revisions for r in factories.records_of(one)}
    return positions[uid], uid


def test_since_a_release_a_time_and_a_day(client: Client) -> None:
    first, corrected, figure = story()
    every = walked(client)
    number = factories.release_of(figure).number
    moment = factories.release_of(first).published_at

    assert walked(client, f"since={number}") == every[6:]
    assert walked(client, f"since={moment.isoformat().replace('+', '%2B')}") == every[4:]
    assert walked(client, f"since={factories.release_of(corrected).number}", 1) == every[9:]
    later = timezone.localdate() + dt.timedelta(days=2)
    assert walked(client, f"since={later}") == []
    assert walked(client, "since=2000-01-01") == every


def test_lists_are_chosen(client: Client) -> None:
    story()
    every = walked(client)

    for size in (1, 100):
        assert walked(client, "kind=awards", size) == [r for r in every if r["kind"] == "awards"]
    both = walked(client, "kind=awards,indicator-values")
    assert both == walked(client, "kind=indicator-values&kind=awards") == every
    assert walked(client, "kind=policies") == []


def test_narrative_of_a_return_is_no_row_of_the_feed(client: Client) -> None:
    published = factories.published_case("district-returns", 2)

    assert told(walked(client)) == [
        ("published", uid) for uid in uids(published, "indicator-values")
    ]


def test_drafts_are_told_to_nobody(client: Client) -> None:
    factories.approved_case("awards", 2)
    published = factories.published_case("policies", 1)
    factories.change_first_row(factories.successor_of(published))

    assert told(walked(client)) == [("published", uids(published)[0])]


def test_correction_without_a_change_is_a_short_page_that_goes_on(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST_ACTS", 1)
    first = factories.published_case("awards", 2)
    last = factories.published_case("policies", 1)

    answer = client.get("/api/v1/changes/?kind=policies").json()

    assert answer["results"] == []
    assert told(walked(client, "kind=policies")) == [("published", uids(last)[0])]
    assert len(walked(client)) == 3
    assert first.pk


def test_few_rows_are_looked_through_for_a_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST_ROWS", 3)
    published = [factories.published_case(code, 2) for code in ("awards", "policies", "events")]

    assert [len(changes._looked_at(changes.acts(None, None), 100))] == [2]
    assert told(walked(client)) == [
        ("published", uid) for revision in published for uid in uids(revision)
    ]


@pytest.mark.parametrize("rows", [1, 30])
def test_page_costs_the_same_queries_at_any_size(
    client: Client, django_assert_max_num_queries: Callable[..., Any], rows: int
) -> None:
    factories.advance(factories.published_case("awards", rows), "withdrawn")
    factories.published_case("policies", rows)

    with django_assert_max_num_queries(6):
        answer = client.get("/api/v1/changes/?since=2026-001").json()

    assert len(answer["results"]) == 2 * rows


def test_release_that_there_is_not_is_not_found(client: Client) -> None:
    response = client.get("/api/v1/changes/?since=1999-001", headers=EN)

    assert response.status_code == 404
    assert response.json() == {"detail": "There is no release 1999-001."}


@pytest.mark.parametrize(
    "query",
    [
        "since=x",
        "since=2026-13-01",
        "since=%00",
        "kind=nothing",
        "kind=narrative-sections",
        "page_size=0",
        "cursor=x",
        "cursor=WyIiLFsxXV0",
        "cursor=bnVsbA",
        # ["",["x",0,1]] and ["",["2026-01-01T00:00:00Z",0,-1]]
        "cursor=WyIiLFsieCIsMCwxXV0",
        "cursor=WyIiLFsiMjAyNi0wMS0wMVQwMDowMDowMFoiLDAsLTFdXQ",
        # ["",[null,0,1]] and ["",["2026-01-01T00:00:00Z",0,1,0,1,"x"]]
        "cursor=WyIiLFtudWxsLDAsMV1d",
        "cursor=WyIiLFsiMjAyNi0wMS0wMVQwMDowMDowMFoiLDAsMSwwLDEsIngiXV0",
    ],
)
def test_impossible_question_is_a_400_in_json(client: Client, query: str) -> None:
    factories.published_case("awards", 1)

    response = client.get(f"/api/v1/changes/?{query}", headers=EN)

    assert response.status_code == 400
    assert len(response.json()["detail"]) > 20
