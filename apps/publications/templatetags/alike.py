"""What is the same on every page of a kind is rendered once an edition, and not for each request."""

from itertools import count
from typing import Any

from django import template
from django.utils.translation import get_language

from apps.publications.edition import remembered

register = template.Library()
_numbers = count()


class AlikeNode(template.Node):
    """Remembers what its inside rendered to, for an edition."""

    def __init__(self, kind: template.base.FilterExpression, nodelist: template.NodeList) -> None:
        """Take what names the pages that are alike, and what stands inside."""
        self.kind, self.nodelist = kind, nodelist
        self.number = next(_numbers)

    def render(self, context: Any) -> str:
        """Return what is remembered; of a page that has no name, what it says now."""
        kind = self.kind.resolve(context, ignore_failures=True)
        if not kind:
            return self.nodelist.render(context)
        key = ("alike", self.number, kind, get_language())
        return remembered(key, lambda: self.nodelist.render(context))


@register.tag
def alike(parser: template.base.Parser, token: template.base.Token) -> AlikeNode:
    """Render what stands between ``{% alike kind %}`` and ``{% endalike %}`` once an edition.

    It must say the same to everyone and on every page of that ``kind``, which names few: no other
    variable of a request inside. A page without a ``kind`` is rendered as ever.
    """
    _tag, kind = token.split_contents()
    nodelist = parser.parse(("endalike",))
    parser.delete_first_token()
    return AlikeNode(parser.compile_filter(kind), nodelist)
