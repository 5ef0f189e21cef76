"""The rules of passwords (GB/T 22239-2019, 8.1.4.1). Each rule's help text and error are one."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import audit
from apps.accounts.models import EventKind, PasswordHistory, User


class CharacterClassesValidator:
    """Ask for three of four classes: small letters, capital letters, digits, other signs."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise ``ValidationError`` where ``password`` has fewer than three classes."""
        classes = [str.islower, str.isupper, str.isdigit, lambda sign: not sign.isalnum()]
        if sum(any(has(sign) for sign in password) for has in classes) < 3:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        """Return the rule in a sentence."""
        return _("Use at least three of: small letters, capital letters, digits, other signs.")


class FormerPasswordsValidator:
    """Refuse the last passwords of an account, and remember each new one."""

    def __init__(self, count: int = 5) -> None:
        """Take how many former passwords are refused."""
        self.count = count

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise ``ValidationError`` where ``password`` is one of the last ``count`` of ``user``."""
        if not isinstance(user, User) or user.pk is None:
            return
        former = user.former_passwords.values_list("password", flat=True)[: self.count]
        if any(check_password(password, kept) for kept in former):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def password_changed(self, password: str, user: AbstractBaseUser) -> None:
        """Keep the new password's hash and log the change. Django calls it after each one."""
        if not isinstance(user, User):
            return
        with transaction.atomic():
            temporary = user.__dict__.pop("_temporary", False)
            PasswordHistory.objects.create(user=user, password=user.password, temporary=temporary)
            audit.record(EventKind.PASSWORD_CHANGED, subject=user)

    def get_help_text(self) -> str:
        """Return the rule in a sentence."""
        return _("Do not use one of your last %(count)s passwords.") % {"count": self.count}


def set_temporary_password(user: User, password: str) -> None:
    """Give ``user`` a password that another person knows, to be changed at the next sign-in.

    Nothing is saved; ``user.save()`` does it.
    """
    user._temporary = True  # type: ignore[attr-defined]
    user.set_password(password)


def must_change_password(user: User) -> bool:
    """Say whether ``user`` still has the password that the administrator chose."""
    latest = user.former_passwords.first()
    return latest is not None and latest.temporary


def password_age(user: User) -> timedelta | None:
    """Return how long ago the password was set, or nothing where that is not known."""
    latest = user.former_passwords.first()
    return timezone.now() - latest.set_at if latest else None


def password_notice(user: User) -> str:
    """Return a sentence that asks for a new password where it is due, else an empty string."""
    age = password_age(user)
    if age is None or age < timedelta(days=settings.PASSWORD_DAYS):
        return ""
    values: dict[str, Any] = {"days": age.days, "limit": settings.PASSWORD_DAYS}
    return (
        _(
            "Your password is %(days)s days old; change it every %(limit)s days "
            "(menu at the top right, “Change the password”)."
        )
        % values
    )
