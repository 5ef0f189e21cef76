"""The permanent page of a row, the page of a revision, the page of an organisation."""

import uuid
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.changes import ADDED, CHANGED, MOVED, REMOVED, WHAT, Diff, Side
from apps.cases.changes.sheet import file_name, write_sheet
from apps.cases.flags import meaning
from apps.cases.kinds import listed_record_kinds, record_kinds
from apps.cases.models import Record, Revision
from apps.publications import pictures, queries, structured, trace
from apps.publications.answers import BadQuery, kept, public_page
from apps.publications.citing import citations, city
from apps.publications.listing import fit, record_url
from apps.publications.moments import day_of, end_of
from apps.publications.paging import page_of, paginate
from apps.registry.domain import form_of

# Of what a correction changed, so many rows stand on its page; the rest has a page of its own.
CHANGES_SHOWN = 20
CHANGES_PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Rows of one kind on an organisation's page.
MOST_OF_ORGANISATION = 200


@kept
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
    title = trace.text_of(row, record_kind.title_field)
    fields = trace.fields_of(record_kind, row)
    pages = {p.text: p.url for field in fields for p in field.phrases if is_organisation(p.url)}
    return render(
        request,
        "publications/record.html",
        {
            "kind": record_kind,
            "row": row,
            "title": title,
            "fields": fields,
            "structured": structured.of_record(record_kind, row, title, record_url(row), pages),
            "revision": revision,
            "release": revision.release_item.release,
            "road": trace.road(revision),
            "evidence_count": trace.evidence_count(row),
            "corrections": trace.corrections(record_kind, row),
            "twins": [
                {"row": twin, "url": record_url(twin)}
                for twin in queries.accepted_twins(record_kind, uid)
            ],
            "permalink": settings.SITE_URL + record_url(row),
            "city_bureau": city(),
            "citations": citations(
                lambda: trace.text_of(row, record_kind.title_field),
                revision.release_item.release,
                record_url(row),
            ),
            "history_url": _history_url(request, row),
            "day": day,
        },
    )


def _history_url(request: HttpRequest, row: Record) -> str:
    """Return where an official finds who saved what; nothing for who may not see the case."""
    revision = row.revision
    user = request.user
    if isinstance(user, User) and Revision.objects.visible_to(user).filter(pk=revision.pk).exists():
        return reverse("desk:row_history", args=[revision.case_id, row.record_kind.code, row.uid])
    return ""


def _former(revision: Revision) -> Revision | None:
    return (
        queries.readable_revisions()
        .filter(case_id=revision.case_id, number__lt=revision.number)
        .order_by("-number")
        .first()
    )


@kept
@public_page
def revision(request: HttpRequest, case_id: int, number: int) -> HttpResponseBase:
    """Show one revision whole: its rows by kind, its hash, what it changed and why."""
    try:
        shown = queries.revision_of(case_id, number)
    except Revision.DoesNotExist as error:
        raise Http404 from error
    is_current = shown.superseded_at is None
    tables = []
    for kind in shown.case.kind_spec.public_records:
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
    diff = _diff(former, shown) if former is not None else None
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
            "diff": diff,
            "rows": diff.rows(diff.entries[:CHANGES_SHOWN]) if diff else [],
            "road": trace.road(shown),
            "revisions": queries.readable_revisions().filter(case_id=case_id).order_by("-number"),
            "permalink": settings.SITE_URL + request.path,
        },
    )


def _diff(former: Revision, shown: Revision) -> Diff:
    return Diff(Side(former), Side(shown), say_flag=meaning_of, public=True)


def meaning_of(flag: str) -> str:
    """Return a doubt in words; it is stored as the field's name and a code."""
    name, _colon, code = flag.partition(":")
    return meaning(code or name)


@kept
@public_page
def changes(request: HttpRequest, case_id: int, number: int) -> HttpResponseBase:
    """Compare two public revisions of a case row by row: on pages, or as an Excel file.

    ``against`` names the other revision; without it the one before.
    """
    try:
        shown = queries.revision_of(case_id, number)
        against = request.GET.get("against", "").strip()
        if against and not (against.isascii() and against.isdecimal() and len(against) < 6):
            raise BadQuery(
                _("“against” takes the number of a revision. Correct it in the address.")
            )
        former = queries.revision_of(case_id, int(against)) if against else _former(shown)
    except Revision.DoesNotExist as error:
        raise Http404 from error
    if former is None or former.pk == shown.pk:
        raise Http404
    diff = _diff(former, shown)
    if request.GET.get("_export") == "xlsx":
        facts = [
            (_("Case"), str(shown.case)),
            (_("Before"), _release_words(former)),
            (_("Now"), _release_words(shown)),
        ]
        return FileResponse(
            write_sheet(diff, facts, meaning_of),
            as_attachment=True,
            filename=file_name(case_id, former.number, number),
            content_type=XLSX,
        )
    what = request.GET.get("what", "")
    if what and what not in WHAT:
        raise BadQuery(
            _("“what” takes one of: %(values)s. Correct it in the address.")
            % {"values": ", ".join(WHAT)}
        )
    page = page_of(diff.of(None, what), request.GET.get("page"), CHANGES_PER_PAGE)
    return render(
        request,
        "publications/changes.html",
        {
            "revision": shown,
            "former": former,
            "counts": diff.counts(),
            "sorts": _sorts(diff, former.number, what),
            "page_obj": page,
            "rows": diff.rows(list(page.object_list)),
        },
    )


def _sorts(diff: Diff, against: int, chosen: str) -> list[dict[str, Any]]:
    """Return a tab per sort of change, with its number of rows."""
    words = {ADDED: _("added"), CHANGED: _("changed"), REMOVED: _("removed"), MOVED: _("moved")}
    return [
        {
            "url": f"?against={against}" + (f"&what={what}" if what else ""),
            "label": label,
            "count": len(diff.of(None, what)),
            "current": what == chosen,
        }
        for what, label in {"": _("all"), **words}.items()
        if not what or diff.of(None, what)
    ]


def _release_words(revision: Revision) -> str:
    return _("Revision %(number)s, release %(release)s") % {
        "number": revision.number,
        "release": revision.release_item.release.number,
    }


def organisation_url(pk: int) -> str:
    """Return the permanent address of an organisation's page."""
    return reverse("publications:organisation", args=[pk])


def is_organisation(url: str) -> bool:
    """Say whether a phrase leads to an organisation's page."""
    return url.startswith("/organisations/")


def is_number(text: str) -> bool:
    """Say whether a part of an address is the number of something."""
    return text.isdecimal() and len(text) < 18


@kept
@public_page
def organisation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show what one organisation has won, hosts and is listed in. One query for each kind.

    The address of one that was joined to another leads there for good, and it is said why.
    """
    shown = queries.public_organisations().select_related("district").filter(pk=pk).first()
    if shown is None:
        kept = queries.joined_organisation(pk)
        if kept is None:
            raise Http404
        return HttpResponsePermanentRedirect(f"{organisation_url(kept)}?joined={pk}")
    joined = request.GET.get("joined", "")
    came_from = queries.joined_name(int(joined), shown) if is_number(joined) else None
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
            "city_bureau": city(),
            "structured": structured.of_organisation(
                title, [name for name in names if name != title], organisation_url(shown.pk)
            ),
            "title": title,
            "names": [name for name in names if name != title],
            # Named only where a published row prints it.
            "came_from": came_from if came_from in names else "",
            "is_led_here": came_from is not None,
            "groups": groups,
            "led": led,
            "chart": pictures.organisation_by_year(
                {place: len(found) for place, found in by_year.items()}
            ),
            "total": sum(len(found) for found in uids.values()),
            "most": MOST_OF_ORGANISATION,
        },
    )
