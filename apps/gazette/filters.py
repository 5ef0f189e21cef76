"""Filters of the listings."""

from django.utils.translation import gettext_lazy as _

from apps.cases.filters import DayFilter, RecordFilterSet
from apps.gazette.models import ChronicleEntry, Policy


class PolicyFilterSet(RecordFilterSet):
    """Filters of policies."""

    facets = ("category", "year")

    class Meta:
        model = Policy
        fields = ["category", "year"]


class ChronicleEntryFilterSet(RecordFilterSet):
    """Filters of events: those that touch a span of days."""

    since = DayFilter(field_name="date_to", lookup_expr="gte", label=_("Since"))
    until = DayFilter(field_name="date_from", lookup_expr="lte", label=_("Until"))

    class Meta:
        model = ChronicleEntry
        fields: list[str] = []
