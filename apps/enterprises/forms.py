"""Entry forms."""

from apps.cases.forms import RecordForm
from apps.enterprises.models import RosterEntry


class RosterEntryForm(RecordForm):
    """One entry of a roster."""

    class Meta:
        model = RosterEntry
        fields = [
            "roster",
            "year",
            "rank",
            "title",
            "organisation",
            "district",
            "certificate_number",
            "credit_code",
        ]
