"""Lock-out after failed sign-ins, by account and by address; django-axes counts them."""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_credentials
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.accounts.models import User


class LockoutHandler(AxesDatabaseHandler):
    """Count failures as axes does, but let a success clear only the account's own failures.

    Axes also clears the address's: somebody with an account could then guess another's password
    for ever, by signing in with his own after every fourth attempt.
    """

    def reset_user_attempts(
        self, request: HttpRequest, credentials: dict[str, Any] | None = None
    ) -> int:
        """Forget the failures of the account in ``credentials``; return how many rows went."""
        username = (credentials or {}).get(settings.AXES_USERNAME_FORM_FIELD)
        return unlock(str(username))


def unlock(username: str) -> int:
    """Forget the failures of ``username``, which ends its lock; return how many rows went."""
    return int(AccessAttempt.objects.filter(username=username).delete()[0])


def is_locked(request: HttpRequest, user: User) -> bool:
    """Say whether ``user``, or the address of ``request``, is locked now."""
    return not AxesProxyHandler.is_allowed(request, get_credentials(user.username))


def count_failure(request: HttpRequest, user: User) -> None:
    """Count a failed second factor like a failed password."""
    user_login_failed.send(
        sender=__name__,
        request=request,
        credentials={"username": user.username, "second_factor": True},
    )


def locked_response(
    request: HttpRequest, original: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Return the page that says for how long and how to get in again; the same for any name."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(
        request,
        "account/locked.html",
        {"minutes": minutes, "limit": settings.AXES_FAILURE_LIMIT},
        status=429,
    )
