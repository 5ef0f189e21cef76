"""What the public asks to be corrected."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role, User
from apps.cases.models.case import Revision
from apps.cases.models.finding import Finding


class RequestStatus(models.TextChoices):
    """The life of a correction request."""

    RECEIVED = "received", _("received")
    IN_HAND = "in_hand", _("being looked into")
    CLOSED = "closed", _("answered")


class RequestQuerySet(models.QuerySet["CorrectionRequest"]):
    """Correction requests, and who may see them."""

    def visible_to(self, user: User) -> "RequestQuerySet":
        """Return all of them for the city's reviewers and publishers and the auditor, else none."""
        if user.has_role(Role.CITY_REVIEWER, Role.CITY_PUBLISHER, Role.AUDITOR):
            return self.all()
        return self.none()


class CorrectionRequest(models.Model):
    """Somebody's request to correct a public row (政府信息公开条例). Anyone may send one.

    ``number`` is the receipt: hard to guess, since whoever has it may read the answer.
    ``contact`` is personal: the city's reviewers alone read it, and it is deleted some days after
    the request was answered. ``sender`` is a keyed hash of the network address, kept for a day to
    count requests by.
    """

    number = models.CharField(_("receipt number"), max_length=16, unique=True)
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="requests", verbose_name=_("revision")
    )
    record_kind = models.CharField(_("kind of row"), max_length=30)
    record_uid = models.UUIDField(_("row"))
    reason = models.TextField(_("what is wrong"))
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    sender = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    status = models.CharField(
        _("status"), max_length=8, choices=RequestStatus, default=RequestStatus.RECEIVED
    )
    finding = models.ForeignKey(
        Finding,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("finding"),
    )
    answer = models.TextField(_("answer"), blank=True)
    closed_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    closed_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "id"]
        verbose_name = _("correction request")
        verbose_name_plural = _("correction requests")
        constraints = [
            models.CheckConstraint(
                name="closed_request_has_an_answer",
                condition=Q(status="closed", closed_by__isnull=False, closed_at__isnull=False)
                & ~Q(answer="")
                | ~Q(status="closed") & Q(closed_by__isnull=True, closed_at__isnull=True),
            )
        ]
        indexes = [
            # The reviewers' tab: what is open, longest waiting first.
            models.Index(fields=["status", "received_at"], name="request_queue"),
            # The limit by address: how many came from one within the hour.
            models.Index(
                fields=["sender", "received_at"], condition=~Q(sender=""), name="request_sender"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="request_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="request_as_sent",
                fields=[
                    "number",
                    "revision",
                    "record_kind",
                    "record_uid",
                    "reason",
                    "received_at",
                ],
            ),
        ]

    def __str__(self) -> str:
        """Return the receipt number."""
        return self.number
