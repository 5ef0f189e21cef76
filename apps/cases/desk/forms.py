"""Forms of the desk: the steps of the workflow, remarks, findings, opening a case.

They hold what was typed while a step is refused; the domain decides.
"""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.cases.domain.assignment import colleagues
from apps.cases.forms import DayInput
from apps.cases.kinds import Kind
from apps.cases.models import ExplanationCategory, FindingStatus, ReasonCode, Severity
from apps.cases.workflow import Transition
from apps.registry.models import ReportingYear

# A note may name a year or a date; any other number may be a figure that the district is told to
# enter (统计法 art. 7: nobody alters or dictates reported data).
_NOT_A_FIGURE = re.compile(
    r"(19|20)\d\d([-/.年]\s?\d{1,2}([-/.月]\s?\d{1,2}日?)?)?|\d{1,2}月\d{1,2}日|第\s?\d+"
)


def holds_a_figure(text: str) -> bool:
    """Say whether ``text`` holds a number that is no year, date or place."""
    return bool(re.search(r"\d", _NOT_A_FIGURE.sub("", text)))


class FigureWarning(forms.Form):
    """A part of a form in which the city writes to the bureau: warns once of a figure in it."""

    warned = forms.CharField(required=False, widget=forms.HiddenInput)
    figure_found = False
    figure_field: str

    def clean(self) -> dict[str, Any]:
        """Ask for a second look where the note holds a figure; the second time it passes."""
        cleaned = super().clean() or self.cleaned_data
        text = cleaned.get(self.figure_field) or ""
        if holds_a_figure(text) and cleaned.get("warned") != text:
            self.figure_found = True
            raise ValidationError(
                _(
                    "The note holds a number. A figure is for the bureau to find, not for the city "
                    "to dictate: say what is wrong, not what to enter. If the number is no figure, "
                    "send the note again."
                )
            )
        return cleaned


class StepForm(FigureWarning):
    """What a step asks for, besides the click. ``version`` is the one that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    seen_hash = forms.CharField(required=False, widget=forms.HiddenInput)
    seen_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    seen_statement = forms.CharField(required=False, widget=forms.HiddenInput)
    reason_code = forms.ChoiceField(label=_("Kind of correction"), choices=ReasonCode.choices)
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        error_messages={
            "required": _("Give a reason: it goes to the people concerned and into the history.")
        },
    )
    agree = forms.BooleanField(
        label=_("I have read this statement and sign it."),
        error_messages={"required": _("Tick the statement to sign it.")},
    )
    figure_field = "reason"

    def __init__(self, *args: Any, step: Transition, **kwargs: Any) -> None:
        """Keep the fields that ``step`` asks for."""
        super().__init__(*args, **kwargs)
        self.step = step
        if step.name != "restate":
            del self.fields["reason_code"]
        if step.name != "submit":
            del self.fields["agree"]
            for name in ("seen_hash", "seen_at", "seen_statement"):
                del self.fields[name]
        if not step.needs_reason:
            self.fields["reason"].required = False
            self.fields["reason"].label = (
                _("Reason of the release (public)")
                if step.name == "publish"
                else _("Note (stays in the history)")
            )
        elif step.name == "return":
            self.fields["reason"].help_text = _(
                "Goes to the bureau with the items. Say what is wrong, never what to enter."
            )
        elif step.name in {"restate", "withdraw"}:
            self.fields["reason"].help_text = _("Becomes public.")

    def clean(self) -> dict[str, Any]:
        """Look for figures in what a return says; other notes may hold them."""
        return super().clean() if self.step.name == "return" else self.cleaned_data

    @property
    def details(self) -> dict[str, str]:
        """Return what ``perform`` takes besides the reason."""
        names = ("reason_code", "seen_hash", "seen_statement")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


class ViewForm(forms.Form):
    """The name of a view of the queue."""

    name = forms.CharField(
        label=_("Name of the view"),
        max_length=60,
        error_messages={"required": _("Give the view a name.")},
    )


class HandOverForm(forms.Form):
    """To whom a case under review goes, and what he should know."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    colleague = forms.ModelChoiceField(
        label=_("Colleague"), queryset=User.objects.none(), empty_label=_("choose")
    )
    note = forms.CharField(
        label=_("Note for the colleague"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is done, what is left, what to look at. It stays in the history."),
        error_messages={"required": _("Write a note for the colleague who goes on with the case.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the reviewers of the city."""
        super().__init__(*args, **kwargs)
        field = self.fields["colleague"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = colleagues()


class ExtensionForm(forms.Form):
    """Why more time is needed, and until when."""

    kind = forms.CharField(widget=forms.HiddenInput)
    year = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why more time is needed"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why more time is needed.")},
    )
    wished_until = forms.DateField(label=_("Wished until"), widget=DayInput)


class ExtensionAnswerForm(forms.Form):
    """Until when more time is granted, or why it is refused."""

    until = forms.DateField(label=_("Granted until"), required=False, widget=DayInput)
    answer = forms.CharField(
        label=_("Answer"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Goes to the bureau. A refusal needs its reason."),
    )


class AnswerForm(forms.Form):
    """The answer to a correction request."""

    answer = forms.CharField(
        label=_("Answer"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Whoever asked reads it with the receipt number. Name no person in it."),
    )


class RequestFindingForm(forms.Form):
    """The remark that a correction request becomes."""

    message = forms.CharField(
        label=_("What is wrong, and what would cure it"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The bureau reads it. Leave out who asked."),
    )
    deadline = forms.DateField(label=_("To be corrected by"), required=False, widget=DayInput)


class OpenCaseForm(forms.Form):
    """Which case to begin."""

    kind = forms.ChoiceField(label=_("Kind"))
    year = forms.TypedChoiceField(
        label=_("Year of the report"),
        coerce=int,
        error_messages={
            "invalid_choice": _(
                "The year %(value)s is not open for reporting. Choose another year, or ask the city "
                "bureau to open it."
            )
        },
    )
    subject = forms.CharField(
        label=_("Subject"),
        required=False,
        max_length=200,
        help_text=_("What the list is, as its decision names it. A yearly return has none."),
    )

    def __init__(
        self, *args: Any, kinds: Sequence[Kind], years: Sequence[ReportingYear], **kwargs: Any
    ) -> None:
        """Offer the kinds that the person fills and the years that are open."""
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        kind_field, year_field = self.fields["kind"], self.fields["year"]
        assert isinstance(kind_field, forms.ChoiceField)
        assert isinstance(year_field, forms.TypedChoiceField)
        kind_field.choices = [(kind.code, kind.label) for kind in kinds]
        kind_field.error_messages["invalid_choice"] = _(
            "You do not fill cases of this kind. Choose one of those offered."
        )
        year_field.choices = [(y.year, str(y.year)) for y in years if y.opens_on <= today]
        if not any(kind.has_subject for kind in kinds):
            del self.fields["subject"]


class FindingForm(FigureWarning):
    """What a reviewer says about a case, a row or a field; with a day, an item of the return."""

    place = forms.ChoiceField(label=_("About"), required=False)
    severity = forms.ChoiceField(
        label=_("Weight"), choices=Severity.choices, initial=Severity.EXPLAIN
    )
    message = forms.CharField(
        label=_("What is wrong, and what would cure it"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say what is wrong and what would cure it.")},
    )
    deadline = forms.DateField(
        label=_("To be corrected by"),
        required=False,
        widget=DayInput,
        help_text=_("With a day, the return names it and opens what it names for correction."),
    )
    figure_field = "message"

    def __init__(
        self,
        *args: Any,
        fields: Sequence[tuple[str, str]],
        is_objection: bool,
        has_deadline: bool = True,
        **kwargs: Any,
    ) -> None:
        """Offer the fields of the row, or the kinds of row of the case, as the place."""
        super().__init__(*args, **kwargs)
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)
        place.choices = fields
        if is_objection or not has_deadline:
            del self.fields["severity"]
            del self.fields["deadline"]

    def clean_deadline(self) -> dt.date | None:
        """Take a day from today on."""
        day: dt.date | None = self.cleaned_data["deadline"]
        if day is not None and day < timezone.localdate():
            raise ValidationError(_("The deadline lies in the past. Choose a later day."))
        return day


class RemarkForm(forms.Form):
    """An explanation, an answer, or the reason of a decision."""

    category = forms.ChoiceField(
        label=_("Kind of explanation"),
        required=False,
        choices=[("", "—"), *ExplanationCategory.choices],
    )
    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    decision = forms.ChoiceField(
        required=False,
        widget=forms.HiddenInput,
        choices=[
            ("explain", ""),
            *[
                (status.value, "")
                for status in (FindingStatus.ACCEPTED, FindingStatus.REJECTED, FindingStatus.CLOSED)
            ],
        ],
    )


class EvidenceForm(forms.Form):
    """A file, and what it shows."""

    file = forms.FileField(
        label=_("File"),
        max_length=250,
        help_text=_(
            "PDF, OFD, picture (PNG, JPEG, WebP), Word, Excel, PowerPoint, CSV or text. Black out ID, mobile and bank card numbers first; pictures and scans are not read, so look at them yourself."
        ),
        widget=forms.FileInput(
            attrs={"accept": ".pdf,.ofd,.png,.jpg,.jpeg,.webp,.docx,.xlsx,.pptx,.csv,.txt"}
        ),
        error_messages={
            "required": _("Choose a file to attach."),
            "empty": _("The file is empty. Look whether it was saved, then attach it again."),
        },
    )
    caption = forms.CharField(
        label=_("What it shows"),
        max_length=200,
        required=False,
        help_text=_("For the reviewer: the document, its number, the page that counts."),
    )
