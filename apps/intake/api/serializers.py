"""The forms of what goes in and out, for the interface's description."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="A new one for each file; sent again with the same file it makes no second import.",
)


class Holder(serializers.Serializer):
    """Whom a token speaks for."""

    account = serializers.CharField()
    role = serializers.CharField()
    bureau = serializers.CharField()
    expires_at = serializers.DateTimeField()


class Case(serializers.Serializer):
    """A case that may take tables in."""

    case = serializers.IntegerField()
    kind = serializers.CharField()
    year = serializers.IntegerField()
    subject = serializers.CharField()
    bureau = serializers.CharField()
    state = serializers.CharField()
    rows = serializers.ListField(child=serializers.CharField())


class NewImport(serializers.Serializer):
    """A file, the case it is for, and the kind of its rows where that is known."""

    file = serializers.FileField()
    case = serializers.IntegerField()
    kind = serializers.CharField(required=False)


class FileFault(serializers.Serializer):
    """What is wrong with a file."""

    code = serializers.CharField()
    detail = serializers.CharField()
    where = serializers.CharField()


class Table(serializers.Serializer):
    """A table of the file."""

    number = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    is_taken = serializers.BooleanField()
    rows = serializers.IntegerField()
    doubtful = serializers.IntegerField()
    faulty = serializers.IntegerField()
    set_aside = serializers.IntegerField()


class Import(serializers.Serializer):
    """Where an import stands."""

    # A field of this name, though the word is Python's own.
    locals()["import"] = serializers.IntegerField()
    case = serializers.IntegerField()
    file = serializers.CharField()
    sha256 = serializers.CharField()
    state = serializers.CharField()
    state_in_words = serializers.CharField()
    rows_read = serializers.IntegerField()
    rows_total = serializers.IntegerField(allow_null=True)
    tables = Table(many=True)
    faults = FileFault(many=True)
    url = serializers.CharField()
    comparison_url = serializers.CharField()
    page_url = serializers.CharField()
    stored = serializers.DictField(child=serializers.IntegerField(), required=False)


class RowFault(serializers.Serializer):
    """What keeps a line from being stored."""

    table = serializers.IntegerField()
    line = serializers.IntegerField()
    field = serializers.CharField()
    detail = serializers.CharField()


class LackingField(serializers.Serializer):
    """A field that must not be blank and that no row of a table has."""

    table = serializers.IntegerField()
    field = serializers.CharField()
    rows = serializers.IntegerField()


class Comparison(serializers.Serializer):
    """What accepting would do."""

    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    missing = serializers.IntegerField()
    doubtful = serializers.IntegerField()
    faulty = serializers.IntegerField()
    changes = serializers.ListField(child=serializers.DictField())
    missing_rows = serializers.ListField(child=serializers.CharField())
    lacking = LackingField(many=True)
    faults = RowFault(many=True)
    can_be_accepted = serializers.BooleanField()
    digest = serializers.CharField()


class Digest(serializers.Serializer):
    """The comparison that is accepted."""

    digest = serializers.CharField()


class UndoingUnderWay(serializers.Serializer):
    """How far the undoing of many rows is: waiting, running, done, failed or cancelled."""

    undoing = serializers.CharField()
    undoing_in_words = serializers.CharField()
    rows_done = serializers.IntegerField()
    rows_total = serializers.IntegerField()
    left = serializers.ListField(child=serializers.CharField())
    left_count = serializers.IntegerField()
    detail = serializers.CharField()


class Undone(serializers.Serializer):
    """What was taken back."""

    removed = serializers.IntegerField()
    as_before = serializers.IntegerField()
    left = serializers.ListField(child=serializers.CharField())
