"""How reviewers share their work: who reviews what from when, and views they keep."""

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.cases.models.event import Event


class Assignment(models.Model):
    """To whom a case under review was handed: what its event says, as data. Append-only."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="assignment")
    reviewer = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("reviewer")
    )
    former = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("reviewer before"),
    )

    class Meta:
        ordering = ["id"]
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        """Return whose work it became."""
        return str(self.reviewer)


class SavedView(models.Model):
    """A view that a person keeps under a name: its query string and nothing else.

    ``place`` says of what: the queue, or the lists of one kind of row (its code).
    """

    QUEUE = "queue"

    owner = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="saved_views", verbose_name=_("owner")
    )
    place = models.CharField(max_length=30, default=QUEUE)
    name = models.CharField(_("name of the view"), max_length=60)
    query = models.CharField(_("query"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "place", "name"], name="view_name_once_per_person"
            )
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name
