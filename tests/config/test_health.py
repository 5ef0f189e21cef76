"""The answers a monitor gets."""

from wsgiref.util import setup_testing_defaults

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client


def test_healthz_answers_without_a_database(client: Client) -> None:
    # No db mark: pytest-django refuses every query.
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}
    assert "no-store" in response["Cache-Control"]


@pytest.mark.smoke
@pytest.mark.django_db
def test_readyz_answers_when_every_migration_is_applied(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "migrations_missing": 0}


@pytest.mark.django_db
def test_readyz_refuses_when_a_migration_is_missing(client: Client) -> None:
    newest = MigrationRecorder.Migration.objects.filter(app="procrastinate").latest("pk")
    newest.delete()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["migrations_missing"] >= 1


@pytest.mark.django_db(transaction=True)
def test_readyz_refuses_when_the_database_does_not_answer(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "host", "/nowhere")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "database": "unreachable"}


def test_healthz_refuses_to_be_posted_to(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db(transaction=True)  # a real request closes old connections
def test_wsgi_application_answers() -> None:
    from config.wsgi import application

    answers: list[str] = []
    environ: dict[str, object] = {"HTTP_HOST": "127.0.0.1", "PATH_INFO": "/healthz"}
    setup_testing_defaults(environ)

    body = b"".join(application(environ, lambda status, headers: answers.append(status)))

    assert answers == ["200 OK"]
    assert body == b'{"status": "ok"}'
