"""Listings."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from apps.awards.models import Award, Laureate
from apps.cases.tables import NamesColumn, RecordTable


class AwardTable(RecordTable):
    """Prize-winning projects."""

    short_words = ("award_class", "grade")
    organisations = NamesColumn(verbose_name=_("completing organisations"))
    people = NamesColumn(verbose_name=_("completing people"))
    award_year = tables.Column(verbose_name=_("award year"), attrs={"td": {"class": "num"}})

    class Meta(RecordTable.Meta):
        model = Award
        fields = (
            "title",
            "programme",
            "award_class",
            "grade",
            "award_year",
            "organisations",
            "people",
        )


class LaureateTable(RecordTable):
    """Laureates."""

    award_year = tables.Column(verbose_name=_("award year"), attrs={"td": {"class": "num"}})

    class Meta(RecordTable.Meta):
        model = Laureate
        fields = ("name", "programme", "award_year", "employer", "nominator")
