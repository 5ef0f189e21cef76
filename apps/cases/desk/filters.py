"""Filters of the list of cases."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Bureau
from apps.cases.desk import queries
from apps.cases.kinds import kinds
from apps.cases.models import Revision, State


def _kind_choices() -> list[tuple[str, Any]]:
    return [(kind.code, kind.label) for kind in kinds.values()]


class CaseFilterSet(django_filters.FilterSet):
    """Kind, year, bureau, state, and words of the subject."""

    q = django_filters.CharFilter(label=_("Subject or bureau"), method="search")
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), field_name="case__kind", choices=_kind_choices, empty_label=_("all")
    )
    year = django_filters.ChoiceFilter(
        label=_("Year"), field_name="case__year", empty_label=_("all")
    )
    bureau = django_filters.ModelChoiceFilter(
        label=_("Bureau"),
        field_name="case__bureau",
        queryset=Bureau.objects.none(),
        empty_label=_("all"),
        to_field_name="slug",
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=State.choices, empty_label=_("all")
    )

    class Meta:
        model = Revision
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the years and bureaus of the cases in the person's scope."""
        super().__init__(*args, **kwargs)
        user = self.request.user
        self.filters["year"].extra["choices"] = [
            (year, str(year)) for year in queries.years_with_cases(user)
        ]
        self.filters["bureau"].queryset = queries.bureaus_with_cases(user)

    def search(self, queryset: QuerySet[Revision], name: str, value: str) -> QuerySet[Revision]:
        """Keep the cases whose subject or bureau contains ``value``."""
        return queryset.filter(
            Q(case__subject__icontains=value)
            | Q(case__bureau__name__icontains=value)
            | Q(case__bureau__name_en__icontains=value)
        )
