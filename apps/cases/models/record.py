"""The rows of a revision, and the organisations they name."""

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.cases import triggers
from apps.cases.models.case import Revision
from apps.registry.models import OrganisationName
from apps.registry.sounds import SoundsField

if TYPE_CHECKING:
    from apps.cases.kinds import RecordKind


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

    # Every index below that begins with the revision serves it.
    revision = models.ForeignKey(
        Revision,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("revision"),
    )
    uid = models.UUIDField(_("permanent id"), default=uuid.uuid4, editable=False)
    # The printed order. Never re-sorted: order is honour.
    position = models.PositiveIntegerField(_("position"), default=0)
    # Where the row's list stands among all lists; written by the database (triggers.list_place).
    list_place = models.BigIntegerField(_("place of its list"), default=0, editable=False)
    # How its names sound; each kind says which.
    sounds = SoundsField(_("pinyin"))
    # Counts the saves of this row; a save that read an older one is stale.
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    source_line = models.PositiveIntegerField(
        _("line in the printed source"), null=True, blank=True
    )
    # What is printed doubtfully and kept as printed: "field:code".
    flags = ArrayField(
        models.CharField(max_length=80), verbose_name=_("doubts"), default=list, blank=True
    )
    updated_at = models.DateTimeField(_("saved at"), default=timezone.now, editable=False)
    updated_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        # Nobody asks for all that one person ever saved.
        db_index=False,
        verbose_name=_("saved by"),
    )

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["revision_id", "position", "id"]
        constraints = [
            # Serves one row by its permanent id, whatever the revision, as well.
            models.UniqueConstraint(
                fields=["uid", "revision"], name="%(app_label)s_%(class)s_uid_once"
            )
        ]
        indexes = [
            # A revision's rows in printed order: its page, its hash, its export.
            models.Index(fields=["revision", "position", "id"], name="%(class)s_order"),
            # All public rows in printed order: the listing's pages, the pages of the API.
            models.Index(fields=["list_place", "position", "uid"], name="%(class)s_listed"),
        ]
        triggers = [*triggers.writable_revision(), *triggers.list_place()]

    @property
    def record_kind(self) -> "RecordKind":
        """Return the declaration of this record's kind."""
        from apps.cases.kinds import record_kind_of  # kinds imports Record from here

        return record_kind_of(type(self))


class Mention(models.Model):
    """Where a row names an organisation: what an organisation's page is made of."""

    # The constraint's index begins with the revision.
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="mentions", db_index=False
    )
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
        triggers = triggers.writable_revision()

    def __str__(self) -> str:
        """Return the name and the kind of row it stands in."""
        return f"{self.name} ({self.record_kind})"
