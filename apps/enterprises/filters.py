"""Filters of the listing."""

from apps.cases.filters import DistrictFilter, RecordFilterSet
from apps.enterprises.models import RosterEntry


class RosterEntryFilterSet(RecordFilterSet):
    """Filters of roster entries."""

    facets = ("roster", "year", "district")

    district = DistrictFilter()

    class Meta:
        model = RosterEntry
        fields = ["roster", "year", "district", "credit_code", "certificate_number"]
