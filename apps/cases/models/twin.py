"""Two rows of two lists that may be one project: proposed by comparison, settled by a person."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User


class TwinAnswer(models.TextChoices):
    """What a person said about a pair."""

    ACCEPTED = "accepted", _("one project")
    REJECTED = "rejected", _("two projects")


class Twin(models.Model):
    """A pair of rows of one kind, by their permanent ids: it holds through every revision.

    Nothing of either row is changed by it, whatever is answered. People of the two are compared
    only with one another; that two names are one person is said nowhere.
    """

    record_kind = models.CharField(_("kind of row"), max_length=30)
    # The smaller id stands first, so that a pair is there once.
    one = models.UUIDField()
    other = models.UUIDField()
    percent = models.PositiveSmallIntegerField(_("likeness of the titles in per cent"))
    people = models.PositiveSmallIntegerField(_("people that both name"))
    found_at = models.DateTimeField(_("found at"), default=timezone.now)
    answer = models.CharField(_("answer"), max_length=8, choices=TwinAnswer, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )

    class Meta:
        ordering = ["-percent", "-people", "id"]
        verbose_name = _("probable twin")
        verbose_name_plural = _("probable twins")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="twin_once"),
            models.CheckConstraint(name="twin_in_order", condition=Q(one__lt=models.F("other"))),
            models.CheckConstraint(
                name="twin_answered_by_a_person",
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
        ]
        indexes = [
            # The twins of one row: by the constraint for the first, by this for the second.
            models.Index(fields=["other"], name="twin_other"),
            # The desk's list of what is to be looked at, the likeliest first.
            models.Index(
                fields=["-percent", "-people", "id"], condition=Q(answer=""), name="twin_open"
            ),
        ]

    def __str__(self) -> str:
        """Return the two ids."""
        return f"{self.one} {self.other}"
