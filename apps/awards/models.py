"""Awards: prize-winning projects and youth laureates (DOMAIN §3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.cases.fields import NameListField
from apps.cases.history import tracked
from apps.cases.models import Record
from apps.registry.sounds import SoundsField


@tracked
class Award(Record):
    """A prize-winning project 获奖项目, as the decided list prints it.

    It counts for a district by its first completing organisation; the others take part.
    """

    programme = models.CharField(_("programme"), max_length=60)
    award_class = models.CharField(_("class"), max_length=30)
    grade = models.CharField(_("grade"), max_length=20)
    # The year the award is for; the year it was announced in and the report's year differ.
    award_year = models.PositiveSmallIntegerField(_("award year"))
    announced_on = models.DateField(_("announced on"), null=True, blank=True)
    title = models.CharField(_("project"), max_length=300)
    organisations = NameListField(verbose_name=_("completing organisations"))
    people = NameListField(verbose_name=_("completing people"))
    sounds = SoundsField(_("pinyin"), of=["title", "organisations", "people"])

    class Meta(Record.Meta):
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        indexes = [
            *Record.Meta.indexes,
            # One facet's value in printed order.
            models.Index(
                fields=["programme", "list_place", "position", "uid"], name="award_programme"
            ),
            models.Index(
                fields=["award_year", "list_place", "position", "uid"], name="award_award_year"
            ),
        ]

    def __str__(self) -> str:
        """Return the project's title."""
        return self.title


@tracked
class Laureate(Record):
    """A laureate of the youth award 青年科技创新奖获奖人员."""

    programme = models.CharField(_("programme"), max_length=60)
    award_year = models.PositiveSmallIntegerField(_("award year"))
    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    employer = models.CharField(_("employer"), max_length=200)
    nominator = models.CharField(_("nominator"), max_length=200, blank=True)
    sounds = SoundsField(_("pinyin"), of=["name", "employer", "nominator"])

    class Meta(Record.Meta):
        verbose_name = _("laureate")
        verbose_name_plural = _("laureates")

    def __str__(self) -> str:
        """Return the person's name."""
        return self.name
