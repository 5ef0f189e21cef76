"""The security log: one function writes it."""

from typing import Any

from allauth.core import context
from django.http import HttpRequest

from apps.accounts.addresses import client_address
from apps.accounts.models import EventKind, Outcome, SecurityEvent, User


def record(
    kind: EventKind,
    *,
    request: HttpRequest | None = None,
    actor: User | None = None,
    actor_name: str = "",
    subject: User | None = None,
    subject_name: str = "",
    outcome: Outcome = Outcome.DONE,
    detail: dict[str, Any] | None = None,
) -> SecurityEvent:
    """Write one entry of the security log and return it.

    ``request`` defaults to the one being answered, ``actor`` to its signed-in person; a command
    has neither and is recorded as such. It runs in the caller's transaction: if the entry cannot
    be written, what it speaks of does not happen either.
    """
    request = request or context.request
    if actor is None and not actor_name:
        person = getattr(request, "user", None)
        actor = person if isinstance(person, User) else None
    meta = request.META if request else {}
    return SecurityEvent.objects.create(
        kind=kind,
        outcome=outcome,
        actor=actor,
        actor_name=(actor.username if actor else actor_name)[:150],
        subject=subject,
        subject_name=(subject.username if subject else subject_name)[:200],
        address=client_address(request) if request else None,
        agent=meta.get("HTTP_USER_AGENT", "")[:200],
        detail=detail or {},
    )


def record_export(file: str, **asked: Any) -> None:
    """Note that the person of the request takes what is not published out as ``file``.

    ``asked`` says of which case or year, and what was asked for. Called before anything is sent: what
    cannot be noted is not handed out.
    """
    record(EventKind.DATA_EXPORTED, detail={"file": file, **asked})
