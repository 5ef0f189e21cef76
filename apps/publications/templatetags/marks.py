"""``{{ text|mark:words }}``."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString

from apps.publications.marks import marked

register = template.Library()


@register.filter
def mark(text: object, words: Sequence[str]) -> SafeString:
    """Return ``text`` as HTML with each hit of ``words`` marked."""
    return marked(str(text), words or [])
