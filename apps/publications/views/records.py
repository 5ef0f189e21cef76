"""The permanent page of a row, the page of a revision, the page of an organisation."""

import uuid
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render

from apps.cases.kinds import RecordKind, listed_record_kinds, record_kinds
from apps.cases.models import Record, Revision
from apps.publications import pictures, queries, trace
from apps.publications.answers import public_page
from apps.publications.listing import fit, paginate, record_url
from apps.publications.moments import day_of, end_of
from apps.registry.domain import form_of

# A comparison row by row is made of revisions up to this size.
MOST_COMPARED = 5_000
MOST_CHANGES_SHOWN = 200
# Rows of one kind on an organisation's page.
MOST_OF_ORGANISATION = 200


@public_page
def record(request: HttpRequest, kind: str, uid: uuid.UUID) -> HttpResponseBase:
    """Show one row with its trace. 410 for what was public once, 404 for anything else."""
    record_kind = record_kinds[kind]
    day = day_of(request.GET)
    try:
        row = queries.public_row(record_kind, uid, end_of(day))
    except record_kind.model.DoesNotExist as error:
        raise Http404 from error
    revision: Revision = row.revision
    return render(
        request,
        "publications/record.html",
        {
            "kind": record_kind,
            "row": row,
            "title": trace.text_of(row, record_kind.title_field),
            "fields": trace.fields_of(record_kind, row),
            "revision": revision,
            "release": revision.release_item.release,
            "road": trace.road(revision),
            "evidence_count": trace.evidence_count(row),
            "corrections": trace.corrections(record_kind, row),
            "permalink": settings.SITE_URL + record_url(row),
            "day": day,
        },
    )


def _former(revision: Revision) -> Revision | None:
    return (
        queries.readable_revisions()
        .filter(case_id=revision.case_id, number__lt=revision.number)
        .order_by("-number")
        .first()
    )


def _changes(kind: RecordKind, former: Revision, revision: Revision) -> list[Any]:
    return trace.row_changes(
        kind, queries.rows_of(kind, former), list(queries.rows_of(kind, revision))
    )


@public_page
def revision(request: HttpRequest, case_id: int, number: int) -> HttpResponseBase:
    """Show one revision whole: its rows by kind, its hash, what it changed and why."""
    try:
        shown = queries.revision_of(case_id, number)
    except Revision.DoesNotExist as error:
        raise Http404 from error
    is_current = shown.superseded_at is None
    tables = []
    for kind in shown.case.kind_spec.records:
        table = kind.table(
            data=queries.rows_of(kind, shown),
            orderable=False,
            prefix=f"{kind.code}-",
            exclude=("report_year",),
            row_url=record_url if is_current and kind.is_listed else None,
        )
        paginate(table, request.GET.get(f"{kind.code}-page"))
        tables.append((kind, fit(table)))
    former = _former(shown)
    changes: list[Any] = []
    is_compared = former is not None and shown.release_item.rows <= MOST_COMPARED
    if former is not None and is_compared:
        for kind in shown.case.kind_spec.records:
            changes += _changes(kind, former, shown)
    return render(
        request,
        "publications/revision.html",
        {
            "revision": shown,
            "is_current": is_current,
            "release": shown.release_item.release,
            "item": shown.release_item,
            "tables": tables,
            "form_head": form_of(shown.case.kind, shown.case.year),
            "former": former,
            "is_compared": is_compared,
            "changes": changes[:MOST_CHANGES_SHOWN],
            "change_count": len(changes),
            "road": trace.road(shown),
            "revisions": queries.readable_revisions().filter(case_id=case_id).order_by("-number"),
            "permalink": settings.SITE_URL + request.path,
        },
    )


@public_page
def organisation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show what one organisation has won, hosts and is listed in. One query for each kind."""
    shown = get_object_or_404(queries.public_organisations().select_related("district"), pk=pk)
    uids: dict[str, set[uuid.UUID]] = defaultdict(set)
    names: dict[str, None] = {}
    by_year: dict[tuple[int, str], set[uuid.UUID]] = defaultdict(set)
    led = 0
    mentions = queries.published_mentions().filter(name__organisation=shown).order_by("name__name")
    for code, uid, name, field, position, year in mentions.values_list(
        "record_kind", "record_uid", "name__name", "field", "position", "revision__case__year"
    ):
        uids[code].add(uid)
        by_year[year, code].add(uid)
        names[name] = None
        led += code == "awards" and field == "organisations" and position == 0
    groups = []
    for kind in listed_record_kinds():
        if kind.code in uids:
            rows: list[Record] = list(
                queries.public_rows(kind).filter(uid__in=uids[kind.code])[:MOST_OF_ORGANISATION]
            )
            table = kind.table(data=rows, orderable=False, row_url=record_url)
            groups.append({"kind": kind, "table": fit(table), "count": len(uids[kind.code])})
    # The registry may hold a name that only a draft prints: it is not told here.
    title = shown.name if shown.name in names else next(iter(names))
    return render(
        request,
        "publications/organisation.html",
        {
            "organisation": shown,
            "title": title,
            "names": [name for name in names if name != title],
            "groups": groups,
            "led": led,
            "chart": pictures.organisation_by_year(
                {place: len(found) for place, found in by_year.items()}
            ),
            "total": sum(len(found) for found in uids.values()),
            "most": MOST_OF_ORGANISATION,
        },
    )
