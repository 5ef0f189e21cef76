"""Messages: stored with the step, mailed by the task worker after it is committed."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.accounts.models import Role
from apps.cases.domain.transitions import perform
from apps.cases.models import Notification, State
from apps.cases.tasks import mail_notifications
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def empty_queue(transactional_db):
    """Start from an empty queue: its tables are procrastinate's, and outlive a test."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def _reported(kind_code="awards", **options):
    """Report a case that one reviewer is told of, and return the event."""
    factories.person(Role.CITY_REVIEWER, username="reviewer", email="reviewer@example.org")
    revision = factories.open_new(kind_code, **options)
    revision = factories.advance(revision, State.SUBMITTED)
    return revision.events.get(transition="submit")


def _mailed():
    return {
        n.recipient.username: n.mailed_at is not None
        for n in Notification.objects.select_related("recipient")
    }


def test_message_is_stored_once_per_recipient():
    factories.person(Role.CITY_REVIEWER, username="second")
    factories.person(Role.CITY_REVIEWER, username="left", is_active=False)

    event = _reported()

    assert {n.recipient.username for n in event.notifications.all()} == {"reviewer", "second"}
    assert {(n.read_at, n.mailed_at) for n in event.notifications.all()} == {(None, None)}
    assert str(event.notifications.first()) == str(event)


def test_person_with_two_roles_is_told_once():
    both = factories.person(
        Role.CITY_REVIEWER, roles=[Role.CITY_REVIEWER, Role.CITY_PUBLISHER], username="both"
    )
    revision = factories.reviewing_case()
    reviewer = factories.person(Role.CITY_REVIEWER)

    event = perform("approve", revision.pk, reviewer)

    assert event.notifications.filter(recipient=both).count() == 1


def test_person_who_took_the_step_is_not_told():
    both = factories.person(Role.CITY_EDITOR, roles=[Role.CITY_EDITOR, Role.CITY_REVIEWER])
    revision = factories.open_award_list(filler=both)

    event = perform("submit", revision.pk, both)

    assert event.notifications.count() == 0
    assert not ProcrastinateJob.objects.filter(task_name="mail_notifications").exists()


def test_mail_leaves_through_the_worker(smtp_server, run_tasks):
    event = _reported(subject="2022年度奖励")
    assert smtp_server.messages == []

    run_tasks()

    (message,) = smtp_server.messages
    editor = event.actor
    assert message["X-RcptTo"] == message["To"] == "reviewer@example.org"
    assert "2022年度奖励" in message["Subject"]
    text = message.get_content()
    assert editor.full_name in text
    assert f"/desk/cases/{event.revision.case_id}/" in text
    assert _mailed() == {"reviewer": True}
    assert (
        ProcrastinateJob.objects.filter(task_name="mail_notifications").get().status == "succeeded"
    )


def test_mail_tells_the_reason_and_no_figure(smtp_server, run_tasks):
    factories.person(Role.CITY_REVIEWER)
    revision = factories.submitted_case("district-returns", [factories.figure_values(value=98765)])
    run_tasks()
    smtp_server.messages.clear()

    factories.take("recall", revision, reason="第三行有误。")
    run_tasks()

    texts = [message.get_content() for message in smtp_server.messages]
    assert len(texts) == 2
    assert all("第三行有误。" in text and "98765" not in text for text in texts)


def test_mail_goes_to_each_recipient_apart(smtp_server, run_tasks):
    factories.person(Role.CITY_REVIEWER, username="second", email="second@example.org")

    _reported()
    run_tasks()

    assert sorted(m["X-RcptTo"] for m in smtp_server.messages) == [
        "reviewer@example.org",
        "second@example.org",
    ]


def test_person_without_an_address_keeps_the_message_in_the_application(smtp_server, run_tasks):
    factories.person(Role.CITY_REVIEWER, username="silent", email="")

    _reported()
    run_tasks()

    assert [m["X-RcptTo"] for m in smtp_server.messages] == ["reviewer@example.org"]
    assert _mailed() == {"reviewer": True, "silent": False}


def test_step_that_is_rolled_back_tells_nobody(smtp_server, run_tasks):
    factories.person(Role.CITY_REVIEWER)
    revision = factories.open_award_list()

    with transaction.atomic():
        perform("submit", revision.pk, factories.staff(Role.CITY_EDITOR))
        transaction.set_rollback(True)
    run_tasks()

    assert smtp_server.messages == []
    assert not Notification.objects.exists()
    assert not ProcrastinateJob.objects.filter(task_name="mail_notifications").exists()


def _make_due():
    """Let the jobs that wait for another attempt be due now; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
        return cursor.rowcount


def test_refused_mail_is_tried_again_and_arrives_once(smtp_server, run_tasks):
    _reported()
    smtp_server.refuse_with = "451 Try again later"
    run_tasks()
    assert (smtp_server.messages, _mailed()) == ([], {"reviewer": False})

    smtp_server.refuse_with = None
    assert _make_due() == 1
    run_tasks()
    run_tasks()

    assert [m["X-RcptTo"] for m in smtp_server.messages] == ["reviewer@example.org"]
    assert _mailed() == {"reviewer": True}


def test_retry_mails_only_those_that_were_not_mailed(smtp_server, run_tasks):
    factories.person(Role.CITY_REVIEWER, username="second", email="second@example.org")
    event = _reported()
    Notification.objects.filter(recipient__username="second").update(mailed_at=timezone.now())

    run_tasks()
    sent_again = mail_notifications(event.pk)

    assert [m["X-RcptTo"] for m in smtp_server.messages] == ["reviewer@example.org"]
    assert sent_again == 0


def test_mail_that_another_worker_is_sending_is_left_to_it(smtp_server):
    event = _reported()

    with transaction.atomic():
        Notification.objects.select_for_update().get()
        outcomes = []

        def send():
            try:
                outcomes.append(mail_notifications(event.pk))
            finally:
                connection.close()

        thread = threading.Thread(target=send)
        thread.start()
        thread.join(30)

    assert outcomes == [0]
    assert smtp_server.messages == []
