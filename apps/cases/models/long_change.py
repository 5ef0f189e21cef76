"""A change of very many rows that the task queue makes, so that nobody waits at a page for it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.cases.models.case import Revision


class ChangeState(models.TextChoices):
    """Where a long change stands."""

    WAITING = "waiting", _("waiting for its turn")
    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    FAILED = "failed", _("not done")
    CANCELLED = "cancelled", _("cancelled")


UNDER_WAY = (ChangeState.WAITING, ChangeState.RUNNING)


class LongChange(models.Model):
    """One change of many rows of a revision, asked for by one person and made by the task queue.

    At most one of a revision is under way. What it does stands in the rows' history; here stands
    what was asked for until it is done, and how it came out.
    """

    # The constraint's index holds the few that are under way; the rest is found by its key.
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="long_changes", db_index=False
    )
    # Who knows how it is done: a name in ``domain.long_changes``.
    doer = models.CharField(max_length=20)
    # What it does, in the words and the language of the person who asked.
    words = models.CharField(_("change"), max_length=500)
    language = models.CharField(max_length=10)
    # What the doer needs: the choice, the value, the digest of the preview. Emptied at the end.
    order = models.JSONField(default=dict)
    # Of the form from which it came: sent twice, it is one change.
    token = models.UUIDField(default=uuid.uuid4, unique=True)
    # The page from which it was asked for.
    url = models.CharField(max_length=2500)
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("person")
    )
    asked_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    state = models.CharField(
        _("state"), max_length=9, choices=ChangeState, default=ChangeState.WAITING
    )
    # How many rows were chosen, and how many are written so far.
    total = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    # When the worker last said that it goes on.
    beat_at = models.DateTimeField(null=True, blank=True)
    # How it came out: {"operation", "undone", "left", "left_count"}, whatever applies.
    result = models.JSONField(default=dict, blank=True)
    # Why it was not done, as a sentence.
    failure = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("long change")
        verbose_name_plural = _("long changes")
        constraints = [
            # Serves what asks for those under way, too: every page of a list, the worker's rounds.
            models.UniqueConstraint(
                fields=["revision"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_long_change_at_a_time",
            )
        ]

    def __str__(self) -> str:
        """Return what it does."""
        return self.words

    @property
    def is_under_way(self) -> bool:
        """Say whether the task queue has still to do with it."""
        return self.state in UNDER_WAY
