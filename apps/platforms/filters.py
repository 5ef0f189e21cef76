"""Filters of the listing."""

from apps.cases.filters import DistrictFilter, RecordFilterSet
from apps.platforms.models import Certification


class CertificationFilterSet(RecordFilterSet):
    """Filters of certifications."""

    facets = ("type", "level", "year", "district", "status")

    district = DistrictFilter()

    class Meta:
        model = Certification
        fields = ["type", "level", "year", "district", "status"]
