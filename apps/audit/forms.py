"""The questions that the search takes."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.audit import queries
from apps.audit.models import EntryKind
from apps.registry.models import District


class SearchForm(forms.Form):
    """Figure, person, case, time, kind."""

    indicator = forms.CharField(label=_("Indicator, by code or name"), required=False)
    district = forms.ChoiceField(label=_("District"), required=False)
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1900, max_value=2200)
    person = forms.CharField(label=_("Person"), required=False)
    case = forms.CharField(label=_("Case: number, subject or bureau"), required=False)
    kind = forms.ChoiceField(
        label=_("What was written"),
        required=False,
        choices=[("", _("all")), *((value, label) for value, label in EntryKind.choices if value)],
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, data: Any, districts: list[District]) -> None:
        """Offer the districts, which the page has read anyway."""
        super().__init__(data)
        field = self.fields["district"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("all")), *((d.slug, str(d)) for d in districts)]

    def wanted(self) -> Q:
        """Return the condition that an entry answers every question asked. The form is valid."""
        said = self.cleaned_data
        found = Q()
        figure = (said["indicator"].strip(), said["district"], said["year"])
        if any(figure):
            found &= queries.about_figure(*figure)
        if person := said["person"].strip():
            found &= queries.by_person(person)
        if case := said["case"].strip():
            found &= queries.of_case(case)
        if said["kind"]:
            found &= Q(kind=said["kind"])
        if said["since"]:
            found &= Q(at__gte=_beginning(said["since"]))
        if said["until"]:
            found &= Q(at__lt=_beginning(said["until"] + dt.timedelta(days=1)))
        return found


def _beginning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
