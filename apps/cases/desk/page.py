"""What the page of a case shows, made of plain values."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import CITY_ROLES, Role, User
from apps.cases import scope
from apps.cases.desk import queries
from apps.cases.desk.comparing import comparison_of
from apps.cases.desk.shown_findings import finding_view, may_raise
from apps.cases.desk.tables import rows_table
from apps.cases.domain.transitions import available_steps
from apps.cases.errors import WorkflowError
from apps.cases.kinds import RecordKind
from apps.cases.models import (
    WRITABLE,
    Event,
    Finding,
    Record,
    Revision,
    State,
)
from apps.cases.workflow import EVENT_LABELS, Transition

ROWS_PER_PAGE = 50
# The steps that bring a case on; they stand first and are emphasised.
FORWARD = frozenset({"hand_over", "submit", "accept", "approve", "announce", "publish"})


def write_refusal(
    user: User, revision: Revision, kind: RecordKind, uid: object | None
) -> WorkflowError | None:
    """Return why ``user`` cannot write this row (``uid`` None: a new one), or None."""
    try:
        scope.ensure_may_fill(user, revision)
        scope.ensure_row_is_open(revision, kind.code, uid)
    except WorkflowError as refusal:
        return refusal
    return None


def offered_steps(revision: Revision, user: User, last: Event | None) -> list[Transition]:
    """Return the steps that the page offers: those that could come about for this kind of case.

    ``revision`` comes from ``queries.visible_revisions``.
    """
    steps = available_steps(revision, user)
    proposed = last is not None and last.transition == "propose_withdrawal"
    hidden = {"withdraw"} if not proposed else {"propose_withdrawal", "restate"}
    if revision.open_number is not None:  # type: ignore[attr-defined]
        # One correction at a time; the page says that it is under way.
        hidden.add("restate")
    if any(step.name in {"announce", "publish"} for step in steps):
        if revision.case.notice_days is None:
            hidden.add("announce")
        elif revision.state == State.APPROVED:
            hidden.add("publish")
    steps = [step for step in steps if step.name not in hidden]
    return sorted(steps, key=lambda step: step.name not in FORWARD)


@dataclass(frozen=True)
class RowsPage:
    """One page of the rows of one kind, and the titles of all rows of it that findings name."""

    table: Any
    page: Page
    may_add: bool
    titles: dict[tuple[str, str], str]


def _rows_page(
    user: User,
    revision: Revision,
    latest: Revision,
    kind: RecordKind,
    *,
    count: int,
    number: str,
    findings: list[Finding],
    marks: dict[Any, str],
) -> RowsPage:
    """Return the rows of one kind that stand on one page. One query, at any number of rows."""
    page = Paginator(range(count), ROWS_PER_PAGE).get_page(number)
    start = page.start_index() - 1 if count else 0
    named = {f.record_uid for f in findings if f.record_kind == kind.code}
    rows = queries.rows_and_named(revision, kind, slice(start, page.end_index()), named)
    titles = {(kind.code, str(row.uid)): str(getattr(row, kind.title_field)) for row in rows}
    items = None
    if revision.returned_at is not None:
        items = scope.with_added(revision, [f for f in findings if scope.is_open_item(f)])
    may_write = (
        revision == latest
        and revision.state in WRITABLE
        and scope.may_fill(user, revision.case.kind_spec, revision.case.bureau_id)
    )

    def url(record: Record) -> str:
        return reverse("desk:row", args=[revision.case_id, kind.code, record.uid])

    def page_url(record: Record) -> str:
        # The rows of an earlier revision have no page to be edited on.
        return url(record) if revision == latest else f"{url(record)}history/"

    def is_open(record: Record) -> bool:
        return may_write and (items is None or scope.row_is_named(items, kind.code, record.uid))

    may_add = may_write and (items is None or scope.row_is_named(items, kind.code, None))
    table = rows_table(
        kind,
        [row for row in rows if row.is_on_page],
        url=url,
        page_url=page_url,
        is_open=is_open,
        is_locked=may_write and items is not None,
        marks=marks,
    )
    return RowsPage(table, page, may_add, titles)


def _entry_url(revision: Revision) -> str:
    """Return the address of the kind's own entry page, if it has one."""
    name = revision.case.kind_spec.entry_url
    return reverse(name, args=[revision.case_id]) if name else ""


def context(
    user: User, revision: Revision, revisions: list[Revision], rows: str, number: str
) -> dict[str, Any]:
    """Return all that the page of ``revision`` shows.

    ``revisions`` is what ``queries.visible_revisions`` found, ``rows`` the kind of row chosen,
    ``number`` the page of its rows. At most eight queries beside the page's own three.
    """
    kind_spec = revision.case.kind_spec
    kind = next((k for k in kind_spec.records if k.code == rows), kind_spec.records[0])
    latest = revisions[0]
    events = list(revision.events.select_related("assignment__reviewer").order_by("-from_version"))
    compared = comparison_of(revision)
    counts = queries.row_counts(revision)
    stored = queries.findings_of(revision)
    rows_page = _rows_page(
        user,
        revision,
        latest,
        kind,
        count=counts[kind.code],
        number=number,
        findings=stored,
        marks=compared.diff.marks if compared else {},
    )
    elsewhere = queries.row_titles(
        revision, ((f.record_kind, f.record_uid) for f in stored if f.record_kind != kind.code)
    )
    titles = rows_page.titles | elsewhere
    findings = [finding_view(user, revision, finding, titles) for finding in stored]
    may_fill = scope.may_fill(user, kind_spec, revision.case.bureau_id)
    may_write = may_fill and revision == latest and revision.state in WRITABLE
    return {
        "revision": revision,
        "case": revision.case,
        "kind": kind_spec,
        "record_kind": kind,
        "revisions": revisions,
        "latest": latest,
        "correction": _correction(revision),
        "forward": FORWARD,
        "steps": offered_steps(revision, user, events[0] if events else None),
        "entry_url": _entry_url(revision) if revision == latest else "",
        "open_findings": [f for f in findings if not f["is_settled"]],
        "settled_findings": [f for f in findings if f["is_settled"]],
        "may_raise": may_raise(user, revision),
        "may_review": revision == latest
        and user.has_role(Role.CITY_REVIEWER, Role.CITY_PUBLISHER, Role.AUDITOR),
        "may_write": may_write,
        "may_hand_over": revision.state == State.REVIEWING and user.has_role(Role.CITY_REVIEWER),
        "may_ask_for_time": kind_spec.checked_in_bureau
        and revision.submitted_at is None
        and revision.number == 1
        and user.has_role(Role.DISTRICT_SIGNATORY),
        "may_fill": may_fill,
        "may_edit_list": may_write and not kind_spec.entry_url,
        "comparison": compared,
        "table": rows_page.table,
        "page_obj": rows_page.page,
        "row_count": counts[kind.code],
        "may_add": rows_page.may_add,
        "removed": _removed(revision, kind) if may_write else [],
        "tabs": _tabs(revision, kind, counts),
        "events": [(e, EVENT_LABELS[e.transition]) for e in events],
        "statement": next((e for e in events if e.transition == "submit"), None),
        "due": _due(revision, stored),
        "people": _people(revision),
        "evidence_count": queries.file_count(counts),
        "is_official_of_city": user.has_role(*CITY_ROLES),
    }


def _correction(revision: Revision) -> Revision | None:
    """Return the correction of a published revision that is under way, seen or not."""
    if revision.state != State.PUBLISHED or revision.open_number is None:  # type: ignore[attr-defined]
        return None
    return Revision(
        case=revision.case,
        number=revision.open_number,  # type: ignore[attr-defined]
        state=revision.open_state,  # type: ignore[attr-defined]
    )


def _removed(revision: Revision, kind: RecordKind) -> list[dict[str, Any]]:
    """Return the removed rows that may be put back."""
    return [
        {"uid": row.uid, "title": str(getattr(row, kind.title_field)), "at": row.pgh_created_at}
        for row in queries.removed_rows(revision, kind, 10)
    ]


def _tabs(revision: Revision, chosen: RecordKind, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Return a tab per kind of row, where the case holds several."""
    records = revision.case.kind_spec.records
    if len(records) < 2:
        return []
    base = reverse("desk:revision", args=[revision.case_id, revision.number])
    return [
        {
            "url": f"{base}?rows={kind.code}#rows",
            "label": kind.label_plural,
            "count": counts[kind.code],
            "current": kind is chosen,
        }
        for kind in records
    ]


def _due(revision: Revision, findings: list[Finding]) -> dt.date | None:
    """Return the day by which the bureau has to act, if it has to."""
    if revision.state not in {State.DRAFT, State.CHECKING, State.RETURNED}:
        return None
    if revision.returned_at is not None:
        days = [f.deadline for f in findings if f.deadline and not f.is_settled]
        return min(days, default=None)
    due: dt.date | None = revision.year_due_on  # type: ignore[attr-defined]
    return due if revision.number == 1 else None


def _people(revision: Revision) -> list[dict[str, Any]]:
    """Return who did what, for officials."""
    said = [
        (_("Opened by"), revision.created_by, revision.created_at),
        (_("Handed over by"), revision.handed_over_by, None),
        (_("Reported by"), revision.submitted_by, revision.submitted_at),
        (_("Reviewer"), revision.reviewer, None),
        (_("Approved by"), revision.approved_by, None),
        (_("Published by"), revision.published_by, revision.published_at),
    ]
    return [
        {"label": label, "value": str(person), "at": at} for label, person, at in said if person
    ]
