"""The moment that a page shows: now, or the end of a day in the past."""

import datetime as dt
import re
from collections.abc import Mapping

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.publications.answers import BadQuery

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


class MomentForm(forms.Form):
    """The one field that turns a page back to what was published then."""

    as_of = forms.DateField(
        label=_("As published on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


def day_of(data: Mapping[str, str]) -> dt.date | None:
    """Return the day that ``as_of`` names, or None. Raises ``BadQuery`` for anything else."""
    text = data.get("as_of", "").strip()
    if not text:
        return None
    try:
        if not _DAY.match(text):
            raise ValueError
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise BadQuery(
            gettext("“As published on” takes a day such as 2026-03-31. Correct it in the address.")
        ) from error


def end_of(day: dt.date | None) -> dt.datetime | None:
    """Return the last moment of ``day`` in the city's time zone, or None for now."""
    if day is None:
        return None
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))
