"""Marking what was found: ``<mark>`` around the words of a question, as printed or spelled."""

from collections.abc import Sequence
from unicodedata import is_normalized

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from apps.registry.sounds import spelled
from apps.registry.words import folded, spans_of, spellings


def marked(text: str, words: Sequence[str]) -> SafeString:
    """Return ``text`` as HTML with each hit of ``words`` marked."""
    if not any(may_hold(text, word) for word in words):
        return escape(text)
    parts: list[str] = []
    place = 0
    for start, end in spans_of(text, list(words)):
        parts.append(escape(text[place:start]))
        parts.append(f"<mark>{escape(text[start:end])}</mark>")
        place = end
    parts.append(escape(text[place:]))
    # Every piece is escaped above.
    return mark_safe("".join(parts))  # noqa: S308


def may_hold(text: str, word: str) -> bool:
    """Say whether it is worth looking where ``word`` stands in ``text``: quick, never wrongly no."""
    if word in text or folded(word) in folded(text):
        return True
    pieces = spellings(word)
    # How a text sounds is known of what is written in the usual signs.
    if not pieces or not is_normalized("NFKC", text):
        return bool(pieces)
    sound = spelled(text)
    return any(piece in sound for _asked, piece in pieces)


def excerpt(text: str, words: Sequence[str], around: int = 30) -> str:
    """Return the piece of a long ``text`` around its first hit, with ``…`` where it was cut."""
    spans = spans_of(text, list(words))
    start = max(0, spans[0][0] - around) if spans else 0
    end = min(len(text), start + 3 * around)
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
