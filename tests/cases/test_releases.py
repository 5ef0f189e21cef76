"""Releases: one per act of publishing, chained, and the same bytes for ever."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from apps.accounts.models import Role
from apps.cases.canonical import canonical_json, revision_hash, sha256
from apps.cases.domain.transitions import perform_many
from apps.cases.models import Release, ReleaseItem, State
from tests import factories

pytestmark = pytest.mark.django_db


def _publish(*revisions, **options):
    """Publish approved revisions together and return their release."""
    events = perform_many(
        "publish",
        {revision.pk: revision.version for revision in revisions},
        factories.staff(Role.CITY_PUBLISHER),
        **options,
    )
    assert [event.revision for event in events] == sorted(revisions, key=lambda r: r.pk)
    return Release.objects.get(items__revision=revisions[0])


def test_cases_published_together_are_one_release():
    revisions = [
        factories.approved_case("awards", rows=2),
        factories.approved_case("policies", rows=1),
        factories.approved_case("district-returns", rows=3),
    ]

    release = _publish(*revisions, reason="年度发布")

    assert Release.objects.count() == 1
    assert (release.published_by, release.reason) == (
        factories.staff(Role.CITY_PUBLISHER),
        "年度发布",
    )
    assert list(release.items.values_list("revision", "content_hash", "rows")) == [
        (revision.pk, *revision_hash(revision)) for revision in revisions
    ]
    # The section of the narrative is a row too.
    assert [item.rows for item in release.items.all()] == [2, 1, 4]
    assert {factories.fresh(r).state for r in revisions} == {State.PUBLISHED}


def test_manifest_holds_what_is_documented():
    revision = factories.approved_case("policies", rows=1, subject="2023年政策")

    release = _publish(revision, details={"note": "年度发布"})

    assert json.loads(release.manifest) == {
        "format": "yongke-release-1",
        "number": release.number,
        "published_at": release.published_at.isoformat(),
        "reason": "年度发布",
        "previous": None,
        "cases": [
            {
                "case": revision.case_id,
                "kind": "policies",
                "bureau": "ningbo",
                "year": 2023,
                "subject": "2023年政策",
                "revision": 1,
                "rows": 1,
                "sha256": revision_hash(revision)[0],
            }
        ],
    }
    assert release.manifest == canonical_json(json.loads(release.manifest))
    assert release.reason == "年度发布"


def test_manifest_hash_is_that_of_its_bytes():
    releases = [factories.release_of(factories.published_case()) for _ in range(3)]

    assert [release.manifest_hash for release in releases] == [
        sha256(release.manifest) for release in releases
    ]


def test_releases_are_chained_by_the_hash_of_the_one_before():
    releases = [factories.release_of(factories.published_case()) for _ in range(3)]

    assert [json.loads(release.manifest)["previous"] for release in releases] == [
        None,
        releases[0].manifest_hash,
        releases[1].manifest_hash,
    ]
    year = timezone.localdate().year
    assert [release.number for release in releases] == [f"{year}-00{n}" for n in (1, 2, 3)]


def test_serial_starts_anew_each_year_and_the_chain_goes_on():
    first = factories.release_of(factories.published_case())
    earlier = Release.objects.create(
        number="2020-007",
        published_at=timezone.now() - dt.timedelta(days=2000),
        published_by=first.published_by,
        manifest="{}",
        manifest_hash="f" * 64,
    )

    second = factories.release_of(factories.published_case())

    assert second.number == f"{timezone.localdate().year}-002"
    assert json.loads(second.manifest)["previous"] == earlier.manifest_hash


def test_manifest_keeps_its_bytes_when_a_case_is_corrected():
    revision = factories.published_case()
    before = factories.release_of(revision).manifest

    factories.advance(factories.change_first_row(factories.successor_of(revision)), State.PUBLISHED)

    assert factories.release_of(revision).manifest == before
    assert revision_hash(factories.fresh(revision))[0] in before
    assert Release.objects.count() == 2


def test_repeated_publication_is_no_second_release():
    revision = factories.approved_case()
    versions = {revision.pk: revision.version}
    publisher = factories.staff(Role.CITY_PUBLISHER)

    first = perform_many("publish", versions, publisher)
    second = perform_many("publish", versions, publisher)

    assert first == second
    assert Release.objects.count() == 1


def test_late_case_of_a_repeated_publication_is_a_release_of_its_own():
    early, late = factories.approved_case(), factories.approved_case()
    publisher = factories.staff(Role.CITY_PUBLISHER)
    perform_many("publish", {early.pk: early.version}, publisher)

    perform_many("publish", {early.pk: early.version, late.pk: late.version}, publisher)

    assert [
        [item.revision_id for item in release.items.all()]
        for release in Release.objects.order_by("id")
    ] == [[early.pk], [late.pk]]


def test_release_and_its_items_say_what_they_are():
    revision = factories.published_case()
    item = ReleaseItem.objects.get()

    assert str(factories.release_of(revision)) == item.release.number
    assert str(item) == str(revision)
