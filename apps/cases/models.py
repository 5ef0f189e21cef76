"""The case and everything that is true of every case, whatever its kind.

A case 案卷 is what one bureau hands in about one subject for one year. Its content lives in
records 条目 of a revision; what was done to it in events; what was said about it in findings 问题;
what became public in releases 发布. Nothing here knows of awards or platforms.
"""

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Bureau, Role, User
from apps.cases import triggers
from apps.registry.models import NoticeRule, OrganisationName

if TYPE_CHECKING:
    from apps.cases.kinds import Kind, RecordKind


class State(models.TextChoices):
    """The states of a revision (DESIGN §3)."""

    DRAFT = "draft", _("being filled in")
    CHECKING = "checking", _("in the bureau's own check")
    SUBMITTED = "submitted", _("reported")
    REVIEWING = "reviewing", _("under review")
    RETURNED = "returned", _("returned")
    APPROVED = "approved", _("approved")
    ON_NOTICE = "on_notice", _("on public notice")
    PUBLISHED = "published", _("published")
    SUPERSEDED = "superseded", _("corrected")
    WITHDRAWN = "withdrawn", _("withdrawn")


# The only states in which a row may be written; the database trigger holds the same list.
WRITABLE = frozenset({State.DRAFT, State.RETURNED})
ENDED = frozenset({State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN})
OPEN = frozenset(set(State) - ENDED)


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
    subject = models.CharField(_("subject"), max_length=200, blank=True)
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
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="restatements",
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
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("handed over by"),
    )
    submitted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("reported by"),
    )
    # The first report: on time is judged by it, and from it the city may look.
    submitted_at = models.DateTimeField(_("first reported at"), null=True, blank=True)
    reviewer = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("reviewer"),
    )
    # Once returned, only what a finding names is open for the rest of this revision's life.
    returned_at = models.DateTimeField(_("returned at"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("approved by"),
    )
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
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
                fields=["case"], condition=Q(state="published"),
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
                condition=~Q(state="published") | (~Q(approved_hash="") & Q(published_at__isnull=False)),
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
    def notice_is_over(self) -> bool:
        """Say whether the public notice has ended. It ends by itself, to the minute."""
        return self.notice_until is not None and timezone.now() >= self.notice_until


class RecordQuerySet(models.QuerySet[Any]):
    """Records of one kind, and who may see them."""

    def visible_to(self, user: User | AnonymousUser) -> "RecordQuerySet":
        """Return the records of the revisions in ``user``'s scope."""
        return self.filter(revision__in=Revision.objects.visible_to(user))

    def public(self, as_of: dt.datetime | None = None) -> "RecordQuerySet":
        """Return the records that are public now, or were at ``as_of``."""
        return self.filter(revision__in=Revision.objects.public(as_of))


class Record(models.Model):
    """One row 条目 of a revision. ``uid`` stays the same through all revisions of the case."""

    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="+", verbose_name=_("revision")
    )
    uid = models.UUIDField(_("permanent id"), default=uuid.uuid4, editable=False)
    # The printed order. Never re-sorted: order is honour.
    position = models.PositiveIntegerField(_("position"), default=0)
    # Counts the saves of this row; a save that read an older one is stale.
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    source_line = models.PositiveIntegerField(_("line in the printed source"), null=True, blank=True)
    # What is printed doubtfully and kept as printed: "field:code".
    flags = ArrayField(
        models.CharField(max_length=80), verbose_name=_("doubts"), default=list, blank=True
    )
    updated_at = models.DateTimeField(_("saved at"), default=timezone.now, editable=False)
    updated_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", editable=False,
        verbose_name=_("saved by"),
    )

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["revision_id", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "uid"], name="%(app_label)s_%(class)s_uid_once"
            )
        ]
        indexes = [
            # A revision's rows in printed order: its page, its hash, its export.
            models.Index(
                fields=["revision", "position", "id"], name="%(class)s_order"
            )
        ]
        triggers = [triggers.writable_revision()]

    @property
    def record_kind(self) -> "RecordKind":
        """Return the declaration of this record's kind."""
        from apps.cases.kinds import record_kind_of  # kinds imports Record from here

        return record_kind_of(type(self))


class Mention(models.Model):
    """Where a row names an organisation: what an organisation's page is made of."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="mentions")
    record_kind = models.CharField(max_length=30)
    record_uid = models.UUIDField()
    # The field that names it, such as "organisations" or "hosts".
    field = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    name = models.ForeignKey(OrganisationName, on_delete=models.PROTECT, related_name="mentions")

    class Meta:
        ordering = ["revision_id", "record_kind", "record_uid", "field", "position"]
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "record_kind", "record_uid", "field", "position"],
                name="mention_once",
            )
        ]
        triggers = [triggers.writable_revision()]

    def __str__(self) -> str:
        """Return the name and the kind of row it stands in."""
        return f"{self.name} ({self.record_kind})"


class Event(models.Model):
    """One transition of a revision: who did what, when and why. Append-only in the database."""

    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="events", verbose_name=_("revision")
    )
    transition = models.CharField(_("transition"), max_length=20)
    from_state = models.CharField(_("from"), max_length=12, choices=State, blank=True)
    to_state = models.CharField(_("to"), max_length=12, choices=State)
    from_version = models.PositiveIntegerField(_("version before"))
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    # As they were then: an account may change its name, role or bureau later.
    actor_name = models.CharField(_("name then"), max_length=150)
    actor_role = models.CharField(_("role then"), max_length=20, choices=Role)
    bureau_name = models.CharField(_("bureau then"), max_length=100)
    at = models.DateTimeField(_("time"))
    reason = models.TextField(_("reason"), blank=True)
    statement = models.TextField(_("signed statement"), blank=True)
    content_hash = models.CharField(_("content hash"), max_length=64, blank=True)

    class Meta:
        ordering = ["revision_id", "from_version"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            # One transition from one version: what makes a repeated post harmless.
            models.UniqueConstraint(fields=["revision", "from_version"], name="one_event_per_version")
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        """Return what was done."""
        return f"{self.transition} {self.at:%Y-%m-%d %H:%M}"


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


SETTLED = frozenset({FindingStatus.ACCEPTED, FindingStatus.CLOSED})


class Finding(models.Model):
    """Anything said about a revision, a row or one field of it, by a rule or by a person."""

    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="findings", verbose_name=_("revision")
    )
    record_kind = models.CharField(_("kind of row"), max_length=30, blank=True)
    record_uid = models.UUIDField(_("row"), null=True, blank=True)
    field = models.CharField(_("field"), max_length=40, blank=True)
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
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
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
    text = models.TextField(_("text"))
    author = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("author")
    )
    at = models.DateTimeField(_("time"), default=timezone.now)

    class Meta:
        ordering = ["finding_id", "id"]
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        """Return the text."""
        return self.text


class Release(models.Model):
    """The act of publishing one or more cases. Its bytes never change."""

    number = models.CharField(_("number"), max_length=12, unique=True)
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("published by")
    )
    reason = models.TextField(_("reason"), blank=True)
    # Canonical JSON, chained to the release before by its hash (docs/canonical.md).
    manifest = models.TextField(_("manifest"))
    manifest_hash = models.CharField(_("hash of the manifest"), max_length=64, unique=True)

    class Meta:
        ordering = ["-published_at", "-id"]
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        """Return the number."""
        return self.number


class ReleaseItem(models.Model):
    """One revision that a release made public, with the hash of its content."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="items")
    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="release_item")
    content_hash = models.CharField(_("content hash"), max_length=64)
    rows = models.PositiveIntegerField(_("rows"))

    class Meta:
        ordering = ["release_id", "id"]
        verbose_name = _("released revision")
        verbose_name_plural = _("released revisions")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        """Return the revision in words."""
        return str(self.revision)


class Notification(models.Model):
    """A message to one person that a case has come to him, or back to him."""

    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notifications")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="notifications")
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("mailed at"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(fields=["recipient", "event"], name="one_message_per_recipient")
        ]
        indexes = [
            # The unread count on every desk page.
            models.Index(
                fields=["recipient"], condition=Q(read_at__isnull=True), name="notification_unread"
            )
        ]

    def __str__(self) -> str:
        """Return the event it tells of."""
        return str(self.event)
