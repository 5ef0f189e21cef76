"""Correction requests from the public: taken in, looked into, answered, forgotten."""

import datetime as dt
import hashlib
import hmac
import secrets
import uuid

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.accounts.models import Role, User
from apps.cases.domain.findings import raise_finding
from apps.cases.domain.notifying import people_of_city, tell
from apps.cases.errors import NotAllowed, Refused, TooMany, WrongState
from apps.cases.kinds import RecordKind
from apps.cases.models import CorrectionRequest, RequestStatus, State

# No letter or digit that is read or heard as another.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RECEIVED = gettext_noop("A correction request came in: %(number)s")
# How long the hash of an address is kept to count by.
SENDER_HOURS = 24
LEAST_REASON = 6


def _new_number() -> str:
    """Return a receipt number such as ``7KQP-2M9X-VR4T``: 59 bits that nobody guesses."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _i in range(4)) for _j in range(3))


def sender_of(address: str | None) -> str:
    """Return a keyed hash of a network address, blank where there is none."""
    if not address:
        return ""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"request:{address}".encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def send_request(
    kind: RecordKind, uid: uuid.UUID, reason: str, contact: str = "", address: str | None = None
) -> CorrectionRequest:
    """Take in a request to correct a public row; return it with its receipt number.

    Effects: the request, a message to the city's reviewers. Raises the model's ``DoesNotExist``
    where the row is not public, ``Refused`` without a reason, ``TooMany`` where the address has
    sent ``REQUESTS_PER_HOUR`` within the hour, counted exactly however many processes there are.
    """
    row = kind.model.objects.public().get(uid=uid)
    reason, contact = reason.strip(), contact.strip()
    if len(reason) < LEAST_REASON:
        raise Refused(_("Say in a sentence what is wrong, and how you know."))
    sender = sender_of(address)
    if sender:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [sender])
        since = timezone.now() - dt.timedelta(hours=1)
        sent = CorrectionRequest.objects.filter(sender=sender, received_at__gt=since).count()
        if sent >= settings.REQUESTS_PER_HOUR:
            raise TooMany(
                _(
                    "Too many requests came from your address within an hour. Send it again later; what you wrote is kept below."
                )
            )
    request = CorrectionRequest.objects.create(
        number=_new_number(),
        revision_id=row.revision_id,
        record_kind=kind.code,
        record_uid=uid,
        reason=reason,
        contact=contact,
        sender=sender,
    )
    tell(
        people_of_city([Role.CITY_REVIEWER]),
        RECEIVED,
        {"number": request.number},
        reverse("desk:request", args=[request.pk]),
    )
    return request


def _locked(actor: User, request_id: int) -> CorrectionRequest:
    """Return the request with its row locked, for a reviewer. Raises ``DoesNotExist``, ``NotAllowed``."""
    request = (
        CorrectionRequest.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("revision__case")
        .get(pk=request_id)
    )
    if not actor.has_role(Role.CITY_REVIEWER):
        raise NotAllowed(_("Only the city's reviewers answer correction requests."))
    return request


@transaction.atomic
def answer_request(actor: User, request_id: int, answer: str) -> CorrectionRequest:
    """Close a request with an answer that whoever holds the receipt number can read.

    The same answer given again does nothing. Raises ``CorrectionRequest.DoesNotExist`` out of
    scope, ``NotAllowed``, ``WrongState``, ``Refused``.
    """
    request = _locked(actor, request_id)
    answer = answer.strip()
    if request.status == RequestStatus.CLOSED:
        if (request.closed_by_id, request.answer) == (actor.pk, answer):
            return request
        raise WrongState(_("This request was answered already."))
    if not answer:
        raise Refused(_("Write the answer: whoever asked can read it with the receipt number."))
    request.status = RequestStatus.CLOSED
    request.answer = answer
    request.closed_by = actor
    request.closed_at = timezone.now()
    request.save(update_fields=["status", "answer", "closed_by", "closed_at"])
    return request


@transaction.atomic
def make_finding_of(
    actor: User, request_id: int, message: str, deadline: dt.date | None = None
) -> CorrectionRequest:
    """Turn a request into a remark on its row, where the case is under review again.

    The reviewer words the remark; nothing of the contact goes into it. Asked again, the first
    remark stands. Raises as ``answer_request``.
    """
    request = _locked(actor, request_id)
    if request.finding_id is not None:
        return request
    if request.status == RequestStatus.CLOSED:
        raise WrongState(_("This request was answered already."))
    revision = request.revision.case.revisions.filter(state=State.REVIEWING).first()
    if revision is None:
        raise Refused(
            _(
                "No revision of this case is under review. A publisher opens a correction first; once it is reported and accepted, the remark can be made."
            )
        )
    request.finding = raise_finding(
        actor,
        revision.pk,
        message,
        record_kind=request.record_kind,
        record_uid=request.record_uid,
        deadline=deadline,
    )
    request.status = RequestStatus.IN_HAND
    request.save(update_fields=["finding", "status"])
    return request


@transaction.atomic
def forget_contacts() -> int:
    """Delete contacts ``CONTACT_DAYS`` days after the answer, and day-old senders; return how many contacts."""
    now = timezone.now()
    CorrectionRequest.objects.filter(
        received_at__lt=now - dt.timedelta(hours=SENDER_HOURS)
    ).exclude(sender="").update(sender="")
    return (
        CorrectionRequest.objects.filter(
            status=RequestStatus.CLOSED,
            closed_at__lt=now - dt.timedelta(days=settings.CONTACT_DAYS),
        )
        .exclude(contact="")
        .update(contact="")
    )
