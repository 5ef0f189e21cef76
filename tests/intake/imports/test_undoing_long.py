"""A long import is undone by the task queue, as any long change of its case."""

import pytest
from django.utils import timezone
from django.utils.translation import override

from apps.awards.models import Award
from apps.cases.domain import long_changes
from apps.cases.domain.records import save_record
from apps.cases.errors import WrongState
from apps.cases.kinds import record_kinds
from apps.cases.models import ChangeState, LongChange, Notification
from apps.cases.tasks import give_up_lost_changes, make_long_change
from apps.intake.imports import undoing
from apps.intake.imports.comparing import compare
from apps.intake.models import Import, ImportState
from tests import factories
from tests.cases.desk.pages import said, signed_in
from tests.intake.imports.support import ROWS, accepted, draft, sheet, taken

pytestmark = pytest.mark.django_db
AWARD = record_kinds["awards"]


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch, settings):
    monkeypatch.setattr(long_changes, "AT_ONCE", 2)
    settings.REQUIRE_SECOND_FACTOR = False


def stored():
    """Return an import of three rows that is stored, and the browser of who did it."""
    intake = taken(draft())
    accepted(intake)
    intake.refresh_from_db()
    return intake, signed_in(factories.filler_of(intake.revision))


def at(intake, tail=""):
    return f"/desk/cases/{intake.revision.case_id}/intake/{intake.pk}/{tail}"


def ask(client, intake):
    looked = client.get(at(intake, "undo/"))
    hidden = {field["name"]: field["value"] for field in looked.context["hidden"]}
    return hidden, client.post(at(intake, "undo/"), hidden)


@pytest.mark.django_db(transaction=True)
def test_a_long_import_is_undone_by_the_queue_and_its_person_is_told(run_tasks):
    intake, client = stored()
    hidden, asked = ask(client, intake)
    change = LongChange.objects.get()
    assert asked["Location"] == f"/desk/cases/{intake.revision.case_id}/under-way/{change.pk}/"
    assert client.post(at(intake, "undo/"), hidden)["Location"] == asked["Location"]
    assert Award.objects.count() == 3

    run_tasks()

    assert not Award.objects.exists()
    assert Import.objects.get().state == ImportState.UNDONE
    assert "Undone: 3 rows." in said(client.get(asked["Location"]))
    with override("en"):
        sentences = [each.sentence for each in Notification.objects.filter(recipient=change.by)]
    assert "Undo: 名单.xlsx: this is done." in sentences
    # It may be stored again.
    assert accepted(intake).counts["new"] == 3


def test_rows_saved_between_the_preview_and_the_undoing_keep_it_from_being_done():
    intake, client = stored()
    ask(client, intake)
    row = Award.objects.get(title=ROWS[0][2])
    person = factories.filler_of(intake.revision)
    save_record(
        person, intake.revision_id, AWARD, {"grade": "特等奖"}, uid=row.uid, version=row.version
    )
    assert make_long_change(change_id=LongChange.objects.get().pk) == ChangeState.FAILED
    assert Award.objects.count() == 3
    assert Import.objects.get().state == ImportState.ACCEPTED


def test_a_case_that_was_reported_meanwhile_keeps_its_rows():
    intake, client = stored()
    ask(client, intake)
    factories.take("submit", intake.revision)
    change = LongChange.objects.get()
    assert make_long_change(change_id=change.pk) == ChangeState.FAILED
    change.refresh_from_db()
    assert change.failure
    assert Award.objects.count() == 3


def test_a_worker_that_died_leaves_the_import_stored():
    intake, client = stored()
    _hidden, asked = ask(client, intake)
    long_ago = timezone.now() - timezone.timedelta(hours=1)
    LongChange.objects.update(state=ChangeState.RUNNING, beat_at=long_ago)
    assert give_up_lost_changes() == 1
    assert "The server stopped" in said(client.get(asked["Location"]))
    _hidden, again = ask(client, intake)
    assert again["Location"] != asked["Location"]


def test_nothing_else_is_stored_or_undone_beside_it(monkeypatch):
    intake, client = stored()
    other = taken(intake.revision, sheet([("9", *ROWS[0][1:2], "另一项目", *ROWS[0][3:])]))
    ask(client, intake)
    refused = client.post(at(other, "accept/"), {"digest": compare(other).digest})
    assert refused.status_code == 409
    assert "Wait until that is done" in said(refused)
    assert Award.objects.count() == 3
    monkeypatch.setattr(long_changes, "AT_ONCE", 9)
    client.post(at(intake, "undo/"), {"digest": undoing.preview(intake).digest})
    assert Award.objects.count() == 3


def test_an_import_that_is_being_stored_keeps_long_changes_off():
    intake, client = stored()
    other = taken(intake.revision, sheet([("9", *ROWS[0][1:2], "另一项目", *ROWS[0][3:])]))
    Import.objects.filter(pk=other.pk).update(state=ImportState.ACCEPTING)
    answer = ask(client, intake)[1]
    assert answer["Location"] == at(intake)
    assert "are being stored" in said(client.get(answer["Location"]))
    assert not LongChange.objects.exists()


def test_what_is_undone_already_cannot_be_asked_for_again():
    intake, _client = stored()
    person = factories.filler_of(intake.revision)
    undoing.undo(person, intake.pk)
    with pytest.raises(WrongState):
        undoing.undo_or_queue(person, intake, "")
