"""A cell of a list as text: as an editor holds it, and as a spreadsheet gives it."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.cases.desk.values import field_label
from apps.cases.fields import LinesField
from apps.cases.kinds import RecordKind
from apps.cases.models import Record

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


class Cells:
    """The fields of one kind of row, and how a text becomes a value of each.

    The dictionaries that fields point into are read once each, when first asked.
    """

    def __init__(self, kind: RecordKind) -> None:
        """Take the fields from the kind's own entry form."""
        self.kind = kind
        form = kind.form()
        self.form = form
        self.names = [name for name in kind.fields if name in form.fields]
        self.labels = {name: field_label(kind.model, name) for name in self.names}
        self._known: dict[str, dict[str, Any]] = {}

    def choose_among(self, entries: Mapping[type[Any], Mapping[int, Any]]) -> None:
        """Let relations be chosen among the entries of a dictionary that was read already."""
        for field in self.form.fields.values():
            if not isinstance(field, forms.ModelChoiceField) or field.queryset is None:
                continue
            known = entries.get(field.queryset.model)
            if known is not None and not field.queryset.query.has_filters():
                named = ((pk, field.label_from_instance(entry)) for pk, entry in known.items())
                field.choices = [("", field.empty_label), *named]

    def editor_text(self, record: Record, name: str) -> str:
        """Return the value as the entry form's control holds it."""
        value = getattr(record, record._meta.get_field(name).attname)  # type: ignore[union-attr]
        if value is None:
            return ""
        if isinstance(value, list):
            return "\n".join(value)
        return f"{value:f}" if isinstance(value, Decimal) else str(value)

    def from_editor(self, name: str, text: str) -> Any:
        """Return the value that an editor's text stands for. Raises ``ValidationError``."""
        field = self.form.fields[name]
        if isinstance(field, forms.ModelChoiceField) and text:
            for known in self._dictionary(name).values():
                if str(known.pk) == text:
                    return known
        return self._cleaned(field, text)

    def from_sheet(self, name: str, text: str) -> Any:
        """Return the value that a spreadsheet's cell stands for. Raises ``ValidationError``.

        A dictionary's entry goes by its name or code, a choice by its word, a day in any of the
        ways offices write it, names by whichever separator the cell uses.
        """
        field, text = self.form.fields[name], text.strip()
        if isinstance(field, LinesField):
            return self._cleaned(field, "\n".join(_names(text)))
        if not text:
            return self._cleaned(field, "")
        if isinstance(field, forms.ModelChoiceField):
            known = self._dictionary(name).get(_folded(text))
            if known is None:
                raise ValidationError(
                    _("“%(text)s” is not in the list of %(field)s. Write it as it stands there.")
                    % {"text": text, "field": self.labels[name]}
                )
            return known
        if isinstance(field, forms.TypedChoiceField):
            words = {_folded(str(label)): value for value, label in list(field.choices)}  # type: ignore[arg-type]
            return self._cleaned(field, words.get(_folded(text), text))
        if isinstance(field, forms.DateField) and (day := _DAY.fullmatch(_folded(text))):
            text = "{}-{:0>2}-{:0>2}".format(*day.groups())
        if isinstance(field, forms.IntegerField):
            text = _folded(text)
        return self._cleaned(field, text)

    def _cleaned(self, field: forms.Field, text: str) -> Any:
        return field.clean(text)

    def _dictionary(self, name: str) -> dict[str, Any]:
        """Return the entries that a relation may point to, by everything they are called."""
        if name not in self._known:
            field = self.form.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            known: dict[str, Any] = {}
            for entry in field.queryset or ():
                for word in ("name", "name_en", "slug", "code"):
                    if text := getattr(entry, word, ""):
                        known.setdefault(_folded(text), entry)
                known.setdefault(_folded(str(entry)), entry)
            self._known[name] = known
        return self._known[name]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def _names(text: str) -> list[str]:
    """Return the names in a cell: by line, else by semicolon, else by bar, else by 、."""
    for separators in ("\r\n", ";；", "|", "、"):
        if any(mark in text for mark in separators):
            return [part.strip() for part in re.split(f"[{separators}]+", text) if part.strip()]
    return [text] if text else []
