"""What every test may ask for: a mail server, and a worker for the task queue.

The database is tests/settings.py's work.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection
from procrastinate.contrib.django import app
from pytest_django import DjangoDbBlocker, Settings

from config.evidence import evidence_storage


class SmtpServer:
    """A real SMTP server on a free port of this machine that keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        # Set to an SMTP reply such as "451 Try again later" to have every message refused.
        self.refuse_with: str | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it by this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the message with its real recipients in ``X-RcptTo``; answer as SMTP does."""
        if self.refuse_with:
            return self.refuse_with
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        message["X-RcptTo"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)
        return "250 OK"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """End what still holds a connection when the tests are over, so that the database can go.

    A thread that a test left to itself (of the live server, of the task worker) ends a moment
    after it, and PostgreSQL drops no database that somebody is connected to.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def anchors_of_its_own(settings: Settings, tmp_path: Path) -> None:
    """Keep each test's anchors to itself: the worker of ``run_tasks`` writes one by the clock."""
    settings.AUDIT_ANCHORS = tmp_path / "anchors"


@pytest.fixture
def smtp_server(settings: Settings) -> Iterator[SmtpServer]:
    """Run an SMTP server and have the application send its mail there."""
    received = SmtpServer()
    controller = Controller(received, hostname="127.0.0.1", port=received.port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = received.port
    yield received
    controller.stop()


@pytest.fixture
def run_tasks(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function that works off the task queue as the real worker does, and returns.

    Tasks run in threads with connections of their own, so the test's data must be committed:
    hence ``transactional_db``. A task that failed is not raised here; look at
    ``procrastinate.contrib.django.models.ProcrastinateJob``.
    """

    # What is due by the clock is no part of a test: it would come in some minutes of the hour only.
    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})

    async def work() -> None:
        connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
        with app.replace_connector(connector):
            async with app.open_async():
                await app.run_worker_async(
                    wait=False, listen_notify=False, install_signal_handlers=False
                )

    def run() -> None:
        failure: list[BaseException] = []

        def target() -> None:
            try:
                asyncio.run(work())
            except BaseException as error:
                failure.append(error)

        # A thread, because a browser test has an event loop running in its own.
        worker = threading.Thread(target=target)
        worker.start()
        worker.join()
        if failure:
            raise failure[0]

    return run


@pytest.fixture
def evidence_disk(settings: Settings, tmp_path: Path) -> Path:
    """Let evidence lie in a directory of this test's own, and return it."""
    entry = evidence_storage(
        tmp_path, bucket="", endpoint="", region="", access_key="", secret_key=""
    )
    settings.STORAGES = {**settings.STORAGES, "evidence": entry}
    return tmp_path / "evidence"
