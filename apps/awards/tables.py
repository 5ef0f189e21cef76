"""Listings."""

import django_tables2 as tables

from apps.awards.models import Award, Laureate
from apps.cases.tables import NamesColumn, RecordTable


class AwardTable(RecordTable):
    """Prize-winning projects."""

    organisations = NamesColumn()
    people = NamesColumn()
    award_year = tables.Column(attrs={"td": {"class": "num"}})

    class Meta(RecordTable.Meta):
        model = Award
        fields = (
            "title", "programme", "award_class", "grade", "award_year", "organisations", "people",
        )


class LaureateTable(RecordTable):
    """Laureates."""

    award_year = tables.Column(attrs={"td": {"class": "num"}})

    class Meta(RecordTable.Meta):
        model = Laureate
        fields = ("name", "programme", "award_year", "employer", "nominator")
