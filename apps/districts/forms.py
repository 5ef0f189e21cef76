"""Entry forms."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.cases.forms import RecordForm
from apps.districts.models import Blank, IndicatorValue, NarrativeSection
from apps.districts.pasting import COLUMNS, MOST_ROWS
from apps.registry.models import Indicator

# What a line asks for beside a value that another office makes.
QUOTED = ("quoted_from", "quoted_on")


def read_figure(values: dict[str, Any]) -> dict[str, Any]:
    """Return ``values`` with ``blank`` and ``value`` agreeing: a number, or a reason for none."""
    if values.get("value") is not None:
        return {**values, "blank": ""}
    return {**values, "blank": values.get("blank") or Blank.MISSING}


def refuse_future(form: forms.BaseForm, values: dict[str, Any]) -> None:
    """Add an error where the source of a figure has a day that is still to come."""
    day = values.get("quoted_on")
    if day is not None and day > timezone.localdate():
        form.add_error("quoted_on", _("The date of the source lies in the future. Correct it."))


class IndicatorValueForm(RecordForm):
    """One figure, whole: used for the city's figures and for a figure with a subject of its own."""

    class Meta:
        model = IndicatorValue
        fields = [
            "indicator",
            "unit",
            "reporting_unit",
            "subject",
            "period",
            "scope",
            "value",
            "blank",
            "qualifier",
            "comparison",
            "rank",
            "status",
            "quoted_from",
            "quoted_on",
        ]

    def clean(self) -> dict[str, Any]:
        """Let the unit be one that the dictionary allows; refuse a value together with a blank."""
        values = super().clean() or {}
        indicator, unit = values.get("indicator"), values.get("unit")
        if isinstance(indicator, Indicator) and unit and unit not in indicator.units:
            self.add_error(
                "unit",
                _("%(indicator)s is given in %(units)s.")
                % {"indicator": indicator, "units": "、".join(indicator.units)},
            )
        if values.get("value") is not None and values.get("blank"):
            self.add_error("blank", _("Give a value, or say why there is none, not both."))
        refuse_future(self, values)
        return read_figure(values)


class NarrativeSectionForm(RecordForm):
    """One section of the narrative."""

    class Meta:
        model = NarrativeSection
        fields = ["heading", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 12})}


class FigureForm(RecordForm):
    """One line of the return: the parts of a figure that the district types."""

    class Meta:
        model = IndicatorValue
        fields = ["value", "blank", "qualifier", *QUOTED]

    def clean(self) -> dict[str, Any]:
        """Refuse a value together with a reason for none, and a source of tomorrow."""
        values = super().clean() or {}
        refuse_future(self, values)
        if values.get("value") is not None and values.get("blank"):
            self.add_error("blank", _("Give a value, or say why there is none, not both."))
        if values.get("value") is None and self.instance.pk and "value" not in self.errors:
            # A figure that was emptied is missing; nought would be a number.
            values["blank"] = values.get("blank") or Blank.MISSING
        return values


def _field(name: str) -> Any:
    """Return the form field of a figure's model field."""
    field: Any = IndicatorValue._meta.get_field(name)
    return field.formfield(required=False)


class FieldForm(forms.Form):
    """One figure saved by itself, with the row and the version that the person read."""

    value = _field("value")
    qualifier = _field("qualifier")
    blank = _field("blank")
    quoted_from = _field("quoted_from")
    quoted_on = _field("quoted_on")
    uid = forms.UUIDField(required=False)
    version = forms.IntegerField(required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a value together with a reason for none, and a source of tomorrow."""
        values = super().clean() or {}
        refuse_future(self, values)
        if values.get("value") is not None and values.get("blank"):
            self.add_error("blank", _("Give a value, or say why there is none, not both."))
        return values

    @property
    def values(self) -> dict[str, Any]:
        """Return what is stored of the figure; of a source only what the page sent."""
        sent = [name for name in QUOTED if name in self.data]
        return {name: self.cleaned_data[name] for name in ("value", "blank", "qualifier", *sent)}


class HearForm(forms.Form):
    """What a page tells of itself when it asks what is new."""

    section = forms.IntegerField(min_value=0, max_value=999)
    # The indicator whose field has the focus.
    field = forms.SlugField(required=False, max_length=80)
    # The version of each figure shown: {"rd-spending": 3}; nought where there is none.
    figures = forms.JSONField(required=False)
    # What the page shows of findings, as it was told.
    findings = forms.CharField(required=False, max_length=64)
    # The person has saved since the rules last spoke.
    check = forms.BooleanField(required=False)
    # Seconds until the page means to ask again: so long the person counts as being there.
    again = forms.IntegerField(required=False, min_value=0, max_value=60)

    def clean_figures(self) -> dict[str, int]:
        """Refuse what is no table of versions."""
        figures = self.cleaned_data["figures"] or {}
        if not isinstance(figures, dict) or not all(
            isinstance(version, int) for version in figures.values()
        ):
            raise forms.ValidationError("versions by code")
        return figures


class PasteForm(forms.Form):
    """Cells copied from a spreadsheet, and the lines that they would go to."""

    text = forms.CharField(max_length=200_000, strip=False)
    column = forms.ChoiceField(choices=[(name, name) for name in COLUMNS])
    # Codes of the lines from the first one on, and of those among them that are locked.
    codes = forms.JSONField()
    locked = forms.JSONField(required=False)

    def _codes(self, name: str) -> list[str]:
        codes = self.cleaned_data[name] or []
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            raise forms.ValidationError("a list of codes")
        return codes[:MOST_ROWS]

    def clean_codes(self) -> list[str]:
        """Refuse what is no list of codes."""
        return self._codes("codes")

    def clean_locked(self) -> list[str]:
        """Refuse what is no list of codes."""
        return self._codes("locked")
