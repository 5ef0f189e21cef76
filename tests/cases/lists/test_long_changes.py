"""Changes of very many rows in the task queue: made whole, told, refused twice, lost, cancelled."""

import datetime as dt
import uuid

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.accounts.models import Role
from apps.cases.domain import long_changes, many
from apps.cases.domain.records import save_record
from apps.cases.errors import Locked, NotAllowed, WrongState
from apps.cases.kinds import record_kinds
from apps.cases.models import ChangeState, LongChange, Notification, Operation, Revision
from apps.cases.tasks import give_up_lost_changes, make_long_change
from tests import factories
from tests.cases.desk.pages import form_values, post_step, said, signed_in
from tests.workers import kill, started_beside, wait_until, waits_for_a_lock

from .test_list_pages import many as go_through
from .test_list_pages import rows_of, take_back, url

pytestmark = pytest.mark.django_db

ROSTER = record_kinds["roster-entries"]


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch, settings):
    """Let the task queue have what is more than two rows."""
    monkeypatch.setattr(long_changes, "AT_ONCE", 2)
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def roster():
    revision = factories.open_list("roster-entries", 4)
    return signed_in(factories.filler_of(revision)), revision


def ask_to_set(client, revision, value="甲"):
    """Ask for a title in every row; return the change that waits."""
    _preview, answer = go_through(
        client, revision, do="set", field="title", all="1", query="", value=value
    )
    change = LongChange.objects.latest("pk")
    assert answer["Location"] == f"/desk/cases/{revision.case_id}/under-way/{change.pk}/"
    return change, answer["Location"]


def titles(revision):
    return [row.title for row in rows_of(revision)]


def told(person):
    with override("en"):
        return [(each.sentence, each.url) for each in Notification.objects.filter(recipient=person)]


def reload(change):
    return LongChange.objects.get(pk=change.pk)


# The whole way, with the real queue


@pytest.mark.django_db(transaction=True)
def test_many_rows_are_set_by_the_queue_and_taken_back_by_it(run_tasks):
    revision = factories.open_list("roster-entries", 4)
    client = signed_in(factories.filler_of(revision))
    change, address = ask_to_set(client, revision)
    waiting = client.get(address)
    assert "Waiting for its turn" in said(waiting)
    assert "You may leave this page" in said(waiting)
    assert 'hx-trigger="every 2s"' in waiting.content.decode()
    assert "being changed" in said(client.get(url(revision)))
    assert titles(revision) == [""] * 4

    run_tasks()

    assert titles(revision) == ["甲"] * 4
    assert told(change.by) == [
        ("Set Title to “甲” in 4 rows: this is done.".replace("Title", label("title")), address)
    ]
    ended = client.get(address)
    assert "All of it is done" in said(ended)
    assert "HX-Refresh" in client.get(address, headers={"HX-Request": "true"})
    assert "being changed" not in said(client.get(url(revision)))

    asked = take_back(client, ended.context["undo_url"])
    run_tasks()

    assert titles(revision) == [""] * 4
    assert "Undone: 4 rows." in said(client.get(asked["Location"]))
    assert Operation.objects.get().undone_by == change.by
    assert not ProcrastinateJob.objects.exclude(status="succeeded").exists()


def label(name):
    from apps.cases.desk.lists.cells import Cells

    with override("en"):
        return Cells(ROSTER).labels[name]


@pytest.mark.django_db(transaction=True)
def test_rows_are_removed_and_a_block_is_stored_by_the_queue(run_tasks):
    revision = factories.open_list("roster-entries", 4)
    client = signed_in(factories.filler_of(revision))
    go_through(client, revision, do="remove", all="1", query="")
    run_tasks()
    assert rows_of(revision).count() == 0

    text = "\n".join(f"名单\t2024\t{n}\t\t新{n}公司" for n in range(1, 4))
    data = {"text": text, "column": "roster"}
    looked = client.post(url(revision, "paste/"), data)
    data |= {"digest": looked.context["pasted"].digest, "token": looked.context["token"]}
    asked = client.post(url(revision, "paste/"), data)
    run_tasks()
    assert "All of it is done" in said(client.get(asked["Location"]))
    assert [row.organisation for row in rows_of(revision)] == ["新1公司", "新2公司", "新3公司"]
    # The form sent again is the change that was made; not a second block.
    again = client.post(url(revision, "paste/"), data)
    assert again["Location"] == asked["Location"]
    run_tasks()
    assert rows_of(revision).count() == 3


# Each guard


def test_a_second_press_is_the_same_change_and_another_one_is_refused(roster):
    client, revision = roster
    preview, first = go_through(
        client, revision, do="set", field="title", all="1", query="", value="甲"
    )
    hidden = {item["name"]: item["value"] for item in preview.context["hidden"]}
    other = client.post(
        url(revision, "many/"),
        {**hidden, "value": "甲", "digest": "x", "token": uuid.uuid4()},
    )
    assert other.status_code == 409
    assert "Wait until that is done" in said(other)
    change = LongChange.objects.get()
    pressed = {**hidden, "value": "甲", "digest": "x", "token": change.token}
    assert client.post(url(revision, "many/"), pressed)["Location"] == first["Location"]
    assert LongChange.objects.count() == 1
    # Tests that commit leave jobs behind: those of this change alone are counted.
    jobs = ProcrastinateJob.objects.filter(task_name="make_long_change")
    assert [job.args for job in jobs if job.args["change_id"] == change.pk] == [
        {"change_id": change.pk}
    ]


def test_the_same_job_twice_changes_nothing_twice(roster):
    client, revision = roster
    change, _address = ask_to_set(client, revision)
    assert make_long_change(change_id=change.pk) == ChangeState.DONE
    assert make_long_change(change_id=change.pk) == ""
    assert Operation.objects.count() == len(told(change.by)) == 1
    assert reload(change).order == {}
    assert (reload(change).done, reload(change).total) == (4, 4)


def test_few_rows_are_changed_at_once_but_not_beside_a_long_change(roster):
    client, revision = roster
    few = {"do": "set", "field": "title", "all": "1", "query": "q=精密3", "value": "乙"}
    go_through(client, revision, **few)
    assert titles(revision) == ["", "", "乙", ""]
    ask_to_set(client, revision)
    _preview, refused = go_through(client, revision, **{**few, "value": "丙"})
    assert refused.status_code == 409
    assert titles(revision) == ["", "", "乙", ""]
    undo = url(revision, f"operations/{Operation.objects.get().pk}/")
    assert take_back(client, undo).status_code == 409


def test_rows_that_moved_since_the_preview_are_not_changed(roster):
    client, revision = roster
    change, address = ask_to_set(client, revision)
    first = rows_of(revision).first()
    save_record(change.by, revision.pk, ROSTER, {"rank": 9}, uid=first.uid, version=1)

    assert make_long_change(change_id=change.pk) == ChangeState.FAILED

    assert titles(revision) == [""] * 4
    page = said(client.get(address))
    assert "nothing was changed" in page
    assert "rows have changed since you looked" in page
    assert "was not done" in told(change.by)[0][0]
    # The case is free again.
    change, _address = ask_to_set(client, revision)
    assert make_long_change(change_id=change.pk) == ChangeState.DONE


def test_a_block_upon_rows_that_moved_is_not_stored(roster):
    client, revision = roster
    first = rows_of(revision).first()
    data = {"text": "甲\n乙\n丙", "row": first.uid, "column": "title"}
    looked = client.post(url(revision, "paste/"), data)
    client.post(url(revision, "paste/"), {**data, "digest": looked.context["pasted"].digest})
    change = LongChange.objects.get()
    save_record(change.by, revision.pk, ROSTER, {"rank": 9}, uid=first.uid, version=1)
    assert make_long_change(change_id=change.pk) == ChangeState.FAILED
    assert titles(revision) == [""] * 4


def test_an_undoing_that_moved_is_not_done(roster):
    client, revision = roster
    change, _address = ask_to_set(client, revision)
    make_long_change(change_id=change.pk)
    take_back(client, url(revision, f"operations/{Operation.objects.get().pk}/"))
    undoing = LongChange.objects.latest("pk")
    first = rows_of(revision).first()
    save_record(change.by, revision.pk, ROSTER, {"title": "乙"}, uid=first.uid, version=2)
    assert make_long_change(change_id=undoing.pk) == ChangeState.FAILED
    assert titles(revision) == ["乙", "甲", "甲", "甲"]


def test_rows_left_by_an_undoing_are_named(roster):
    client, revision = roster
    change, _address = ask_to_set(client, revision)
    make_long_change(change_id=change.pk)
    first = rows_of(revision).first()
    save_record(change.by, revision.pk, ROSTER, {"title": "乙"}, uid=first.uid, version=2)
    asked = take_back(client, url(revision, f"operations/{Operation.objects.get().pk}/"))
    make_long_change(change_id=LongChange.objects.latest("pk").pk)
    page = said(client.get(asked["Location"]))
    assert "Undone: 3 rows." in page
    assert "1 row stays as it is" in page


def test_a_case_reported_while_it_waited_is_not_changed(roster):
    client, revision = roster
    change, address = ask_to_set(client, revision)
    factories.take("submit", revision)
    assert make_long_change(change_id=change.pk) == ChangeState.FAILED
    assert titles(revision) == [""] * 4
    assert "cannot be written" in said(client.get(address))


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ({"is_active": False}, "account is closed"),
        ({"roles": [Role.CITY_REVIEWER]}, "may write in this case"),
    ],
    ids=["account-closed", "role-taken"],
)
def test_duty_is_asked_again_when_it_is_made(roster, why, words):
    client, revision = roster
    change, _address = ask_to_set(client, revision)
    type(change.by).objects.filter(pk=change.by.pk).update(**why)
    assert make_long_change(change_id=change.pk) == ChangeState.FAILED
    assert words in reload(change).failure
    assert titles(revision) == [""] * 4


def test_who_does_not_fill_the_case_asks_for_nothing_and_sees_nothing(roster):
    client, revision = roster
    change, address = ask_to_set(client, revision)
    order = {"words": "x", "total": 3}
    for person, error in (
        (factories.staff(Role.CITY_REVIEWER), (NotAllowed, Revision.DoesNotExist)),
        (factories.person(Role.DISTRICT_FILLER), (NotAllowed, Revision.DoesNotExist)),
    ):
        assert signed_in(person).get(address).status_code == 404
        assert signed_in(person).post(address).status_code == 404
        with pytest.raises(error):
            long_changes.ask(person, revision.pk, "list", {}, **order)
        with pytest.raises(error):
            long_changes.cancel(person, change.pk)
    other = factories.open_list("roster-entries", 1)
    elsewhere = f"/desk/cases/{other.case_id}/under-way/{change.pk}/"
    assert client.get(elsewhere).status_code == 404
    factories.take("submit", revision)
    with pytest.raises(Locked):
        long_changes.ask(change.by, revision.pk, "list", {}, **order)


def test_what_goes_wrong_is_said_and_nothing_is_changed(roster, monkeypatch):
    client, revision = roster
    change, address = ask_to_set(client, revision)

    def broken(*_arguments):
        rows_of(revision).update(title="half")
        raise ZeroDivisionError

    monkeypatch.setitem(long_changes.doers, "list", broken)
    assert make_long_change(change_id=change.pk) == ChangeState.FAILED
    assert titles(revision) == [""] * 4
    assert "Something went wrong here" in said(client.get(address))


def test_rows_that_are_gone_are_said_to_be_gone(roster, monkeypatch):
    client, revision = roster
    change, _address = ask_to_set(client, revision)

    def gone(*_arguments):
        raise ROSTER.model.DoesNotExist

    monkeypatch.setitem(long_changes.doers, "list", gone)
    assert make_long_change(change_id=change.pk) == ChangeState.FAILED
    assert "not there for you" in reload(change).failure


def test_one_that_waits_is_cancelled(roster):
    client, revision = roster
    change, address = ask_to_set(client, revision)
    answer = client.post(address, follow=True)
    assert "Nothing was changed" in said(answer)
    assert reload(change).state == ChangeState.CANCELLED
    assert make_long_change(change_id=change.pk) == ""
    assert titles(revision) == [""] * 4
    refused = client.post(address)
    assert refused.status_code == 409
    with pytest.raises(WrongState):
        long_changes.cancel(change.by, change.pk)


def test_a_lost_one_fails_with_a_sentence_and_lets_the_case_go(roster):
    client, revision = roster
    change, address = ask_to_set(client, revision)
    silent = timezone.now() - dt.timedelta(seconds=long_changes.SILENT_SECONDS + 1)
    LongChange.objects.update(state=ChangeState.RUNNING, beat_at=timezone.now())
    assert give_up_lost_changes() == 0
    assert "Under way" in said(client.get(address))
    LongChange.objects.update(beat_at=silent)
    assert "The server stopped" in said(client.get(address))

    assert give_up_lost_changes() == 1

    assert reload(change).state == ChangeState.FAILED
    assert "The server stopped" in reload(change).failure
    assert len(told(change.by)) == 1
    assert give_up_lost_changes() == 0


def test_a_lost_one_is_given_up_when_somebody_asks_for_another(roster):
    client, revision = roster
    change, _address = ask_to_set(client, revision)
    silent = timezone.now() - dt.timedelta(seconds=long_changes.SILENT_SECONDS + 1)
    LongChange.objects.update(state=ChangeState.RUNNING, beat_at=silent)
    other, _address = ask_to_set(client, revision, "乙")
    assert (reload(change).state, other.state) == (ChangeState.FAILED, ChangeState.WAITING)


def test_a_worker_that_comes_back_after_it_was_given_up_changes_nothing(roster, monkeypatch):
    client, revision = roster
    change, _address = ask_to_set(client, revision)
    silent = timezone.now() - dt.timedelta(seconds=long_changes.SILENT_SECONDS + 1)
    real = long_changes.doers["list"]

    def slow(*arguments):
        result = real(*arguments)
        LongChange.objects.update(state=ChangeState.FAILED, failure="given up", beat_at=silent)
        return result

    monkeypatch.setitem(long_changes.doers, "list", slow)
    make_long_change(change_id=change.pk)
    assert titles(revision) == [""] * 4
    assert not Operation.objects.exists()


def test_a_cell_waits_until_the_change_is_made(roster):
    client, revision = roster
    row = rows_of(revision).first()
    cell = {"uid": row.uid, "version": 1, "field": "title", "value": "甲"}
    ask_to_set(client, revision)
    LongChange.objects.update(state=ChangeState.RUNNING, beat_at=timezone.now())
    answer = client.post(url(revision, "cell/"), cell)
    assert answer.status_code == 503
    assert "as soon as that is done" in answer.json()["message"]
    LongChange.objects.update(state=ChangeState.DONE)
    assert client.post(url(revision, "cell/"), cell).status_code == 200


def test_a_row_is_neither_saved_nor_removed_while_the_change_is_made(roster):
    client, revision = roster
    row = rows_of(revision).first()
    page = f"/desk/cases/{revision.case_id}/rows/roster-entries/{row.uid}/"
    values = {**form_values(client.get(page)), "title": "乙"}
    ask_to_set(client, revision)
    LongChange.objects.update(state=ChangeState.RUNNING, beat_at=timezone.now())
    for answer in (client.post(page, values), client.post(f"{page}remove/")):
        assert answer.status_code in {409, 422}
        assert "Wait until that is done" in said(answer)
    assert 'value="乙"' in client.post(page, values).content.decode()
    assert titles(revision) == [""] * 4
    LongChange.objects.update(state=ChangeState.DONE)
    assert client.post(page, values).status_code == 302
    assert titles(revision) == ["乙", "", "", ""]


def test_the_case_is_not_handed_on_before_the_change_is_made(roster):
    client, revision = roster
    change, _address = ask_to_set(client, revision)
    refused = post_step(client, revision, "submit")
    assert refused.status_code == 409
    assert "Wait until that is done" in said(refused)
    assert Revision.objects.get(pk=revision.pk).state == "draft"
    make_long_change(change_id=change.pk)
    assert post_step(client, revision, "submit").status_code == 302


def test_pages_ask_as_little_beside_a_long_change(roster):
    client, revision = roster
    client.get(url(revision))
    ask_to_set(client, revision)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url(revision) + "?q=1&year=2023").status_code == 200
    assert len(captured) <= 10


# How far it is, and a worker that dies


@pytest.mark.django_db(transaction=True)
def test_how_far_it_is_is_seen_before_its_end(monkeypatch):
    revision = factories.open_list("roster-entries", 4)
    client = signed_in(factories.filler_of(revision))
    change, address = ask_to_set(client, revision)
    monkeypatch.setattr(long_changes, "BEAT_SECONDS", 0.01)
    seen = []
    real = long_changes.doers["list"]

    def watched(actor, change, tick):
        def heard(rows):
            tick(rows)
            # A connection of its own sees what a reader of the page sees.
            wait_until(lambda: elsewhere(change)[1] >= 3)
            seen.append(elsewhere(change))

        result = real(actor, change, lambda rows: heard(rows - 1))
        return result

    monkeypatch.setitem(long_changes.doers, "list", watched)
    make_long_change(change_id=change.pk)
    assert seen == [("running", 3)]
    assert reload(change).done == 4
    LongChange.objects.update(state=ChangeState.RUNNING, beat_at=timezone.now(), done=3)
    assert "3 / 4" in said(client.get(address))


def elsewhere(change):
    """Return state and progress as another session sees them."""
    beside = connections.create_connection("default")
    try:
        with beside.cursor() as cursor:
            cursor.execute(
                f"SELECT state, done FROM {LongChange._meta.db_table} WHERE id = %s", [change.pk]
            )
            return cursor.fetchone()
    finally:
        beside.close()


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_nothing_is_changed_and_it_can_be_asked_for_again():
    revision = factories.open_list("roster-entries", 4)
    client = signed_in(factories.filler_of(revision))
    change, _address = ask_to_set(client, revision)

    # The operation waits for this lock: then its rows are written, and not committed.
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {Operation._meta.db_table} IN SHARE MODE")
        worker = started_beside(
            connections["default"].connection, long_changes.carry_out, change.pk
        )
        wait_until(waits_for_a_lock)
        kill(worker)

    wait_until(lambda: not waits_for_a_lock())
    assert reload(change).state == ChangeState.RUNNING
    assert titles(revision) == [""] * 4
    LongChange.objects.update(beat_at=timezone.now() - dt.timedelta(hours=1))
    assert give_up_lost_changes() == 1
    again, _address = ask_to_set(client, revision)
    assert make_long_change(change_id=again.pk) == ChangeState.DONE
    assert titles(revision) == ["甲"] * 4
    assert many.why_not_undone(Operation.objects.get()) is None
