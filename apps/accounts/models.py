"""Bureaus and the people who work in them."""

from typing import ClassVar, cast

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class BureauKind(models.TextChoices):
    """Which level of administration a bureau serves."""

    CITY = "city", _("city bureau")
    DIVISION = "division", _("district bureau")
    ZONE = "zone", _("functional-zone bureau")


class Bureau(models.Model):
    """A bureau 单位: the city's, a district's, or a functional zone's. Every account belongs to one."""

    slug = models.SlugField(_("short code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100, unique=True)
    name_en = models.CharField(_("English name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=BureauKind)
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
    """One person's account. A person may hold several roles of one level; duties stay apart per case."""

    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="people", verbose_name=_("bureau"),
        null=True, blank=True,
    )
    full_name = models.CharField(_("name"), max_length=100, blank=True)
    title = models.CharField(_("official title"), max_length=100, blank=True)
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role), verbose_name=_("roles"),
        default=list, blank=True,
    )

    objects: ClassVar[UserManager["User"]] = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(
                name="lone_roles_stand_alone",
                condition=~Q(roles__overlap=["auditor", "administrator"]) | Q(roles__len__lte=1),
            ),
        ]

    def __str__(self) -> str:
        """Return the person's name, or the account's where none is given."""
        return self.full_name or self.username

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
        return "、".join(str(Role(role).label) for role in cast(list[str], self.roles))
