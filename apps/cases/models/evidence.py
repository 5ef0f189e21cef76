"""Files on record: what proves a row, belongs to a finding's thread, or to the case."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.cases import triggers
from apps.cases.models.case import Revision
from apps.cases.models.finding import Finding


class StoredFile(models.Model):
    """The bytes of a file, once, whatever it is attached to; they lie in ``STORAGES["evidence"]``."""

    sha256 = models.CharField("SHA-256", max_length=64, primary_key=True)
    size = models.PositiveIntegerField(_("size in bytes"))
    content_type = models.CharField(_("content type"), max_length=100)
    stored_at = models.DateTimeField(_("stored at"), default=timezone.now)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        """Return the hash."""
        return self.sha256


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Attached files, and which of them count."""

    def standing(self) -> "EvidenceQuerySet":
        """Return those that were not removed."""
        return self.filter(removed_at__isnull=True)

    def of_content(self) -> "EvidenceQuerySet":
        """Return those that belong to the content of a revision: a row's and the case's own."""
        return self.standing().filter(finding__isnull=True)


class Evidence(models.Model):
    """One file attached to a revision: to a row, to a finding, or to the case as a whole.

    Nothing about it changes but that it is removed, while the revision is open. ``uid`` stays
    through all revisions, as a row's does.
    """

    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("revision")
    )
    uid = models.UUIDField(_("permanent id"), default=uuid.uuid4, editable=False)
    record_kind = models.CharField(_("kind of row"), max_length=30, blank=True)
    record_uid = models.UUIDField(_("row"), null=True, blank=True)
    finding = models.ForeignKey(
        Finding,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("finding"),
    )
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )
    name = models.CharField(_("file name"), max_length=150)
    caption = models.CharField(_("what it shows"), max_length=200, blank=True)
    added_at = models.DateTimeField(_("attached at"), default=timezone.now)
    added_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("attached by")
    )
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)
    removed_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("removed by"),
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["revision_id", "record_kind", "record_uid", "id"]
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.UniqueConstraint(fields=["revision", "uid"], name="evidence_uid_once"),
            # The same file twice at one place is one piece of evidence; a repeated post is harmless.
            models.UniqueConstraint(
                fields=["revision", "record_kind", "record_uid", "finding", "file"],
                condition=Q(removed_at__isnull=True),
                nulls_distinct=False,
                name="evidence_once_a_place",
            ),
            models.CheckConstraint(
                name="evidence_is_of_one_place",
                condition=Q(record_kind="", record_uid__isnull=True)
                | (~Q(record_kind="") & Q(record_uid__isnull=False, finding__isnull=True)),
            ),
            models.CheckConstraint(
                name="evidence_is_removed_by_somebody",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__gte=F("added_at"), removed_by__isnull=False),
            ),
        ]
        triggers = [triggers.evidence_of_open_revision()]

    def __str__(self) -> str:
        """Return the file's name."""
        return self.name
