"""Rows for the API and the exports; the field names are fixed (DESIGN §6)."""

from apps.awards.models import Award, Laureate
from apps.cases.serializers import RecordSerializer


class AwardSerializer(RecordSerializer):
    """A prize-winning project."""

    class Meta:
        model = Award
        fields = (
            "programme",
            "award_class",
            "grade",
            "award_year",
            "announced_on",
            "title",
            "organisations",
            "people",
            "flags",
            *RecordSerializer.TAIL,
        )


class LaureateSerializer(RecordSerializer):
    """A laureate."""

    class Meta:
        model = Laureate
        fields = (
            "programme",
            "award_year",
            "name",
            "employer",
            "nominator",
            "flags",
            *RecordSerializer.TAIL,
        )
