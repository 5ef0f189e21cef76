"""Publishing several cases as one release, after a look at exactly what becomes public."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods
from django_tables2 import RequestConfig

from apps.accounts.models import Role
from apps.cases.canonical import revision_hash
from apps.cases.desk import queries
from apps.cases.desk.comparing import Comparison, comparisons
from apps.cases.desk.views.base import DeskRequest, crumbs, page
from apps.cases.domain.releases import next_number
from apps.cases.domain.transitions import perform_many, why_not
from apps.cases.errors import NotAllowed, WorkflowError
from apps.cases.kinds import RecordKind
from apps.cases.models import Revision

# Rows of each table of the preview; the others are a click away.
ROWS_SHOWN = 20


@dataclass(frozen=True)
class Candidate:
    """One case that is about to become public, and what stands in its way."""

    revision: Revision
    rows: int
    hash: str
    comparison: Comparison | None
    refusal: WorkflowError | None
    # Per kind of row the very table that the public pages show.
    tables: list[tuple[RecordKind, Any]]


def _chosen(request: DeskRequest, data: QueryDict) -> list[Revision]:
    """Return the chosen revisions. 404 where one is not in scope."""
    ids = {int(pk) for pk in data.getlist("revision") if pk.isdecimal() and len(pk) < 19}
    found = list(
        queries.revisions_for(request.user)
        .filter(pk__in=ids)
        .select_related("case__bureau", "based_on")
        .order_by("pk")
    )
    if len(found) != len(ids):
        raise Http404
    return found


def _versions(data: QueryDict, revisions: list[Revision]) -> dict[int, int | None]:
    """Return the version of each that the person saw."""
    seen = {revision.pk: data.get(f"version-{revision.pk}", "") for revision in revisions}
    return {pk: int(text) if text.isdecimal() else None for pk, text in seen.items()}


def _candidate(request: DeskRequest, revision: Revision) -> Candidate:
    digest, rows = revision_hash(revision)
    against = [c for c in comparisons(revision) if revision.based_on is not None]
    tables = [(kind, _public_table(request, revision, kind)) for kind in _kinds(revision)]
    return Candidate(
        revision,
        rows,
        digest,
        against[0] if against else None,
        why_not("publish", revision, request.user),
        [(kind, table) for kind, table in tables if table.paginator.count],
    )


def _kinds(revision: Revision) -> tuple[RecordKind, ...]:
    return revision.case.kind_spec.records


def _public_table(request: DeskRequest, revision: Revision, kind: RecordKind) -> Any:
    """Return the rows as their public page will show them, so many at a time; without links.

    The rows have no public page yet.
    """
    table = kind.table(
        data=queries.rows_of(revision, kind),
        orderable=False,
        prefix=f"{revision.pk}-{kind.code}-",
        exclude=("report_year",),
        attrs={"class": "table", "wrap": "wide"},
    )
    RequestConfig(request, paginate={"per_page": ROWS_SHOWN, "silent": True}).configure(table)
    return table


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish_many(request: DeskRequest) -> HttpResponse:
    """Show what would become public; on POST publish it all as one release, or nothing."""
    data = request.POST if request.method == "POST" else request.GET
    revisions = _chosen(request, data)
    refusal: WorkflowError | None = None
    if not request.user.has_role(Role.CITY_PUBLISHER):
        refusal = NotAllowed(_("Only the city's publishers publish."))
    elif not revisions:
        messages.info(request, _("Choose at least one approved case."))
        return redirect("desk:cases")
    elif request.method == "POST":
        try:
            perform_many(
                "publish", _versions(data, revisions), request.user, reason=data.get("reason", "")
            )
        except WorkflowError as error:
            refusal = error
            revisions = _chosen(request, data)
        else:
            return _published(request, revisions)
    candidates = (
        [_candidate(request, revision) for revision in revisions]
        if not isinstance(refusal, NotAllowed) or request.user.has_role(Role.CITY_PUBLISHER)
        else []
    )
    context: dict[str, Any] = {
        "candidates": candidates,
        "reason": data.get("reason", ""),
        "number": next_number(timezone.now()),
        "rows": sum(candidate.rows for candidate in candidates),
        "is_possible": bool(candidates) and not any(c.refusal for c in candidates),
        "crumbs": crumbs(None, _("Publish together")),
    }
    return page(request, "cases/publish.html", context, refusal)


def _published(request: DeskRequest, revisions: list[Revision]) -> HttpResponse:
    """Say under which release the cases are public now."""
    numbers = sorted(
        set(
            Revision.objects.filter(pk__in=[r.pk for r in revisions]).values_list(
                "release_item__release__number", flat=True
            )
        )
    )
    messages.success(
        request,
        _("Published as release %(number)s.")
        % {"number": pgettext("between items", ", ").join(numbers)},
    )
    return redirect("desk:cases")
