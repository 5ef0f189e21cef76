"""Work done outside a request, in the task queue."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

logger = logging.getLogger(__name__)


@app.task(name="mail_notifications", retry=RetryStrategy(max_attempts=6, exponential_wait=10))
def mail_notifications(event_id: int) -> int:
    """Mail the notifications of an event that were not mailed yet; return how many.

    Each is marked in the transaction that sends it, so that a retry mails nobody twice but the
    one whose mail the server refused. A person without an address keeps the message in the
    application only.
    """
    from apps.cases.models import Notification  # models are loaded after the task registry

    sent = 0
    waiting = Notification.objects.filter(event_id=event_id, mailed_at__isnull=True).exclude(
        recipient__email=""
    )
    for pk in list(waiting.values_list("pk", flat=True)):
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


def _message(notification: "Notification") -> EmailMessage:  # type: ignore[name-defined]  # noqa: F821
    """Return the mail: what happened to which case, why, and where to look. No figures in it."""
    from apps.cases.workflow import EVENT_LABELS

    event = notification.event
    assert event is not None  # only what a step told is mailed
    with override(settings.LANGUAGE_CODE):
        subject = f"{EVENT_LABELS[event.transition]}: {event.revision}"
        lines = [
            _("%(case)s is now %(state)s.")
            % {"case": event.revision, "state": event.get_to_state_display()},
            _("By: %(person)s (%(bureau)s)")
            % {"person": event.actor_name, "bureau": event.bureau_name},
        ]
        if event.reason:
            lines.append(_("Reason: %(reason)s") % {"reason": event.reason})
        lines.append(f"{settings.SITE_URL}/desk/cases/{event.revision.case_id}/")
    return EmailMessage(
        subject=subject,
        body="\n\n".join(lines),
        to=[notification.recipient.email],
        connection=get_connection(),
    )
