"""What accepting an import would do to its case: new, changed, unchanged, missing. It writes nothing."""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, Q, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from apps.cases.desk.lists.choosing import uid_of
from apps.cases.domain.writing import AT_ONCE, in_pieces
from apps.cases.kinds import RecordKind, record_kinds
from apps.intake.imports.stored import Stored, plain
from apps.intake.imports.values import Typist
from apps.intake.models import Import, ImportRow, ImportTable
from apps.intake.own.heads import is_own
from apps.intake.readers.tidy import tidy

SHOWN = 100
"""Of a long list so many are shown; all are counted."""
# What one column gives besides the field it is called by.
GIVES = {
    "award_category": ("award_class", "grade"),
    "date": ("date_from", "date_to"),
    "value": ("value", "blank", "qualifier"),
}


@dataclass(slots=True)
class Line:
    """What of a line that is stored for review is compared. A model of each costs as much again."""

    table: ImportTable
    pk: int
    line: int
    result: dict[str, Any]
    # The doubts nobody has settled, as they stay marked on the row: "field:code".
    flags: list[str]


@dataclass(slots=True)
class Item:
    """One line beside the case: a new row (``uid`` its id to be), or one that stands there."""

    line: Line
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

    line: ImportRow | Line
    name: str
    text: str


@dataclass
class Lacking:
    """A field that must not be blank and that no row of a table has."""

    table: ImportTable
    name: str
    rows: int


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
    lacking: list[Lacking] = field(default_factory=list)
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
        self.own = {table.pk for table in self.tables if is_own_list(table)}
        for table in self.tables:
            if any(column["field"] == "id" for column in table.columns):
                # A line without an id, be it above the one that names it, means none of these.
                self.stored[table.kind].named |= ids_named(table)

    def pieces(self, table: ImportTable) -> Iterator[Iterator[Item]]:
        """Yield what the lines of a table would do, those without faults, some thousand at a time.

        A piece is compared as it is drawn, without asking the database. Raises ``WrongId``.
        """
        spoken = spoken_fields(table)
        for lines in pieces_of(table):
            yield (self.item(line, spoken) for line in lines)

    def item(self, line: Line, spoken: set[str]) -> Item:
        """Return what one line would do. Raises ``WrongId``."""
        code, read = line.table.kind, line.result
        stored = self.stored[code]
        values, _faults = self.typists[code].values(read)
        named = str(read.get("id") or "")
        key = stored.key(values)
        uid = self._named(stored, named) if named else stored.find(key)
        repeats = None if named else stored.tell(key, line.line)
        if uid is None:
            values["flags"] = line.flags
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
            new["flags"] = line.flags
            if line.table.pk in self.own:
                # What was printed doubtfully is so still where nobody changed it.
                kept = (flag for flag in stored.flags(uid) if flag.split(":")[0] not in changes)
                new["flags"] = sorted({*kept, *line.flags})
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
    """Say whether two plain values are one; 58.8 and 58.80 are printed differently.

    What every reader of files takes off a text is no difference.
    """
    if type(stored) is not type(value):
        return False
    return str(stored) == str(value) or _tidied(stored) == value


def _tidied(value: Any) -> Any:
    if isinstance(value, list):
        return [tidy(each) for each in value]
    return tidy(value) if isinstance(value, str) else value


def ids_named(table: ImportTable) -> set[uuid.UUID]:
    """Return the permanent ids that the lines of a table name. One query."""
    found = table.rows.filter(aside="", values__has_key="id").values_list(KT("values__id"))
    return {uid for (text,) in found.iterator(chunk_size=AT_ONCE) if (uid := uid_of(text))}


def pieces_of(table: ImportTable) -> Iterator[Iterator[Line]]:
    """Yield the lines of a table that can be stored, in their order, some thousand at a time."""
    rows = table.rows.filter(aside="", is_faulty=False).order_by("position", "pk")
    # As text: of most lines nothing but the values has to be understood.
    texts = [Cast(name, TextField()) for name in ("values", "edits", "doubts")]
    found = rows.values_list("pk", "line", "settled", *texts).iterator(chunk_size=AT_ONCE)
    for piece in in_pieces(found):
        yield (_line(table, *each) for each in piece)


def _line(table: ImportTable, pk: int, number: int, settled: list[str], *texts: str) -> Line:
    values, edits, doubts = texts
    result = json.loads(values)
    if edits != "{}":
        result |= json.loads(edits)
    flags = [] if doubts == "[]" else flags_of(json.loads(doubts), settled)
    return Line(table, pk, number, result, flags)


def flags_of(doubts: list[list[str]], settled: list[str]) -> list[str]:
    """Return the doubts nobody has settled, as they stay marked on the stored row."""
    return sorted(
        {f"{name}:{code}" for name, code in doubts if name not in settled and code != "missing"}
    )


def empty(kind: RecordKind, name: str) -> Any:
    """Return a field's value where nothing is said."""
    found = kind.model._meta.get_field(name)
    if isinstance(found, ArrayField):
        return []
    return None if found.null else ""


def spoken_fields(table: ImportTable) -> set[str]:
    """Return the fields that a table says something of, be it nothing in a row."""
    named = {column["field"] for column in table.columns} - {"", "id"}
    if is_own_list(table):
        return named & set(record_kinds[table.kind].fields)
    given = {part for name in named for part in GIVES.get(name, (name,))}
    return given & set(record_kinds[table.kind].fields)


def is_own_list(table: ImportTable) -> bool:
    """Say whether a table is a list of the case as it was downloaded."""
    return is_own([column["header"] for column in table.columns], table.kind)


def compare(intake: Import) -> Comparison:
    """Return what accepting would do, with every fault counted and the first ones in words."""
    comparer, result = Comparer(intake), Comparison()
    result._seen.update(str(intake.version).encode())
    for table in comparer.tables:
        rows = table.rows.filter(aside="")
        result.doubtful += rows.filter(is_doubtful=True).count()
        faulty = rows.filter(is_faulty=True)
        result.faulty += faulty.count()
        kind, typist = record_kinds[table.kind], comparer.typists[table.kind]
        lacking = lacking_everywhere(table, typist) if result.faulty else []
        result.lacking += lacking
        said_once = {each.name for each in lacking}
        left_out = set(kind.fields) - spoken_fields(table) if is_own_list(table) else set()
        # Those with other faults first: of the rest there may be very many.
        for line in faulty.order_by("-is_unfit", "position", "pk")[: SHOWN - len(result.faults)]:
            line.table = table
            for name, texts in typist.faults(line.result).items():
                if name not in said_once and not (line.result.get("id") and name in left_out):
                    result.faults += [
                        Fault(line, name if name in kind.fields else "", t) for t in texts
                    ]
        spoken = spoken_fields(table)
        for each in chain.from_iterable(pieces_of(table)):
            try:
                result.count(comparer.item(each, spoken))
            except WrongId as error:
                result.faulty += 1
                if len(result.faults) < SHOWN:
                    result.faults.append(Fault(each, "", wrong_id(str(error))))
    count_missing(comparer, result)
    return result


def lacking_everywhere(table: ImportTable, typist: Typist) -> list[Lacking]:
    """Return the fields that must not be blank and that none of several rows has. One query."""
    names = [name for name in typist.faults({}) if name in typist.kind.fields]
    rows = table.rows.filter(aside="")
    if is_own_list(table):
        # A row that stands in the case has what its line does not say.
        rows = rows.exclude(values__has_key="id")
    has = {
        f"has_{name}": Count(
            "pk",
            filter=Q(values__has_key=name) & ~Q(edits__has_key=name)
            | Q(edits__has_key=name) & ~Q(**{f"edits__{name}": ""}) & ~Q(**{f"edits__{name}": []}),
        )
        for name in names
    }
    counts = rows.aggregate(rows=Count("pk"), **has)
    count = counts["rows"]
    return [
        Lacking(table, name, count) for name in names if count > 1 and not counts[f"has_{name}"]
    ]


def wrong_id(named: str) -> str:
    """Return the sentence about a permanent id that leads nowhere."""
    return _(
        "No row of this case has the id %(id)s, or another line has it too. Correct or clear it."
    ) % {"id": named}


def count_missing(comparer: Comparer, result: Comparison) -> None:
    """Count the rows of the case that no line has met, and name the first."""
    for stored in comparer.stored.values():
        missing = stored.missing()
        result.missing += len(missing)
        shown = missing[: SHOWN - len(result.missing_rows)]
        result.missing_rows += [str(stored.value(uid, stored.kind.title_field)) for uid in shown]
