"""Work done outside a request, in the task queue."""

import logging
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

if TYPE_CHECKING:
    from apps.cases.models import Event, Notification

logger = logging.getLogger(__name__)


@app.task(name="mail_notifications", retry=RetryStrategy(max_attempts=6, exponential_wait=10))
def mail_notifications(event_id: int) -> int:
    """Mail the notifications of an event that were not mailed yet; return how many."""
    return _mail(event_id=event_id)


@app.task(name="mail_sentences", retry=RetryStrategy(max_attempts=6, exponential_wait=10))
def mail_sentences(notification_ids: list[int]) -> int:
    """Mail those of the notifications that were not mailed yet; return how many."""
    return _mail(pk__in=notification_ids)


@app.periodic(cron="5 * * * *")
@app.task(name="send_reminders", retry=RetryStrategy(max_attempts=3, wait=60))
def send_reminders(timestamp: int) -> int:
    """Send the day's reminders from ``REMINDER_HOUR`` on; return how many.

    Asked every hour, so that a server that was down in the morning does it in the afternoon; each
    reminder goes out once.
    """
    from apps.cases.domain.reminding import remind  # the domain imports the tasks

    now = timezone.localtime()
    return len(remind(now.date())) if now.hour >= settings.REMINDER_HOUR else 0


@app.periodic(cron="40 3 * * *")
@app.task(name="forget_contacts", retry=RetryStrategy(max_attempts=3, wait=60))
def forget_contacts(timestamp: int) -> int:
    """Delete the contacts of correction requests whose time has passed; return how many."""
    from apps.cases.domain import requests  # the domain imports the tasks

    return requests.forget_contacts()


@app.periodic(cron="*/5 * * * *")
@app.task(name="find_doubles", queueing_lock="find_doubles")
def find_doubles(timestamp: int = 0) -> int:
    """Compare new names of organisations with all others; return how many pairs were found."""
    from apps.registry.domain import compare_new_names  # models are loaded after the tasks

    return compare_new_names()


@app.periodic(cron="*/5 * * * *")
@app.task(name="find_twins", queueing_lock="find_twins")
def find_twins(timestamp: int = 0) -> int:
    """Compare new rows with those of other lists; return how many twins were proposed."""
    from apps.cases.twins import compare_new_rows  # models are loaded after the tasks

    return compare_new_rows()


@app.task(name="make_long_change")
def make_long_change(change_id: int) -> str:
    """Make a change of very many rows that a person asked for; return the state it is left in."""
    from apps.cases.domain import long_changes  # the domain imports the tasks

    return long_changes.carry_out(change_id)


@app.periodic(cron="* * * * *")
@app.task(name="give_up_lost_changes", queueing_lock="give_up_lost_changes")
def give_up_lost_changes(timestamp: int = 0) -> int:
    """Let changes of many rows fail whose worker is gone; return how many."""
    from apps.cases.domain import long_changes  # the domain imports the tasks

    return long_changes.give_up_lost()


def _mail(**wanted: Any) -> int:
    """Mail what is ``wanted`` of the notifications and was not mailed yet.

    Each is marked in the transaction that sends it, so that a retry mails nobody twice but the
    one whose mail the server refused. A person without an address keeps the message in the
    application only.
    """
    from apps.cases.models import Notification  # models are loaded after the task registry

    sent = 0
    waiting = Notification.objects.filter(**wanted, mailed_at__isnull=True).exclude(
        recipient__email=""
    )
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            notification = (
                Notification.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("recipient", "event__revision__case__bureau")
                .filter(pk=pk, mailed_at__isnull=True)
                .first()
            )
            if notification is None:
                continue
            notification.mailed_at = timezone.now()
            notification.save(update_fields=["mailed_at"])
            _message(notification).send()
            sent += 1
    return sent


def _message(notification: "Notification") -> EmailMessage:
    """Return the mail: what happened, and where to look. No figures in it."""
    with override(settings.LANGUAGE_CODE):
        event = notification.event
        if event is None:
            subject = notification.sentence
            lines = [subject, f"{settings.SITE_URL}{notification.url}"]
        else:
            subject, lines = _words_of(event)
    return EmailMessage(
        # A line break in a header is refused; a subject longer than a line is cut.
        subject=" ".join(subject.split())[:150],
        body="\n\n".join(lines),
        to=[notification.recipient.email],
        connection=get_connection(),
    )


def _words_of(event: "Event") -> tuple[str, list[str]]:
    """Return the subject and the lines of a mail about an event of a case."""
    from apps.cases.workflow import EVENT_LABELS

    subject = f"{EVENT_LABELS[event.transition]}: {event.revision}"
    lines = [
        _("%(case)s is now %(state)s.")
        % {"case": event.revision, "state": event.get_to_state_display()},
        _("By: %(person)s (%(bureau)s)")
        % {"person": event.actor_name, "bureau": event.bureau_name},
    ]
    if event.reason:
        lines.append(_("Reason: %(reason)s") % {"reason": event.reason})
    address = f"{settings.SITE_URL}/desk/cases/{event.revision.case_id}/"
    if event.statement:
        lines.append(_("Receipt: %(url)s") % {"url": f"{address}receipts/{event.pk}/"})
    return subject, [*lines, address]
