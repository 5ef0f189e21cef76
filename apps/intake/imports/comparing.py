"""What accepting an import would do to its case: new, changed, unchanged, missing. It writes nothing."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Model
from django.utils.translation import gettext as _

from apps.cases.kinds import RecordKind, record_kinds
from apps.cases.models import Revision
from apps.intake.imports.values import Typist
from apps.intake.models import Import, ImportRow, ImportTable
from apps.registry.names import organisation_key

SHOWN = 100
"""Of a long list so many are shown; all are counted."""
# Of a line: how it stood in the source.
NOT_COMPARED = ("cells", "marks")
# What one column gives besides the field it is called by.
GIVES = {
    "award_category": ("award_class", "grade"),
    "date": ("date_from", "date_to"),
    "value": ("value", "blank", "qualifier"),
}


@dataclass(frozen=True)
class Item:
    """One line beside the case: a new row (``uid`` its id to be), or one that stands there."""

    line: ImportRow
    values: dict[str, Any]
    uid: uuid.UUID
    version: int = 0
    # Name of the field -> (stored now, as it would be)
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    # The number of an earlier line of the same natural key.
    repeats: int | None = None

    @property
    def is_new(self) -> bool:
        """Say whether it would be added."""
        return not self.version


@dataclass
class Fault:
    """What keeps a line from being stored."""

    line: ImportRow
    name: str
    text: str


@dataclass
class Comparison:
    """An import beside its case, in numbers, with examples."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    doubtful: int = 0
    faulty: int = 0
    repeated: int = 0
    changes: list[Item] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    missing_rows: list[str] = field(default_factory=list)
    repeats: list[Item] = field(default_factory=list)
    _seen: Any = field(default_factory=hashlib.sha256)

    @property
    def total(self) -> int:
        """Return how many rows would be stored."""
        return self.new + self.changed

    @property
    def counts(self) -> dict[str, int]:
        """Return the numbers by name."""
        names = ("new", "changed", "unchanged", "missing")
        return {name: getattr(self, name) for name in names}

    @property
    def digest(self) -> str:
        """Return what tells this comparison from every other: what was seen is what is stored."""
        seen = self._seen.copy()
        seen.update(repr(sorted(self.counts.items())).encode())
        return str(seen.hexdigest())

    def count(self, item: Item) -> None:
        """Take one line in."""
        if item.repeats is not None:
            self.repeated += 1
            if len(self.repeats) < SHOWN:
                self.repeats.append(item)
        if item.is_new:
            self.new += 1
        elif not item.changes:
            self.unchanged += 1
        else:
            self.changed += 1
            self._seen.update(f"{item.uid}:{item.version}".encode())
            if len(self.changes) < SHOWN:
                self.changes.append(item)


class Stored:
    """The rows of one kind that stand in the case, found by permanent id or by natural key."""

    def __init__(self, kind: RecordKind, revision: Revision) -> None:
        self.kind = kind
        self.rows: dict[uuid.UUID, tuple[Any, ...]] = {}
        self.by_key: dict[tuple[str, ...], list[uuid.UUID]] = defaultdict(list)
        self.met: set[uuid.UUID] = set()
        # Hash of the natural key -> the number of the first line that has it.
        self.told: dict[int, int] = {}
        at_key = [kind.fields.index(name) for name in kind.natural_key]
        rows = kind.model.objects.filter(revision=revision).order_by("position", "pk")
        for uid, version, *values in rows.values_list("uid", "version", *kind.fields).iterator():
            self.rows[uid] = (version, *values)
            self.by_key[tuple(_plain_key(values[at]) for at in at_key)].append(uid)

    def version(self, uid: uuid.UUID) -> int:
        """Return the version a row stands at."""
        version: int = self.rows[uid][0]
        return version

    def value(self, uid: uuid.UUID, name: str) -> Any:
        """Return a stored value; a relation as its key."""
        return self.rows[uid][1 + self.kind.fields.index(name)]

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
        """Return the first row of the same natural key that no line has met yet."""
        for uid in self.by_key.get(key, ()):
            if uid not in self.met:
                return uid
        return None

    def missing(self) -> list[uuid.UUID]:
        """Return the rows that no line has met."""
        return [uid for uid in self.rows if uid not in self.met]


def plain(value: Any) -> Any:
    """Return a value as it is compared: a relation by its key."""
    return value.pk if isinstance(value, Model) else value


def _plain_key(value: Any) -> str:
    if isinstance(value, list):
        value = "|".join(value)
    return organisation_key(str(value)) if value not in (None, "") else ""


class WrongId(ValueError):
    """A line names a permanent id that no row of the case has."""


class Comparer:
    """Compares the lines of an import with its case, one after the other."""

    def __init__(self, intake: Import) -> None:
        self.intake = intake
        self.tables = [
            table for table in intake.tables.filter(is_taken=True).exclude(kind="") if table.kind
        ]
        self.stored: dict[str, Stored] = {}
        self.typists: dict[str, Typist] = {}
        for code in dict.fromkeys(table.kind for table in self.tables):
            self.stored[code] = Stored(record_kinds[code], intake.revision)
            self.typists[code] = Typist(record_kinds[code], intake.revision)

    def items(self, table: ImportTable) -> Iterator[Item]:
        """Yield what each line of a table would do, those without faults."""
        spoken = spoken_fields(table)
        lines = table.rows.filter(aside="", is_faulty=False).order_by("position", "pk")
        for line in lines.defer(*NOT_COMPARED).iterator(chunk_size=2000):
            yield self.item(table.kind, line, spoken)

    def item(self, code: str, line: ImportRow, spoken: set[str]) -> Item:
        """Return what one line would do. Raises ``WrongId``."""
        stored, read = self.stored[code], line.result
        values, _faults = self.typists[code].values(read)
        named = str(read.get("id") or "")
        key = stored.key(values)
        uid = self._named(stored, named) if named else stored.find(key)
        repeats = None if named else stored.tell(key, line.line)
        if uid is None:
            values["flags"] = flags_of(line)
            return Item(line, values, uuid.uuid4(), repeats=repeats)
        stored.met.add(uid)
        changes = {}
        for name in sorted(spoken | set(values), key=list(stored.kind.fields).index):
            value = values[name] if name in values else empty(stored.kind, name)
            before = stored.value(uid, name)
            if not same(before, plain(value)):
                changes[name] = (before, value)
        new = {name: value for name, (_before, value) in changes.items()}
        if new:
            new["flags"] = flags_of(line)
        return Item(line, new, uid, stored.version(uid), changes, repeats)

    def _named(self, stored: Stored, named: str) -> uuid.UUID:
        try:
            uid = uuid.UUID(named)
        except ValueError:
            raise WrongId(named) from None
        if uid not in stored.rows or uid in stored.met:
            raise WrongId(named)
        return uid


def same(stored: Any, value: Any) -> bool:
    """Say whether two plain values are one; 58.8 and 58.80 are printed differently."""
    return (type(stored) is type(value) and str(stored) == str(value)) or stored == value == ""


def flags_of(line: ImportRow) -> list[str]:
    """Return the doubts nobody has settled: they stay marked on the stored row."""
    return sorted({f"{name}:{code}" for name, code in line.open_doubts if code != "missing"})


def empty(kind: RecordKind, name: str) -> Any:
    """Return a field's value where nothing is said."""
    found = kind.model._meta.get_field(name)
    if isinstance(found, ArrayField):
        return []
    return None if found.null else ""


def spoken_fields(table: ImportTable) -> set[str]:
    """Return the fields that a table says something of, be it nothing in a row."""
    named = {column["field"] for column in table.columns} - {"", "id"}
    given = {part for name in named for part in GIVES.get(name, (name,))}
    return given & set(record_kinds[table.kind].fields)


def compare(intake: Import) -> Comparison:
    """Return what accepting would do, with every fault counted and the first ones in words."""
    comparer, result = Comparer(intake), Comparison()
    result._seen.update(str(intake.version).encode())
    for table in comparer.tables:
        rows = table.rows.filter(aside="")
        result.doubtful += rows.filter(is_doubtful=True).count()
        faulty = rows.filter(is_faulty=True)
        result.faulty += faulty.count()
        kind = record_kinds[table.kind]
        for line in faulty.order_by("position", "pk")[: SHOWN - len(result.faults)]:
            line.table = table
            said = comparer.typists[table.kind].faults(line.result)
            for name, texts in said.items():
                result.faults += [
                    Fault(line, name if name in kind.fields else "", t) for t in texts
                ]
        spoken = spoken_fields(table)
        lines = rows.filter(is_faulty=False).order_by("position", "pk")
        for line in lines.defer(*NOT_COMPARED).iterator(chunk_size=2000):
            line.table = table
            try:
                result.count(comparer.item(table.kind, line, spoken))
            except WrongId as error:
                result.faulty += 1
                result.faults.append(Fault(line, "", wrong_id(str(error))))
    _count_missing(comparer, result)
    return result


def wrong_id(named: str) -> str:
    """Return the sentence about a permanent id that leads nowhere."""
    return _(
        "No row of this case has the id %(id)s, or another line has it too. Correct or clear it."
    ) % {"id": named}


def _count_missing(comparer: Comparer, result: Comparison) -> None:
    for stored in comparer.stored.values():
        missing = stored.missing()
        result.missing += len(missing)
        shown = missing[: SHOWN - len(result.missing_rows)]
        result.missing_rows += [str(stored.value(uid, stored.kind.title_field)) for uid in shown]
