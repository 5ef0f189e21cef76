"""Entry forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from apps.cases.forms import RecordForm
from apps.districts.models import Blank, IndicatorValue, NarrativeSection
from apps.registry.models import Indicator


def read_figure(values: dict[str, Any]) -> dict[str, Any]:
    """Return ``values`` with ``blank`` and ``value`` agreeing: a number, or a reason for none."""
    if values.get("value") is not None:
        return {**values, "blank": ""}
    return {**values, "blank": values.get("blank") or Blank.MISSING}


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
        return read_figure(values)


class NarrativeSectionForm(RecordForm):
    """One section of the narrative."""

    class Meta:
        model = NarrativeSection
        fields = ["heading", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}


class FigureForm(RecordForm):
    """One line of the return: the parts of a figure that the district types."""

    class Meta:
        model = IndicatorValue
        fields = ["value", "blank", "qualifier"]

    def clean(self) -> dict[str, Any]:
        """Refuse a value together with a reason for none."""
        values = super().clean() or {}
        if values.get("value") is not None and values.get("blank"):
            self.add_error("blank", _("Give a value, or say why there is none, not both."))
        if values.get("value") is None and self.instance.pk and "value" not in self.errors:
            # A figure that was emptied is missing; nought would be a number.
            values["blank"] = values.get("blank") or Blank.MISSING
        return values
