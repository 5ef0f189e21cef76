"""What was made public."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.cases.models.case import Revision


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
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

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
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        """Return the revision in words."""
        return str(self.revision)
