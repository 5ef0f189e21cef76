"""Entry forms."""

from apps.cases.forms import RecordForm
from apps.gazette.models import ChronicleEntry, Policy


class PolicyForm(RecordForm):
    """One policy."""

    class Meta:
        model = Policy
        fields = ["title", "category", "year", "note", "document_number", "issued_on"]


class ChronicleEntryForm(RecordForm):
    """One event."""

    class Meta:
        model = ChronicleEntry
        fields = ["date_from", "date_to", "title", "note"]
