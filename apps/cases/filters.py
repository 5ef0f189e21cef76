"""The base of every kind's filter set: one serves page, count, facets, export and API."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Count, F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from apps.cases.kinds import record_kind_of
from apps.registry.models import District


class DistrictFilter(django_filters.ModelChoiceFilter):
    """A district by its name, as the API and the exports print it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Accept the name in Chinese, whatever the reader's language."""
        kwargs.setdefault("queryset", District.objects.all())
        kwargs.setdefault("to_field_name", "name")
        kwargs.setdefault("label", _("District"))
        super().__init__(*args, **kwargs)


class RecordFilterSet(django_filters.FilterSet):
    """Filters of a listing. ``facets`` names the filters whose values are shown with counts."""

    facets: ClassVar[Sequence[str]] = ()

    q = django_filters.CharFilter(label=_("Search"), method="search")
    report_year = django_filters.NumberFilter(
        label=_("Year of the report"), field_name="revision__case__year"
    )

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the rows in which a search field contains ``value``."""
        model = queryset.model
        wanted = Q()
        for field in record_kind_of(model).search_fields:
            path = field
            if isinstance(model._meta.get_field(field.split("__")[0]), ArrayField):
                path = f"text_of_{field}"
                queryset = queryset.alias(
                    **{path: Func(F(field), Value("\n"), function="array_to_string",
                                  output_field=TextField())}
                )
            wanted |= Q(**{f"{path}__icontains": value})
        return queryset.filter(wanted)

    def facet_counts(self) -> dict[str, list[tuple[str, int]]]:
        """Return per facet its values with the number of rows each would leave, most first.

        The other filters apply, the facet's own does not: a person can change his choice.
        One query for all facets together.
        """
        if not self.facets or not self.is_bound or not self.form.is_valid():
            return {}
        parts = []
        for facet in self.facets:
            queryset = self.queryset.all()
            for name, value in self.form.cleaned_data.items():
                if name != facet and name in self.filters:
                    queryset = self.filters[name].filter(queryset, value)
            column = self.filters[facet].field_name
            if isinstance(self.filters[facet], DistrictFilter):
                column = f"{column}__name"
            parts.append(
                queryset.order_by()
                .values(
                    facet=Value(facet, output_field=CharField()),
                    value=Cast(F(column), TextField()),
                )
                .annotate(rows=Count("*"))
            )
        counts: dict[str, list[tuple[str, int]]] = {facet: [] for facet in self.facets}
        first, *rest = parts
        rows = first.union(*rest, all=True) if rest else first
        for row in sorted(rows, key=lambda r: (-r["rows"], r["value"] or "")):
            if row["value"]:
                counts[row["facet"]].append((row["value"], row["rows"]))
        return counts
