"""What every reader does to a cell's text: odd characters out, nothing of the content changed."""

import re
import unicodedata

CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
LINE_BREAK = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
BLANK = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
RADICAL = re.compile(r"[\u2e80-\u2fd5\uf900-\ufaff]")
"""Radicals and compatibility forms that some PDF fonts give in place of the character itself."""
ODD = re.compile(
    "|".join(each.pattern for each in (CONTROL, INVISIBLE, LINE_BREAK, BLANK, RADICAL)) + "|\n"
)
"""Anything that ``tidy`` changes between the ends of a text; most texts hold nothing of it."""


def tidy(text: str) -> str:
    """Outer blanks off, one kind of blank and of line break, no invisible characters."""
    if ODD.search(text) is None:
        return text.strip()
    text = LINE_BREAK.sub("\n", text)
    text = INVISIBLE.sub("", BLANK.sub(" ", CONTROL.sub("", text)))
    text = RADICAL.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def has_control(text: str) -> bool:
    """Whether a text holds characters that no keyboard writes; ``tidy`` takes them out."""
    return CONTROL.search(text) is not None
