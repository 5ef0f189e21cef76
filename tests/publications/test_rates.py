"""How often one address may ask: exact, for all processes alike, and said in every answer."""

import threading
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.http import HttpResponse
from django.test import Client, RequestFactory

from apps.publications import rates, tasks
from apps.publications.models import Reader

LIMIT = 5


@pytest.fixture(autouse=True)
def few(settings: Any) -> None:
    settings.API_PER_MINUTE = LIMIT


@pytest.fixture
def one_minute(db: None) -> None:
    """Keep the test within a minute of the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::bigint % 60")
        if cursor.fetchone()[0] > 50:
            cursor.execute(
                "SELECT pg_sleep(60 - extract(epoch FROM clock_timestamp())::numeric % 60)"
            )


@pytest.mark.django_db
def test_beyond_the_limit_is_a_429_that_says_when_to_come_again(
    client: Client, one_minute: None
) -> None:
    answers = [client.get("/api/v1/awards/") for _number in range(LIMIT)]

    assert [answer.status_code for answer in answers] == [200] * LIMIT
    assert [answer["RateLimit"].split(";")[1] for answer in answers] == [
        "r=4",
        "r=3",
        "r=2",
        "r=1",
        "r=0",
    ]
    assert answers[0]["RateLimit-Policy"] == '"address";q=5;w=60'
    refused = client.get("/api/v1/changes/", headers={"accept-language": "en"})
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused.json()["detail"].startswith("This address has asked 5 times within a minute.")
    assert refused["RateLimit"] == f'"address";r=0;t={refused["Retry-After"]}'
    assert Reader.objects.get().asked == LIMIT


@pytest.mark.django_db
def test_another_address_and_another_page_are_not_held_up(client: Client, one_minute: None) -> None:
    for _number in range(LIMIT + 1):
        client.get("/api/v1/awards/")

    assert client.get("/api/v1/awards/", REMOTE_ADDR="10.9.8.7").status_code == 200
    assert client.get("/awards/").status_code == 200
    assert client.options("/api/v1/awards/").status_code == 200
    assert client.get("/api/v1/awards/").status_code == 429


@pytest.mark.django_db
def test_unchanged_answer_says_what_is_left_too(client: Client, one_minute: None) -> None:
    tag = client.get("/api/v1/awards/")["ETag"]

    again = client.get("/api/v1/awards/", headers={"if-none-match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert again["RateLimit"].startswith('"address";r=3;')


@pytest.mark.django_db
def test_count_begins_anew_with_the_minute(client: Client, one_minute: None) -> None:
    for _number in range(LIMIT + 1):
        client.get("/api/v1/awards/")
    Reader.objects.update(minute=1)

    assert client.get("/api/v1/awards/")["RateLimit"].startswith('"address";r=4;')


@pytest.mark.django_db
def test_old_counts_are_deleted(client: Client) -> None:
    client.get("/api/v1/awards/")
    client.get("/api/v1/awards/", REMOTE_ADDR="10.9.8.7")
    Reader.objects.filter(asked=1).exclude(pk=Reader.objects.first().pk).update(minute=1)  # type: ignore[union-attr]

    assert tasks.forget_readers(0) == 1
    assert Reader.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limit", "address"), [(0, "10.0.0.1"), (LIMIT, None)], ids=["no limit", "no address"]
)
def test_who_cannot_be_counted_is_served(settings: Any, limit: int, address: str | None) -> None:
    settings.API_PER_MINUTE = limit

    assert rates.counted(address) is None


def test_reader_is_served_where_the_count_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*args: object) -> None:
        raise OperationalError("the primary is gone")

    monkeypatch.setattr(connections["default"], "cursor", fail)
    view = rates.rated(lambda request: HttpResponse("rows"))

    response = view(RequestFactory().get("/api/v1/awards/"))

    assert (response.status_code, response.has_header("RateLimit")) == (200, False)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
    ],
)
def test_ipv6_is_counted_by_household(address: str, network: str) -> None:
    assert rates.network_of(address) == network


@pytest.mark.django_db(transaction=True)
def test_limit_is_exact_for_readers_at_once(settings: Any, one_minute: None) -> None:
    """Eight connections, as of eight processes, ask at once: so many are let in, none more."""
    settings.API_PER_MINUTE = 20
    found: list[bool] = []

    def ask() -> None:
        try:
            for _number in range(10):
                account = rates.counted("10.1.1.1")
                assert account is not None
                found.append(account.allowed)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (found.count(True), len(found)) == (20, 80)


@pytest.mark.django_db
def test_counts_are_not_logged() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'publications_reader'")
        assert cursor.fetchone() == ("u",)
