"""What a cell looks like by itself: a number, a date, people, an organisation, or any text."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

from apps.intake.cells import (
    DISTRICT,
    HAN,
    ORGANISATION,
    PERSON,
    SHORT_NAME,
    split_list,
    split_people,
)

CODE = re.compile(r"[0-9A-Za-z]*[0-9]")
"""Digits, or letters and digits to the end: no name, no date, no word."""
_NUMBER = re.compile(r"[-+]?[0-9０-９][0-9０-９,.]*\s*[%％]?")
_DATE = re.compile(r"(?:19|20)\d\d\s*[-年./].{0,12}")
_FIRM = re.compile(rf"(?![0-9])[{HAN}（）()0-9A-Za-z]{{3,}}公司")


def class_of(text: str) -> str:
    """What a cell looks like: number, date, people, organisation or text; "" for a blank one."""
    # What stands in most cells of a long list is told at a glance.
    if CODE.fullmatch(text):
        return "number" if text.isdecimal() else "text"
    if _FIRM.fullmatch(text):
        return "organisation"
    return closely_seen(text)


# The makes that ``class_of`` tells at a glance, of very many cells between separators.
_BETWEEN = "\x1f"
_ALIKE = [
    (make, re.compile(rf"(?:{cell})(?:{_BETWEEN}(?:{cell}))*+"))
    for make, cell in (
        ("number", "[0-9]+"),
        ("text", "[0-9]*[A-Za-z][0-9A-Za-z]*[0-9]"),
        ("organisation", _FIRM.pattern),
    )
]
_TOGETHER = 500


def count_classes(texts: Iterable[str]) -> Counter[str]:
    """How many cells look like what, as ``class_of`` says it, in the order they are met in.

    Most columns of a long list say one kind of thing: they are looked at many cells together.
    """
    found: Counter[str] = Counter()
    rest = iter(texts)
    while piece := list(islice(rest, _TOGETHER)):
        joined = _BETWEEN.join(piece)
        if joined.count(_BETWEEN) == len(piece) - 1:
            make = next((make for make, cells in _ALIKE if cells.fullmatch(joined)), None)
            if make is not None:
                found[make] += len(piece)
                continue
        for text, times in Counter(piece).items():
            found[class_of(text)] += times
    return found


@lru_cache(maxsize=16384)
def closely_seen(text: str) -> str:
    """What any cell looks like, as ``class_of`` says it, by each of the signs in turn."""
    text = text.strip()
    if not text:
        return ""
    if _NUMBER.fullmatch(text):
        return "number"
    if _DATE.fullmatch(text):
        return "date"
    if DISTRICT.fullmatch(text):
        return "district"
    names = split_list(text)[:6]
    if (
        names
        and all(ORGANISATION.fullmatch(name) for name in names)
        and SHORT_NAME.fullmatch(text) is None
    ):
        return "organisation"
    people = split_people(text)[:6]
    if people and all(PERSON.fullmatch(name) for name in people) and not re.search(r"奖|类$", text):
        return "people"
    return "text"
