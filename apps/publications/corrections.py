"""The public's side of a correction request: the form, its guards against spam, the receipt."""

from typing import Any, cast

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

# A person needs a moment to write; a page left open for a day has to be asked for anew.
LEAST_SECONDS = 3
MOST_SECONDS = 24 * 3600
_SALT = "correction-request"


def opened_now() -> str:
    """Return a signed mark of the moment in which the form was shown."""
    return signing.TimestampSigner(salt=_SALT).sign("form")


class CorrectionForm(forms.Form):
    """What is wrong with a public row, and how to reach who says so.

    ``website`` is for machines: people do not see it. ``opened`` says when the form was shown.
    """

    reason = forms.CharField(
        label=_("What is wrong, and how you know"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Name the value and the source that shows another. Write no identity numbers."),
        error_messages={"required": _("Say in a sentence what is wrong, and how you know.")},
    )
    contact = forms.CharField(
        label=_("E-mail or telephone, if you wish to be asked back"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
        help_text=_("Only the city's reviewers see it. You get your answer without it, too."),
    )
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Refuse what no person sends: a filled trap, a form sent at once or after a day."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("website"):
            raise forms.ValidationError(
                _("The field that has to stay empty was filled. Empty it and send the form again.")
            )
        signer = signing.TimestampSigner(salt=_SALT)
        try:
            signer.unsign(cleaned.get("opened", ""), max_age=MOST_SECONDS)
        except signing.BadSignature as error:
            raise forms.ValidationError(
                _("This form has been open for too long. What you wrote is kept; send it again.")
            ) from error
        if not self._took_a_moment(cleaned["opened"], signer):
            raise forms.ValidationError(
                _("That was very quick. Please look at what you wrote and send it again.")
            )
        return cleaned

    def _took_a_moment(self, opened: str, signer: signing.TimestampSigner) -> bool:
        """Say whether the form was shown at least ``LEAST_SECONDS`` ago."""
        try:
            signer.unsign(opened, max_age=LEAST_SECONDS)
        except signing.SignatureExpired:
            return True
        return False

    def again(self) -> None:
        """Let the form that is shown again start its time anew."""
        data = cast(QueryDict, self.data).copy()
        data["opened"] = opened_now()
        self.data = data
