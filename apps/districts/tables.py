"""Listings."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from apps.cases.tables import RecordTable
from apps.districts.models import IndicatorValue, NarrativeSection
from apps.districts.narrative.references import References, holds_reference


class IndicatorValueTable(RecordTable):
    """Figures."""

    short_words = ("reporting_unit", "period", "scope", "status")
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

    def render_text(self, record: NarrativeSection) -> str:
        """Print the text with the figures that it refers to: looked up once for each return."""
        if not holds_reference(record.text):
            return record.text
        known = self.__dict__.setdefault("_references", {})
        if record.revision_id not in known:
            known[record.revision_id] = References.of_revision(record.revision)
        told: str = known[record.revision_id].told(record.text)
        return told

    class Meta(RecordTable.Meta):
        model = NarrativeSection
        fields = ("heading", "text")
