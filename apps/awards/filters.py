"""Filters of the listings."""

from apps.awards.models import Award, Laureate
from apps.cases.filters import RecordFilterSet


class AwardFilterSet(RecordFilterSet):
    """Filters of prize-winning projects."""

    facets = ("programme", "award_class", "grade", "award_year")

    class Meta:
        model = Award
        fields = ["programme", "award_class", "grade", "award_year"]


class LaureateFilterSet(RecordFilterSet):
    """Filters of laureates."""

    facets = ("programme", "award_year", "employer")

    class Meta:
        model = Laureate
        fields = ["programme", "award_year", "employer"]
