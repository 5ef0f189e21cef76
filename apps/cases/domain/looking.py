"""Keeping up to when a reviewer has seen a revision, so that the next look opens at what is new."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Role, User
from apps.cases.errors import NotAllowed
from apps.cases.models import Look, Revision


@transaction.atomic
def mark_seen(actor: User, revision_id: int, at: dt.datetime | None = None) -> Look:
    """Keep that ``actor`` has seen what the revision held at ``at`` (when his page was made).

    Written only when the person says so: opening a page must not hide what he did not read. A
    time to come counts as now, an earlier one than that already kept changes nothing. No event,
    no message: it is the person's own bookmark. Raises ``Revision.DoesNotExist`` out of scope,
    ``NotAllowed`` for who reviews nothing.
    """
    revision = Revision.objects.visible_to(actor).get(pk=revision_id)
    if not actor.has_role(Role.CITY_REVIEWER, Role.CITY_PUBLISHER):
        raise NotAllowed(_("Only the city's reviewers and publishers keep what they have seen."))
    now = timezone.now()
    seen = min(at or now, now)
    look, made = Look.objects.select_for_update().get_or_create(
        person=actor, revision=revision, defaults={"at": seen}
    )
    if not made and look.at < seen:
        look.at = seen
        look.save(update_fields=["at"])
    return look
