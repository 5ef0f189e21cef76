"""The audit's own tables. Database triggers write them; no code does (``functions.py``)."""

import json
from decimal import Decimal
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.audit.triggers import append_only, only_sealed_once, written_by_triggers
from apps.cases.models import Case


class ExactDecoder(json.JSONDecoder):
    """Reads numbers with the digits they were written with: 58.80 is not 58.8."""

    def __init__(self, **options: Any) -> None:
        """Keep what is not whole as a decimal."""
        super().__init__(**{**options, "parse_float": Decimal})


class Act(models.Model):
    """One transaction that wrote something: a link of the chain 链.

    Made with the transaction's first entry, sealed when it commits: then it gets the next number
    of the chain and the hash of the act before it.
    """

    # Null until the transaction commits; without a gap from 1.
    sequence = models.BigIntegerField(_("number in the chain"), null=True, unique=True)
    at = models.DateTimeField(_("time"))
    person = models.ForeignKey(
        User,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name=_("person"),
    )
    # pghistory's context: the same in the histories of rows.
    context = models.UUIDField(null=True)
    entries = models.PositiveIntegerField(_("entries"), null=True)
    # SHA-256 over the hashes of its entries, in their order.
    digest = models.CharField(_("digest of the entries"), max_length=64, null=True)  # noqa: DJ001
    previous = models.CharField(_("hash of the act before"), max_length=64, null=True)  # noqa: DJ001
    hash = models.CharField(_("hash"), max_length=64, null=True)  # noqa: DJ001

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        triggers = [
            written_by_triggers(),
            only_sealed_once(),
            pgtrigger.Protect(name="act_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        """Return the number in the chain."""
        return str(self.sequence)


class Operation(models.TextChoices):
    """What was done to a row."""

    INSERTED = "I", _("added")
    UPDATED = "U", _("changed")
    DELETED = "D", _("removed")
    # Many rows that one statement added: ``AddedRows`` names them.
    ADDED_TOGETHER = "A", _("added together")
    # The row was there before its table was covered, or its table got other columns.
    TAKEN_OVER = "T", _("taken over as it was")


class EntryKind(models.TextChoices):
    """What an entry is about: what the search is narrowed by."""

    ROW = "row", _("rows of cases")
    STEP = "step", _("steps of cases")
    CASE = "case", _("cases and revisions")
    FINDING = "finding", _("findings")
    REMARK = "remark", _("remarks and answers")
    RELEASE = "release", _("releases")
    MESSAGE = "message", _("notifications")
    ACCOUNT = "account", _("accounts and bureaus")
    SECURITY = "security", _("security log")
    DICTIONARY = "dictionary", _("dictionaries")
    AUDIT = "audit", _("verifications")
    OTHER = "other", _("other")
    # Histories of rows, and what follows from rows: covered, but nothing to read here.
    HIDDEN = "", _("not listed")


class Entry(models.Model):
    """One row written: what it was, what it is, and the SHA-256 of what it is."""

    act = models.ForeignKey(Act, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    at = models.DateTimeField(_("time"))
    person = models.ForeignKey(
        User,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name=_("person"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind, blank=True)
    table_name = models.CharField(_("table"), max_length=63)
    # Blank where the entry is of many rows.
    row_id = models.CharField(_("row"), max_length=100)
    operation = models.CharField(_("done"), max_length=1, choices=Operation)
    case = models.ForeignKey(
        Case,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name=_("case"),
    )
    # The permanent id of the row of a case that it is about, through all revisions.
    row_uid = models.UUIDField(_("permanent id"), null=True)
    # Of a change only the columns that changed; the whole row where it was added or removed.
    old = models.JSONField(_("before"), null=True, decoder=ExactDecoder)
    new = models.JSONField(_("after"), null=True, decoder=ExactDecoder)
    # SHA-256 of the row, or of the many, as after it, in canonical form (docs/canonical.md); null:
    # removed.
    digest = models.BinaryField(null=True)
    # SHA-256 of this entry.
    hash = models.BinaryField()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        indexes = [
            # The last entry of a row: what the row must be.
            models.Index(fields=["table_name", "row_id", "id"], name="entry_of_row"),
            # The entries of an act, in their order: what the act's digest is made of.
            models.Index(fields=["act", "id"], name="entry_of_act"),
            # The search: each question is one range of one index, newest first.
            *(
                models.Index(
                    fields=[*fields, "at", "id"],
                    condition=~Q(kind=""),
                    name=f"entry_by_{fields[0] if fields else 'time'}",
                )
                for fields in ([], ["person"], ["case"], ["kind"])
            ),
            models.Index(
                fields=["row_uid", "at", "id"],
                condition=~Q(kind="") & Q(row_uid__isnull=False),
                name="entry_by_row_uid",
            ),
        ]
        triggers = [written_by_triggers("NEW.operation = 'T'"), append_only()]

    def __str__(self) -> str:
        """Return what was done to which row."""
        return f"{self.get_operation_display()} {self.table_name} {self.row_id}"


class AddedRows(models.Model):
    """The rows of an entry of many: their keys, and the SHA-256 of each in the same order.

    The entry's own digest is made of them.
    """

    entry = models.OneToOneField(
        Entry,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        primary_key=True,
        related_name="added_rows",
    )
    row_ids = ArrayField(models.TextField())
    digests = ArrayField(models.BinaryField())

    class Meta:
        verbose_name = _("rows added together")
        verbose_name_plural = _("rows added together")
        triggers = [written_by_triggers("false"), append_only()]

    def __str__(self) -> str:
        """Return how many."""
        return str(len(self.row_ids))


class Outcome(models.TextChoices):
    """How a verification ended."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    CLEAN = "clean", _("nothing was altered")
    FAULTY = "faulty", _("faults were found")
    BROKEN = "broken", _("could not be finished")


class Verification(models.Model):
    """One run of the verification: when, what was checked, what was found."""

    asked_at = models.DateTimeField(_("asked for at"))
    asked_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    began_at = models.DateTimeField(_("began at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome, default=Outcome.WAITING)
    # In per cent; carries no meaning for truth and is not audited.
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)
    # What was checked: {"acts": 12, "entries": 345, "cases_event": 6, …}.
    counts = models.JSONField(_("checked"), default=dict)
    fault_count = models.PositiveIntegerField(_("faults"), default=0)
    # The first of them: {"table": …, "row": …, "what": …}; manage.py verify names every one.
    faults = models.JSONField(_("first faults"), default=list)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")

    def __str__(self) -> str:
        """Return when it was asked for and how it ended."""
        return f"{self.asked_at:%Y-%m-%d %H:%M} {self.get_outcome_display()}"
