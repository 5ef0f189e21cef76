"""Listings."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from apps.cases.tables import RecordTable
from apps.districts.models import IndicatorValue, NarrativeSection


class IndicatorValueTable(RecordTable):
    """Figures."""

    indicator = tables.Column(verbose_name=_("indicator"))
    value = tables.Column(verbose_name=_("value"), empty_values=(), attrs={"td": {"class": "num"}})

    class Meta(RecordTable.Meta):
        model = IndicatorValue
        fields = (
            "indicator",
            "subject",
            "reporting_unit",
            "period",
            "scope",
            "value",
            "unit",
            "comparison",
            "rank",
            "status",
        )

    def render_value(self, record: IndicatorValue) -> str:
        """Print the value with its qualifier; the unit has a column of its own."""
        return record.printed_number

    def render_comparison(self, record: IndicatorValue) -> str:
        """Print the phrases of the comparison one after the other."""
        return record.get_comparison_display()


class NarrativeSectionTable(RecordTable):
    """Sections of a narrative."""

    class Meta(RecordTable.Meta):
        model = NarrativeSection
        fields = ("heading", "text")
