"""What a person hands in and says about it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.cases.kinds import record_kinds
from apps.intake.formats import LARGEST_FILE
from apps.intake.imports.starting import name_of_pasted

CLIPBOARD = {"clipboard.html": ".html", "clipboard.txt": ".txt"}
ACCEPTED = ".docx,.xlsx,.xls,.csv,.tsv,.txt,.html,.htm,.pdf"


class ImportForm(forms.Form):
    """A file, or a pasted table; and the kind of row where the person knows it."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        error_messages={
            "empty": _("The file is empty; save it again from its program, then hand it in.")
        },
        help_text=_("Word (.docx), Excel (.xlsx, .xls), CSV or text, HTML, or PDF with text."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )
    pasted = forms.CharField(
        label=_("Or paste a table here"),
        required=False,
        strip=False,
        help_text=_("Copy it from Word, Excel or a web page. Columns stay columns."),
        widget=forms.Textarea(attrs={"rows": 8, "data-paste-table": "", "spellcheck": "false"}),
    )
    # The table as the browser had it on its clipboard: cells that are merged stay so.
    pasted_html = forms.CharField(
        required=False, strip=False, widget=forms.HiddenInput(attrs={"data-pasted-html": ""})
    )
    kind = forms.ChoiceField(label=_("Kind of row"), required=False)

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        """Offer the kinds of the case; where it has but one there is nothing to choose."""
        super().__init__(*args, **kwargs)
        if len(kinds) < 2:
            del self.fields["kind"]
            return
        choices = [(code, record_kinds[code].label_plural) for code in kinds]
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("as the table looks")), *choices]

    def clean(self) -> dict[str, Any]:
        """Refuse nothing at all, and a file too large. Raises ``ValidationError``."""
        values = super().clean() or {}
        file = values.get("file")
        if file and file.size > LARGEST_FILE:
            raise ValidationError(
                _("The file is larger than %(megabytes)s MB; split it.")
                % {"megabytes": LARGEST_FILE // 2**20}
            )
        if not file and not (values.get("pasted") or "").strip() and "file" not in self.errors:
            raise ValidationError(_("Choose a file, or paste a table."))
        return values

    @property
    def content(self) -> tuple[str, bytes]:
        """Return the name and the bytes of what was handed in."""
        file = self.cleaned_data.get("file")
        if file:
            # A long clipboard comes as a file (intake.js).
            ending = CLIPBOARD.get(file.name, "")
            return name_of_pasted(ending) if ending else file.name, file.read()
        if html := self.cleaned_data.get("pasted_html"):
            return name_of_pasted(".html"), html.encode()
        return name_of_pasted(".txt"), self.cleaned_data["pasted"].encode()
