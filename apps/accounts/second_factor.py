"""Who needs a second factor, who has one, and the form that checks a code."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.lockout import is_locked
from apps.accounts.models import User

CRYPTOGRAPHIC = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(user: User) -> bool:
    """Say whether ``user`` has set up an authenticator app or a security key."""
    return bool(get_adapter().is_mfa_enabled(user, CRYPTOGRAPHIC))


def lacks_second_factor(user: User) -> bool:
    """Say whether ``user`` holds a role and has not yet set up the second factor it needs.

    The auditor writes nothing, but reads what is not public; he needs one too.
    """
    return settings.REQUIRE_SECOND_FACTOR and bool(user.roles) and not has_second_factor(user)


def reset_second_factor(user: User) -> int:
    """Remove every factor of ``user``, who then sets up a new one; return how many went."""
    return int(Authenticator.objects.filter(user=user).delete()[0])


def refuse_while_locked(user: User) -> None:
    """Raise ``ValidationError`` while the account or the address is locked.

    Without this a locked account could still be tried, code after code.
    """
    request = context.request
    if is_locked(request, user):
        request.axes_locked_out = True
        raise ValidationError(_("Too many attempts. Try again later."), code="locked")


class OnceOnly:
    """A mix-in for code forms: no code while locked, and no authenticator code twice.

    allauth remembers used codes in the cache, which several server processes do not share; the
    row of the authenticator does.
    """

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        """Return the code; raises ``ValidationError`` where it is wrong, used or locked out."""
        refuse_while_locked(self.user)
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not self._use(code):
            self._emit_authentication_failed(self.authenticator)  # type: ignore[attr-defined]
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _use(self, code: str) -> bool:
        """Note that ``code`` was used; say no where it already was."""
        digits = "".join(filter(str.isdigit, code))
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().get(pk=self.authenticator.pk)
            last, at = row.data.get("used", ["", 0])
            if last == digits and time.time() - at < 300:
                return False
            row.data["used"] = [digits, int(time.time())]
            row.save(update_fields=["data"])
        self.authenticator.data = row.data
        return True


class CodeForm(OnceOnly, AuthenticateForm):
    """The code asked for at sign-in."""


class ConfirmCodeForm(OnceOnly, ReauthenticateForm):
    """The code asked for again before something delicate."""


class KeyForm(AuthenticateWebAuthnForm):
    """The answer of a security key at sign-in."""

    def clean_credential(self) -> Any:
        """Return the authenticator; raises ``ValidationError`` where it is wrong or locked out."""
        refuse_while_locked(self.user)
        with well_formed():
            return super().clean_credential()


class ConfirmKeyForm(ReauthenticateWebAuthnForm):
    """The answer of a security key, asked for again before something delicate."""

    def clean_credential(self) -> Any:
        """Return the authenticator; raises ``ValidationError`` where it is wrong."""
        with well_formed():
            return super().clean_credential()


class AddKeyForm(AddWebAuthnForm):
    """A new security key and its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Give the name field words of ours."""
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")

    def clean(self) -> Any:
        """Return what was given; raises ``ValidationError`` where the key's answer is wrong."""
        with well_formed():
            return super().clean()


@contextmanager
def well_formed() -> Iterator[None]:
    """Turn what the key library raises at nonsense into a message on the form."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise get_adapter().validation_error("incorrect_code") from error
