"""The rows of one kind that stand in a case, as the lines of an import find them."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from apps.cases.kinds import RecordKind
from apps.cases.models import Revision
from apps.registry.names import organisation_key

MOST_SHARED = 5000
NO_NAMES: list[str] = []
"""Nobody writes into a stored value."""


class Stored:
    """The rows of one kind that stand in the case, found by permanent id or by natural key.

    A list of 100,000 is held whole, so values that many rows have are held once, and of the
    natural key its hash.
    """

    def __init__(self, kind: RecordKind, revision: Revision) -> None:
        self.kind = kind
        self.at_key = [1 + kind.fields.index(name) for name in kind.natural_key]
        self.rows: dict[uuid.UUID, tuple[Any, ...]] = {}
        # Hash of the natural key -> the row, or the rows in their order.
        self.by_key: dict[int, uuid.UUID | list[uuid.UUID]] = {}
        self.met: set[uuid.UUID] = set()
        # Rows that some line names by their permanent id.
        self.named: set[uuid.UUID] = set()
        # Hash of the natural key -> the number of the first line that has it.
        self.told: dict[int, int] = {}
        rows = kind.model.objects.filter(revision=revision).order_by("position", "pk")
        names = ("uid", "version", *kind.fields, "flags")
        shared: dict[str, Any] = {}
        for uid, *values in rows.values_list(*names).iterator():
            self.rows[uid] = tuple([_shared(value, shared) for value in values])
            key = hash(self._key_of(uid))
            if key not in self.by_key:
                self.by_key[key] = uid
            elif isinstance(known := self.by_key[key], list):
                known.append(uid)
            else:
                self.by_key[key] = [known, uid]

    def _key_of(self, uid: uuid.UUID) -> tuple[str, ...]:
        row = self.rows[uid]
        return tuple([_plain_key(row[at]) for at in self.at_key])

    def version(self, uid: uuid.UUID) -> int:
        """Return the version a row stands at."""
        version: int = self.rows[uid][0]
        return version

    def value(self, uid: uuid.UUID, name: str) -> Any:
        """Return a stored value; a relation as its key."""
        return self.rows[uid][1 + self.kind.fields.index(name)]

    def flags(self, uid: uuid.UUID) -> list[str]:
        """Return the doubts that stay marked on a row."""
        flags: list[str] = self.rows[uid][-1]
        return flags

    def key(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what makes two lines the same thing."""
        return tuple(_plain_key(plain(values.get(name))) for name in self.kind.natural_key)

    def tell(self, key: tuple[str, ...], line: int) -> int | None:
        """Remember that ``line`` has the key; return the number of the line that had it before."""
        if not all(key):
            return None
        known = hash(key)
        if known in self.told:
            return self.told[known]
        self.told[known] = line
        return None

    def find(self, key: tuple[str, ...]) -> uuid.UUID | None:
        """Return the first row of the same natural key that no line has met yet, or names."""
        known = self.by_key.get(hash(key), ())
        for uid in known if isinstance(known, (list, tuple)) else (known,):
            if uid not in self.met and uid not in self.named and self._key_of(uid) == key:
                return uid
        return None

    def missing(self) -> list[uuid.UUID]:
        """Return the rows that no line has met."""
        return [uid for uid in self.rows if uid not in self.met]


def _shared(value: Any, known: dict[str, Any]) -> Any:
    """Return a value, of a short text that was there before and of no names the one that is held."""
    if isinstance(value, str):
        found = known.get(value)
        if found is None and len(known) < MOST_SHARED:
            known[value] = value
        return value if found is None else found
    return NO_NAMES if value == [] else value


def plain(value: Any) -> Any:
    """Return a value as it is compared: a relation by its key."""
    return value.pk if isinstance(value, Model) else value


def _plain_key(value: Any) -> str:
    if isinstance(value, list):
        value = "|".join(value)
    return organisation_key(str(value)) if value not in (None, "") else ""
