"""Messages at every hand-over: stored with the step, mailed after it is committed."""

from django.db.models import Q

from apps.accounts.models import BureauKind, User
from apps.cases.models import Event, Notification
from apps.cases.tasks import mail_notifications
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
    people = User.objects.filter(wanted, is_active=True).exclude(pk=event.actor_id)
    notifications = Notification.objects.bulk_create(
        Notification(recipient=person, event=event) for person in people
    )
    if notifications:
        mail_notifications.defer(event_id=event.pk)
    return notifications
