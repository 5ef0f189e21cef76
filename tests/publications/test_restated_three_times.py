"""Four releases of one case: each keeps its bytes, and every moment between answers as it was."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.audit.verification import verify
from apps.cases.models import Revision, State
from tests import factories

pytestmark = pytest.mark.django_db

BEGIN = dt.datetime(2026, 3, 2, 1, 0, 0, tzinfo=dt.UTC)
# Seconds after BEGIN at which the four releases were published.
PUBLISHED_AT = (3, 7, 8, 13)
TITLES = ("甲项目", "乙项目", "丙项目", "丁项目")


@contextmanager
def clock_at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> Iterator[None]:
    """Let the clock stand so many seconds after BEGIN."""
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: BEGIN + dt.timedelta(seconds=seconds))
        yield


def as_of(seconds: float) -> str:
    """Return the moment as an address names it."""
    return quote((BEGIN + dt.timedelta(seconds=seconds)).isoformat())


def body(client: Client, address: str) -> bytes:
    """Return what is served there."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return b"".join(answer) if answer.streaming else answer.content


def fetched(client: Client, revision: Revision, seconds: float) -> dict[str, bytes]:
    """Return all that one release can be downloaded as, and the lists as they were then."""
    number = factories.release_of(revision).number
    moment = as_of(seconds)
    addresses = [
        reverse("publications:manifest", args=[number]),
        reverse("publications:content_json", args=[number, revision.case_id]),
        reverse("publications:content_canonical", args=[number, revision.case_id]),
        f"/awards/?as_of={moment}&_export=csv",
        f"/awards/?as_of={moment}&_export=json",
        f"/api/v1/awards/?as_of={moment}",
    ]
    return {address: body(client, address) for address in addresses}


def titles_at(client: Client, seconds: float) -> list[str]:
    """Return the titles that the interface answers with as of a moment; the listing agrees."""
    address = f"as_of={as_of(seconds)}"
    titles = [row["title"] for row in client.get(f"/api/v1/awards/?{address}").json()["results"]]
    page = client.get(f"/awards/?{address}").content.decode()
    assert [title for title in TITLES if title in page] == titles
    return titles


def test_each_release_keeps_its_bytes_and_each_second_answers_as_it_was(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Everything else happens before; each publication stands at a second of its own.
    revision, revisions, first_fetched = None, [], {}
    for seconds, title in zip(PUBLISHED_AT, TITLES, strict=True):
        with clock_at(monkeypatch, seconds - 0.5):
            if revision is None:
                revision = factories.open_award_list([factories.award_values(title=title)])
            else:
                revision = factories.change_first_row(factories.successor_of(revision), title=title)
            revision = factories.advance(revision, State.APPROVED)
        with clock_at(monkeypatch, seconds):
            revision = factories.advance(revision, State.PUBLISHED)
            revisions.append(revision)
            first_fetched |= fetched(client, revision, seconds)

    with clock_at(monkeypatch, 60):
        again = {}
        for seconds, published in zip(PUBLISHED_AT, revisions, strict=True):
            again |= fetched(client, published, seconds)
        assert len(again) == 24
        for address, content in first_fetched.items():
            assert again[address] == content, address
        for second in range(PUBLISHED_AT[-1] + 4):
            public = [t for at, t in zip(PUBLISHED_AT, TITLES, strict=True) if at <= second]
            assert titles_at(client, second) == public[-1:], second
    assert list(verify()) == []


@pytest.mark.parametrize(
    "text", ["2026-03-02T09:00:05", "2026-03-02T01:00:05Z", "2026-03-02T09:00:05%2B08:00"]
)
def test_moment_may_bring_its_time_zone(client: Client, text: str) -> None:
    assert client.get(f"/api/v1/awards/?as_of={text}").status_code == 200


@pytest.mark.parametrize("text", ["2026-03-02T", "2026-03-02T25:00:00", "2026-03-02 09:00"])
def test_moment_that_is_none_is_refused(client: Client, text: str) -> None:
    assert client.get("/api/v1/awards/", {"as_of": text}).status_code == 400
