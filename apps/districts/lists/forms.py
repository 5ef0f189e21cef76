"""Forms of the lists in a return: why something is claimed, and what proves it; the city's answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.cases.desk.forms import EvidenceForm, FigureWarning


class ClaimForm(forms.Form):
    """Why a row is disputed or missing, and the document that proves it."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence for the city: the decision, its number, its date."),
        error_messages={"required": _("Say why, so that the city can check it.")},
    )
    file = EvidenceForm.base_fields["file"]
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, has_file: bool = False, **kwargs: Any) -> None:
        """``has_file``: one is attached already, so that another may follow but need not."""
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("Document that proves it")
        self.fields["file"].required = not has_file


class DisputeForm(ClaimForm):
    """The same for a row that is on the list."""

    is_foreign = forms.BooleanField(
        label=_("This row should not stand here at all: it is not ours, or was never decided"),
        required=False,
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    field_order = ["is_foreign", "reason", "file"]


class AnswerForm(FigureWarning):
    """What the city says to a claim."""

    figure_field = "text"
    text = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The district reads it. It is needed where the claim is not taken over."),
    )
