"""Search over everything that is public: what is found of each kind, and what comes nearest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from django.db.models import CharField, Exists, F, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from apps.cases.kinds import RecordKind, listed_record_kinds, record_kinds
from apps.cases.models import Release
from apps.publications.edition import remembered
from apps.publications.marks import excerpt
from apps.publications.queries import published_mentions
from apps.registry.models import Indicator, OrganisationName
from apps.registry.words import Near, folded, holds_each, near_question

# Hits of one group on the page; the listing shows the rest.
SHOWN = 5
# A number beyond this is not counted out: nobody reads so many hits, and counting takes time.
MOST_COUNTED = 10_000
NEAREST = 5
# So many rows that resemble a word are compared with it.
MOST_COMPARED = 400
# Alike enough to be offered, of 100.
LIKENESS = 55


@dataclass(frozen=True)
class Hit:
    """One found thing, and what tells it apart."""

    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    """What was found of one kind. ``is_capped``: there are more than ``total``."""

    code: str
    label: str
    total: int
    hits: list[Hit] = field(default_factory=list)
    url: str = ""

    @property
    def is_capped(self) -> bool:
        """Say whether there are more than could be counted at once."""
        return self.total > MOST_COUNTED

    @property
    def shown_total(self) -> int:
        """Return the number that is shown."""
        return min(self.total, MOST_COUNTED)


@dataclass(frozen=True)
class Place:
    """Where one question is asked: what is found there, and how a hit is told."""

    code: str
    label: str
    # The hits of all words; True where the index is to find them, False to walk in order.
    find: Callable[[bool], QuerySet[Any]]
    # The fields that ``tell`` turns into a hit.
    values: dict[str, Any]
    tell: Callable[[dict[str, Any]], Hit]
    url: str = ""
    # What is counted, where several hits may be the same thing.
    distinct: str = ""


def capped_counts(found: Sequence[tuple[QuerySet[Any], str]]) -> list[int]:
    """Return the number of rows of each queryset, at most ``MOST_COUNTED`` + 1. One query.

    Beside each stands the field whose values are counted once; blank to count rows.
    """
    columns: list[str] = []
    params: list[Any] = []
    for rows, once in found:
        rows = rows.order_by().values(once or "pk")
        try:
            sql, given = (rows.distinct() if once else rows)[
                : MOST_COUNTED + 1
            ].query.sql_with_params()
        except EmptyResultSet:
            columns.append("0")
            continue
        columns.append(f"(SELECT count(*) FROM ({sql}) AS found)")  # noqa: S608 - the ORM's own
        params += given
    with connections[found[0][0].db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)}", params)
        row: tuple[int, ...] = cursor.fetchone() or ()
        return list(row)


def _shares(model: type[Model]) -> tuple[float, dict[str, float]]:
    """Return the number of rows, and in what share of them each common pair of characters stands.

    As PostgreSQL's own statistics have it. One query an edition.
    """
    with connections[router.db_for_read(model)].cursor() as cursor:
        cursor.execute(_SHARES, [model._meta.db_table])
        found = cursor.fetchone()
    if found is None:
        return 0, {}
    rows, pairs, shares = found
    # Behind the shares stand the least and the greatest of them.
    return rows, dict(zip(pairs, shares, strict=False))


_SHARES = """
SELECT reltuples, most_common_elems::text::text[], most_common_elem_freqs
FROM pg_class JOIN pg_stats ON tablename = relname AND schemaname = relnamespace::regnamespace::text
WHERE oid = %s::regclass AND attname = 'search_index' AND most_common_elems IS NOT NULL
"""


def are_common(model: type[Model], words: Sequence[str]) -> bool:
    """Say whether ``words`` stand in so many rows that reading some rows beats asking the index.

    The index collects every hit before the first is counted; who reads rows one after another
    has met more than is counted after ``MOST_COUNTED`` / share of them. This is a guess by the
    statistics: it decides how a question is asked, never what it finds.
    """
    rows, shares = remembered(("shares", model), lambda: _shares(model))
    share = 1.0
    for word in map(folded, words):
        pairs = [word[place : place + 2] for place in range(len(word) - 1)]
        share *= min((shares.get(pair, 0.0) for pair in pairs), default=0.0)
    return share > 0 and 2 * MOST_COUNTED / share < share * rows


def in_order(filters: Any, rows: QuerySet[Any], words: Sequence[str], total: int) -> QuerySet[Any]:
    """Return those of ``rows`` that hold every word, asked in the way that is quick for ``total``.

    Few hits: the index finds them, and they are sorted. Very many: a walk in printed order meets
    a page of them at once, while collecting all from the index would not.
    """
    for word in words:
        rows = rows.filter(filters.holding(word, indexed=total <= MOST_COUNTED))
    return rows


def _of_kind(kind: RecordKind, words: Sequence[str], query: str) -> Place:
    """Ask the rows of one kind; the first few other fields of a hit tell it apart."""
    rest = [name for name in (*kind.natural_key, *kind.mentions) if name != kind.title_field]
    every = kind.public_rows()
    filters = kind.filterset({}, queryset=every)

    def find(indexed: bool) -> QuerySet[Any]:
        return in_order(filters, every, words, 0 if indexed else MOST_COUNTED + 1)

    def tell(values: dict[str, Any]) -> Hit:
        notes = [_text(kind, name, values[name]) for name in dict.fromkeys(rest)]
        notes = [text if len(text) <= 60 else f"{text[:59]}…" for text in notes if text]
        return Hit(
            _text(kind, kind.title_field, values[kind.title_field]),
            reverse("publications:record", args=[kind.code, values["uid"]]),
            " · ".join(notes[:4]),
        )

    values = {name: F(_path(kind, name)) for name in {kind.title_field, *rest}}
    url = f"{reverse('publications:listing', args=[kind.code])}?{urlencode({'q': query})}"
    return Place(kind.code, str(kind.label_plural), find, {"uid": F("uid"), **values}, tell, url)


def _path(kind: RecordKind, name: str) -> str:
    """Return where the words of a field stand: a relation's name in the reader's language."""
    if not kind.model._meta.get_field(name).is_relation:
        return name
    return f"{name}__name_en" if (get_language() or "").startswith("en") else f"{name}__name"


def _text(kind: RecordKind, name: str, value: Any) -> str:
    """Return a value as text for a person."""
    if isinstance(value, list):
        return "、".join(value)
    choices = getattr(kind.model._meta.get_field(name), "choices", None)
    return "" if value is None else str(dict(choices or ()).get(value, value))


def published_names() -> QuerySet[OrganisationName]:
    """Return the names of organisations that a published row prints."""
    return OrganisationName.objects.filter(Exists(published_mentions().filter(name=OuterRef("pk"))))


def _organisations(words: list[str]) -> Place:
    """Ask the names that a published row prints; an organisation counts once."""
    names = published_names().order_by("name", "pk")
    return Place(
        "organisations",
        _("organisations"),
        lambda indexed: names.filter(holds_each(words, indexed=indexed)),
        {"id": F("organisation_id"), "name": F("name")},
        lambda values: Hit(
            values["name"], reverse("publications:organisation", args=[values["id"]])
        ),
        distinct="organisation_id",
    )


def _indicators(words: list[str]) -> Place:
    english = (get_language() or "").startswith("en")
    return Place(
        "indicators",
        _("indicators"),
        lambda indexed: Indicator.objects.filter(holds_each(words, indexed=indexed)),
        {
            "code": F("code"),
            "name": F("name_en" if english else "name"),
            "section": F("section_en" if english else "section"),
        },
        lambda values: Hit(
            values["name"],
            reverse("publications:indicator", args=[values["code"]]),
            values["section"],
        ),
    )


def _summaries(words: list[str]) -> Place:
    """Ask the sections of the districts' summaries; a hit leads to the district's page."""
    kind = record_kinds["narrative-sections"]
    filters = kind.filterset({}, queryset=kind.public_rows())
    english = (get_language() or "").startswith("en")
    district = "revision__case__bureau__district"
    return Place(
        kind.code,
        str(kind.label_plural),
        lambda indexed: filters.search(
            filters.queryset.filter(**{f"{district}__isnull": False}), "q", words
        ),
        {
            "heading": F("heading"),
            "text": F("text"),
            "district": F(f"{district}__name_en" if english else f"{district}__name"),
            "slug": F(f"{district}__slug"),
            "year": F("revision__case__year"),
        },
        lambda values: Hit(
            f"{values['district']} {values['year']}: {values['heading']}",
            reverse("publications:district", args=[values["slug"], values["year"]]),
            excerpt(values["text"], words),
        ),
    )


def _releases(words: list[str]) -> Place:
    """Ask the releases for their number or their reason. They are few."""
    wanted = Q()
    for word in words:
        wanted &= Q(number__icontains=word) | Q(reason__icontains=word)
    return Place(
        "releases",
        _("releases"),
        lambda indexed: Release.objects.filter(wanted),
        {"number": F("number"), "reason": F("reason")},
        lambda values: Hit(
            values["number"],
            reverse("publications:release", args=[values["number"]]),
            values["reason"],
        ),
    )


def groups(words: list[str], query: str, most: int = SHOWN) -> list[Group]:
    """Return what holds every word, by kind; kinds of which nothing does are left out.

    Two queries, whatever is found: one counts, one reads the first hits of each kind.
    """
    places = [_organisations(words), _indicators(words)]
    places += [_of_kind(kind, words, query) for kind in listed_record_kinds()]
    places += [_summaries(words), _releases(words)]
    totals = capped_counts([(place.find(True), place.distinct) for place in places])
    found = [(place, total) for place, total in zip(places, totals, strict=True) if total]
    hits: dict[str, list[Hit]] = {place.code: [] for place, _total in found}
    parts = [
        place.find(total <= MOST_COUNTED).values_list(
            Value(place.code, output_field=CharField()), JSONObject(**place.values)
        )[: most * 4 if place.distinct else most]
        for place, total in found
    ]
    tell = {place.code: place.tell for place, _total in found}
    if parts:
        for code, values in parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]:
            hit = tell[code](values)
            if all(hit.url != other.url for other in hits[code]) and len(hits[code]) < most:
                hits[code].append(hit)
    return [
        Group(place.code, place.label, total, hits[place.code], place.url) for place, total in found
    ]


def nearest(words: Sequence[str], kinds: Sequence[RecordKind] | None = None) -> list[str]:
    """Return what is printed and comes nearest to ``words``, the likest first. One query."""
    wanted = folded(" ".join(words))
    if not near_question(wanted):
        return []
    parts: list[QuerySet[Any]] = []
    if kinds is None:
        parts = [
            rows.filter(Near(wanted)).values_list(JSONObject(name=F("name")))
            for rows in (published_names(), Indicator.objects.all())
        ]
    for kind in listed_record_kinds() if kinds is None else kinds:
        fields = {kind.title_field, *kind.mentions, *kind.search_fields}
        named = {
            name: F(name)
            for name in fields
            if not kind.model._meta.get_field(name.split("__")[0]).is_relation
        }
        rows = kind.public_rows().filter(Near(wanted))
        parts.append(rows.values_list(JSONObject(**named)))
    parts = [rows.order_by()[:MOST_COMPARED] for rows in parts]
    candidates: dict[str, None] = {}
    for (values,) in parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]:
        for value in values.values():
            texts = value if isinstance(value, list) else [value]
            candidates |= dict.fromkeys(text for text in texts if text)
    found = process.extract(
        wanted,
        list(candidates),
        scorer=fuzz.WRatio,
        processor=folded,
        limit=NEAREST,
        score_cutoff=LIKENESS,
    )
    return [text for text, _score, _place in found]
