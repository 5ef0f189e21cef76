"""What stands around the figures of a form: its head, the statement signed, how long a text is."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.registry import triggers


class FormVersion(models.Model):
    """The head of a form 表头: what 统计法 art. 16 wants on every form that asks for figures.

    One kind of case has one form; a changed head is a new version from a later report year. The
    database locks a version once a case of its kind and years is there. One that was wrong is
    corrected by a further edition of the same year, with its reason; what was made with the former
    edition keeps it.
    """

    kind = models.CharField(_("kind of case"), max_length=30)
    from_year = models.PositiveSmallIntegerField(_("from report year"))
    number = models.CharField(_("form number"), max_length=40)
    authority = models.CharField(_("issued by"), max_length=100)
    # Blank until the statistics office has approved or recorded the form.
    approval = models.CharField(_("approval or record number"), max_length=80, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    edition = models.PositiveSmallIntegerField(_("edition"), default=1, editable=False)
    reason = models.CharField(
        _("reason of the correction"),
        max_length=200,
        blank=True,
        help_text=_("Only where the head of a year is corrected that is there already."),
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["kind", "-from_year", "-edition"]
        verbose_name = _("form head")
        verbose_name_plural = _("form heads")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "from_year", "edition"], name="one_form_head_a_year"
            ),
            models.CheckConstraint(
                name="corrected_form_head_says_why", condition=Q(edition=1) | ~Q(reason="")
            ),
        ]
        triggers = [triggers.form_version_locks_in_use()]

    def __str__(self) -> str:
        """Return the form's number and the year from which it holds."""
        return f"{self.number} {self.from_year}"

    @property
    def lines(self) -> list[dict[str, str]]:
        """Return the head as label and value, in the order in which forms print it.

        A part that is not entered is left out: the administrator is told (``missing``).
        """
        valid = f"{self.valid_until:%Y-%m}" if self.valid_until else ""
        named = {
            "number": self.number,
            "authority": self.authority,
            "approval": self.approval,
            "valid_until": valid,
        }
        return [
            {"label": self._label(name), "value": value} for name, value in named.items() if value
        ]

    @property
    def missing(self) -> list[str]:
        """Return what the law wants of the head and is not entered yet, in words."""
        return [
            self._label(name)
            for name in ("number", "authority", "approval", "valid_until")
            if not getattr(self, name)
        ]

    def _label(self, name: str) -> str:
        return str(self._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


class TruthStatement(models.Model):
    """The sentence a signatory signs (统计法 arts 17 and 24). Never rewritten: a new wording is a new row.

    Of the statements for a kind of case, else for every kind, the one with the latest year up to
    the case's counts, and of those the newest row. Its number is its version.
    """

    kind = models.CharField(
        _("kind of case"), max_length=30, blank=True, help_text=_("Blank: every kind of case.")
    )
    from_year = models.PositiveSmallIntegerField(_("from report year"))
    text = models.TextField(_("statement"), max_length=1000)

    class Meta:
        ordering = ["kind", "-from_year", "-id"]
        verbose_name = _("statement to be signed")
        verbose_name_plural = _("statements to be signed")
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        """Return the sentence."""
        return self.text


class NarrativeLimit(models.Model):
    """How long a section of a return's narrative is to be, in characters as offices count them.

    The row for its heading counts, else the one without a heading, else there is no limit.
    """

    heading = models.CharField(
        _("heading"),
        max_length=60,
        unique=True,
        blank=True,
        help_text=_("Blank: every section without a row of its own."),
    )
    least = models.PositiveIntegerField(_("at least"), default=0)
    most = models.PositiveIntegerField(_("at most"))
    is_strict = models.BooleanField(
        _("blocks the report"),
        default=False,
        help_text=_("Without it, a return that breaks the limit may explain why."),
    )

    class Meta:
        ordering = ["heading"]
        verbose_name = _("narrative limit")
        verbose_name_plural = _("narrative limits")
        constraints = [
            models.CheckConstraint(
                name="narrative_limit_is_a_span", condition=Q(most__gte=models.F("least"))
            )
        ]

    def __str__(self) -> str:
        """Return the heading and the limit."""
        return f"{self.heading or '*'} {self.least}–{self.most}"
