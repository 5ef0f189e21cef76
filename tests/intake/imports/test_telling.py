"""The person is told how an import came out, also where the queue stored it without him."""

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.translation import override

from apps.cases.models import Notification
from apps.intake.imports import accepting
from apps.intake.imports.comparing import compare
from apps.intake.models import Import, ImportState
from apps.intake.tasks import SILENT_WHILE_STORING, pick_up_imports, store_import
from tests import factories
from tests.intake.imports.support import draft, taken

pytestmark = pytest.mark.django_db


def told(intake: Import) -> list[str]:
    """What the person who took the file in was told, the last first."""
    with override("en"):
        return [
            each.text % each.params
            for each in Notification.objects.filter(recipient=intake.started_by).order_by("-pk")
        ]


@pytest.fixture
def queued(monkeypatch):
    """An import whose rows are so many that the queue is to store them."""
    monkeypatch.setattr(accepting, "AT_ONCE", 1)
    intake = taken(draft())
    person = factories.filler_of(intake.revision)
    digest = compare(intake).digest
    assert accepting.accept_or_queue(person, intake, digest) is None
    return intake, person, digest


def test_person_is_told_that_the_queue_stored_his_rows_with_the_way_to_them(queued):
    intake, person, digest = queued
    before = len(told(intake))

    assert store_import(import_id=intake.pk, user_id=person.pk, digest=digest) == "accepted"

    assert len(told(intake)) == before + 1
    assert told(intake)[0] == "The rows of 名单.xlsx were stored in the case."
    last = Notification.objects.latest("pk")
    assert last.url == f"/desk/cases/{intake.revision.case_id}/intake/{intake.pk}/"
    assert store_import(import_id=intake.pk, user_id=person.pk, digest=digest) == ""
    assert len(told(intake)) == before + 1


def test_person_is_told_that_the_queue_could_not_store_his_rows(queued):
    intake, person, _digest = queued

    assert store_import(import_id=intake.pk, user_id=person.pk, digest="another") == "read"

    assert told(intake)[0] == "The rows of 名单.xlsx were not stored; look at the import again."


def test_person_is_told_of_a_storing_that_lost_its_worker(queued):
    intake, _person, _digest = queued
    long_ago = timezone.now() - dt.timedelta(seconds=SILENT_WHILE_STORING + 1)
    Import.objects.filter(pk=intake.pk).update(beat_at=long_ago)

    assert pick_up_imports() == 1

    intake.refresh_from_db()
    assert (intake.state, intake.refusals[0]["code"]) == (ImportState.READ, "storing-failed")
    assert told(intake)[0] == "The rows of 名单.xlsx were not stored; look at the import again."
    assert pick_up_imports() == 0
