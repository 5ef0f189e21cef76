"""The policy register and the chronicle of events."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.cases.history import tracked
from apps.cases.models import Record
from apps.registry.sounds import SoundsField


@tracked
class Policy(Record):
    """A policy 政策 that was made or amended in a year."""

    title = models.CharField(_("title"), max_length=300)
    category = models.CharField(_("category"), max_length=60)
    year = models.PositiveSmallIntegerField(_("year"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    sounds = SoundsField(_("pinyin"), of=["title"])

    class Meta(Record.Meta):
        verbose_name = _("policy")
        verbose_name_plural = _("policies")

    def __str__(self) -> str:
        """Return the title."""
        return self.title


@tracked
class ChronicleEntry(Record):
    """An event of the year 大事记. A day, or a span where the source gives no single day."""

    date_from = models.DateField(pgettext_lazy("day", "from"))
    date_to = models.DateField(pgettext_lazy("day", "to"))
    title = models.CharField(pgettext_lazy("chronicle", "event"), max_length=200)
    note = models.CharField(_("note"), max_length=200, blank=True)
    sounds = SoundsField(_("pinyin"), of=["title"])

    class Meta(Record.Meta):
        verbose_name = pgettext_lazy("chronicle", "event")
        verbose_name_plural = pgettext_lazy("chronicle", "events")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="event_ends_after_it_begins", condition=Q(date_to__gte=F("date_from"))
            ),
        ]

    def __str__(self) -> str:
        """Return the event."""
        return self.title

    def clean(self) -> None:
        """Refuse an event that ends before it begins. Raises ``ValidationError`` on ``date_to``."""
        super().clean()
        if self.date_from and self.date_to and self.date_to < self.date_from:
            raise ValidationError(
                {"date_to": _("The event ends before it begins. Correct one of the days.")}
            )
