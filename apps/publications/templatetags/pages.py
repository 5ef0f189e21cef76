"""What the head of a page says of it: its title twice, and what it is about as data."""

import json
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# As Django's own ``json_script``: nothing in a text ends the block or begins a tag.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def structured_data(data: Any) -> SafeString:
    """Return ``data`` (``structured.py``) as the block that search engines read."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    # Escaped above.
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308


@register.simple_block_tag
def captured(content: str) -> SafeString:
    """Return what stands inside, for ``as``: to be written in more places than one."""
    # Rendered, and thereby escaped; in an attribute no quotation mark of ours may end it.
    return mark_safe(content.strip().replace('"', "&quot;"))  # noqa: S308
