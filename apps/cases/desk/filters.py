"""Filters of the list of cases."""

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Bureau
from apps.cases.desk import queries
from apps.cases.desk.queue import TABS, filter_choices, is_overdue, items_due
from apps.cases.kinds import kinds
from apps.cases.models import OPEN, Revision, State


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
        self.offer()

    def offer(self) -> None:
        """Fill in what the filters offer."""
        user = self.request.user
        self.filters["year"].extra["choices"] = [
            (year, str(year)) for year in queries.years_with_cases(user)
        ]
        self.filters["bureau"].queryset = queries.bureaus_with_cases(user)

    @property
    def found(self) -> QuerySet[Revision]:
        """Return what fits; nothing where a filter names what there is not, which the page says."""
        return self.qs if self.is_valid() else self.qs.none()

    def search(self, queryset: QuerySet[Revision], name: str, value: str) -> QuerySet[Revision]:
        """Keep the cases whose subject or bureau contains ``value``."""
        return queryset.filter(
            Q(case__subject__icontains=value)
            | Q(case__bureau__name__icontains=value)
            | Q(case__bureau__name_en__icontains=value)
        )


# So many days from today count as "soon".
SOON = 7


class QueueFilterSet(CaseFilterSet):
    """The filters of the queue: those of the cases, the reviewer, and the day of a return."""

    tab = django_filters.ChoiceFilter(
        choices=list(TABS.items()), method="keep", widget=forms.HiddenInput
    )
    bureau = django_filters.ChoiceFilter(
        label=_("Bureau"), field_name="case__bureau__slug", empty_label=_("all")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(state.value, state.label) for state in State if state in OPEN],
        empty_label=_("all"),
    )
    reviewer = django_filters.ChoiceFilter(
        label=_("Reviewer"), method="of_reviewer", empty_label=_("all")
    )
    deadline = django_filters.ChoiceFilter(
        label=_("Day of the return"),
        method="by_deadline",
        choices=[
            ("passed", _("has passed")),
            ("soon", _("within seven days")),
            ("none", _("has no day")),
        ],
        empty_label=_("all"),
    )

    def offer(self) -> None:
        """Offer what the open cases in scope have: one query for all filters."""
        choices = filter_choices(self.request.user)
        self.filters["year"].extra["choices"] = [(year, str(year)) for year in choices.years]
        self.filters["bureau"].extra["choices"] = [(b.slug, str(b)) for b in choices.bureaus]
        self.filters["reviewer"].extra["choices"] = [
            ("none", _("nobody")),
            *[(person.username, str(person)) for person in choices.reviewers],
        ]

    def keep(self, queryset: QuerySet[Revision], name: str, value: str) -> QuerySet[Revision]:
        """Keep all: the tab was chosen before the filters."""
        return queryset

    def of_reviewer(
        self, queryset: QuerySet[Revision], name: str, value: str
    ) -> QuerySet[Revision]:
        """Keep the cases of one reviewer, or those of nobody."""
        if value == "none":
            return queryset.filter(reviewer__isnull=True)
        return queryset.filter(reviewer__username=value)

    def by_deadline(
        self, queryset: QuerySet[Revision], name: str, value: str
    ) -> QuerySet[Revision]:
        """Keep the cases by the day of their items."""
        today = timezone.localdate()
        if value == "passed":
            return queryset.filter(is_overdue(today))
        if value == "none":
            return queryset.exclude(Exists(items_due()))
        return queryset.filter(Exists(items_due(today + dt.timedelta(days=SOON + 1)))).exclude(
            Exists(items_due(today))
        )
