"""What was done to many rows of a draft at once, so that it can be named and taken back."""

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.cases.models.case import Revision


class OperationKind(models.TextChoices):
    """What was done to the rows."""

    SET = "set", _("a field set")
    CLEAR = "clear", _("a field cleared")
    REMOVE = "remove", _("rows removed")
    PASTE = "paste", _("a block pasted")


class Operation(models.Model):
    """One change of many rows: by whom, when, of how many. Append-only but for its undoing.

    What exactly each row held before and after stands in the rows' history, under ``context``.
    """

    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="operations", db_index=False
    )
    record_kind = models.CharField(max_length=30)
    what = models.CharField(_("operation"), max_length=8, choices=OperationKind)
    # The field that was set or cleared, and the value as a reader sees it.
    field = models.CharField(_("field"), max_length=40, blank=True)
    value = models.CharField(_("value"), max_length=300, blank=True)
    # How many rows were changed or removed, and how many were added.
    changed = models.PositiveIntegerField(_("rows changed"), default=0)
    added = models.PositiveIntegerField(_("rows added"), default=0)
    at = models.DateTimeField(_("time"), default=timezone.now)
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    context = models.UUIDField()
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        indexes = [
            # The latest of a list, on its page; and the one under which a row's change stands.
            models.Index(fields=["revision", "record_kind", "id"], name="operation_of_list"),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="as_done", exclude=["undone_at", "undone_by"]),
        ]

    def __str__(self) -> str:
        """Return what was done, in a sentence."""
        count = self.changed
        if self.what == OperationKind.PASTE:
            return gettext("Pasted a block: %(changed)s rows changed, %(added)s added") % {
                "changed": self.changed,
                "added": self.added,
            }
        if self.what == OperationKind.REMOVE:
            text = ngettext("Removed %(count)s row", "Removed %(count)s rows", count)
            return text % {"count": count}
        if self.what == OperationKind.CLEAR:
            text = ngettext(
                "Cleared %(field)s in %(count)s row", "Cleared %(field)s in %(count)s rows", count
            )
            return text % {"count": count, "field": self.field_label}
        text = ngettext(
            "Set %(field)s to “%(value)s” in %(count)s row",
            "Set %(field)s to “%(value)s” in %(count)s rows",
            count,
        )
        return text % {"count": count, "field": self.field_label, "value": self.value}

    @property
    def field_label(self) -> str:
        """Return the field's name in words."""
        from apps.cases.kinds import record_kinds  # kinds imports the models

        model = record_kinds[self.record_kind].model
        return str(model._meta.get_field(self.field).verbose_name)  # type: ignore[union-attr]
