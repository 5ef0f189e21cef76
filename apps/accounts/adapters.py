"""What allauth asks us: nobody signs up, secrets are encrypted, a factor in force stays."""

import base64
import time
from hashlib import sha256
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.addresses import client_address
from apps.accounts.models import User
from apps.accounts.second_factor import CRYPTOGRAPHIC


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in as this house wants it."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "The account and the password do not match. Check both and try again; "
            "after five failures the account is locked for a while."
        ),
        "incorrect_password": _("This is not your password. Type it again."),
        "enter_current_password": _("This is not your present password. Type it again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: the administrator makes accounts."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address as the security log and the lock-out see it."""
        return client_address(request) or "0.0.0.0"  # noqa: S104

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the desk after a change of password."""
        return str(settings.LOGIN_REDIRECT_URL)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again who it is, but not within five minutes of signing in.

        allauth would ask for the password that was typed a moment ago, at the very first set-up.
        """
        user = getattr(self.request, "user", None)
        if isinstance(user, User):
            records = get_authentication_records(self.request, user)
            if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
                return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))


class MFAAdapter(DefaultMFAAdapter):
    """Second factors as this house wants them."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "The code is not right, or was already used. Wait for the next one and type that."
        ),
        "cannot_delete_authenticator": _(
            "Your role needs a second factor. Add another one first, then remove this."
        ),
    }

    def get_totp_label(self, user: User) -> str:
        """Return the account's name, never an address."""
        return user.username

    def _get_user_identifier(self, user: User) -> str:
        """Return the account's name, never an address."""
        return user.username

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Say no where it is the last one of somebody who needs one."""
        user = authenticator.user
        if not settings.REQUIRE_SECOND_FACTOR or not user.roles:
            return True
        others = Authenticator.objects.filter(user=user, type__in=CRYPTOGRAPHIC)
        return others.exclude(pk=authenticator.pk).exists()

    def encrypt(self, text: str) -> str:
        """Return ``text`` encrypted under the secret key: a stolen database gives no codes."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what ``encrypt`` was given; raises ``InvalidToken`` under another secret key."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(sha256(b"second factor:" + key.encode()).digest()))
            for key in keys
        ]
    )
