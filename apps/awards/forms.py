"""Entry forms."""

from apps.awards.models import Award, Laureate
from apps.cases.forms import RecordForm


class AwardForm(RecordForm):
    """One prize-winning project."""

    class Meta:
        model = Award
        fields = [
            "programme",
            "award_class",
            "grade",
            "award_year",
            "announced_on",
            "title",
            "organisations",
            "people",
        ]


class LaureateForm(RecordForm):
    """One laureate."""

    class Meta:
        model = Laureate
        fields = ["programme", "award_year", "name", "employer", "nominator"]
