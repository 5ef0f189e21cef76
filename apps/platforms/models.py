"""Platforms: what was recognised, certified or approved, and its life (DOMAIN §4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.cases.fields import NameListField
from apps.cases.history import tracked
from apps.cases.models import Record
from apps.registry.models import District
from apps.registry.sounds import SoundsField


@tracked
class Certification(Record):
    """A recognised platform 平台认定: a laboratory, centre, incubator, park, institute …

    ``status`` is the word of the decision: 获批创建 is not 认定.
    """

    platform = models.CharField(_("platform"), max_length=200)
    type = models.CharField(_("type"), max_length=120)
    level = models.CharField(_("level"), max_length=20, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    batch = models.CharField(_("batch"), max_length=40, blank=True)
    hosts = NameListField(verbose_name=_("host organisations"), blank=True)
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        # Its own index begins with it.
        db_index=False,
        verbose_name=_("district"),
    )
    status = models.CharField(_("status"), max_length=20, blank=True)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    sounds = SoundsField(_("pinyin"), of=["platform", "hosts"])

    class Meta(Record.Meta):
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")
        indexes = [
            *Record.Meta.indexes,
            # One facet's value in printed order.
            models.Index(
                fields=["type", "list_place", "position", "uid"], name="certification_type"
            ),
            models.Index(
                fields=["year", "list_place", "position", "uid"], name="certification_year"
            ),
            models.Index(
                fields=["district", "list_place", "position", "uid"], name="certification_district"
            ),
        ]

    def __str__(self) -> str:
        """Return the platform's name."""
        return self.platform
