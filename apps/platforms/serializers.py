"""Rows for the API and the exports; the field names are fixed (DESIGN §6)."""

from apps.cases.serializers import RecordSerializer
from apps.platforms.models import Certification


class CertificationSerializer(RecordSerializer):
    """A certification."""

    class Meta:
        model = Certification
        fields = (
            "platform",
            "type",
            "level",
            "year",
            "batch",
            "hosts",
            "district",
            "status",
            "document_number",
            "valid_from",
            "valid_to",
            "flags",
            *RecordSerializer.TAIL,
        )
