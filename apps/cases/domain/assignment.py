"""Handing a case under review from one reviewer to another."""

import pghistory
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Role, User
from apps.cases import workflow
from apps.cases.domain.notifying import tell_of
from apps.cases.domain.transitions import log
from apps.cases.errors import NotAllowed, Refused, StaleVersion, WrongState
from apps.cases.guards import entered_something
from apps.cases.models import Assignment, Event, Revision, State


@transaction.atomic
def hand_to(
    actor: User, revision_id: int, colleague_id: int, note: str, *, version: int | None = None
) -> Event:
    """Hand a case under review to a colleague, who goes on with it; return the event.

    Any reviewer may do so, his own case or that of a colleague who is away. ``version`` is the
    one the person saw (None: the present one); asked again for what he already did from this
    version, it returns that event. Effects, in one transaction that holds the revision's row: the
    reviewer, version + 1, the event with its note, the assignment, a message each to the new
    reviewer and the former one. The state stays.

    Raises ``Revision.DoesNotExist`` out of scope, ``NotAllowed``, ``WrongState``,
    ``StaleVersion`` and ``Refused``: then nothing has changed.
    """
    revision = (
        Revision.objects.select_for_update(of=("self",))
        .select_related("case__bureau", "reviewer")
        .filter(pk__in=Revision.objects.visible_to(actor))
        .get(pk=revision_id)
    )
    if not actor.has_role(Role.CITY_REVIEWER):
        raise NotAllowed(_("Only the city's reviewers hand a case to one another."))
    if version is not None and version != revision.version:
        return _repeated(revision, actor, colleague_id, version)
    if revision.state != State.REVIEWING:
        raise WrongState(_("A case is handed over while it is under review. Accept it first."))
    colleague = _fit(revision, colleague_id)
    note = note.strip()
    if not note:
        raise Refused(_("Write a note for the colleague who goes on with the case."))
    former, from_version = revision.reviewer, revision.version
    with pghistory.context(user=actor.pk, transition=workflow.ASSIGNED):
        revision.reviewer = colleague
        revision.version += 1
        revision.save(update_fields=["reviewer", "version"])
    event = log(
        revision,
        workflow.ASSIGNED,
        revision.state,
        from_version,
        actor,
        Role.CITY_REVIEWER,
        timezone.now(),
        reason=note,
    )
    Assignment.objects.create(event=event, reviewer=colleague, former=former)
    concerned = [person for person in (colleague, former) if person and person.is_active]
    tell_of(event, [person for person in concerned if person.pk != actor.pk])
    return event


def _repeated(revision: Revision, actor: User, colleague_id: int, version: int) -> Event:
    """Return the event of the same hand-over from ``version``. Raises ``StaleVersion``."""
    event = Event.objects.filter(
        revision=revision,
        from_version=version,
        transition=workflow.ASSIGNED,
        actor=actor,
        assignment__reviewer=colleague_id,
    ).first()
    if event is None:
        raise StaleVersion
    return event


def _fit(revision: Revision, colleague_id: int) -> User:
    """Return the colleague, who has to be able to approve the case. Raises ``Refused``."""
    colleague = colleagues().filter(pk=colleague_id).first()
    if colleague is None:
        raise Refused(_("Choose a reviewer of the city bureau."))
    if colleague.pk == revision.reviewer_id:
        raise Refused(_("%(person)s reviews this case already.") % {"person": colleague})
    if revision.submitted_by_id == colleague.pk or entered_something(colleague, revision):
        raise Refused(
            _("%(person)s entered or reported this case; another person has to review it.")
            % {"person": colleague}
        )
    return colleague


def colleagues() -> QuerySet[User]:
    """Return the people who review for the city."""
    return User.objects.filter(
        roles__contains=[Role.CITY_REVIEWER], is_active=True, bureau__isnull=False
    ).order_by("full_name", "pk")
