"""A field for names in printed order, edited one per line."""

from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models


class LinesField(forms.CharField):
    """A form field: a text area with one name per line; its value is a list in that order."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        """Show a list one name per line."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """Return the lines that are not blank, stripped."""
        text = super().clean("\n".join(value) if isinstance(value, list) else value)
        return [line.strip() for line in text.splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare lists, not texts."""
        return (initial or []) != self.clean(data)


class NameListField(ArrayField):
    """An ordered list of printed names. Order is honour: nothing ever sorts it."""

    def __init__(self, base_field: models.Field | None = None, **kwargs: Any) -> None:
        """Hold names of up to 200 characters."""
        kwargs.setdefault("default", list)
        super().__init__(base_field or models.CharField(max_length=200), **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        """Edit the list one name per line."""
        return models.Field.formfield(self, form_class=LinesField, **kwargs)


class ExactDecimalField(models.DecimalField):
    """A decimal that keeps the digits it was given: 58.80 stays 58.80, as printed."""

    def db_type(self, connection: Any) -> str:
        """Store as plain ``numeric``, whose scale is each value's own."""
        return "numeric"
