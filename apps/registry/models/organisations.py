"""Organisations and the names they are printed under."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.registry.models.districts import District
from apps.registry.names import CoreField, organisation_key
from apps.registry.sounds import SoundsField


class Organisation(models.Model):
    """An organisation: one record, whatever names it is printed under."""

    name = models.CharField(_("name"), max_length=200)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("district"),
    )
    # All its names are this one's now: its page leads there. Written by a NameDecision alone.
    joined_to = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="joined",
        verbose_name=_("joined to"),
    )

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                name="joined_to_another", condition=~Q(joined_to=models.F("id"))
            ),
            models.UniqueConstraint(
                fields=["credit_code"], condition=~Q(credit_code=""), name="credit_code_once"
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class OrganisationName(models.Model):
    """A name under which an organisation is printed. ``key`` is the name without variants of width.

    Rows of published lists point here and not to the organisation, so that joining two
    organisations moves names and never touches a frozen row.
    """

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="names",
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("name"), max_length=200)
    key = models.CharField(_("comparison key"), max_length=200, editable=False)
    core = CoreField(_("core of the name"))
    sounds = SoundsField(_("pinyin"), of=["name"])

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("organisation name")
        verbose_name_plural = _("organisation names")
        constraints = [
            # Not unique=True, which adds a second index for LIKE: nobody asks that of a key.
            models.UniqueConstraint(fields=["key"], name="organisation_key_once")
        ]
        indexes = [
            # Names alike but for legal form and signs, asked with every table that is taken in.
            models.Index(fields=["core"], name="organisation_name_core"),
        ]

    def __str__(self) -> str:
        """Return the name as printed."""
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the comparison key beside the name."""
        self.key = organisation_key(self.name)
        super().save(*args, **kwargs)
