"""Entry forms."""

from apps.cases.forms import RecordForm
from apps.platforms.models import Certification


class CertificationForm(RecordForm):
    """One certification."""

    class Meta:
        model = Certification
        fields = [
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
        ]
