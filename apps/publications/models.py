"""What the public side keeps beside the published rows: how many there are of what."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.cases.models import Revision


class Tally(models.Model):
    """How many rows of a published revision have the same values in all facets of their kind.

    Counted once, in the transaction of the release: what is published never changes.
    """

    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    record_kind = models.CharField(max_length=30)
    # In the order of the filter set's ``facets``; null where a row has none.
    values = ArrayField(models.TextField(null=True))
    rows = models.PositiveIntegerField(_("rows"))

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            models.UniqueConstraint(
                fields=["record_kind", "revision", "values"], name="one_tally_of_values"
            )
        ]

    def __str__(self) -> str:
        """Return the values and their number."""
        return f"{self.record_kind} {self.values}: {self.rows}"


class Reader(models.Model):
    """How often one address has asked the open data interface within a minute (``rates.py``).

    The address itself is not kept, only a part of its keyed hash, and that for some minutes.
    """

    sender = models.UUIDField(primary_key=True)
    # Since 1970, by the database's clock.
    minute = models.BigIntegerField()
    asked = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("reader of the interface")
        verbose_name_plural = _("readers of the interface")

    def __str__(self) -> str:
        """Return the number of requests."""
        return str(self.asked)


class Edition(models.Model):
    """A moment from which the public pages may say something else than before.

    Triggers of the database add a row (migration 0002) in the transaction that
    publishes, corrects or withdraws a case, puts one on notice, or changes a name in the
    dictionaries, one row however much it changes; so a page made before is known to be old by
    whoever sees the change (``edition.py``).
    """

    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)
