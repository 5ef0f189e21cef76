"""Bureaus and the people who work in them."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.accounts.triggers import roles_fit_the_bureau


class BureauKind(models.TextChoices):
    """Which level of administration a bureau serves."""

    CITY = "city", _("city bureau")
    DIVISION = "division", _("district bureau")
    ZONE = "zone", _("functional-zone bureau")


class Bureau(models.Model):
    """A bureau 单位: the city's, a district's, or a functional zone's. Accounts belong to one."""

    slug = models.SlugField(_("short code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100, unique=True)
    name_en = models.CharField(_("English name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=BureauKind)
    # Office, telephone, address: printed on a public notice, where objections go.
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "slug"]
        verbose_name = _("bureau")
        verbose_name_plural = _("bureaus")
        constraints = [
            # One installation serves one city.
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="city"), name="one_city_bureau"
            )
        ]
        triggers = [
            # The code stands in content hashes; the level decides which roles its people may hold.
            pgtrigger.ReadOnly(name="bureau_identity", fields=["slug", "kind"]),
        ]

    def __str__(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name

    @property
    def is_city(self) -> bool:
        """Say whether this is the city's own bureau."""
        return self.kind == BureauKind.CITY


class Role(models.TextChoices):
    """What a person may do. The codes are fixed names (DESIGN §1)."""

    DISTRICT_FILLER = "district_filler", _("district filler")
    DISTRICT_SIGNATORY = "district_signatory", _("district signatory")
    CITY_EDITOR = "city_editor", _("city editor")
    CITY_REVIEWER = "city_reviewer", _("city reviewer")
    CITY_PUBLISHER = "city_publisher", _("city publisher")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


DISTRICT_ROLES = frozenset({Role.DISTRICT_FILLER, Role.DISTRICT_SIGNATORY})
CITY_ROLES = frozenset({Role.CITY_EDITOR, Role.CITY_REVIEWER, Role.CITY_PUBLISHER})
# The auditor and the administrator hold no other role: GB/T 22239-2019, separation of duties.
LONE_ROLES = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})


class User(AbstractUser):
    """One person's account. It may hold several roles of one level; duties stay apart per case."""

    bureau = models.ForeignKey(
        Bureau,
        on_delete=models.PROTECT,
        related_name="people",
        verbose_name=_("bureau"),
        null=True,
        blank=True,
    )
    full_name = models.CharField(pgettext_lazy("person", "name"), max_length=100, blank=True)
    title = models.CharField(_("official title"), max_length=100, blank=True)
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role),
        verbose_name=_("roles"),
        default=list,
        blank=True,
    )

    objects: ClassVar[UserManager[Self]] = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(
                name="lone_roles_stand_alone",
                condition=~Q(roles__overlap=["auditor", "administrator"]) | Q(roles__len__lte=1),
            ),
            # Django's superuser passes every permission check: a second door.
            models.CheckConstraint(name="nobody_is_superuser", condition=Q(is_superuser=False)),
        ]
        triggers = [roles_fit_the_bureau()]

    def __str__(self) -> str:
        """Return the person's name, or the account's where none is given."""
        return self.full_name or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep Django's staff mark equal to the administrator role: nobody sets it by hand."""
        self.is_staff = Role.ADMINISTRATOR in self.roles
        fields = kwargs.get("update_fields")
        if fields is not None and "roles" in fields:
            kwargs["update_fields"] = {*fields, "is_staff"}
        # The security log writes with it, or it is not written.
        with transaction.atomic():
            super().save(*args, **kwargs)

    def clean(self) -> None:
        """Refuse roles that do not go together or do not fit the bureau's level.

        Raises ``ValidationError`` on ``roles`` or ``bureau``. The database refuses the same.
        """
        super().clean()
        held = set(self.roles)
        if held & LONE_ROLES and len(held) > 1:
            raise ValidationError(
                {"roles": _("The auditor and the administrator hold no other role.")}
            )
        if held & DISTRICT_ROLES and (self.bureau is None or self.bureau.is_city):
            raise ValidationError(
                {"bureau": _("A district role needs a district's or a zone's bureau.")}
            )
        if held & CITY_ROLES and (self.bureau is None or not self.bureau.is_city):
            raise ValidationError({"bureau": _("A city role needs the city bureau.")})

    def get_full_name(self) -> str:
        """Return the person's name as officials write it, or nothing where none is given."""
        return self.full_name

    def has_role(self, *roles: str) -> bool:
        """Say whether this active person holds any of ``roles``."""
        return self.is_active and bool(set(self.roles) & set(roles))

    @property
    def is_city_official(self) -> bool:
        """Say whether this person works for the city bureau in a city role."""
        return self.has_role(*CITY_ROLES)

    @property
    def role_words(self) -> str:
        """Return the roles in words, in the reader's language."""
        return "、".join(self.role_names)

    @property
    def role_names(self) -> list[str]:
        """Return each role in words, in the reader's language."""
        return [str(Role(role).label) for role in self.roles]

    @property
    def name_in_pinyin(self) -> str:
        """Return the name as it is typed on a keyboard; a password may not look like it."""
        from pypinyin import lazy_pinyin  # 54 MB that few processes need

        return "".join(lazy_pinyin(self.full_name))


class PasswordHistory(models.Model):
    """A password that an account had, as its hash, so that the last five are not used again."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="former_passwords", verbose_name=_("account")
    )
    password = models.CharField(_("password hash"), max_length=128)
    set_at = models.DateTimeField(_("set at"), auto_now_add=True)
    # Chosen by the administrator, so the person must change it at the first sign-in.
    temporary = models.BooleanField(_("temporary"), default=False)

    class Meta:
        ordering = ["-set_at", "-id"]
        verbose_name = _("former password")
        verbose_name_plural = _("former passwords")
        triggers = [pgtrigger.Protect(name="password_history_kept", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        """Return whose it was and since when, never the hash."""
        return f"{self.user} {self.set_at:%Y-%m-%d}"


class EventKind(models.TextChoices):
    """What the security log records (GB/T 22239-2019, 8.1.4.3)."""

    SIGNED_IN = "signed_in", _("signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("sign-in failed")
    LOCKED_OUT = "locked_out", _("locked out")
    UNLOCKED = "unlocked", _("unlocked")
    SIGNED_OUT = "signed_out", _("signed out")
    PASSWORD_CHANGED = "password_changed", _("password changed")
    FACTOR_ADDED = "factor_added", _("second factor added")
    FACTOR_REMOVED = "factor_removed", _("second factor removed")
    FACTOR_FAILED = "factor_failed", _("second factor failed")
    CODES_RENEWED = "codes_renewed", _("recovery codes renewed")
    ACCOUNT_CREATED = "account_created", _("account created")
    ACCOUNT_CHANGED = "account_changed", _("account changed")
    ACCESS_REFUSED = "access_refused", _("access refused")
    DICTIONARY_CHANGED = "dictionary_changed", _("dictionary changed")
    TOKEN_MADE = "token_made", _("access token made")
    TOKEN_REVOKED = "token_revoked", _("access token revoked")
    DATA_EXPORTED = "data_exported", _("data taken out as a file")


class Outcome(models.TextChoices):
    """How it ended."""

    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class SecurityEventQuerySet(models.QuerySet["SecurityEvent"]):
    """The security log, and who may read what of it."""

    def visible_to(self, user: User) -> "SecurityEventQuerySet":
        """Return all of it for the auditor, and for everyone else what concerns himself."""
        if user.has_role(Role.AUDITOR):
            return self
        return self.filter(Q(actor=user) | Q(subject=user))

    def named(self, name: str) -> "SecurityEventQuerySet":
        """Return the entries of or about the account called ``name``."""
        return self.filter(Q(actor_name=name) | Q(subject_name=name))


class SecurityEvent(models.Model):
    """One entry of the security log: who, when, from where, what, about whom, with what outcome.

    Nobody changes or deletes an entry, raw SQL included. Names are stored beside the accounts, so
    that the log can be read whatever becomes of them.
    """

    at = models.DateTimeField(_("time"), auto_now_add=True, db_index=True)
    kind = models.CharField(_("event"), max_length=20, choices=EventKind)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.DONE)
    # Without a database constraint: the log outlives what it speaks of.
    actor = models.ForeignKey(
        User,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    actor_name = models.CharField(_("who"), max_length=150, blank=True)
    subject = models.ForeignKey(
        User,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("about"),
    )
    subject_name = models.CharField(_("about"), max_length=200, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    agent = models.CharField(_("browser"), max_length=200, blank=True)
    # Codes and values, never words: {"roles": {"before": [], "after": ["auditor"]}}.
    detail = models.JSONField(_("detail"), default=dict, blank=True)

    objects = SecurityEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        """Return when, who and what."""
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.kind}"

    @property
    def detail_lines(self) -> list[str]:
        """Return the detail for a reader: one line for each value, with what it was before."""
        return [
            f"{name}: {_plain(value['before'])} → {_plain(value['after'])}"
            if isinstance(value, dict)
            else f"{name}: {_plain(value)}"
            for name, value in self.detail.items()
        ]


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value) or "–"
    return "–" if value in ("", None) else str(value)
