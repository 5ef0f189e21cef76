"""Entry forms."""

from typing import Any

from django.utils.translation import gettext as _

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

    def clean(self) -> dict[str, Any]:
        """Refuse an event that ends before it begins."""
        values = super().clean() or {}
        start, end = values.get("date_from"), values.get("date_to")
        if start and end and end < start:
            self.add_error("date_to", _("The event ends before it begins. Correct one of the days."))
        return values
