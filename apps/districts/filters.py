"""Filters of the listing."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.cases.filters import AnyOfFilter, DistrictFilter, RecordFilterSet
from apps.districts.models import SCOPE_TERMS, IndicatorValue, NarrativeSection
from apps.registry.models import Indicator


class IndicatorFilter(AnyOfFilter):
    """Keeps the figures of one or more indicators, each by its code or its name."""

    def __init__(self, **kwargs: Any) -> None:
        """Name indicators by the registry."""
        super().__init__(**kwargs)
        self.related = Indicator


class ScopeFilter(AnyOfFilter):
    """Keeps the figures of a scope, by its code or by the term that rows print."""

    def __init__(self, **kwargs: Any) -> None:
        """Know both."""
        super().__init__(known=[*SCOPE_TERMS, *SCOPE_TERMS.values()], **kwargs)

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Take 全域 as well as ``whole``."""
        codes = {term: code for code, term in SCOPE_TERMS.items()}
        return super().filter(qs, [codes.get(item, item) for item in value or []])


class IndicatorValueFilterSet(RecordFilterSet):
    """Filters of figures."""

    facets = ("reporting_unit", "section", "period", "status")

    indicator = IndicatorFilter(label=_("Indicator"))
    reporting_unit = DistrictFilter(label=_("Reporting unit"))
    section = AnyOfFilter(field_name="indicator__section", label=_("Section"))
    scope = ScopeFilter(label=_("Scope"))

    class Meta:
        model = IndicatorValue
        fields = ["indicator", "reporting_unit", "section", "subject", "period", "scope", "status"]


class NarrativeSectionFilterSet(RecordFilterSet):
    """Filters of narrative sections."""

    class Meta:
        model = NarrativeSection
        fields: list[str] = []
