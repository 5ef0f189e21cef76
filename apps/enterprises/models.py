"""Enterprise rosters and their entries (DOMAIN §4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.cases.history import tracked
from apps.cases.models import Record
from apps.registry.models import District
from apps.registry.sounds import SoundsField


@tracked
class RosterEntry(Record):
    """An entry of a roster 名单. ``rank`` is the printed number, which may be no more than that."""

    roster = models.CharField(_("roster"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year"))
    rank = models.PositiveIntegerField(
        pgettext_lazy("in a roster", "number"), null=True, blank=True
    )
    title = models.CharField(pgettext_lazy("in a roster", "case"), max_length=300, blank=True)
    organisation = models.CharField(_("organisation"), max_length=200)
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
    certificate_number = models.CharField(_("certificate number"), max_length=40, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    sounds = SoundsField(_("pinyin"), of=["organisation", "title"])

    class Meta(Record.Meta):
        verbose_name = _("roster entry")
        verbose_name_plural = _("roster entries")
        indexes = [
            *Record.Meta.indexes,
            # One facet's value in printed order.
            models.Index(
                fields=["roster", "list_place", "position", "uid"], name="rosterentry_roster"
            ),
            models.Index(fields=["year", "list_place", "position", "uid"], name="rosterentry_year"),
            models.Index(
                fields=["district", "list_place", "position", "uid"], name="rosterentry_district"
            ),
        ]

    def __str__(self) -> str:
        """Return the organisation, and the case where the roster names one."""
        return f"{self.organisation}: {self.title}" if self.title else self.organisation
