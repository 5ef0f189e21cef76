"""The names that an address brings: one that a page does not know is said, never passed over.

Who mistypes the name of a filter must not take the whole list for a filtered one.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

# What other sites hang on the links that lead here, to count their readers: nobody's filter.
_HUNG_ON = re.compile(
    r"utm_\w+|from|isappinstalled|nsukey|scene|srcid|spm|share_\w+|wechat_\w+|fbclid|gclid|msclkid"
)
# So many names, and so much of each, are said.
_MOST_NAMES, _LONGEST_NAME = 5, 40


def unknown_names(data: Mapping[str, Any], known: Collection[str]) -> list[str]:
    """Return the names in ``data`` that stand with a value and are not ``known``, as typed."""
    values = data.lists() if hasattr(data, "lists") else ((k, [v]) for k, v in data.items())
    return [
        name
        for name, found in values
        if name not in known and not _HUNG_ON.fullmatch(name) and any(v.strip() for v in found)
    ]


def shown(names: Collection[str]) -> str:
    """Return ``names`` as a sentence shows them: not all of very many, and none at any length."""
    cut = [n if len(n) <= _LONGEST_NAME else f"{n[:_LONGEST_NAME]}…" for n in names]
    return ", ".join([*cut[:_MOST_NAMES], *(["…"] if len(cut) > _MOST_NAMES else [])])


def passed_over(data: Mapping[str, Any], known: Collection[str]) -> list[str]:
    """Return the sentence, if any, that says which names of an address a page does not know."""
    names = unknown_names(data, known)
    if not names:
        return []
    words = {"names": shown(names), "known": ", ".join(sorted(known))}
    return [
        _(
            "This page does not know “%(names)s”; nothing was chosen by it. "
            "The address takes: %(known)s."
        )
        % words
    ]
