"""When a year is reported and put on notice, and which days are worked."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ReportingYear(models.Model):
    """A year that is reported: from when districts fill it, and until when."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    opens_on = models.DateField(_("opens on"))
    due_on = models.DateField(_("due on"))

    class Meta:
        ordering = ["-year"]
        verbose_name = _("reporting year")
        verbose_name_plural = _("reporting years")
        constraints = [
            models.CheckConstraint(
                name="due_after_opening", condition=Q(due_on__gte=models.F("opens_on"))
            )
        ]

    def __str__(self) -> str:
        """Return the year."""
        return str(self.year)


class ReportingTerm(models.Model):
    """The days of one kind of case in one year, where they are not the year's own."""

    kind = models.CharField(_("kind of case"), max_length=30)
    year = models.ForeignKey(
        ReportingYear, on_delete=models.PROTECT, related_name="terms", verbose_name=_("year")
    )
    opens_on = models.DateField(_("opens on"))
    due_on = models.DateField(_("due on"))

    class Meta:
        ordering = ["-year", "kind"]
        verbose_name = _("reporting term")
        verbose_name_plural = _("reporting terms")
        constraints = [
            models.UniqueConstraint(fields=["kind", "year"], name="one_term_per_kind_and_year"),
            models.CheckConstraint(
                name="term_due_after_opening", condition=Q(due_on__gte=models.F("opens_on"))
            ),
        ]

    def __str__(self) -> str:
        """Return the kind and the year."""
        return f"{self.kind} {self.year_id}"


class NoticeRule(models.Model):
    """From which report year on cases of a kind are put on public notice 公示, and for how long.

    A bureau changes this by adding a rule; the one with the latest year up to the case's counts.
    Nought working days end a notice duty.
    """

    kind = models.CharField(_("kind of case"), max_length=30)
    from_year = models.PositiveSmallIntegerField(_("from report year"))
    working_days = models.PositiveSmallIntegerField(_("working days"))

    class Meta:
        ordering = ["kind", "-from_year"]
        verbose_name = _("public notice rule")
        verbose_name_plural = _("public notice rules")
        constraints = [
            models.UniqueConstraint(fields=["kind", "from_year"], name="one_notice_rule_a_year")
        ]

    def __str__(self) -> str:
        """Return the kind and the year."""
        return f"{self.kind} {self.from_year}"


class CalendarDay(models.Model):
    """A day that departs from the week: a holiday, or a make-up working day (State Council notice)."""

    date = models.DateField(_("date"), primary_key=True)
    is_working = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=60, blank=True)

    class Meta:
        ordering = ["date"]
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")

    def __str__(self) -> str:
        """Return the date and what it is."""
        return f"{self.date} {self.name}"
