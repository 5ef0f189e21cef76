"""Fields for what offices type: names in printed order, numbers as they stand in print."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}([, ][0-9]{3})+(\.[0-9]*)?")


def say_plainly(model: type[models.Model]) -> None:
    """Let the fields of a model say that they cannot be blank, never that they cannot be null."""
    for field in model._meta.get_fields():
        if isinstance(field, models.Field):
            field.error_messages["null"] = field.error_messages["blank"]


class FigureField(forms.DecimalField):
    """A form field for a number as an office types it: １２３, 1,234.5 and − 3 are numbers.

    Digits and signs of full width are those of half width; a comma or a space is taken only where
    it parts thousands, since 1,5 may mean either. Nothing is rounded and no nought is dropped.
    """

    widget = forms.TextInput
    default_error_messages = {
        "invalid": _(
            "This is not a number. Type digits only, such as 1234.5: the unit and words such as "
            "“about” have fields of their own."
        ),
        "max_digits": _("This number has more than %(max)s digits. Look whether it is right."),
        "max_whole_digits": _(
            "This number has more than %(max)s digits before the point. Look whether it is right."
        ),
        "max_decimal_places": _(
            "This number has more than %(max)s digits after the point. Round it as it is printed."
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        """Say in plain words what a number may be."""
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value: Any) -> Any:
        """Return the number, or raise ``ValidationError`` with the cure."""
        if value in self.empty_values or isinstance(value, Decimal):
            return super().to_python(value)
        text = unicodedata.normalize("NFKC", str(value)).replace("−", "-").strip()
        text = re.sub(r"^([+-])\s+", r"\1", text)
        if not text:
            return None
        if _GROUPED.fullmatch(text):
            text = text.replace(",", "").replace(" ", "")
        if not _NUMBER.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return Decimal(text)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell 58.8 from 58.80, which are printed differently."""
        if self.disabled:
            return False
        try:
            before, after = self.to_python(initial), self.to_python(data)
        except ValidationError:
            return True
        if before is None or after is None:
            return before is not after
        return before.as_tuple() != after.as_tuple()


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

    def formfield(self, **kwargs: Any) -> Any:
        """Take numbers as offices type them."""
        return super().formfield(**{"form_class": FigureField, **kwargs})

    def db_type(self, connection: Any) -> str:
        """Store as plain ``numeric``, whose scale is each value's own."""
        return "numeric"
