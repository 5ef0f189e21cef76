"""How a stored value reads on a page."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

EMPTY = "—"


def in_words(row: Any, name: str) -> str:
    """Return the value of ``row``'s field ``name`` as text: lists joined, choices in words."""
    display = getattr(row, f"get_{name}_display", None)
    if display is None:
        # A stored state of a row reads as the row itself does.
        own = getattr(getattr(row, "pgh_tracked_model", None), f"get_{name}_display", None)
        return words(own(row) if own else getattr(row, name))
    return words(display())


def words(value: Any) -> str:
    """Return any value as text."""
    if value is None or value == "" or value == []:
        return EMPTY
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "、".join(words(item) for item in value)
    if isinstance(value, Decimal):
        # Digits are content: 3.50 stays 3.50.
        return number_format(value, use_l10n=False)
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def field_label(model: type[Model], name: str) -> str:
    """Return the field's name in words."""
    label: str | Promise = model._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    text = str(label)
    return text[:1].upper() + text[1:]
