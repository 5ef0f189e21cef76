"""Rows for the API and the exports; the field names are fixed (DESIGN §6)."""

from apps.cases.serializers import RecordSerializer
from apps.enterprises.models import RosterEntry


class RosterEntrySerializer(RecordSerializer):
    """An entry of a roster."""

    class Meta:
        model = RosterEntry
        fields = (
            "roster",
            "year",
            "rank",
            "title",
            "organisation",
            "district",
            "certificate_number",
            "credit_code",
            "flags",
            *RecordSerializer.TAIL,
        )
