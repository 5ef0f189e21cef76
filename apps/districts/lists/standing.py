"""How the rows of the city's lists stand with a district's return: open, settled, or lapsed.

Nothing of this is stored: what the district said is set against what is published now. A statement
on a row that was published with another content since no longer fits; it has lapsed, and says so.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.db.models.enums import TextChoices
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.cases.kinds import RecordKind, record_kinds
from apps.cases.models import Revision
from apps.districts.lists import claims, own
from apps.districts.lists.models import ListStatement, Says
from apps.districts.lists.own import Key
from apps.registry.models import District


class Standing(TextChoices):
    """How one row stands."""

    OPEN = "open", pgettext_lazy("row of a list", "open")
    CONFIRMED = "confirmed", pgettext_lazy("row of a list", "confirmed")
    DISPUTED = "disputed", pgettext_lazy("row of a list", "disputed")
    ADDED = "added", pgettext_lazy("row of a list", "missing from the list")
    LAPSED = "lapsed", _("lapsed: the city has changed the row since")
    GONE = "gone", _("lapsed: the row is no longer on the list, or no longer yours")
    MET = "met", _("the city has changed the list accordingly")


# What the district has still to settle.
WAITING = frozenset({Standing.OPEN, Standing.LAPSED, Standing.GONE})


@dataclass
class Line:
    """A row of a list as the district's return has it."""

    kind: str
    # None where it is on no list: an added row, or one that is no longer there.
    key: Key | None
    statement: ListStatement | None
    standing: Standing
    # The row as it is published now; there where ``Lists.read_rows`` was asked for it.
    row: Any = None

    @property
    def is_waiting(self) -> bool:
        """Say whether the district has still to settle it."""
        return self.standing in WAITING

    @property
    def label(self) -> str:
        """Return how it stands, in words."""
        return str(self.standing.label)


@dataclass
class Lists:
    """All rows of a report year's lists that belong to a district, and what it says of them."""

    lines: list[Line] = field(default_factory=list)

    def of(self, kind: RecordKind) -> list[Line]:
        """Return the rows of one kind, as printed, then those that are on no list."""
        return [line for line in self.lines if line.kind == kind.code]

    @cached_property
    def kinds(self) -> list[RecordKind]:
        """Return the kinds of which there is any row."""
        held = {line.kind for line in self.lines}
        return [kind for kind in own.list_kinds() if kind.code in held]

    def count(self, *standings: Standing) -> int:
        """Return how many rows stand so."""
        counted = Counter(line.standing for line in self.lines)
        return sum(counted[standing] for standing in standings)

    @property
    def waiting(self) -> list[Line]:
        """Return what the district has still to settle."""
        return [line for line in self.lines if line.is_waiting]

    def read_rows(self, lines: Sequence[Line]) -> None:
        """Give each of ``lines`` its published row. One query per kind of row."""
        rows = own.rows_by_key([line.key for line in lines if line.key is not None])
        for line in lines:
            line.row = rows.get(line.key.uid) if line.key is not None else None


def read_lists(
    revision: Revision,
    district: District | None = None,
    statements: Sequence[ListStatement] | None = None,
) -> Lists:
    """Return how the lists stand with a return.

    ``statements`` are all of the return in their order, where they were read already. Three
    queries at most; one or two more per kind of row of which a list was published anew since it was read.
    """
    district = district or revision.case.bureau.district
    keys = own.own_keys(own.units_of(district), revision.case.year)
    if statements is None:
        statements = statements_of(revision)
    return Lists(list(_lines(keys, statements)))


def statements_of(revision: Revision) -> list[ListStatement]:
    """Return what a return says of the lists, in the order in which it was said. One query."""
    return list(
        ListStatement.objects.filter(revision=revision)
        .select_related("list_revision__case")
        .order_by("position", "id")
    )


def confirmed_rows(revision: Revision) -> int:
    """Return how many rows a return confirms: all that the public reads of it. One query."""
    return ListStatement.objects.filter(revision=revision, says=Says.CONFIRMED).count()


def _lines(keys: Sequence[Key], statements: Sequence[ListStatement]) -> Iterator[Line]:
    by_row = {s.row_uid: s for s in statements if s.row_uid is not None}
    present = {key.uid for key in keys}
    now = _rows_read_before(keys, statements)
    for key in keys:
        statement = by_row.get(key.uid)
        if statement is None:
            yield Line(key.kind, key, None, Standing.OPEN)
        elif statement.list_revision_id == key.revision_id:
            yield Line(key.kind, key, statement, Standing(statement.says))
        else:
            yield Line(key.kind, key, statement, _after_a_change(statement, now.get(key.uid)))
    elsewhere = _added_since(statements)
    for statement in statements:
        if statement.row_uid is None:
            is_there = statement.uid in elsewhere
            standing = Standing.MET if is_there else Standing.ADDED
            yield Line(statement.row_kind, None, statement, standing)
        elif statement.row_uid not in present:
            yield Line(statement.row_kind, None, statement, _off_the_list(statement, now))


def _after_a_change(statement: ListStatement, row: Any) -> Standing:
    """Return how a statement stands whose list was published anew, with the row still on it."""
    if own.fingerprint(row) == statement.seen:
        return Standing(statement.says)
    if statement.says == Says.DISPUTED and statement.claim and claims.meets(row, statement.claim):
        return Standing.MET
    return Standing.LAPSED


def _off_the_list(statement: ListStatement, now: dict[Any, Any]) -> Standing:
    """Return how a statement stands whose row is not among the district's any more."""
    if statement.says == Says.DISPUTED:
        row = now.get(statement.row_uid)
        # It was not to stand there, or belongs to another: as the district said.
        if not statement.claim and row is None:
            return Standing.MET
        if statement.claim and row is not None and claims.meets(row, statement.claim):
            return Standing.MET
    return Standing.GONE


def _rows_read_before(keys: Sequence[Key], statements: Sequence[ListStatement]) -> dict[Any, Any]:
    """Return as published now the rows whose list is not the one that was read."""
    current = {key.uid: key for key in keys}
    wanted: dict[str, set[Any]] = {}
    for statement in statements:
        key = current.get(statement.row_uid) if statement.row_uid else None
        if statement.row_uid and (key is None or key.revision_id != statement.list_revision_id):
            wanted.setdefault(statement.row_kind, set()).add(statement.row_uid)
    rows: dict[Any, Any] = {}
    for code, uids in wanted.items():
        kind = record_kinds[code]
        found = kind.model.objects.public().filter(uid__in=uids)
        rows |= {row.uid: row for row in found.select_related(*kind.select_related)}
    return rows


def _added_since(statements: Sequence[ListStatement]) -> set[Any]:
    """Return those of the added rows that stand on the list now, by the statement's id."""
    added = [s for s in statements if s.says == Says.ADDED]
    found: set[Any] = set()
    for code in {s.row_kind for s in added}:
        kind = record_kinds[code]
        of_kind = [s for s in added if s.row_kind == code]
        # Where the list is still the one that was read, nothing can have come.
        lists = {s.list_revision.case_id for s in of_kind}
        title = f"{kind.title_field}__in"
        rows = (
            kind.model.objects.public()
            .filter(
                Q(revision__case__in=lists),
                ~Q(revision__in={s.list_revision_id for s in of_kind}),
                **{title: [s.claim.get(kind.title_field) for s in of_kind]},
            )
            .select_related("revision", *kind.select_related)
        )
        there = {(row.revision.case_id, claims.natural_key_of(kind, row)) for row in rows}
        found |= {
            s.uid
            for s in of_kind
            if (s.list_revision.case_id, claims.natural_key(kind, s.claim)) in there
        }
    return found
