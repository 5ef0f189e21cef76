"""What every page has in common is rendered once a language, and not for each request."""

from typing import Any

from django import template
from django.utils.translation import get_language

register = template.Library()


class OnceNode(template.Node):
    """Keeps what its inside rendered to. In debug mode templates are read anew, and so is this."""

    def __init__(self, nodelist: template.NodeList) -> None:
        """Take what stands inside."""
        self.nodelist = nodelist
        self.kept: dict[str | None, str] = {}

    def render(self, context: Any) -> str:
        """Return what is kept of the reader's language."""
        language = get_language()
        if language not in self.kept:
            self.kept[language] = self.nodelist.render(context)
        return self.kept[language]


@register.tag
def once(parser: template.base.Parser, token: template.base.Token) -> OnceNode:
    """Render what stands between ``{% once %}`` and ``{% endonce %}`` once in each language.

    It must say the same on every page and to everyone: no variable of a request inside.
    """
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(nodelist)
