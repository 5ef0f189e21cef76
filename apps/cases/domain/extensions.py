"""Extensions: a signatory asks for more time, an official of the city grants or refuses it."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.accounts.models import Role, User
from apps.cases.deadlines import due_of, read_deadlines
from apps.cases.domain.notifying import people_of, people_of_city, tell
from apps.cases.errors import NotAllowed, Refused, WrongState
from apps.cases.kinds import Kind
from apps.cases.models import Extension, ExtensionStatus, Revision

DECIDERS = (Role.CITY_REVIEWER, Role.CITY_PUBLISHER)
ASKED = gettext_noop("%(bureau)s asks for more time for “%(kind)s %(year)s”, until %(day)s.")
GRANTED = gettext_noop("More time for “%(kind)s %(year)s” was granted, until %(day)s.")
REFUSED = gettext_noop("More time for “%(kind)s %(year)s” was refused: %(answer)s")


@transaction.atomic
def ask_extension(
    actor: User, kind: Kind, year: int, reason: str, wished_until: dt.date
) -> Extension:
    """Ask for more time for the bureau's own case of ``kind`` and ``year``; return the request.

    Effects: the request, a message to the city's reviewers and publishers. Raises ``NotAllowed``
    where the person does not sign such cases, ``Refused`` with the sentence that cures.
    """
    bureau = actor.bureau
    if bureau is None or not kind.checked_in_bureau or not actor.has_role(Role.DISTRICT_SIGNATORY):
        raise NotAllowed(_("Only the signatory of the bureau asks for more time."))
    deadlines = read_deadlines(bureau.pk)
    term, due = deadlines.term(kind.code, year), deadlines.due(kind.code, bureau.pk, year)
    if term is None or due is None:
        raise Refused(_("The year %(year)s is not reported.") % {"year": year})
    today = timezone.localdate()
    if term.opens_on > today:
        raise Refused(
            _("Reporting for %(year)s opens on %(day)s.") % {"year": year, "day": term.opens_on}
        )
    if Revision.objects.filter(
        case__kind=kind.code,
        case__bureau=bureau,
        case__year=year,
        submitted_at__isnull=False,
    ).exists():
        raise Refused(_("The case was reported already; it needs no more time."))
    if not reason.strip():
        raise Refused(_("Say why more time is needed."))
    if wished_until <= max(due, today):
        raise Refused(
            _("Wish for a day after %(day)s: until then there is time anyway, or it has passed.")
            % {"day": max(due, today)}
        )
    try:
        with transaction.atomic():
            extension = Extension.objects.create(
                kind=kind.code,
                bureau=bureau,
                year=year,
                reason=reason.strip(),
                wished_until=wished_until,
                asked_by=actor,
            )
    except IntegrityError as error:
        raise Refused(
            _(
                "Your bureau has asked already, and waits for the answer. Take that request back first."
            )
        ) from error
    tell(people_of_city(DECIDERS), ASKED, _params(extension, wished_until), _path(extension))
    return extension


@transaction.atomic
def decide_extension(
    actor: User, extension_id: int, *, until: dt.date | None, answer: str = ""
) -> Extension:
    """Grant more time until a day, or refuse it (``until`` None) with a reason.

    The same decision asked for again by the same person does nothing. Effects: the decision, a
    message to the bureau's fillers and signatories. Raises ``Extension.DoesNotExist`` out of
    scope, ``NotAllowed``, ``WrongState``, ``Refused``.
    """
    extension = _locked(actor, extension_id)
    if not actor.has_role(*DECIDERS) or extension.asked_by_id == actor.pk:
        raise NotAllowed(_("A reviewer or publisher of the city decides on more time."))
    status = ExtensionStatus.REFUSED if until is None else ExtensionStatus.GRANTED
    if extension.status != ExtensionStatus.ASKED:
        if (extension.decided_by_id, extension.status, extension.until) == (
            actor.pk,
            status,
            until,
        ):
            return extension
        raise WrongState(_("This request was decided already, or taken back."))
    answer = answer.strip()
    if until is None and not answer:
        raise Refused(_("Say why more time is refused."))
    if until is not None:
        due = due_of(extension.kind, extension.bureau_id, extension.year)
        if due is not None and until <= due:
            raise Refused(
                _("The case is due on %(day)s anyway. Choose a later day.") % {"day": due}
            )
        if until < timezone.localdate():
            raise Refused(_("That day has passed. Choose a later one."))
    extension.status = status
    extension.until = until
    extension.answer = answer
    extension.decided_by = actor
    extension.decided_at = timezone.now()
    extension.save(update_fields=["status", "until", "answer", "decided_by", "decided_at"])
    message = REFUSED if until is None else GRANTED
    people = people_of(extension.bureau, [Role.DISTRICT_FILLER, Role.DISTRICT_SIGNATORY])
    tell(people, message, {**_params(extension, until), "answer": answer}, _path(extension))
    return extension


@transaction.atomic
def take_back_extension(actor: User, extension_id: int) -> Extension:
    """Take a request back that was not decided yet. Raises as ``decide_extension``."""
    extension = _locked(actor, extension_id)
    if not actor.has_role(Role.DISTRICT_SIGNATORY) or extension.bureau_id != actor.bureau_id:
        raise NotAllowed(_("Only the bureau that asked takes its request back."))
    if extension.status == ExtensionStatus.TAKEN_BACK:
        return extension
    if extension.status != ExtensionStatus.ASKED:
        raise WrongState(_("This request was decided already, or taken back."))
    extension.status = ExtensionStatus.TAKEN_BACK
    extension.save(update_fields=["status"])
    return extension


def _locked(actor: User, extension_id: int) -> Extension:
    """Return the request in scope with its row locked. Raises ``Extension.DoesNotExist``."""
    return (
        Extension.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("bureau")
        .get(pk=extension_id)
    )


def _params(extension: Extension, day: dt.date | None) -> dict[str, object]:
    return {
        "kind": extension.kind,
        "bureau": [extension.bureau.name, extension.bureau.name_en],
        "year": extension.year,
        "day": str(day or ""),
    }


def _path(extension: Extension) -> str:
    return reverse("desk:extension", args=[extension.pk])
