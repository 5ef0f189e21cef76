"""How like two names of organisations are, and why: a suggestion for a person, never a decision."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from apps.registry.names import NUMERALS, NameForm, form_of_name
from apps.registry.sounds import spelled

# From how many characters on a single other one is a slip.
LONG = 8
SHORTEST_BARE = 3
_OFTEN_LEFT_OUT = re.compile(r"[省市县区]|集团|控股|科技|技术|研究|股份|实业|中国")
# Of an abbreviation so many characters at least, so much of it in pairs of the long name.
SHORTEST = 5
SHARED_PAIRS = 0.4

LEGAL_FORM = "legal-form"
SIGNS = "signs"
SOUND = "sound"
SHORT = "short"
ALIKE = "alike"
CODE = "code"
CODE_OF_ANOTHER = "code-of-another"


@dataclass(frozen=True)
class Likeness:
    """Per cent, and the reason in one word (``decisions.Reason``)."""

    percent: int
    reason: str


def likeness(one: str, other: str, places: Collection[str] = ()) -> Likeness | None:
    """Return how like two names are; None where nothing says so or something tells them apart.

    A different number (第一, 第二), single letter, part (分公司, 附属) or place of ``places``
    (districts without 区, 县, 市) tells them apart, however like they are otherwise.
    """
    first, second = form_of_name(one), form_of_name(other)
    if first.marks != second.marks or first.parts != second.parts:
        return None
    if _in_other_places(first.core, second.core, places):
        return None
    return _likeness(first, second)


def _in_other_places(one: str, other: str, places: Collection[str]) -> bool:
    here = {place for place in places if place in one}
    there = {place for place in places if place in other}
    return bool(here - there) and bool(there - here)


def _likeness(first: NameForm, second: NameForm) -> Likeness | None:
    if first.core == second.core:
        if first.legal == second.legal:
            return Likeness(98, SIGNS)
        return Likeness(95, LEGAL_FORM)
    # In one order, so that the answer is the same from both sides.
    short, long = sorted((first.core, second.core), key=lambda core: (len(core), core))
    percent = min(round(fuzz.ratio(short, long)), 94)
    if _sound_alike(short, long):
        return Likeness(max(90, percent), SOUND)
    if _bare(short) == _bare(long) or is_slip(short, long):
        return Likeness(max(75, percent), ALIKE)
    if is_short_for(short, long):
        return Likeness(80, SHORT)
    return None


def _bare(core: str) -> str:
    """Return what is left of a name without the words that many leave out; all where little is."""
    plain = core.translate(NUMERALS)
    bare = _OFTEN_LEFT_OUT.sub("", plain)
    return bare if len(bare) >= SHORTEST_BARE else plain


def is_slip(one: str, other: str) -> bool:
    """Say whether long names differ by one character alone: put in, left out, or another.

    In a short name one character makes another organisation (浙江工业大学, 浙江工商大学).
    """
    return min(len(one), len(other)) >= LONG and (
        Levenshtein.distance(one, other, score_cutoff=1) <= 1
    )


def _sound_alike(one: str, other: str) -> bool:
    """Say whether names of equal length differ in characters of one sound only (博威, 博微)."""
    if len(one) != len(other) or one.isascii():
        return False
    unlike = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    # Character by character: each is spelled once, however many names hold it.
    return len(unlike) <= len(one) // 2 and all(spelled(a) == spelled(b) != "" for a, b in unlike)


def is_short_for(short: str, long: str) -> bool:
    """Say whether ``short`` abbreviates ``long``: its characters stand there in order (中科院…所).

    It begins and ends as the long name does, and not every character stands alone.
    """
    if len(short) < SHORTEST or len(short) >= len(long):
        return False
    if short[0] != long[0] or short[-1] != long[-1]:
        return False
    pairs = [short[at : at + 2] for at in range(len(short) - 1)]
    if sum(pair in long for pair in pairs) < SHARED_PAIRS * len(pairs):
        return False
    rest = iter(long)
    return all(character in rest for character in short)
