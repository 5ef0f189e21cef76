"""Rows for the API and the exports; the field names are fixed (DESIGN §6)."""

from apps.cases.serializers import RecordSerializer
from apps.gazette.models import ChronicleEntry, Policy


class PolicySerializer(RecordSerializer):
    """A policy."""

    class Meta:
        model = Policy
        fields = (
            "title",
            "category",
            "year",
            "note",
            "document_number",
            "issued_on",
            "flags",
            *RecordSerializer.TAIL,
        )


class ChronicleEntrySerializer(RecordSerializer):
    """An event."""

    class Meta:
        model = ChronicleEntry
        fields = ("date_from", "date_to", "title", "note", "flags", *RecordSerializer.TAIL)
