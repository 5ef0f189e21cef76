"""A file taken in for a case: its bytes, what was understood, what a person changed and accepted."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Bureau, Role, User
from apps.cases.models import Revision
from apps.intake import sentences
from apps.registry.models import NameDecision


class SourceFile(models.Model):
    """The bytes of a file, kept once under their SHA-256, never changed."""

    sha256 = models.CharField("SHA-256", max_length=64, primary_key=True)
    size = models.PositiveIntegerField(_("size"))
    content = models.BinaryField()

    class Meta:
        verbose_name = _("source file")
        verbose_name_plural = _("source files")

    def __str__(self) -> str:
        """Return the hash."""
        return self.sha256


class ImportState(models.TextChoices):
    """Where an import stands."""

    WAITING = "waiting", _("waiting to be read")
    READING = "reading", _("being read")
    READ = "read", _("to be reviewed")
    ACCEPTING = "accepting", _("being stored")
    ACCEPTED = "accepted", _("stored in the case")
    UNDONE = "undone", _("undone")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


# Somebody waits for the task queue; and: a person may settle, edit and accept.
BUSY = (ImportState.WAITING, ImportState.READING, ImportState.ACCEPTING)
OPEN = (ImportState.READ, ImportState.UNDONE)


class Import(models.Model):
    """One file or pasted text, taken in for one revision of a case by one person."""

    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="imports", verbose_name=_("revision")
    )
    source = models.ForeignKey(
        SourceFile, on_delete=models.PROTECT, related_name="imports", verbose_name=_("source file")
    )
    name = models.CharField(_("file name"), max_length=200)
    started_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("taken in by")
    )
    started_at = models.DateTimeField(_("taken in at"), default=timezone.now)
    # The kind of row a person named; blank: guessed table by table.
    kind = models.CharField(_("kind of row"), max_length=30, blank=True)
    state = models.CharField(
        _("state"), max_length=9, choices=ImportState, default=ImportState.WAITING
    )
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    # Not known before the whole file was gone through.
    rows_total = models.PositiveIntegerField(_("rows"), null=True, blank=True)
    # When the reading last said that it goes on, and how often it was begun.
    beat_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # What is wrong with the file: [{"code", "params", "where"}] (sentences.REFUSALS).
    refusals = models.JSONField(default=list, blank=True)
    # Counts the changes made in the review: what was looked at is what is accepted.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            # What a restarted worker looks for, once a minute.
            models.Index(
                fields=["beat_at"],
                condition=Q(state__in=["waiting", "reading", "accepting"]),
                name="import_busy",
            ),
        ]

    def __str__(self) -> str:
        """Return the file's name."""
        return self.name

    @property
    def is_busy(self) -> bool:
        """Say whether the task queue has still to do with it."""
        return self.state in BUSY

    @property
    def is_open(self) -> bool:
        """Say whether its rows may be reviewed and accepted."""
        return self.state in OPEN


class ImportTable(models.Model):
    """One table of the file: a candidate, with its kind, its columns and its layout."""

    intake = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="tables")
    number = models.PositiveSmallIntegerField()
    # A kind of row of the case; blank where the table is none of its lists.
    kind = models.CharField(max_length=30, blank=True)
    title = models.CharField(max_length=500, blank=True)
    confidence = models.FloatField(default=0)
    # Whether its rows are to be stored; a candidate may be set aside.
    is_taken = models.BooleanField(default=True)
    # [{"header", "field", "confidence", "samples"}], in the source's order.
    columns = models.JSONField(default=list)
    # What a person said: {"kind": …, "columns": {index: field}, "constants": {field: text}}.
    corrections = models.JSONField(default=dict)
    # The corrections came from an earlier file of the same layout.
    is_remembered = models.BooleanField(default=False)
    layout = models.CharField(max_length=64)
    # What the reading needs to be repeated: lines above, merged columns, places of the rows.
    frame = models.JSONField(default=dict)
    # Text that became no row and has no cells: [{"text", "code"}].
    remarks = models.JSONField(default=list)
    # Lines that may be one project with a row of another list:
    # [{"line", "title", "other" (the row's id), "percent", "people"}].
    twins = models.JSONField(default=list)

    class Meta:
        ordering = ["intake_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["intake", "number"], name="import_table_once")
        ]

    def __str__(self) -> str:
        """Return the title, or which table of the file it is."""
        return self.title or sentences.place(f"table {self.number}")


class ImportRow(models.Model):
    """One line of a table: the cells as found, what they were taken for, what is unsure."""

    # Found by the index of a page of the review; one of its own would only cost.
    table = models.ForeignKey(
        ImportTable, on_delete=models.CASCADE, related_name="rows", db_index=False
    )
    position = models.PositiveIntegerField()
    # The source: line and place in it, the cells, marks of the reading, where its cells begin.
    line = models.PositiveIntegerField(default=0)
    place = models.PositiveSmallIntegerField(default=0)
    offset = models.SmallIntegerField(default=0)
    # By how many cells the reading moved the line: the source of a field's column stands there.
    shift = models.SmallIntegerField(default=0)
    cells = ArrayField(models.TextField())
    marks = models.JSONField(default=list)
    # What was read, by field; over it, what a person typed.
    values = models.JSONField(default=dict)
    edits = models.JSONField(default=dict)
    # [[field, code]] of the reading, and the fields a person has settled.
    doubts = models.JSONField(default=list)
    settled = ArrayField(models.CharField(max_length=40), default=list)
    is_doubtful = models.BooleanField(default=False)
    # It could not be stored as it is: a value is missing or cannot be what its field holds.
    is_faulty = models.BooleanField(default=False)
    # Not (only) for what is missing: a value that it has does not fit its field.
    is_unfit = models.BooleanField(default=False)
    # Why it is no row ("total", "note", … or "by-hand"); blank: it is one.
    aside = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["table_id", "position", "id"]
        indexes = [
            # A page of the review.
            models.Index(fields=["table", "position", "id"], name="import_row_order"),
            # The same among the rows that need a person.
            models.Index(
                fields=["table", "position", "id"],
                condition=Q(is_doubtful=True) | Q(is_faulty=True) | ~Q(aside=""),
                name="import_row_unsettled",
            ),
        ]

    def __str__(self) -> str:
        """Return the line."""
        return f"{self.line}"

    @property
    def result(self) -> dict[str, object]:
        """Return the values as they stand: what was read, and over it what was typed."""
        return {**self.values, **self.edits}

    @property
    def open_doubts(self) -> list[list[str]]:
        """Return the doubts nobody has settled."""
        return [doubt for doubt in self.doubts if doubt[0] not in self.settled]


class ImportEdit(models.Model):
    """One change a person made to a line in the review, with what was before: undo takes it back."""

    intake = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="edits")
    row = models.ForeignKey(ImportRow, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # {"edits", "settled", "aside"} before the change.
    before = models.JSONField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        """Return when."""
        return f"{self.at:%Y-%m-%d %H:%M}"


class Answer(models.TextChoices):
    """What a person said about a name that may be a known organisation's."""

    SAME = "same", _("the same")
    NEW = "new", _("a new one")
    LATER = "later", _("decided later")
    # Nobody was asked: the credit code beside the name says it.
    CODE = "code", _("certain by its credit code")


class ImportName(models.Model):
    """An organisation's name in an import that is not known, beside the known ones it may mean."""

    intake = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="names")
    printed = models.TextField()
    # How many lines name it.
    rows = models.PositiveIntegerField(default=0)
    # [{"organisation", "name", "percent", "reason"}], the likeliest first (matching.Candidate).
    candidates = models.JSONField(default=list)
    answer = models.CharField(max_length=5, choices=Answer, blank=True)
    # What was remembered by it for every later list; undone there, the name is open again.
    decision = models.ForeignKey(
        NameDecision, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-rows", "id"]
        constraints = [
            models.UniqueConstraint(fields=["intake", "printed"], name="import_name_once")
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.printed

    @property
    def is_settled(self) -> bool:
        """Say whether a person decided, and did not take it back; or the code decides."""
        if self.answer == Answer.CODE:
            return True
        return self.decision is not None and self.decision.undone_at is None


class Acceptance(models.Model):
    """Rows of an import stored in the case, by whom and when; and whether that was undone.

    What exactly was added and changed stands in the rows' history, under ``context``.
    """

    intake = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="acceptances")
    at = models.DateTimeField(_("stored at"), default=timezone.now)
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("stored by")
    )
    context = models.UUIDField()
    # {"new", "changed", "unchanged", "missing", "findings"}
    counts = models.JSONField(default=dict)
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
        ordering = ["id"]
        constraints = [
            # An import is stored once; stored again only after it was undone.
            models.UniqueConstraint(
                fields=["intake"],
                condition=Q(undone_at__isnull=True),
                name="one_standing_acceptance",
            )
        ]

    def __str__(self) -> str:
        """Return when."""
        return f"{self.at:%Y-%m-%d %H:%M}"


class Layout(models.Model):
    """How a bureau said that tables of one layout are to be read: remembered for the next file."""

    bureau = models.ForeignKey(Bureau, on_delete=models.CASCADE, related_name="+")
    # A hash of the header's words in their order.
    fingerprint = models.CharField(max_length=64)
    kind = models.CharField(max_length=30)
    # {index of the column: field, "" for none}
    columns = models.JSONField(default=dict)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bureau", "fingerprint"], name="layout_once")
        ]

    def __str__(self) -> str:
        """Return the kind it is read as."""
        return self.kind


class ApiToken(models.Model):
    """A key by which a bureau's own system hands in tables for one person, in one role.

    Only the SHA-256 of the key is kept; the key itself is shown once, when it is made.
    """

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="api_tokens", verbose_name=_("account")
    )
    # As they were when it was made: it ends when the person's duties change.
    role = models.CharField(_("role"), max_length=20, choices=Role)
    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="+", verbose_name=_("bureau")
    )
    name = models.CharField(_("what it is for"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    # Its first letters, to tell it from others.
    hint = models.CharField(_("begins with"), max_length=12)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    # How many requests came in the minute that began then.
    minute_at = models.DateTimeField(null=True, blank=True)
    minute_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")

    def __str__(self) -> str:
        """Return what it is for, and how it begins."""
        return f"{self.name} ({self.hint}…)"

    @property
    def is_valid(self) -> bool:
        """Say whether it is neither revoked nor expired."""
        return self.revoked_at is None and self.expires_at > timezone.now()


class Delivery(models.Model):
    """One file handed in through the interface under a key of the sender's: sent again, it is the
    same import.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    # SHA-256 of what was sent: another content under the same key is an error.
    digest = models.CharField(max_length=64)
    intake = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="+")
    token = models.ForeignKey(ApiToken, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="delivery_once"),
        ]
        indexes = [
            # How much one token handed in within the hour.
            models.Index(fields=["token", "at"], name="delivery_of_token"),
        ]

    def __str__(self) -> str:
        """Return the sender's key."""
        return self.key
