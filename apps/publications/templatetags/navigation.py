"""The rooms of the public side, on every page of it."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

register = template.Library()

ROOMS = (
    (_("Awards"), "/awards/"),
    (_("Platforms"), "/platforms/"),
    (_("Enterprises"), "/enterprises/"),
    (_("Districts"), "/districts/"),
    (_("Indicators"), "/indicators/"),
    (_("Policies"), "/policies/"),
    (_("Events"), "/events/"),
    (_("Releases"), "/releases/"),
)


@register.simple_tag(takes_context=True)
def site_links(context: Any) -> SafeString:
    """Return a link to each room, as ``nav_link.html`` writes one; the present one is marked."""
    path = getattr(context.get("request"), "path", "")
    links = []
    for label, url in ROOMS:
        current = "page" if path == url else "true" if url in path else ""
        mark = format_html(' aria-current="{}"', current) if current else ""
        links.append(format_html('<li><a href="{}"{}>{}</a></li>', url, mark, label))
    # Every piece is escaped above.
    return mark_safe("\n      ".join(links))  # noqa: S308
