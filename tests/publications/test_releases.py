"""Releases: pages, manifests as stored, content that can be checked against them; notices."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Bureau, BureauKind
from apps.cases.models import Revision
from apps.publications import content
from tests import factories

pytestmark = pytest.mark.django_db

EN = {"accept-language": "en"}


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("count", [1, 3])
def test_releases_cost_the_same_queries_at_any_number(
    client: Client, django_assert_num_queries: Callable[..., Any], count: int
) -> None:
    for _number in range(count):
        factories.published_case("awards", 1)

    with django_assert_num_queries(3):
        response = client.get("/releases/")

    numbers = [release.number for release in response.context["page_obj"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == count


def test_no_release_yet(client: Client) -> None:
    assert "Nothing has been published yet" in client.get("/releases/", headers=EN).content.decode()


def test_release_page_names_its_cases_their_hashes_and_its_neighbours(client: Client) -> None:
    published = [factories.published_case("awards", 1) for _number in range(3)]
    releases = [factories.release_of(revision) for revision in published]

    response = client.get(f"/releases/{releases[1].number}/")

    assert response.context["previous"] == releases[0]
    assert response.context["next"] == releases[2]
    assert published[1].release_item.content_hash in response.content.decode()
    assert releases[1].manifest_hash in response.content.decode()


def test_manifest_is_served_byte_by_byte(client: Client) -> None:
    release = factories.release_of(factories.published_case("awards", 2))

    response = client.get(f"/releases/{release.number}/manifest.json")

    assert response.content == release.manifest.encode()
    assert hashlib.sha256(response.content).hexdigest() == release.manifest_hash
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize("kind", ["awards", "certifications", "district-returns"])
def test_hashed_bytes_give_the_hash_of_the_manifest(client: Client, kind: str) -> None:
    published = factories.published_case(kind, 3)
    release = factories.release_of(published)

    served = body(client.get(f"/releases/{release.number}/{published.case_id}.txt"))

    (case,) = json.loads(release.manifest)["cases"]
    assert hashlib.sha256(served).hexdigest() == case["sha256"]


def test_content_json_holds_the_rows_by_kind(client: Client) -> None:
    published = factories.published_case("district-returns", 2)
    release = factories.release_of(published)

    response = client.get(f"/releases/{release.number}/{published.case_id}.json")

    found = json.loads(body(response))
    assert found["release"] == release.number
    assert found["sha256"] == published.release_item.content_hash
    assert [row["value"] for row in found["records"]["indicator-values"]] == ["13.50", "14.50"]
    assert len(found["records"]["narrative-sections"]) == 1
    assert response["Content-Disposition"].endswith(f'{release.number}-{published.case_id}.json"')


def test_content_of_a_corrected_revision_stays_with_its_release(client: Client) -> None:
    former = factories.case_in("superseded", "awards")
    release = factories.release_of(former)

    served = body(client.get(f"/releases/{release.number}/{former.case_id}.txt"))

    assert hashlib.sha256(served).hexdigest() == former.release_item.content_hash


@pytest.mark.parametrize(
    "path",
    [
        "/releases/1999-001/",
        "/releases/1999-001/manifest.json",
        "/releases/1999-001/1.json",
        "/releases/1999-001/1.txt",
        "/releases/x%00y/",
        "/releases/?page=2",
    ],
)
def test_unknown_release_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code in {400, 404}


def test_head_of_content_is_what_the_hash_says_of_the_case() -> None:
    published = factories.published_case("awards", 1, subject="名单")

    assert content.head_of(published) == {
        "kind": "awards",
        "bureau": "ningbo",
        "year": 2023,
        "subject": "名单",
    }


def test_feed_tells_of_the_releases(
    client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    published = [factories.published_case("awards", 1) for _number in range(2)]
    numbers = [factories.release_of(revision).number for revision in published]

    with django_assert_num_queries(1):
        response = client.get("/releases/feed.atom", headers=EN)

    assert response["Content-Type"].startswith("application/atom+xml")
    text = response.content.decode()
    assert text.index(f"Release {numbers[1]}: 1 case") < text.index(f"Release {numbers[0]}: 1 case")
    assert f"/releases/{numbers[0]}/" in text
    assert factories.REASON in text


# Notices


def test_notice_is_public_while_it_runs_and_gone_after(client: Client) -> None:
    with factories.kind_with_notice("awards", 5):
        shown = factories.case_in("on_notice", "awards", 2)
        path = f"/notices/{shown.case_id}/"
        during, listed = client.get(path, headers=EN), client.get("/notices/", headers=EN)
        front = client.get("/")
        factories.end_notice(shown)
        after = client.get(path, headers=EN)

    row = factories.records_of(shown)[0]
    assert during.status_code == 200
    assert during["X-Robots-Tag"] == listed["X-Robots-Tag"] == "noindex, noarchive"
    assert row.title in during.content.decode()
    # Nothing of it has a permanent page yet.
    assert f"/awards/{row.uid}/" not in during.content.decode()
    assert path in listed.content.decode()
    assert path in front.content.decode()
    assert after.status_code == 410
    assert "The public notice of this case is over." in after.content.decode()
    assert path not in client.get("/notices/").content.decode()


def test_notice_names_where_objections_go(client: Client) -> None:
    with factories.kind_with_notice("awards", 5):
        shown = factories.case_in("on_notice", "awards", 1)
    path = f"/notices/{shown.case_id}/"
    assert "Contact" not in client.get(path, headers=EN).content.decode()
    factories.city()
    Bureau.objects.filter(kind=BureauKind.CITY).update(contact="监督处 0574-00000000")

    assert "Contact: 监督处 0574-00000000" in client.get(path, headers=EN).content.decode()


def test_reopened_notice_is_gone(client: Client) -> None:
    with factories.kind_with_notice("awards", 5):
        shown = factories.case_in("on_notice", "awards")
        factories.take("reopen", shown)

        assert client.get(f"/notices/{shown.case_id}/").status_code == 410


def test_case_that_never_was_on_notice_is_not_found(client: Client) -> None:
    published = factories.published_case("awards", 1)

    assert client.get(f"/notices/{published.case_id}/").status_code == 404
    assert client.get("/notices/0/").status_code == 404
    assert Revision.objects.count() == 1
