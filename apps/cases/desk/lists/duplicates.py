"""Rows of one list that are the same thing, or nearly: by the kind's own identity fields.

The same: every field of the natural key is equal, whatever the width of letters and brackets.
Nearly: all numbers and years are equal, and the words differ by one character in twelve at most;
where digits differ (第一批 and 第二批 are told by words, 1号 and 2号 by digits) they are two things.
Words that differ in one place share their first or their last half, so only such are compared.
"""

import datetime as dt
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from apps.cases.kinds import RecordKind
from apps.cases.models import Revision
from apps.registry.names import organisation_key

# Of more words that share a half, each is compared with its next neighbours only.
LARGEST_BLOCK = 60
NEIGHBOURS = 8
SHORTEST = 5
_DIGITS = re.compile(r"\d+|[一二三四五六七八九十]+")
# Between the fields of a key: a sign that no text holds.
_BETWEEN = "\x1f"


@dataclass(frozen=True)
class Group:
    """Rows that seem to be one thing, in printed order."""

    uids: tuple[uuid.UUID, ...]
    is_exact: bool


def find_duplicates(revision: Revision, kind: RecordKind) -> list[Group]:
    """Return the groups of a list, exact ones first, each in printed order. One query."""
    rows = (
        kind.model.objects.filter(revision=revision)
        .order_by("position", "pk")
        .values_list("uid", *kind.natural_key)
    )
    by_words: dict[str, list[uuid.UUID]] = defaultdict(list)
    # Years, districts and names of lists stand in very many rows.
    plain: dict[object, str] = {}
    for uid, *values in rows.iterator(chunk_size=10_000):
        words = []
        for value in values:
            text = "|".join(value) if isinstance(value, list) else value
            known = plain.get(text)
            if known is None:
                known = plain[text] = _plain(text)
            words.append(known)
        by_words[_BETWEEN.join(words)].append(uid)
    exact = [Group(tuple(uids), True) for uids in by_words.values() if len(uids) > 1]
    nearly = [
        Group((by_words[one][0], by_words[other][0]), False)
        for one, other in sorted(_pairs(by_words))
    ]
    return exact + nearly


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return organisation_key(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _pairs(keys: Iterable[str]) -> set[tuple[str, str]]:
    """Return the pairs of keys that differ by little."""
    by_figures: dict[str, list[str]] = defaultdict(list)
    for words in keys:
        if len(words) >= SHORTEST:
            by_figures["/".join(_DIGITS.findall(words))].append(words)
    pairs = set()
    # Whose digits no other has is near to none.
    for alike in by_figures.values():
        for block in _blocks(alike) if len(alike) > 1 else ():
            for one, other in _close(block):
                if one != other and _is_near(one, other):
                    pairs.add((min(one, other), max(one, other)))
    return pairs


def _blocks(alike: Iterable[str]) -> Iterator[list[str]]:
    """Yield texts that share their first or their last half, two or more together."""
    starts: dict[str, list[str]] = defaultdict(list)
    ends: dict[str, list[str]] = defaultdict(list)
    for words in alike:
        half = len(words) // 2
        # A text and one that is a character longer must meet: both lengths of a half are kept.
        for length in {half, (len(words) - 1) // 2}:
            starts[words[:length]].append(words)
            ends[words[-length:]].append(words)
    for blocks in (starts, ends):
        yield from (block for block in blocks.values() if len(block) > 1)


def _close(block: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of a block; of a large one neighbours in order only."""
    reach = len(block) if len(block) <= LARGEST_BLOCK else NEIGHBOURS
    block.sort()
    for place, one in enumerate(block):
        for other in block[place + 1 : place + 1 + reach]:
            yield one, other


def _is_near(one: str, other: str) -> bool:
    most = max(1, min(len(one), len(other)) // 12)
    return bool(Levenshtein.distance(one, other, score_cutoff=most) <= most)
