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

Key = tuple[str, ...]


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
    by_key: dict[Key, list[uuid.UUID]] = defaultdict(list)
    for uid, *values in rows.iterator(chunk_size=10_000):
        by_key[tuple(map(_plain, values))].append(uid)
    exact = [Group(tuple(uids), True) for uids in by_key.values() if len(uids) > 1]
    return exact + _nearly(by_key)


def _plain(value: object) -> str:
    if isinstance(value, list):
        value = "|".join(value)
    if value is None:
        return ""
    if isinstance(value, str):
        return organisation_key(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _nearly(by_key: dict[Key, list[uuid.UUID]]) -> list[Group]:
    """Return the pairs of keys that differ by little."""
    found = []
    for one, other in sorted(_pairs(by_key)):
        first, second = by_key[one][0], by_key[other][0]
        found.append(Group((first, second), False))
    return found


def _pairs(keys: Iterable[Key]) -> set[tuple[Key, Key]]:
    blocks: dict[str, list[tuple[str, Key]]] = defaultdict(list)
    for key in keys:
        words = "\x1f".join(key)
        if len(words) < SHORTEST:
            continue
        figures = "/".join(_DIGITS.findall(words))
        half = len(words) // 2
        # A text and one that is a character longer must meet: both lengths of a half are kept.
        for length in {half, (len(words) - 1) // 2}:
            blocks[f"{figures}<{words[:length]}"].append((words, key))
            blocks[f"{figures}>{words[-length:]}"].append((words, key))
    pairs = set()
    for block in blocks.values():
        for (words, key), (others, other) in _close(block):
            if key != other and _is_near(words, others):
                pairs.add((min(key, other), max(key, other)))
    return pairs


def _close(
    block: list[tuple[str, Key]],
) -> Iterator[tuple[tuple[str, Key], tuple[str, Key]]]:
    """Yield the pairs of a block; of a large one neighbours in order only."""
    if len(block) < 2:
        return
    reach = len(block) if len(block) <= LARGEST_BLOCK else NEIGHBOURS
    block.sort()
    for place, one in enumerate(block):
        for other in block[place + 1 : place + 1 + reach]:
            yield one, other


def _is_near(one: str, other: str) -> bool:
    most = max(1, min(len(one), len(other)) // 12)
    return bool(Levenshtein.distance(one, other, score_cutoff=most) <= most)
