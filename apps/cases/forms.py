"""The base of every kind's entry form."""

from typing import Any

from django import forms

from apps.cases.models import Record


class DayInput(forms.DateInput):
    """A day as browsers pick it, in ISO 8601."""

    input_type = "date"

    def __init__(self) -> None:
        """Write days as the browser's picker reads them, whatever the reader's language."""
        super().__init__(format="%Y-%m-%d")


class RecordForm(forms.ModelForm):
    """An entry form of one row. It checks and cleans; ``domain.save_record`` stores.

    ``version`` is the version of the row that the person read: a stale save is told apart by it.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start from the stored row's version; pick days from a calendar."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                field.widget = DayInput()
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version

    @property
    def values(self) -> dict[str, Any]:
        """Return the cleaned content fields, ready for ``save_record``."""
        return {k: v for k, v in self.cleaned_data.items() if k != "version"}

    def save(self, commit: bool = True) -> Record:
        """Refuse: rows are stored by the domain, under its locks and guards."""
        raise NotImplementedError("use domain.records.save_record")
