"""The case and its revisions, and who may see them."""

import datetime as dt
from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Bureau, Role, User
from apps.cases import triggers
from apps.cases.models.states import State
from apps.registry.models import NoticeRule

if TYPE_CHECKING:
    from apps.cases.kinds import Kind


class ReasonCode(models.TextChoices):
    """Why a published case is restated."""

    CORRECTION = "correction", _("correction of an error")
    DEFINITION = "definition", _("change of definition or scope")
    VERIFICATION = "verification", _("result of verification")
    REVOCATION = "revocation", _("recognition revoked")


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases, and who may see them."""

    def visible_to(self, user: User | AnonymousUser) -> "CaseQuerySet":
        """Return the cases of which ``user`` may see at least one revision."""
        return self.filter(pk__in=Revision.objects.visible_to(user).values("case_id"))


class Case(models.Model):
    """A case 案卷: one bureau, one kind, one year, one subject; a chain of revisions."""

    kind = models.CharField(_("kind"), max_length=30)
    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="cases", verbose_name=_("bureau")
    )
    # The year of the report the case belongs to. An award's own year is a field of its record.
    year = models.PositiveSmallIntegerField(_("year"))
    # What the case is about where a bureau hands in several of a kind; blank for a return.
    subject = models.CharField(pgettext_lazy("of a list", "subject"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("created by")
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "kind", "bureau_id", "subject", "id"]
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "bureau", "year", "subject"], name="one_case_per_subject"
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(name="case_identity", fields=["kind", "bureau", "year", "subject"]),
        ]

    def __str__(self) -> str:
        """Return what the case is about, in words."""
        return gettext("%(kind)s %(year)s: %(subject)s") % {
            "kind": self.kind_spec.label,
            "year": self.year,
            "subject": self.subject or self.bureau,
        }

    @cached_property
    def notice_days(self) -> int | None:
        """Return for how many working days this case is put on public notice; None: it is not."""
        rule = NoticeRule.objects.filter(kind=self.kind, from_year__lte=self.year).first()
        return rule.working_days or None if rule else None

    @property
    def list_place(self) -> int:
        """Return where this case's list stands among all: newest year first, then as opened."""
        return (9999 - self.year) * 1_000_000_000_000 + self.pk

    @property
    def kind_spec(self) -> "Kind":
        """Return the declaration of this case's kind."""
        from apps.cases.kinds import kinds  # kinds imports Record from here

        return kinds[self.kind]


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Revisions, and who may see them."""

    def visible_to(self, user: User | AnonymousUser) -> "RevisionQuerySet":
        """Return the revisions in ``user``'s scope. This is the one scope rule; all else asks it.

        A district sees its own; the city's officials see the city's own and what a district has
        reported at least once; the auditor sees all; anyone else (the administrator too) sees
        what is public.
        """
        if not isinstance(user, User) or not user.is_active:
            return self.public()
        if user.has_role(Role.AUDITOR):
            return self.all()
        if user.has_role(Role.ADMINISTRATOR) or user.bureau_id is None:
            return self.public()
        own = Q(case__bureau=user.bureau_id)
        if user.has_role(Role.CITY_REVIEWER, Role.CITY_PUBLISHER):
            return self.filter(own | Q(submitted_at__isnull=False))
        if user.has_role(Role.CITY_EDITOR, Role.DISTRICT_FILLER, Role.DISTRICT_SIGNATORY):
            return self.filter(own)
        return self.public()

    def public(self, as_of: dt.datetime | None = None) -> "RevisionQuerySet":
        """Return the revisions that are public now, or were at ``as_of``."""
        if as_of is None:
            return self.filter(state=State.PUBLISHED)
        return self.filter(
            Q(superseded_at__isnull=True) | Q(superseded_at__gt=as_of),
            Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=as_of),
            published_at__lte=as_of,
        )


class Revision(models.Model):
    """One version of a case on its way through the workflow. ``version`` counts its transitions."""

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="revisions", verbose_name=_("case")
    )
    number = models.PositiveSmallIntegerField(_("revision"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(_("version"), default=1)
    based_on = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="restatements",
        verbose_name=_("restates"),
    )
    reason_code = models.CharField(
        _("reason of restatement"), max_length=12, choices=ReasonCode, blank=True
    )
    reason = models.TextField(_("explanation of restatement"), blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    handed_over_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("handed over by"),
    )
    submitted_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reported by"),
    )
    # The first report: on time is judged by it, and from it the city may look.
    submitted_at = models.DateTimeField(_("first reported at"), null=True, blank=True)
    reviewer = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewer"),
    )
    # Once returned, only what a finding names is open for the rest of this revision's life.
    returned_at = models.DateTimeField(_("returned at"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    published_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    # SHA-256 of the canonical content at the last report, and at approval.
    submitted_hash = models.CharField(_("hash when reported"), max_length=64, blank=True)
    approved_hash = models.CharField(_("hash when approved"), max_length=64, blank=True)
    notice_from = models.DateTimeField(_("notice from"), null=True, blank=True)
    notice_until = models.DateTimeField(_("notice until"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("corrected at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["case_id", "-number"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="revision_number_once"),
            models.UniqueConstraint(
                fields=["case"],
                condition=~Q(state__in=["published", "superseded", "withdrawn"]),
                name="one_open_revision_per_case",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state="published"),
                name="one_published_revision_per_case",
            ),
            models.CheckConstraint(
                name="publisher_is_not_the_approver",
                condition=Q(published_by__isnull=True) | ~Q(published_by=models.F("approved_by")),
            ),
            models.CheckConstraint(
                name="approver_is_not_the_reporter",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("submitted_by")),
            ),
            models.CheckConstraint(
                name="signatory_is_not_the_filler",
                condition=Q(submitted_by__isnull=True)
                | Q(handed_over_by__isnull=True)
                | ~Q(submitted_by=models.F("handed_over_by")),
            ),
            models.CheckConstraint(
                name="published_only_as_approved",
                condition=~Q(state="published")
                | (~Q(approved_hash="") & Q(published_at__isnull=False)),
            ),
        ]
        indexes = [
            # The queue: what waits in a state, oldest report first.
            models.Index(fields=["state", "submitted_at"], name="revision_queue"),
        ]
        triggers = [triggers.frozen_revision()]

    def __str__(self) -> str:
        """Return the case and the number of the revision."""
        return gettext("%(case)s, revision %(number)s") % {"case": self.case, "number": self.number}

    @property
    def is_public(self) -> bool:
        """Say whether anyone may read this revision now."""
        return self.state in {State.PUBLISHED, State.SUPERSEDED}

    @property
    def notice_last_day(self) -> dt.date | None:
        """Return the last day of the public notice: it ends with this day, at midnight."""
        if self.notice_until is None:
            return None
        return timezone.localtime(self.notice_until - dt.timedelta(microseconds=1)).date()

    @property
    def notice_is_over(self) -> bool:
        """Say whether the public notice has ended. It ends by itself, to the minute."""
        return self.notice_until is not None and timezone.now() >= self.notice_until
