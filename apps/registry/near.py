"""Which of the known names may be like some others: chosen cheaply, to be compared one by one."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import add

from apps.registry.models import OrganisationName
from apps.registry.names import NUMERALS, form_of_name

# A pair of characters that more names hold says nothing; of each name the rarest pairs are asked.
COMMON = 300
RAREST = 5
LOOKED_AT = 12
AT_ONCE = 5000

# 0, 1, 十 and 百 are left out, because 十二 is 12 and 二十 is 20.
_DIGITS = re.compile("[2-9二三四五六七八九]")

Held = dict[str, list[int]]
"""The ids of the names that hold a pair of characters."""


def near(names: Sequence[str]) -> list[list[int]]:
    """Return for each name the ids of known names of equal core, and of those that share its
    rarest pairs of characters, the most pairs first.

    One query and one pass over the names that are known; no name asks by itself. Another number
    makes another organisation (``likeness``), so only names of the same digits are looked at: in
    a list of numbered names every pair is common.
    """
    if not names:
        return []
    cores = [form_of_name(name).core for name in names]
    equal: dict[str, list[int]] = {core: [] for core in cores}
    held: dict[str, Held] = {}
    for core in equal:
        held.setdefault(_digits(core), {}).update((pair, []) for pair in _pairs(core))
    known = OrganisationName.objects.order_by("pk").values_list("pk", "core")
    for pk, core in known.iterator(chunk_size=AT_ONCE):
        if core in equal:
            equal[core].append(pk)
        of_digits = held.get(_digits(core))
        if of_digits is None:
            continue
        for pair in _pairs(core):
            ids = of_digits.get(pair)
            if ids is not None and len(ids) <= COMMON:
                ids.append(pk)
    return [list(dict.fromkeys((*equal[core], *_nearest(core, held)))) for core in cores]


def _digits(core: str) -> str:
    """Return what names of the same numbers have alike, however the numbers are written."""
    return "".join(_DIGITS.findall(core)).translate(NUMERALS)


def _pairs(core: str) -> set[str]:
    return set(map(add, core, core[1:]))


def _nearest(core: str, held: dict[str, Held]) -> Iterable[int]:
    """Return the names that share the most of a core's rarest pairs, of equal ones the oldest."""
    of_digits = held[_digits(core)]
    asked = [(len(ids), pair) for pair in _pairs(core) if 0 < len(ids := of_digits[pair]) <= COMMON]
    rarest = (of_digits[pair] for _count, pair in sorted(asked)[:RAREST])
    shared = Counter(chain.from_iterable(rarest))
    if len(shared) > LOOKED_AT:
        least = sorted(shared.values(), reverse=True)[LOOKED_AT - 1]
        shared = Counter({pk: count for pk, count in shared.items() if count >= least})
    return sorted(shared, key=lambda pk: (-shared[pk], pk))[:LOOKED_AT]
