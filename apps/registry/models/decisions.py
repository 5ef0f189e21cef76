"""What was decided about organisations: which names are one, which are not; and the way back."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.models import User
from apps.registry import likeness


class Act(models.TextChoices):
    """What a decision did."""

    RULE = "rule", _("certain by its writing")
    SAME = "same", _("said to be the same")
    NEW = "new", _("said to be another")
    JOIN = "join", _("joined")
    SPLIT = "split", _("split off")


class NameDecision(models.Model):
    """One decision about the names of organisations, with all that it changed. It can be undone.

    Rows of lists are never touched: they point at names, and names belong to organisations.
    """

    act = models.CharField(_("decision"), max_length=5, choices=Act)
    # To which the names belong by it.
    organisation = models.ForeignKey(
        "registry.Organisation",
        on_delete=models.PROTECT,
        related_name="decisions",
        verbose_name=_("organisation"),
    )
    # From which they came, where there was one.
    other = models.ForeignKey(
        "registry.Organisation",
        on_delete=models.PROTECT,
        null=True,
        related_name="given_up",
        verbose_name=_("other organisation"),
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    # The file that gave rise to it, and its page at the desk.
    origin = models.CharField(_("from"), max_length=200, blank=True)
    origin_url = models.CharField(max_length=200, blank=True)
    # What the organisation got besides names: {"credit_code": …, "district": id}.
    got = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(_("decided at"), default=timezone.now)
    # Nobody: the rule of ``matching`` alone.
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
    undo_reason = models.CharField(_("why undone"), max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("decision about organisations")
        verbose_name_plural = _("decisions about organisations")
        constraints = [
            models.CheckConstraint(
                name="rule_decides_without_a_person",
                condition=Q(act="rule", by__isnull=True) | (~Q(act="rule") & Q(by__isnull=False)),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="decision_stays",
                fields=[
                    *("act", "organisation", "other", "reason", "origin", "origin_url"),
                    *("got", "at", "by"),
                ],
            ),
            pgtrigger.Protect(name="decision_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        """Return what was decided."""
        return f"{self.get_act_display()} {self.organisation_id}"


class NameMove(models.Model):
    """One name that a decision gave to an organisation, and where it was before. Never changed."""

    decision = models.ForeignKey(NameDecision, on_delete=models.PROTECT, related_name="moves")
    name = models.ForeignKey(
        "registry.OrganisationName",
        on_delete=models.PROTECT,
        related_name="moves",
        verbose_name=_("name"),
    )
    # Nothing: the decision brought the name.
    before = models.ForeignKey(
        "registry.Organisation",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("belonged to"),
    )
    after = models.ForeignKey(
        "registry.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("belongs to"),
    )

    class Meta:
        ordering = ["id"]
        verbose_name = _("name given to an organisation")
        verbose_name_plural = _("names given to organisations")
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        """Return the name."""
        return str(self.name)


class Reason(models.TextChoices):
    """Why two organisations may be one."""

    SIGNS = likeness.SIGNS, _("the same but for brackets or signs")
    LEGAL_FORM = likeness.LEGAL_FORM, _("the same but for the legal form")
    SOUND = likeness.SOUND, _("sounds the same")
    SHORT = likeness.SHORT, _("may be an abbreviation")
    ALIKE = likeness.ALIKE, _("written much alike")
    CODE = likeness.CODE, _("the credit code is this organisation's")
    CODE_OF_ANOTHER = likeness.CODE_OF_ANOTHER, _("the credit code is another organisation's")


class Double(models.Model):
    """Two organisations that may be one, until a person joins them or says that they are not."""

    one = models.ForeignKey(
        "registry.Organisation", on_delete=models.CASCADE, related_name="+", verbose_name=_("one")
    )
    other = models.ForeignKey(
        "registry.Organisation",
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=pgettext_lazy("of two", "other"),
    )
    # Of both, the names that are alike.
    names = models.JSONField(default=list)
    percent = models.PositiveSmallIntegerField(_("likeness in per cent"))
    reason = models.CharField(_("why alike"), max_length=20, choices=Reason)
    found_at = models.DateTimeField(_("found at"), default=timezone.now)
    # Somebody said that they are two.
    apart_at = models.DateTimeField(_("kept apart at"), null=True, blank=True)
    apart_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("kept apart by"),
    )

    class Meta:
        ordering = ["-percent", "id"]
        verbose_name = _("probable double")
        verbose_name_plural = _("probable doubles")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="double_once"),
            models.CheckConstraint(name="double_in_order", condition=Q(one__lt=models.F("other"))),
        ]
        indexes = [
            # The desk's list of what is to be looked at, the likeliest first.
            models.Index(
                fields=["-percent", "id"],
                condition=Q(apart_at__isnull=True),
                name="double_open",
            ),
        ]

    def __str__(self) -> str:
        """Return the names."""
        return " / ".join(self.names)


class Compared(models.Model):
    """Up to which row of a sort doubles or twins were looked for."""

    what = models.CharField(max_length=30, primary_key=True)
    last = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("comparison of names")
        verbose_name_plural = _("comparisons of names")

    def __str__(self) -> str:
        """Return the name's id."""
        return f"{self.what} {self.last}"
