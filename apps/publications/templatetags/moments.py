"""``{{ day|moment }}``."""

import datetime as dt

from django import template

from apps.publications.moments import words_of

register = template.Library()


@register.filter
def moment(day: dt.date | dt.datetime) -> str:
    """Return a day, or a moment to the second, as it is printed."""
    return words_of(day)
