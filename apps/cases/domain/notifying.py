"""Messages at every hand-over: stored with the step, mailed after it is committed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from apps.accounts.models import Bureau, BureauKind, Role, User
from apps.cases.models import Event, Notification
from apps.cases.tasks import mail_notifications, mail_sentences
from apps.cases.workflow import Transition


def notify(event: Event, step: Transition) -> list[Notification]:
    """Store one notification per person that ``step`` tells, except the one who took it.

    The task that mails them is queued in the same transaction: no commit, no mail.
    """
    wanted = Q(pk__in=[])
    if step.tells_bureau:
        wanted |= Q(
            bureau_id=event.revision.case.bureau_id, roles__overlap=sorted(step.tells_bureau)
        )
    if step.tells_city:
        wanted |= Q(bureau__kind=BureauKind.CITY, roles__overlap=sorted(step.tells_city))
    return tell_of(event, User.objects.filter(wanted, is_active=True).exclude(pk=event.actor_id))


def tell_of(event: Event, people: Iterable[User]) -> list[Notification]:
    """Store a message of ``event`` for each of ``people`` and queue the mail."""
    notifications = Notification.objects.bulk_create(
        Notification(recipient=person, event=event) for person in people
    )
    if notifications:
        mail_notifications.defer(event_id=event.pk)
    return notifications


def tell(
    people: Iterable[User], message: str, params: Mapping[str, Any], path: str
) -> list[Notification]:
    """Store a sentence for each of ``people`` and queue the mail, in the caller's transaction.

    ``message`` is a msgid marked with ``gettext_noop``; ``path`` the page that it leads to.
    """
    notifications = Notification.objects.bulk_create(
        Notification(recipient=person, text=message, params=dict(params), url=path)
        for person in people
    )
    if notifications:
        mail_sentences.defer(notification_ids=[n.pk for n in notifications])
    return notifications


def people_of(bureau: Bureau, roles: Iterable[Role]) -> list[User]:
    """Return the active people of ``bureau`` who hold one of ``roles``, in order."""
    return list(
        User.objects.filter(bureau=bureau, roles__overlap=sorted(roles), is_active=True).order_by(
            "pk"
        )
    )


def people_of_city(roles: Iterable[Role]) -> list[User]:
    """Return the active people of the city bureau who hold one of ``roles``, in order."""
    return list(
        User.objects.filter(
            bureau__kind=BureauKind.CITY, roles__overlap=sorted(roles), is_active=True
        ).order_by("pk")
    )
