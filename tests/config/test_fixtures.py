"""The fixtures that other tests lean on."""

from collections.abc import Callable

import pytest
from django.core.mail import EmailMessage, send_mail
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.conftest import SmtpServer


@app.task(name="tests.mail_a_word")
def mail_a_word(word: str) -> None:
    """Send one mail."""
    EmailMessage(subject=word, body="·", to=["clerk@example.org"]).send()


def test_smtp_server_receives_what_the_application_sends(smtp_server: SmtpServer) -> None:
    send_mail("公示通知", "第一行", "yongke@example.org", ["li@example.org"])

    (message,) = smtp_server.messages
    assert message["Subject"] == "公示通知"
    assert message["X-RcptTo"] == "li@example.org"
    assert message.get_content().strip() == "第一行"


def test_smtp_server_can_refuse(smtp_server: SmtpServer) -> None:
    smtp_server.refuse_with = "451 Try again later"

    with pytest.raises(Exception, match="Try again later"):
        send_mail("x", "x", "yongke@example.org", ["li@example.org"])


@pytest.mark.smoke
def test_run_tasks_works_off_the_queue(
    smtp_server: SmtpServer, run_tasks: Callable[[], None]
) -> None:
    mail_a_word.defer(word="一")
    mail_a_word.defer(word="二")

    run_tasks()

    assert sorted(m["Subject"] for m in smtp_server.messages) == ["一", "二"]
    assert {job.status for job in ProcrastinateJob.objects.all()} == {"succeeded"}


def test_run_tasks_does_not_see_what_was_rolled_back(
    smtp_server: SmtpServer, run_tasks: Callable[[], None]
) -> None:
    with transaction.atomic():
        mail_a_word.defer(word="never")
        transaction.set_rollback(True)

    run_tasks()

    assert smtp_server.messages == []


@pytest.mark.django_db
def test_database_is_the_runs_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_database(), current_setting('server_version_num')::int")
        name, version = cursor.fetchone()

    assert name.startswith("test_")
    assert version >= 150000
