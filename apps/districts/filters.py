"""Filters of the listing."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from apps.cases.filters import DistrictFilter, RecordFilterSet
from apps.districts.models import IndicatorValue, NarrativeSection
from apps.registry.models import Indicator


class IndicatorFilter(django_filters.ModelChoiceFilter):
    """An indicator by its name, as the API and the exports print it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Accept the name in Chinese, whatever the reader's language."""
        kwargs.setdefault("queryset", Indicator.objects.all())
        kwargs.setdefault("to_field_name", "name")
        super().__init__(*args, **kwargs)


class IndicatorValueFilterSet(RecordFilterSet):
    """Filters of figures."""

    facets = ("reporting_unit", "section", "period", "status")

    indicator = IndicatorFilter(label=_("Indicator"))
    reporting_unit = DistrictFilter(label=_("Reporting unit"))
    section = django_filters.CharFilter(field_name="indicator__section", label=_("Section"))

    class Meta:
        model = IndicatorValue
        fields = ["indicator", "reporting_unit", "section", "subject", "period", "scope", "status"]


class NarrativeSectionFilterSet(RecordFilterSet):
    """Filters of narrative sections."""

    class Meta:
        model = NarrativeSection
        fields: list[str] = []
