"""What a district says of a row of the city's lists, and what the city answers to it."""

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.models import User
from apps.cases.history import tracked
from apps.cases.models import Record, Revision
from apps.registry.sounds import SoundsField


class Says(models.TextChoices):
    """What a district says of a row."""

    CONFIRMED = "confirmed", pgettext_lazy("row of a list", "confirmed")
    DISPUTED = "disputed", pgettext_lazy("row of a list", "disputed")
    ADDED = "added", pgettext_lazy("row of a list", "missing from the list")


# What the city is asked to change.
CLAIMS = (Says.DISPUTED, Says.ADDED)


@tracked
class ListStatement(Record):
    """What a district says of one row of a published list, or of a row that is missing there.

    ``list_revision`` and ``row_uid`` lead back to the row as it was read, ``seen`` is the SHA-256
    of its content then: a row that was published with another content since is no longer what was
    confirmed. ``claim`` holds what the row should say, field by field, as ``canonical_value``
    writes it; of a disputed row it holds the disputed fields, and none where the row should not
    stand there at all.
    """

    list_revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="+", verbose_name=_("list as it was read")
    )
    row_kind = models.CharField(_("kind of row"), max_length=30)
    row_uid = models.UUIDField(_("row"), null=True, blank=True)
    title = models.CharField(_("title of the row"), max_length=300)
    seen = models.CharField(_("SHA-256 of the row as it was read"), max_length=64, blank=True)
    says = models.CharField(_("statement of the district"), max_length=9, choices=Says)
    claim = models.JSONField(_("what it should say"), default=dict, blank=True)
    reason = models.TextField(_("why"), max_length=1000, blank=True)
    sounds = SoundsField(_("pinyin"), of=["title"])

    class Meta(Record.Meta):
        verbose_name = _("statement on a list")
        verbose_name_plural = _("statements on the lists")
        constraints = [
            *Record.Meta.constraints,
            # One statement on a row; two people who confirm at once confirm once.
            models.UniqueConstraint(
                fields=["revision", "row_uid"],
                condition=Q(row_uid__isnull=False),
                name="one_statement_a_row",
            ),
            models.CheckConstraint(
                name="added_row_is_not_on_the_list",
                condition=Q(says="added", row_uid__isnull=True, seen="")
                | (~Q(says="added") & Q(row_uid__isnull=False) & ~Q(seen="")),
            ),
            models.CheckConstraint(
                name="confirmed_row_claims_nothing",
                condition=~Q(says="confirmed") | Q(claim={}, reason=""),
            ),
            models.CheckConstraint(
                name="claim_has_a_reason",
                condition=Q(says="confirmed") | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="added_row_says_what_it_holds",
                condition=~Q(says="added") | ~Q(claim={}),
            ),
        ]

    def __str__(self) -> str:
        """Return the title of the row."""
        return self.title

    def clean(self) -> None:
        """Refuse a claim without a reason."""
        super().clean()
        if self.says != Says.CONFIRMED and not self.reason.strip():
            raise ValidationError({"reason": _("Say why, so that the city can check it.")})

    def get_claim_display(self) -> str:
        """Return what the row should say, in words."""
        from apps.districts.lists.claims import claim_in_words  # claims knows the kinds of rows

        return claim_in_words(self.row_kind, self.claim)


class AnswerStep(models.TextChoices):
    """What the city did with a claim."""

    HANDED_ON = "handed_on", _("handed on to the editors of the list")
    TAKEN_OVER = "taken_over", _("taken over into a correction of the list")
    REFUSED = "refused", _("not taken over")


class ClaimAnswerQuerySet(models.QuerySet["ClaimAnswer"]):
    """Answers to claims."""

    def to_claims_as_they_stand(self, claim: str = "") -> "ClaimAnswerQuerySet":
        """Return the answers to the claim of the outer query, as it is worded now."""
        return self.filter(
            revision__case=models.OuterRef(f"{claim}revision__case"),
            statement_uid=models.OuterRef(f"{claim}uid"),
            statement_version=models.OuterRef(f"{claim}version"),
        )


class ClaimAnswer(models.Model):
    """One step of the city's answer to a disputed or added row. Append-only.

    It stands beside the district's statement and never changes it. ``statement_version`` is that
    of the statement answered: what the district words anew is answered anew. What was taken over
    names the row of the city's list and the revision it went into, so that each leads to the other.
    """

    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="+", verbose_name=_("return")
    )
    statement_uid = models.UUIDField(_("statement on a list"), db_index=True)
    statement_version = models.PositiveIntegerField(_("version"))
    step = models.CharField(_("answer"), max_length=10, choices=AnswerStep)
    text = models.TextField(_("reason"), max_length=1000, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    list_revision = models.ForeignKey(
        Revision,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("correction of the list"),
    )
    # Asked for by the page of the list's row: which claims it was written for.
    row_uid = models.UUIDField(_("row"), null=True, blank=True, db_index=True)

    objects = ClaimAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("answer to a claim")
        verbose_name_plural = _("answers to claims")
        constraints = [
            models.CheckConstraint(
                name="taken_over_names_its_place",
                condition=Q(step="taken_over", list_revision__isnull=False, row_uid__isnull=False)
                | (~Q(step="taken_over") & Q(list_revision__isnull=True, row_uid__isnull=True)),
            ),
            models.CheckConstraint(
                name="refusal_has_a_reason", condition=~Q(step="refused") | ~Q(text="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        """Return what was done."""
        return str(AnswerStep(self.step).label)
