"""One project in two lists: finding such pairs, and what differs between them, field by field."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from apps.cases.kinds import RecordKind, TwinFields, record_kinds
from apps.cases.models import Revision, State, Twin, TwinAnswer
from apps.registry.models import Compared, OrganisationName
from apps.registry.names import organisation_key

ENDED = (State.SUPERSEDED, State.WITHDRAWN)
# A pair of characters that more titles hold says nothing; of each title the rarest are asked.
COMMON = 300
RAREST = 6
LOOKED_AT = 8
# A like title with shared people, or a title half like with nearly all people of the shorter list.
LIKE, HALF_LIKE = 75, 50
FEW, NEARLY_ALL = 0.5, 0.8

# One pass over the titles of every list that stands, whatever their number.
_NEAR = """
WITH standing AS MATERIALIZED (
    SELECT line.id, line.uid, line."{apart}" AS apart, pair
    FROM "{table}" AS line JOIN cases_revision AS revision ON revision.id = line.revision_id,
        unnest(tsvector_to_array(yongke_pairs(yongke_fold(line."{title}")))) AS pair
    WHERE revision.state <> ALL(%(ended)s)
), held AS MATERIALIZED (
    SELECT pair, array_agg(id) AS ids FROM standing GROUP BY pair HAVING count(*) <= %(common)s
), ranked AS (
    SELECT id, uid, apart, ids,
        row_number() OVER (PARTITION BY id ORDER BY cardinality(ids), pair) AS place
    FROM standing JOIN held USING (pair) WHERE id > %(after)s
), met AS (
    SELECT ranked.id, met.id AS near, count(*) AS shared
    FROM ranked, unnest(ids) AS met(id) WHERE place <= %(rarest)s AND met.id <> ranked.id
    GROUP BY ranked.id, met.id
), named AS (
    SELECT met.id, met.near, met.shared
    FROM met JOIN "{table}" AS a ON a.id = met.id JOIN "{table}" AS b ON b.id = met.near
    WHERE a.uid <> b.uid AND a."{apart}" <> b."{apart}"
)
SELECT id, near FROM (
    SELECT id, near, row_number() OVER (PARTITION BY id ORDER BY shared DESC, near) AS place
    FROM named
) AS ordered WHERE place <= %(most)s ORDER BY id
"""
PIECE = 20_000
"""Pairs of rows that are compared at once."""


@dataclass(frozen=True)
class Side:
    """What is compared of one row."""

    uid: uuid.UUID
    title: str
    organisations: frozenset[Any]
    people: frozenset[str]


def plain_person(name: str) -> str:
    """Return a printed person's name as it is compared: without blanks, width or case."""
    return organisation_key(name)


@transaction.atomic
def find_twins(kind: RecordKind, after: int = 0) -> int:
    """Propose pairs of rows of ``kind``, of those stored after the row ``after``; return how many.

    A pair is of two lists (of other ``apart`` values), shares an organisation and enough people,
    and has like titles. One that was answered stays as it is. One question chooses the pairs; for
    each ``PIECE`` of them two questions and one insertion, and memory for one piece at a time.
    """
    fields = kind.twins
    if fields is None:
        return 0
    before = Twin.objects.count()
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            _NEAR.format(table=kind.model._meta.db_table, title=fields.title, apart=fields.apart),
            {
                "ended": list(ENDED),
                "common": COMMON,
                "after": after,
                "rarest": RAREST,
                "most": LOOKED_AT,
            },
        )
        while near := cursor.fetchmany(PIECE):
            _propose(kind, fields, near)
    return Twin.objects.count() - before


def _propose(kind: RecordKind, fields: TwinFields, near: Sequence[tuple[int, int]]) -> None:
    """Store a proposal for each pair that seems to be one project."""
    sides = _sides(kind, fields, {pk for pair in near for pk in pair})
    found: dict[tuple[uuid.UUID, uuid.UUID], Twin] = {}
    for pk, near_pk in near:
        twin = twin_of(kind, sides[pk], sides[near_pk])
        if twin is not None:
            found.setdefault((twin.one, twin.other), twin)
    Twin.objects.bulk_create(found.values(), ignore_conflicts=True, batch_size=2000)


def _sides(kind: RecordKind, fields: TwinFields, pks: Iterable[int]) -> dict[int, Side]:
    """Return what is compared of stored rows. Two queries."""
    return sides_of(
        kind.model.objects.filter(pk__in=list(pks)).values_list(
            "pk", "uid", fields.title, fields.organisations, fields.people
        )
    )


def sides_of(
    found: Iterable[tuple[int, uuid.UUID, str, Sequence[str], Sequence[str]]],
) -> dict[int, Side]:
    """Return what is compared of rows: key, id, title, organisations, people. One query."""
    rows = list(found)
    keys = {name: organisation_key(name) for row in rows for name in row[3]}
    known = dict(
        OrganisationName.objects.filter(key__in=set(keys.values())).values_list(
            "key", "organisation_id"
        )
    )
    return {
        pk: Side(
            uid,
            organisation_key(title),
            frozenset(known.get(keys[name], keys[name]) for name in organisations),
            frozenset(plain_person(name) for name in people),
        )
        for pk, uid, title, organisations, people in rows
    }


def twin_of(kind: RecordKind, a: Side, b: Side) -> Twin | None:
    """Return the proposal that two rows are one project, unsaved; None where nothing says so."""
    alike = likeness(a, b)
    if alike is None:
        return None
    one, other = sorted((a.uid, b.uid))
    return Twin(record_kind=kind.code, one=one, other=other, percent=alike[0], people=alike[1])


def likeness(a: Side, b: Side) -> tuple[int, int] | None:
    """Return how like the titles are in per cent and how many people are in both rows.

    None where nothing says that they are one project.
    """
    shared = len(a.people & b.people)
    if not shared or not a.organisations & b.organisations:
        return None
    overlap = shared / min(len(a.people), len(b.people))
    percent = round(fuzz.ratio(a.title, b.title))
    if not (
        (percent >= LIKE and overlap >= FEW) or (percent >= HALF_LIKE and overlap >= NEARLY_ALL)
    ):
        return None
    return percent, shared


@transaction.atomic
def compare_new_rows() -> int:
    """Propose twins of the rows that came since the last time; return how many are new."""
    found = 0
    for kind in record_kinds.values():
        if kind.twins is None:
            continue
        Compared.objects.get_or_create(what=kind.code)
        mark = Compared.objects.select_for_update().get(what=kind.code)
        last = kind.model.objects.aggregate(last=Max("pk"))["last"] or 0
        if last > mark.last:
            found += find_twins(kind, mark.last)
            mark.last = last
            mark.save(update_fields=["last"])
    return found


@dataclass(frozen=True)
class Difference:
    """One field of a pair: both sides as printed, and in words what differs. No word: the same."""

    label: str
    one: str
    other: str
    words: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Say whether both sides print the same."""
        return self.one == self.other


def differences(kind: RecordKind, one: Any, other: Any) -> list[Difference]:
    """Return every field of the two rows side by side, with what differs in words."""
    found = []
    for name in kind.fields:
        a, b = getattr(one, name), getattr(other, name)
        label = str(kind.model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        if isinstance(a, list):
            found.append(Difference(label, "、".join(a), "、".join(b), tuple(_of_lists(a, b))))
        else:
            texts = ["" if value is None else str(value) for value in (a, b)]
            told = () if a == b else (_of_texts(*texts),)
            found.append(Difference(label, texts[0], texts[1], told))
    return found


def _of_texts(one: str, other: str) -> str:
    """Return what differs between two values: where one side has none, that it has none."""
    if not other:
        return _("only in the first: %(names)s") % {"names": one}
    if not one:
        return _("only in the second: %(names)s") % {"names": other}
    return _("written differently")


def _of_lists(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """Return what differs between two lists of names: order, spelling, who is in one only."""
    if list(one) == list(other):
        return []
    keys = [organisation_key(name) for name in one], [organisation_key(name) for name in other]
    by_key = dict(zip(keys[0], one, strict=True)) | dict(zip(keys[1], other, strict=True))
    only = (
        [key for key in keys[0] if key not in keys[1]],
        [key for key in keys[1] if key not in keys[0]],
    )
    words = []
    for key in list(only[0]):
        near = [each for each in only[1] if is_misspelt(key, each)]
        if near:
            words.append(
                _("perhaps one, spelled differently: %(one)s / %(other)s")
                % {"one": by_key[key], "other": by_key[near[0]]}
            )
            only[0].remove(key)
            only[1].remove(near[0])
    if only[0]:
        words.append(_("only in the first: %(names)s") % {"names": _names(only[0], by_key)})
    if only[1]:
        words.append(_("only in the second: %(names)s") % {"names": _names(only[1], by_key)})
    if [k for k in keys[0] if k in keys[1]] != [k for k in keys[1] if k in keys[0]]:
        words.append(_("in another order"))
    return words or [_("written differently")]


def _names(keys: Iterable[str], by_key: dict[str, str]) -> str:
    return "、".join(by_key[key] for key in keys)


def is_misspelt(one: str, other: str) -> bool:
    """Say whether two names of one project differ by a single character: perhaps a slip."""
    if len(one) != len(other) or len(one) < 2:
        return fuzz.ratio(one, other) >= 85
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1


def twins_of(uids: Iterable[uuid.UUID], *answers: str) -> dict[uuid.UUID, list[Twin]]:
    """Return the twins of rows that have one of ``answers`` (blank: only proposed). One query."""
    wanted = set(uids)
    found: dict[uuid.UUID, list[Twin]] = defaultdict(list)
    for twin in Twin.objects.filter(
        Q(one__in=wanted) | Q(other__in=wanted), answer__in=answers or ("", TwinAnswer.ACCEPTED)
    ):
        for uid in {twin.one, twin.other} & wanted:
            found[uid].append(twin)
    return found


def partner(twin: Twin, uid: uuid.UUID) -> uuid.UUID:
    """Return the other row of a pair."""
    return twin.other if twin.one == uid else twin.one


def rows_of_twins(user: Any, twins: Iterable[Twin]) -> dict[uuid.UUID, Any]:
    """Return the rows of pairs by their ids, each as it stands now, of those ``user`` may see.

    One query for each kind.
    """
    wanted: dict[str, set[uuid.UUID]] = defaultdict(set)
    for twin in twins:
        wanted[twin.record_kind] |= {twin.one, twin.other}
    visible = Revision.objects.visible_to(user).exclude(state__in=ENDED)
    rows: dict[uuid.UUID, Any] = {}
    for code, uids in wanted.items():
        # The newest revision stands.
        for row in (
            record_kinds[code]
            .model.objects.filter(uid__in=uids, revision__in=visible)
            .select_related("revision__case__bureau")
            .order_by("revision__number")
        ):
            rows[row.uid] = row
    return rows
