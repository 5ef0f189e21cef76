"""What is said about a revision."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.cases.models.case import Revision

# A finding names a field in this many characters; a longer name is cut.
FIELD_LENGTH = 40


class Severity(models.TextChoices):
    """How much a finding stands in the way."""

    BLOCKING = "blocking", _("blocking")
    EXPLAIN = "explain", _("to be explained")
    HINT = "hint", _("hint")


class FindingStatus(models.TextChoices):
    """The life of a finding."""

    OPEN = "open", _("open")
    EXPLAINED = "explained", _("explained")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")
    CLOSED = "closed", _("closed")


class ExplanationCategory(models.TextChoices):
    """Why a figure is as it is: what most explanations come down to."""

    SCOPE = "scope", _("change of definition or scope")
    POLICY = "policy", _("change of policy")
    ENTERPRISE = "enterprise", _("effect of single enterprises or projects")
    CORRECTION = "correction", _("correction of a statistical error")
    TIMING = "timing", _("not yet known or fixed by the responsible office")
    AS_IS = "as_is", _("checked, the figure is right as it stands")
    OTHER = "other", pgettext_lazy("kind of explanation", "other")


SETTLED = frozenset({FindingStatus.ACCEPTED, FindingStatus.CLOSED})


class Finding(models.Model):
    """Anything said about a revision, a row or one field of it, by a rule or by a person."""

    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="findings", verbose_name=_("revision")
    )
    record_kind = models.CharField(_("kind of row"), max_length=30, blank=True)
    record_uid = models.UUIDField(_("row"), null=True, blank=True)
    field = models.CharField(_("field"), max_length=FIELD_LENGTH, blank=True)
    # The rule's code; blank where a person raised it.
    rule = models.CharField(_("rule"), max_length=60, blank=True)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    status = models.CharField(
        _("status"), max_length=9, choices=FindingStatus, default=FindingStatus.OPEN
    )
    # A rule's msgid with its parameters, so that each reader has it in his language;
    # a person's own words have none.
    message = models.TextField(_("message"))
    params = models.JSONField(default=dict, blank=True)
    # What the rule saw: an explanation lapses when it changes.
    fingerprint = models.CharField(max_length=64, blank=True)
    is_objection = models.BooleanField(_("objection to a public notice"), default=False)
    raised_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("raised by"),
    )
    raised_at = models.DateTimeField(_("raised at"), default=timezone.now)
    deadline = models.DateField(_("deadline"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "rule", "record_kind", "record_uid", "field"],
                condition=~Q(rule=""),
                nulls_distinct=False,
                name="one_finding_per_rule_and_place",
            )
        ]

    def __str__(self) -> str:
        """Return the sentence, in the reader's language where a rule said it."""
        return gettext(self.message) % self.params if self.rule else self.message

    @property
    def is_settled(self) -> bool:
        """Say whether nothing more is to be done about it."""
        return self.status in SETTLED


class Remark(models.Model):
    """One contribution to a finding's thread: an explanation, an answer, a decision."""

    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="remarks", verbose_name=_("finding")
    )
    status = models.CharField(_("status after it"), max_length=9, choices=FindingStatus)
    # Of an explanation; blank for an answer, a decision or a reason.
    category = models.CharField(
        _("kind of explanation"), max_length=10, choices=ExplanationCategory, blank=True
    )
    text = models.TextField(_("text"))
    author = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("author")
    )
    at = models.DateTimeField(_("time"), default=timezone.now)

    class Meta:
        ordering = ["finding_id", "id"]
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        """Return the text."""
        return self.text
