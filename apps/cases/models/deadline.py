"""Extensions of a reporting term, and the reminders that were sent."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import CITY_ROLES, DISTRICT_ROLES, Bureau, Role, User
from apps.cases.models.event import Notification


class ExtensionStatus(models.TextChoices):
    """What became of a request for more time."""

    ASKED = "asked", _("asked for")
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")
    TAKEN_BACK = "taken_back", _("taken back")


class ExtensionQuerySet(models.QuerySet["Extension"]):
    """Extensions, and who may see them."""

    def visible_to(self, user: User) -> "ExtensionQuerySet":
        """Return those in scope: the bureau's own; all for the city's officials and the auditor."""
        if user.has_role(Role.AUDITOR, *CITY_ROLES):
            return self.all()
        if user.has_role(*DISTRICT_ROLES):
            return self.filter(bureau=user.bureau_id)
        return self.none()


class Extension(models.Model):
    """A bureau's request for more time for one kind of case in one year, and its decision.

    It names the bureau, kind and year and not the case: who needs more time may not have begun.
    Decided, it never changes.
    """

    kind = models.CharField(_("kind"), max_length=30)
    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="extensions", verbose_name=_("bureau")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    reason = models.TextField(_("reason"))
    wished_until = models.DateField(_("wished until"))
    asked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    status = models.CharField(
        _("status"), max_length=10, choices=ExtensionStatus, default=ExtensionStatus.ASKED
    )
    decided_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    until = models.DateField(_("extended until"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "bureau", "year"],
                condition=Q(status="asked"),
                name="one_extension_asked_at_a_time",
            ),
            models.CheckConstraint(
                name="extension_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="extension_decision_is_whole",
                condition=(
                    Q(status__in=["asked", "taken_back"], decided_by__isnull=True)
                    & Q(until__isnull=True)
                    | Q(status="granted", decided_by__isnull=False, decided_at__isnull=False)
                    & Q(until__isnull=False)
                    | Q(status="refused", decided_by__isnull=False, decided_at__isnull=False)
                    & Q(until__isnull=True)
                    & ~Q(answer="")
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="extension_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="extension_decided_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__status="asked"),
            ),
            pgtrigger.ReadOnly(
                name="extension_as_asked",
                fields=[
                    "kind",
                    "bureau",
                    "year",
                    "reason",
                    "wished_until",
                    "asked_by",
                    "asked_at",
                ],
            ),
        ]

    def __str__(self) -> str:
        """Return for what more time was asked."""
        return gettext("%(kind)s %(year)s: %(subject)s") % {
            "kind": self.kind_label,
            "year": self.year,
            "subject": self.bureau,
        }

    @property
    def kind_label(self) -> str:
        """Return the kind in words."""
        from apps.cases.kinds import kinds  # kinds imports the models

        return str(kinds[self.kind].label)


class Reminder(models.Model):
    """A reminder to one person of one case that is due: who, of what, at which step. Append-only.

    ``step`` counts working days from the due day: -14 is two to three weeks before it. One that
    was extended is reminded of anew, for its new day.
    """

    kind = models.CharField(_("kind"), max_length=30)
    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="+", verbose_name=_("bureau")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    subject = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(_("due on"))
    step = models.SmallIntegerField(_("working days from the due day"))
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)
    # The message as it was stored; it says when it was mailed.
    notification = models.OneToOneField(
        Notification, on_delete=models.PROTECT, related_name="reminder"
    )

    class Meta:
        ordering = ["-sent_at", "-id"]
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "bureau", "year", "subject", "due_on", "step", "person"],
                name="one_reminder_per_case_person_and_step",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        """Return whom it went to and at which step."""
        return f"{self.person} {self.due_on} {self.step:+d}"

    @property
    def kind_label(self) -> str:
        """Return the kind in words."""
        from apps.cases.kinds import kinds  # kinds imports the models

        return str(kinds[self.kind].label)
