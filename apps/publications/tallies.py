"""Counting by facets: from the tallies where nothing but facets is asked, from the rows else."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, transaction
from django.db.models import Count, F, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast

from apps.cases.filters import AnyOfFilter
from apps.cases.kinds import RecordKind, record_kind_of
from apps.cases.models import Revision, State
from apps.districts.models import IndicatorValue
from apps.publications.models import Tally
from apps.registry.models import Indicator

# The values of a combination in the order of the facets, the report's year last; the rows.
Combination = tuple[tuple[str | None, ...], int]
# The number of rows; per facet its values with theirs.
Counts = tuple[int, dict[str, list[tuple[str, int]]]]


def _paths(kind: RecordKind) -> list[str]:
    """Return where the value of each facet stands."""
    filters = kind.filterset.base_filters
    paths = []
    for name in kind.filterset.facets:
        own = filters[name]
        paths.append(str(getattr(own, "facet_field", own.field_name)))
    return paths


def _combinations(rows: QuerySet[Any], paths: Sequence[str]) -> QuerySet[Any]:
    """Return the combinations of values among ``rows`` with their numbers."""
    named: dict[str, Any] = {
        f"facet_{place}": Cast(F(path), TextField()) for place, path in enumerate(paths)
    }
    # A kind without facets has one combination: none of any.
    named = named or {"facet_none": Value("", output_field=TextField())}
    found = rows.order_by().annotate(**named).values_list(*named)
    return found.annotate(facet_rows=Count("*"))


def tally(revisions: Iterable[Revision]) -> None:
    """Count the rows of ``revisions``, which are published now or were. One query a kind."""
    for revision in revisions:
        for kind in revision.case.kind_spec.public_records:
            rows = kind.model.objects.filter(revision=revision)
            paths = _paths(kind)
            Tally.objects.bulk_create(
                (
                    Tally(
                        revision=revision,
                        record_kind=kind.code,
                        values=list(found[: len(paths)]),
                        rows=found[-1],
                    )
                    for found in _combinations(rows, paths)
                ),
                batch_size=2000,
                ignore_conflicts=True,
            )


def tally_missing() -> int:
    """Count what was published before there were tallies; return of how many revisions."""
    missing = list(
        Revision.objects.filter(state__in=[State.PUBLISHED, State.SUPERSEDED])
        .exclude(pk__in=Tally.objects.values("revision"))
        .filter(release_item__rows__gt=0)
        .select_related("case")
    )
    tally(missing)
    return len(missing)


def renew(indicator: Indicator) -> None:
    """Count the public revisions that hold figures of ``indicator`` anew: its section changed.

    Nothing else that a facet counts by can change: districts keep their codes.
    """
    shown = Revision.objects.filter(
        state__in=[State.PUBLISHED, State.SUPERSEDED],
        pk__in=IndicatorValue.objects.filter(indicator=indicator).values("revision"),
    ).select_related("case")
    with transaction.atomic():
        Tally.objects.filter(revision__in=shown).delete()
        tally(shown)


def cube(
    kind: RecordKind, as_of: dt.datetime | None, readable: QuerySet[Revision]
) -> list[Combination]:
    """Return what is tallied of ``kind`` in the ``readable`` revisions public at ``as_of``.

    One query, whose answer is as long as there are combinations, however many rows.
    """
    shown = readable if as_of is None else readable.filter(pk__in=Revision.objects.public(as_of))
    found = (
        Tally.objects.filter(record_kind=kind.code, revision__in=shown.values("pk"))
        .order_by()
        .values_list("values", "revision__case__year")
        .annotate(tallied=Sum("rows"))
    )
    return [((*values, str(year)), rows) for values, year, rows in found]


def _wanted(filterset: Any) -> list[set[str] | None]:
    """Return per facet the values that are asked for; None where all are."""
    wanted: list[set[str] | None] = []
    for name in filterset.facet_names:
        value = filterset.form.cleaned_data.get(name)
        own = filterset.filters[name]
        if not value:
            wanted.append(None)
        else:
            wanted.append(own.facet_values(value) if isinstance(own, AnyOfFilter) else {str(value)})
    return wanted


def counted(filterset: Any, combinations: Sequence[Combination]) -> Counts:
    """Return the number of rows that all facets leave, and per facet that of each value.

    A value counts what it would leave with the other facets as they are: a person can change
    his choice. Most rows first.
    """
    names = filterset.facet_names
    wanted = _wanted(filterset)
    counts: list[Counter[str]] = [Counter() for _name in names]
    total = 0
    for values, rows in combinations:
        missed = [
            place
            for place, (value, some) in enumerate(zip(values, wanted, strict=True))
            if some is not None and value not in some
        ]
        if not missed:
            total += rows
        # One that only its own facet leaves out is still counted there.
        for place in range(len(names)) if not missed else missed if len(missed) == 1 else ():
            value = values[place]
            if value:
                counts[place][value] += rows
    return total, {
        name: sorted(found.items(), key=lambda item: (-item[1], item[0]))
        for name, found in zip(names, counts, strict=True)
    }


def live(filterset: Any, rows: QuerySet[Any], most: int | None = None) -> Counts:
    """Return the same as ``counted`` of ``rows``, which no facet has narrowed yet, counted now.

    ``most`` rows are looked at, all for None. One query, whose answer has a line for each value:
    of combinations a search may leave nearly as many as rows.
    """
    names = filterset.facet_names
    paths = [*_paths(record_kind_of(rows.model)), "revision__case__year"]
    values = {f"facet_{place}": Cast(F(path), TextField()) for place, path in enumerate(paths)}
    inner = rows.order_by().values(**values)[:most]
    try:
        sql, given = inner.query.sql_with_params()
    except EmptyResultSet:
        return 0, {name: [] for name in names}
    params = [*given]
    wanted = enumerate(_wanted(filterset))
    asked = {place: sorted(some) for place, some in wanted if some is not None}

    def narrowed(but: int | None) -> str:
        """Return the condition that all facets set ``but`` one, whose values are counted."""
        places = [place for place in asked if place != but]
        params.extend(asked[place] for place in places)
        return " AND ".join(["true", *(f"facet_{place} = ANY(%s)" for place in places)])

    # Put together from names of our own; whatever a person gave is a parameter.
    parts = [f"SELECT -1, NULL, count(*) FROM found WHERE {narrowed(None)}"]  # noqa: S608
    for place in range(len(names)):
        parts.append(
            f"SELECT {place}, facet_{place}, count(*) FROM found"  # noqa: S608
            f" WHERE {narrowed(place)} GROUP BY facet_{place}"
        )
    question = f"WITH found AS MATERIALIZED ({sql}) {' UNION ALL '.join(parts)}"
    with connections[rows.db].cursor() as cursor:
        cursor.execute(question, params)
        lines = sorted(cursor.fetchall(), key=lambda line: (line[0], -line[2], line[1] or ""))
    found: dict[str, list[tuple[str, int]]] = {name: [] for name in names}
    for place, value, count in lines[1:]:
        if value:
            found[names[place]].append((value, count))
    return lines[0][2], found
