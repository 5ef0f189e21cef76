"""What a person has looked at."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.cases.models.case import Revision


class Look(models.Model):
    """Up to when a person has seen what a revision holds. A bookmark, and no part of the record."""

    person = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    revision = models.ForeignKey(
        Revision, on_delete=models.CASCADE, related_name="looks", verbose_name=_("revision")
    )
    # The content shown was of this moment: when the page was made, not when it was left.
    at = models.DateTimeField(_("seen until"))

    class Meta:
        ordering = ["revision_id", "person_id"]
        verbose_name = _("look")
        verbose_name_plural = _("looks")
        constraints = [
            models.UniqueConstraint(fields=["person", "revision"], name="one_look_per_person")
        ]

    def __str__(self) -> str:
        """Return who has seen what until when."""
        return f"{self.person}, {self.revision}: {self.at:%Y-%m-%d %H:%M}"
