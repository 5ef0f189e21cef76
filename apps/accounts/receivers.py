"""What the security log notes by itself. Connected in ``apps.py``."""

from typing import Any

from allauth.account.signals import password_changed
from allauth.account.signals import user_logged_in as signed_in
from allauth.core import context
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from axes.signals import user_locked_out
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest

from apps.accounts import audit
from apps.accounts.lockout import count_failure
from apps.accounts.middleware import MUST_ADD_FACTOR, MUST_CHANGE
from apps.accounts.models import EventKind, Outcome, User
from apps.accounts.passwords import must_change_password, password_notice
from apps.accounts.second_factor import lacks_second_factor

# What a change of is noted, with its value before and after.
WATCHED = ("username", "full_name", "title", "email", "bureau_id", "roles", "is_active")


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Log a sign-in, and with what."""
    records = request.session.get("account_authentication_methods", [])
    methods = [record.get("type", record["method"]) for record in records]
    audit.record(
        EventKind.SIGNED_IN, request=request, actor=user, subject=user, detail={"with": methods}
    )


@receiver(signed_in)
def mark_what_is_missing(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Mark in the session what the person has to do first; remind him of an old password."""
    if must_change_password(user):
        request.session[MUST_CHANGE] = True
    elif notice := password_notice(user):
        messages.warning(request, notice, fail_silently=True)
    mark_second_factor(request, user)


def mark_second_factor(request: HttpRequest, user: User) -> None:
    """Mark in the session whether ``user`` still has to set up a second factor."""
    if lacks_second_factor(user):
        request.session[MUST_ADD_FACTOR] = True
    else:
        request.session.pop(MUST_ADD_FACTOR, None)


@receiver(user_logged_out)
def note_sign_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Log a sign-out."""
    if user is not None:
        audit.record(EventKind.SIGNED_OUT, request=request, actor=user, subject=user)


@receiver(user_login_failed)
def note_failure(
    credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    """Log a failed sign-in under the name that was typed, known or not."""
    if credentials.get("second_factor"):
        return
    audit.record(
        EventKind.SIGN_IN_FAILED,
        request=request,
        actor_name=str(credentials.get("username", "")) or "-",
        outcome=Outcome.FAILED,
    )


@receiver(user_locked_out)
def note_lock(request: HttpRequest, username: str | None, **kwargs: Any) -> None:
    """Log that an account or an address is locked."""
    audit.record(
        EventKind.LOCKED_OUT, request=request, actor_name=username or "-", outcome=Outcome.FAILED
    )


@receiver(factors.authentication_failed)
def note_wrong_code(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Log a wrong code, and count it towards the lock like a wrong password."""
    audit.record(
        EventKind.FACTOR_FAILED, request=request, actor=user, subject=user, outcome=Outcome.FAILED
    )
    count_failure(request, user)


@receiver(post_save, sender=Authenticator)
def note_factor(instance: Authenticator, created: bool, **kwargs: Any) -> None:
    """Log a new second factor or new recovery codes, in the transaction that stores them."""
    if not created:
        return
    codes = instance.type == Authenticator.Type.RECOVERY_CODES
    audit.record(
        EventKind.CODES_RENEWED if codes else EventKind.FACTOR_ADDED,
        subject=instance.user,
        detail={"type": instance.type},
    )
    mark_own_session(instance.user)


@receiver(post_delete, sender=Authenticator)
def note_factor_gone(instance: Authenticator, **kwargs: Any) -> None:
    """Log that a second factor was removed. Old recovery codes go when new ones come."""
    if instance.type != Authenticator.Type.RECOVERY_CODES:
        audit.record(
            EventKind.FACTOR_REMOVED, subject=instance.user, detail={"type": instance.type}
        )
        mark_own_session(instance.user)


def mark_own_session(user: User) -> None:
    """Mark the session anew where ``user`` is the one whose request is being answered."""
    request = context.request
    if request is not None and request.user == user:
        mark_second_factor(request, user)


@receiver(password_changed)
def end_first_password(request: HttpRequest, **kwargs: Any) -> None:
    """Let a person work once his password is his own."""
    request.session.pop(MUST_CHANGE, None)


@receiver(pre_save, sender=User)
def remember_account(
    instance: User, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """Keep what an account was, for the log."""
    names = {name.removesuffix("_id") for name in WATCHED}
    instance._before = None  # type: ignore[attr-defined]
    if instance.pk and (update_fields is None or names & set(update_fields)):
        instance._before = (  # type: ignore[attr-defined]
            User.objects.filter(pk=instance.pk).values(*WATCHED).first()
        )


@receiver(post_save, sender=User)
def note_account(instance: User, created: bool, **kwargs: Any) -> None:
    """Log a new account, or what changed in one, whoever saved it and from where."""
    now = {name: getattr(instance, name) for name in WATCHED}
    if created:
        given = {name: value for name, value in now.items() if value not in ("", None)}
        audit.record(EventKind.ACCOUNT_CREATED, subject=instance, detail=given)
        return
    before = instance._before  # type: ignore[attr-defined]
    changes = {
        name: {"before": before[name], "after": now[name]}
        for name in WATCHED
        if before and before[name] != now[name]
    }
    if changes:
        audit.record(EventKind.ACCOUNT_CHANGED, subject=instance, detail=changes)
