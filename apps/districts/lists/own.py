"""Which published rows of the city's lists are a district's own."""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value

from apps.cases.canonical import canonical_json, canonical_value, sha256
from apps.cases.kinds import RecordKind, record_kinds
from apps.cases.models import Mention, Record
from apps.registry.models import District


class Key(NamedTuple):
    """A row of a list as it is published: its kind, its permanent id, and the list's revision."""

    kind: str
    uid: uuid.UUID
    revision_id: int


def list_kinds() -> list[RecordKind]:
    """Return the kinds of rows that the city's lists are made of: those that name organisations."""
    return [kind for kind in record_kinds.values() if kind.mentions]


def units_of(district: District) -> QuerySet[District]:
    """Return the units whose rows the district answers for. No query by itself.

    Its zones belong to it; one with a bureau of its own answers for itself.
    """
    own = Q(pk=district.pk) | Q(parent=district.pk, bureau__isnull=True)
    return District.objects.filter(own).order_by()


Units = Sequence[District] | QuerySet[District]


def counts_for(kind: RecordKind, districts: Units) -> Q:
    """Return which rows of ``kind`` are those of ``districts``.

    A row is that of the district it names; where it names none, of its first organisation's
    (DOMAIN §3: never of the others).
    """
    first = Q(Exists(_first_named(kind, districts)))
    if "district" not in kind.fields:
        return first
    return Q(district__in=districts) | first & Q(district__isnull=True)


def nobodys(kind: RecordKind) -> Q:
    """Return which rows of ``kind`` are no district's: as far as anybody knows."""
    unknown = ~Q(Exists(_first_named(kind, District.objects.order_by())))
    return unknown & Q(district__isnull=True) if "district" in kind.fields else unknown


def _first_named(kind: RecordKind, districts: Units) -> QuerySet[Mention]:
    """Return the first organisation that a row names, where it is one of ``districts``."""
    return Mention.objects.filter(
        revision=OuterRef("revision"),
        record_kind=kind.code,
        record_uid=OuterRef("uid"),
        field=kind.mentions[0],
        position=0,
        name__organisation__district__in=districts,
    )


def own_rows(kind: RecordKind, units: Units, year: int) -> "QuerySet[Any]":
    """Return the published rows of ``kind`` of a report year that belong to ``units``."""
    return kind.model.objects.public().filter(counts_for(kind, units), revision__case__year=year)


def own_keys(units: Units, year: int) -> list[Key]:
    """Return the keys of all rows of ``units`` in a report year's lists, as printed. One query."""
    kinds = list_kinds()
    parts = [
        own_rows(kind, units, year)
        .order_by()
        .annotate(number=Value(number), of=F("revision_id"))
        .values_list("number", "list_place", "position", "uid", "of")
        for number, kind in enumerate(kinds)
    ]
    rows = parts[0].union(*parts[1:], all=True)
    return [Key(kinds[number].code, uid, of) for number, _list, _place, uid, of in sorted(rows)]


def content_of(row: Record) -> dict[str, Any]:
    """Return the content fields of a row as they are hashed; its place in the list is none."""
    return {name: canonical_value(getattr(row, name)) for name in row.record_kind.fields}


def fingerprint(row: Record) -> str:
    """Return the SHA-256 of a row's content: the same in every revision that says the same."""
    return sha256(canonical_json(content_of(row)))


def rows_by_key(keys: Sequence[Key]) -> dict[uuid.UUID, Any]:
    """Return the rows that ``keys`` name, by permanent id. One query per kind of row."""
    rows: dict[uuid.UUID, Any] = {}
    for code in dict.fromkeys(key.kind for key in keys):
        kind = record_kinds[code]
        wanted = [key for key in keys if key.kind == code]
        found = kind.model.objects.filter(
            uid__in=[key.uid for key in wanted],
            revision__in={key.revision_id for key in wanted},
        ).select_related("revision__case__bureau", *kind.select_related)
        rows |= {row.uid: row for row in found}
    return rows
