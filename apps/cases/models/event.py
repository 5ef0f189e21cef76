"""What was done to a revision, and who was told."""

from collections.abc import Mapping
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role, User
from apps.cases.models.case import Revision
from apps.cases.models.states import State


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
    # 职务: a signature names the office of the person who answers for it.
    actor_title = models.CharField(_("official title then"), max_length=100, blank=True)
    actor_role = models.CharField(_("role then"), max_length=20, choices=Role)
    bureau_name = models.CharField(_("bureau then"), max_length=100)
    at = models.DateTimeField(_("time"))
    reason = models.TextField(_("reason"), blank=True)
    statement = models.TextField(_("signed statement"), blank=True)
    # Which wording of the statement it was; nought is the one that comes with the software.
    statement_version = models.PositiveIntegerField(_("version of the statement"), default=0)
    content_hash = models.CharField(_("content hash"), max_length=64, blank=True)
    # How many rows of each kind that content held, by the kind's code.
    row_counts = models.JSONField(_("rows"), default=dict, blank=True)
    # The findings that were explained with it (``reported.explained_now``); None for what is no
    # report, or was reported before this was kept.
    explained = models.JSONField(_("explained findings"), null=True, blank=True)

    class Meta:
        ordering = ["revision_id", "from_version"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            # One transition from one version: what makes a repeated post harmless.
            models.UniqueConstraint(
                fields=["revision", "from_version"], name="one_event_per_version"
            )
        ]
        indexes = [
            # Who reported a content: asked by its hash alone, on the page that verifies a receipt.
            models.Index(
                fields=["content_hash"],
                condition=Q(transition="submit"),
                name="event_reported_content",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        """Return what was done."""
        return f"{self.transition} {self.at:%Y-%m-%d %H:%M}"

    @property
    def step_label(self) -> str:
        """Return the step in words."""
        from apps.cases.workflow import EVENT_LABELS  # the table of steps is made of models

        return str(EVENT_LABELS[self.transition])


class Notification(models.Model):
    """A message to one person: a case has come to him or back to him, or his work is done.

    What is no step of a case says so in ``text``, an English msgid, and leads to ``url``.
    """

    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notifications")
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, null=True, blank=True, related_name="notifications"
    )
    text = models.CharField(max_length=200, blank=True)
    params = models.JSONField(default=dict, blank=True)
    url = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(_("time"), default=timezone.now)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("mailed at"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "event"], name="one_message_per_recipient"
            ),
            models.CheckConstraint(
                name="message_of_a_step_or_in_words",
                condition=Q(event__isnull=False, text="") | (Q(event__isnull=True) & ~Q(text="")),
            ),
        ]
        indexes = [
            # The unread count on every desk page.
            models.Index(
                fields=["recipient"], condition=Q(read_at__isnull=True), name="notification_unread"
            )
        ]

    def __str__(self) -> str:
        """Return what it says."""
        return self.sentence if self.event is None else str(self.event)

    @property
    def sentence(self) -> str:
        """Return the words of a message that tells of no step, in the reader's language."""
        return gettext(self.text) % said(self.params) if self.text else ""


def said(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters of a sentence as its reader reads them: codes become words.

    ``kind`` is the code of a kind of case; ``bureau`` the two names of a bureau.
    """
    from apps.cases.kinds import kinds  # kinds imports the models

    words = dict(params)
    if words.get("kind") in kinds:
        words["kind"] = kinds[words["kind"]].label
    if isinstance(words.get("bureau"), list):
        name, name_en = words["bureau"]
        words["bureau"] = name_en if (get_language() or "").startswith("en") else name
    return words
