"""Letters of a PDF that cannot be told: each stands as one sign, and none falls out unseen.

A font need not say which character a code of it means. pdfminer writes such a letter as
``(cid:7)``, and leaves out, without a word, a code that the font's table does not hold: 智汇·宁海
came out as 智汇宁海. Both become ``UNREADABLE`` here, which makes the cell doubtful.
"""

import re
from collections.abc import Iterator
from typing import Any

from pdfminer.cmapdb import CMap

UNREADABLE = "\ufffd"
UNTOLD = re.compile(r"\(cid:\d+\)|[\x00\ufffd\ue000-\uf8ff]")
"""A letter without a character: no meaning given, or one of the font's own (private use)."""


def told(chars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The letters, each that means no character replaced by the sign for it."""
    return [{**char, "text": UNREADABLE} if UNTOLD.search(char["text"]) else char for char in chars]


def _decode(self: CMap, code: bytes) -> Iterator[int]:
    """The glyphs that codes of a font stand for; 0, which has no character, for an unknown code."""
    table: Any = self.code2cid
    for byte in code:
        found = table.get(byte)
        if isinstance(found, dict):
            table = found
            continue
        yield 0 if found is None else found
        table = self.code2cid


# The library leaves no other place to see a code that it does not know.
CMap.decode = _decode  # type: ignore[method-assign]
