"""The difference of two states: which rows were added, removed, changed or moved."""

import uuid
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Any

from apps.cases.changes.fields import FieldChange, field_changes
from apps.cases.changes.sides import Side, differing, orders
from apps.cases.desk.values import words
from apps.cases.kinds import RecordKind

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
WHAT = (ADDED, REMOVED, CHANGED, MOVED)
CHUNK = 500


@dataclass(frozen=True)
class Entry:
    """The key of a row that differs. ``moved`` beside ``changed``: it has another place too."""

    kind: RecordKind
    uid: uuid.UUID
    what: str
    old_ref: int | None
    new_ref: int | None
    place: int
    moved: bool = False


@dataclass(frozen=True)
class RowChange:
    """One row that differs, with its two states as far as there are any."""

    kind: RecordKind
    uid: uuid.UUID
    what: str
    title: str
    fields: tuple[FieldChange, ...]
    moved: bool
    before: Any
    after: Any

    @property
    def mark(self) -> str:
        """Return the class of a table's row that shows what happened."""
        return {ADDED: "is-new", REMOVED: "is-removed"}.get(self.what, "is-changed")


class Diff:
    """What ``after`` changes against ``before``. Nothing is asked before it is needed.

    ``entries`` takes one query, two where rows stand at other places; each page of rows two per
    kind of row. ``say_flag`` puts the code of a doubt into words.
    """

    def __init__(
        self,
        before: Side,
        after: Side,
        say_flag: Callable[[str], str] = str,
        *,
        moves: bool = True,
        public: bool = False,
    ) -> None:
        """Compare two sides of one case; without ``moves`` the order of rows is not compared.

        ``public``: only what is published of a case.
        """
        self.moves = moves
        self.before, self.after = before, after
        kind = after.revision.case.kind_spec
        self.kinds = kind.public_records if public else kind.records
        self.say_flag = say_flag

    @cached_property
    def entries(self) -> list[Entry]:
        """Return the keys of all rows that differ, in printed order; a removed one at its place."""
        found, is_reordered = [], False
        for number, uid, is_other, old_ref, new_ref, is_placed_otherwise, place in differing(
            self.before, self.after, self.kinds
        ):
            is_reordered = is_reordered or bool(is_placed_otherwise)
            what = CHANGED if is_other else MOVED
            if old_ref is None:
                what = ADDED
            elif new_ref is None:
                what = REMOVED
            found.append(Entry(self.kinds[number], uid, what, old_ref, new_ref, place))
        moved = self._moved() if is_reordered and self.moves else {}
        # Positions are counted anew by an import; only another order is another place.
        stayed = [entry for entry in found if entry.what != MOVED]
        changed = [
            replace(entry, moved=moved.pop((entry.kind.code, entry.uid), None) is not None)
            for entry in stayed
        ]
        return sorted(
            [*changed, *moved.values()],
            key=lambda entry: (self.kinds.index(entry.kind), entry.place, entry.uid),
        )

    def _moved(self) -> dict[tuple[str, uuid.UUID], Entry]:
        """Return the fewest rows whose moving makes the one order of the other."""
        moved: dict[tuple[str, uuid.UUID], Entry] = {}
        rows = orders(self.before, self.after, self.kinds)
        for number, group in groupby(rows, key=lambda row: row[0]):
            kind, part = self.kinds[number], list(group)
            kept = longest_rise([row[2] for row in part])
            for index, (_number, uid, _old_place, old_ref, new_ref, place) in enumerate(part):
                if index not in kept:
                    moved[kind.code, uid] = Entry(kind, uid, MOVED, old_ref, new_ref, place, True)
        return moved

    def of(self, kind: RecordKind | None = None, what: str = "") -> list[Entry]:
        """Return the entries of one kind of row, of one sort; of all where none is named."""
        return [
            entry
            for entry in self.entries
            if (kind is None or entry.kind is kind)
            and (not what or entry.what == what or (what == MOVED and entry.moved))
        ]

    def counts(self, kind: RecordKind | None = None) -> dict[str, int]:
        """Return how many rows were added, removed, changed and moved.

        A row that was changed and moved counts in both.
        """
        counted = Counter(entry.what for entry in self.of(kind) if entry.what != MOVED)
        counted[MOVED] = len(self.of(kind, MOVED))
        return {what: counted[what] for what in WHAT}

    @property
    def total(self) -> int:
        """Return how many rows differ."""
        return len(self.entries)

    @cached_property
    def marks(self) -> dict[tuple[str, str], str]:
        """Return what happened to each row, by record kind and uid."""
        return {(entry.kind.code, str(entry.uid)): entry.what for entry in self.entries}

    def rows(self, entries: Sequence[Entry]) -> list[RowChange]:
        """Return the rows of ``entries`` with their fields: two queries per kind of row."""
        found: dict[tuple[str, uuid.UUID], RowChange] = {}
        for kind in self.kinds:
            own = [entry for entry in entries if entry.kind is kind]
            old = self.before.rows(kind, (e.old_ref for e in own if e.old_ref is not None))
            new = self.after.rows(kind, (e.new_ref for e in own if e.new_ref is not None))
            for entry in own:
                before, after = old.get(entry.old_ref or 0), new.get(entry.new_ref or 0)
                found[kind.code, entry.uid] = RowChange(
                    kind,
                    entry.uid,
                    entry.what,
                    words(getattr(after if after is not None else before, kind.title_field)),
                    field_changes(kind, before, after, self.say_flag),
                    entry.moved,
                    before,
                    after,
                )
        return [found[entry.kind.code, entry.uid] for entry in entries]

    def stream(self, kind: RecordKind) -> Iterator[RowChange]:
        """Yield every row of one kind that differs, 500 in memory at a time."""
        entries = self.of(kind)
        for start in range(0, len(entries), CHUNK):
            yield from self.rows(entries[start : start + CHUNK])


def longest_rise(places: Sequence[int]) -> set[int]:
    """Return the indexes of a longest rising run of ``places``: what may stand still.

    The places of all other rows are those that moved. Patience sorting, n log n.
    """
    tails: list[int] = []
    ends: list[int] = []
    former: list[int] = []
    for index, place in enumerate(places):
        slot = bisect_left(tails, place)
        former.append(ends[slot - 1] if slot else -1)
        if slot == len(tails):
            tails.append(place)
            ends.append(index)
        else:
            tails[slot] = place
            ends[slot] = index
    kept: set[int] = set()
    index = ends[-1] if ends else -1
    while index >= 0:
        kept.add(index)
        index = former[index]
    return kept
