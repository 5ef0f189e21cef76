"""No public question holds the database for long, and other sites may read the interface."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from apps.cases.kinds import RecordKind
from apps.publications import edition
from apps.publications.answers import public_page
from tests import factories

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}


def slow_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every list take longer than it may."""
    quick = RecordKind.with_relations
    monkeypatch.setattr(
        RecordKind,
        "with_relations",
        lambda kind, rows: quick(kind, rows).extra(where=["pg_sleep(3) IS NOT NULL"]),
    )


@pytest.mark.parametrize("path", ["/awards/", "/api/v1/awards/"])
def test_question_that_takes_too_long_is_given_up_with_a_sentence(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    settings.PUBLIC_SECONDS = 0.05
    factories.published_case("awards", 1)
    slow_rows(monkeypatch)

    response = client.get(path, headers=EN)

    assert response.status_code == 503
    assert "choose a filter" in response.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_other_faults_of_the_database_are_not_hidden(rf: RequestFactory) -> None:
    @public_page
    def broken(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        return HttpResponse()

    with pytest.raises(Exception, match="division by zero"):
        broken(rf.get("/"))


def test_grades_stand_in_their_rank(client: Client) -> None:
    rows: list[Any] = [
        factories.award_values(number, grade=grade)
        for number, grade in enumerate(["三等奖", "三等奖", "特等奖", "二等奖", "一等奖", "二等奖"])
    ]
    factories.published_case("awards", rows)

    facet = next(f for f in client.get("/awards/").context["listing"].facets if f.name == "grade")

    assert [option.value for option in facet.options] == ["特等奖", "一等奖", "二等奖", "三等奖"]


def test_other_sites_may_read_the_interface_and_nothing_else(client: Client) -> None:
    factories.published_case("awards", 1)

    answer = client.get("/api/v1/awards/", headers={"origin": "https://example.org"})
    page = client.get("/awards/", headers={"origin": "https://example.org"})

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not page.has_header("Access-Control-Allow-Origin")


@pytest.mark.parametrize(
    "path", ["/api/v1/awards/", "/api/v1/awards/?sort=title", "/api/v1/changes/"]
)
def test_unchanged_answer_is_not_sent_again_nor_read(
    client: Client, django_assert_num_queries: Callable[..., Any], path: str, settings: Settings
) -> None:
    settings.API_PER_MINUTE = 0
    factories.published_case("awards", 1)
    first = client.get(path)

    with django_assert_num_queries(0):
        again = client.get(path, headers={"if-none-match": f"W/{first['ETag']}"})
    other = client.get(path, headers={"if-none-match": '"of another answer"'})
    factories.published_case("awards", 1)
    changed = client.get(path, headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert set(again["Vary"].split(", ")) == set(first["Vary"].split(", "))
    assert (other.status_code, other["ETag"]) == (200, first["ETag"])
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_unchanged_answer_after_a_release_elsewhere_is_not_sent_though_read(
    client: Client,
) -> None:
    factories.published_case("awards", 1)
    first = client.get("/api/v1/awards/")
    factories.published_case("events", 1)

    again = client.get("/api/v1/awards/", headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["RateLimit"]


def test_answers_are_told_apart_by_language_and_address(client: Client) -> None:
    factories.published_case("awards", 2)
    first = client.get("/api/v1/awards/?page_size=1")

    for path, headers in (("/api/v1/awards/?page_size=2", {}), ("/api/v1/awards/?page_size=x", EN)):
        other = client.get(path, headers={"if-none-match": first["ETag"], **headers})
        assert other.status_code != 304
    assert (
        client.get("/api/v1/awards/?page_size=x", headers={"if-none-match": "*"}).status_code == 400
    )


def test_fields_choose_what_a_row_says(client: Client) -> None:
    factories.published_case("awards", 1)

    (row,) = client.get("/api/v1/awards/?fields=title,id").json()["results"]
    refused = client.get("/api/v1/awards/?fields=title,nothing", headers=EN)

    assert list(row) == ["title", "id"]
    assert client.get(f"/api/v1/awards/{row['id']}/?fields=title").json() == {"title": row["title"]}
    assert refused.status_code == 400
    assert "nothing" in refused.json()["detail"]


def test_long_answer_is_sent_compressed(client: Client) -> None:
    response = client.get("/awards/", headers={"accept-encoding": "gzip"})

    assert response["Content-Encoding"] == "gzip"


def timeout_now() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize("method", ["get", "post"])
def test_limit_is_set_with_the_edition_and_never_outlives_the_page(
    client: Client, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    during = []
    monkeypatch.setattr(
        RecordKind, "with_relations", lambda kind, rows: during.append(timeout_now()) or rows
    )

    answer = getattr(client, method)("/awards/")

    assert answer.status_code == (200 if method == "get" else 405)
    assert set(during) == ({"2s"} if method == "get" else set())
    assert timeout_now() == "0"


@pytest.mark.django_db(transaction=True)
def test_page_is_answered_where_the_kept_connection_broke_meanwhile(client: Client) -> None:
    factories.published_case("awards", 1)
    assert client.get("/awards/").status_code == 200
    connection.health_check_done = False
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])

    assert client.get("/awards/?page=1").status_code == 200
    assert timeout_now() == "0"


def test_question_that_fails_on_a_sound_connection_is_not_asked_again(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition.edition()
    raw = connection.connection
    raw.execute("SET LOCAL statement_timeout = 10")
    monkeypatch.setattr(edition, "_NUMBER", "SELECT pg_sleep(2), %s")
    monkeypatch.setattr(edition, "_OF_EDITIONS", "")

    with pytest.raises(OperationalError):
        edition.edition()

    assert connection.connection is raw
