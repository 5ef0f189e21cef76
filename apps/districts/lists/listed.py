"""What a kind of row needs of a statement: form, table, filters, serializer.

Statements are written on the page of the lists and are never public; these serve the desk.
"""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from apps.cases.filters import RecordFilterSet
from apps.cases.forms import RecordForm
from apps.cases.serializers import RecordSerializer
from apps.cases.tables import RecordTable
from apps.districts.lists.models import ListStatement


class ListStatementForm(RecordForm):
    """A statement, field by field; people write it on the page of the lists."""

    class Meta:
        model = ListStatement
        fields = [
            "title",
            "says",
            "claim",
            "reason",
            "row_kind",
            "list_revision",
            "row_uid",
            "seen",
        ]


class ListStatementTable(RecordTable):
    """What a district says of the lists."""

    claim = tables.Column(verbose_name=_("what it should say"))

    class Meta(RecordTable.Meta):
        model = ListStatement
        fields = ("title", "says", "claim", "reason", "list_revision")

    def render_claim(self, record: ListStatement) -> str:
        """Print what the row should say, field by field."""
        return record.get_claim_display()


class ListStatementFilterSet(RecordFilterSet):
    """Filters of statements."""

    class Meta:
        model = ListStatement
        fields = ["says", "row_kind"]


class ListStatementSerializer(RecordSerializer):
    """A statement with what it claims."""

    class Meta:
        model = ListStatement
        fields = ("title", "says", "claim", "reason", "row_kind", *RecordSerializer.TAIL)
