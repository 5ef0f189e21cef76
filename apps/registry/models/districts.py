"""The reporting units of a city: districts, zones and the city itself."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Bureau
from apps.registry.models.indicators import in_english
from apps.registry.sounds import SoundsField


class DistrictKind(models.TextChoices):
    """What a reporting unit is (DOMAIN §1)."""

    CITY = "city", _("city")
    DIVISION = "division", _("county-level division")
    ZONE = "zone", _("functional zone")


class District(models.Model):
    """A reporting unit: the city itself, a county-level division, or a functional zone inside one."""

    slug = models.SlugField(_("short code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60, unique=True)
    name_en = models.CharField(_("English name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=DistrictKind)
    # Division code of GB/T 2260; a functional zone has none.
    code = models.CharField(_("division code"), max_length=6, blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("lies in"),
    )
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("successor"),
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    bureau = models.OneToOneField(
        Bureau,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="district",
        verbose_name=_("bureau"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    # Where its tile lies on the map of tiles, counted from 1; a unit without one is not on it.
    tile_row = models.PositiveSmallIntegerField(_("row on the map"), null=True, blank=True)
    tile_column = models.PositiveSmallIntegerField(_("column on the map"), null=True, blank=True)
    sounds = SoundsField(_("pinyin"), of=["name"])

    class Meta:
        ordering = ["order", "code", "slug"]
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="division_code_once"
            ),
            models.CheckConstraint(
                name="division_has_a_code_and_a_zone_has_none",
                condition=Q(kind="zone", code="") | (~Q(kind="zone") & ~Q(code="")),
            ),
            models.CheckConstraint(
                name="tile_has_row_and_column",
                condition=Q(tile_row__isnull=True, tile_column__isnull=True)
                | Q(tile_row__gte=1, tile_column__gte=1),
            ),
        ]
        # The code stands in content hashes.
        triggers = [pgtrigger.ReadOnly(name="district_identity", fields=["slug"])]

    def __str__(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if in_english() else self.name
