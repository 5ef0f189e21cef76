"""What the page of a case shows, made of plain values."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import CITY_ROLES, Role, User
from apps.cases import scope
from apps.cases.desk import queries
from apps.cases.desk.changes import Changes, RowChange, changes_between, changes_since
from apps.cases.desk.tables import rows_table
from apps.cases.desk.values import field_label
from apps.cases.domain.transitions import available_steps
from apps.cases.errors import WorkflowError
from apps.cases.kinds import RecordKind
from apps.cases.models import (
    ENDED,
    WRITABLE,
    Event,
    Finding,
    Record,
    Revision,
    Severity,
    State,
)
from apps.cases.workflow import EVENT_LABELS, Transition
from apps.registry.models import ReportingYear

# Of a long comparison, so many rows stand on the case's page; the rest has a page of its own.
CHANGES_SHOWN = 20
# The steps that bring a case on; they stand first and are emphasised.
FORWARD = frozenset({"hand_over", "submit", "accept", "approve", "announce", "publish"})
# Where the city decides on findings; elsewhere the bureau answers them.
DECIDED = frozenset({State.REVIEWING, State.ON_NOTICE})


@dataclass(frozen=True)
class Comparison:
    """What changed against something, with the words that say against what."""

    title: str
    before_label: str
    changes: Changes
    rows: tuple[RowChange, ...]
    url: str

    @property
    def more(self) -> int:
        """Return how many changed rows are not shown."""
        return len(self.changes.rows) - len(self.rows)


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


def comparisons(revision: Revision, rows: int | None = CHANGES_SHOWN) -> list[Comparison]:
    """Return what ``revision`` changes: against the published one, and since it was returned."""
    url = reverse("desk:changes", args=[revision.case_id, revision.number])
    found = []
    base = revision.based_on
    if base is not None:
        found.append(
            (
                _("Changed against revision %(number)s") % {"number": base.number},
                _("Published"),
                changes_between(base, revision),
            )
        )
    if revision.returned_at is not None and revision.state not in ENDED:
        found.append(
            (
                _("Changed since it was returned"),
                _("When returned"),
                changes_since(revision, revision.returned_at),
            )
        )
    return [
        Comparison(title, before, changes, changes.rows[:rows], url)
        for title, before, changes in found
    ]


def place_words(revision: Revision, finding: Finding, titles: dict[tuple[str, str], str]) -> str:
    """Return where a finding points to: the row and field, the kind of row, or the whole case."""
    for kind in revision.case.kind_spec.records:
        if kind.code != finding.record_kind:
            continue
        if finding.record_uid is None:
            return str(kind.label_plural)
        title = titles.get((kind.code, str(finding.record_uid)), _("a removed row"))
        if finding.field:
            return _("%(row)s: %(field)s") % {
                "row": title,
                "field": field_label(kind.model, finding.field),
            }
        return title
    return _("The whole case")


def may_explain(user: User, revision: Revision, finding: Finding) -> bool:
    """Say whether ``user`` can explain or answer ``finding`` now. A rule's block is corrected."""
    return (
        revision.state in WRITABLE
        and scope.may_fill(user, revision.case.kind_spec, revision.case.bureau_id)
        and not (finding.severity == Severity.BLOCKING and finding.rule)
    )


def may_decide(user: User, revision: Revision) -> bool:
    """Say whether ``user`` can decide on the findings of ``revision`` now."""
    return revision.state in DECIDED and user.has_role(Role.CITY_REVIEWER, Role.CITY_PUBLISHER)


def _reply_label(user: User, revision: Revision, finding: Finding) -> str:
    if may_decide(user, revision):
        return _("Look at it, decide")
    return _("Answer") if may_explain(user, revision, finding) else _("Details")


def finding_view(
    user: User, revision: Revision, finding: Finding, titles: dict[tuple[str, str], str]
) -> dict[str, Any]:
    """Return a finding as ``components/finding.html`` takes it, and its thread."""
    key = (finding.record_kind, str(finding.record_uid))
    return {
        "id": finding.pk,
        "severity": finding.severity,
        "message": str(finding),
        "status": finding.status,
        "get_status_display": finding.get_status_display(),
        "where": place_words(revision, finding, titles),
        "url": reverse("desk:row", args=[revision.case_id, *key]) if key in titles else "",
        "cure": _("To be corrected by %(day)s") % {"day": finding.deadline}
        if finding.deadline
        else "",
        "reply_url": reverse("desk:finding", args=[revision.case_id, finding.pk]),
        "reply_label": _reply_label(user, revision, finding),
        "raised_by": finding.raised_by,
        "raised_at": finding.raised_at,
        "is_objection": finding.is_objection,
        "is_settled": finding.is_settled,
        "remarks": list(finding.remarks.all()),
    }


def finding_views(user: User, revision: Revision, findings: list[Finding]) -> list[dict[str, Any]]:
    """Return findings for the page, with the titles of the rows they name."""
    titles = queries.row_titles(revision, ((f.record_kind, f.record_uid) for f in findings))
    return [finding_view(user, revision, finding, titles) for finding in findings]


def correction_of(revision: Revision) -> Revision | None:
    """Return the correction of a published revision that is under way, seen or not."""
    if revision.state != State.PUBLISHED:
        return None
    return revision.case.revisions.exclude(state__in=ENDED).first()


def offered_steps(revision: Revision, user: User, last: Event | None) -> list[Transition]:
    """Return the steps that the page offers: those that could come about for this kind of case."""
    notice = revision.case.notice_days is not None
    proposed = last is not None and last.transition == "propose_withdrawal"
    hidden = {"withdraw"} if not proposed else {"propose_withdrawal", "restate"}
    if correction_of(revision) is not None:
        # One correction at a time; the page says that it is under way.
        hidden.add("restate")
    if notice and revision.state == State.APPROVED:
        hidden.add("publish")
    if not notice:
        hidden.add("announce")
    steps = [step for step in available_steps(revision, user) if step.name not in hidden]
    return sorted(steps, key=lambda step: step.name not in FORWARD)


def _table(
    user: User, revision: Revision, latest: Revision, kind: RecordKind, marks: dict[Any, str]
) -> tuple[Any, bool]:
    """Return the table of the rows of one kind, and whether a row may be added."""
    items = scope.open_items(revision) if revision.returned_at is not None else None
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
        queries.rows_of(revision, kind),
        url=url,
        page_url=page_url,
        is_open=is_open,
        is_locked=may_write and items is not None,
        marks=marks,
    )
    return table, may_add


def _entry_url(revision: Revision) -> str:
    """Return the address of the kind's own entry page, if it has one."""
    name = revision.case.kind_spec.entry_url
    return reverse(name, args=[revision.case_id]) if name else ""


def context(user: User, revision: Revision, rows: str) -> dict[str, Any]:
    """Return all that the page of ``revision`` shows; ``rows`` is the kind of row chosen."""
    kind_spec = revision.case.kind_spec
    kind = next((k for k in kind_spec.records if k.code == rows), kind_spec.records[0])
    revisions = queries.visible_revisions(user, revision.case)
    latest = revisions[0]
    events = list(revision.events.order_by("-from_version"))
    compared = comparisons(revision)
    marks = compared[0].changes.marks if compared else {}
    table, may_add = _table(user, revision, latest, kind, marks)
    findings = finding_views(user, revision, queries.findings_of(revision))
    may_fill = scope.may_fill(user, kind_spec, revision.case.bureau_id)
    may_write = may_fill and revision == latest and revision.state in WRITABLE
    return {
        "revision": revision,
        "case": revision.case,
        "kind": kind_spec,
        "record_kind": kind,
        "revisions": revisions,
        "latest": latest,
        "correction": correction_of(revision),
        "forward": FORWARD,
        "steps": offered_steps(revision, user, events[0] if events else None),
        "entry_url": _entry_url(revision) if revision == latest else "",
        "open_findings": [f for f in findings if not f["is_settled"]],
        "settled_findings": [f for f in findings if f["is_settled"]],
        "may_raise": may_decide(user, revision),
        "may_write": may_write,
        "may_fill": may_fill,
        "comparisons": compared,
        "table": table,
        "may_add": may_add,
        "removed": _removed(revision, kind) if may_write else [],
        "tabs": _tabs(revision, kind),
        "events": [(e, EVENT_LABELS[e.transition]) for e in events],
        "statement": next((e for e in events if e.transition == "submit"), None),
        "due": _due(revision, findings),
        "people": _people(revision),
        "evidence_count": revision.evidence.standing().count(),
        "is_official_of_city": user.has_role(*CITY_ROLES),
    }


def _removed(revision: Revision, kind: RecordKind) -> list[dict[str, Any]]:
    """Return the removed rows that may be put back."""
    return [
        {"uid": row.uid, "title": str(getattr(row, kind.title_field)), "at": row.pgh_created_at}
        for row in queries.removed_rows(revision, kind)[:10]
    ]


def _tabs(revision: Revision, chosen: RecordKind) -> list[dict[str, Any]]:
    """Return a tab per kind of row, where the case holds several."""
    records = revision.case.kind_spec.records
    if len(records) < 2:
        return []
    base = reverse("desk:revision", args=[revision.case_id, revision.number])
    return [
        {
            "url": f"{base}?rows={kind.code}#rows",
            "label": kind.label_plural,
            "count": kind.model.objects.filter(revision=revision).count(),
            "current": kind is chosen,
        }
        for kind in records
    ]


def _due(revision: Revision, findings: list[dict[str, Any]]) -> dt.date | None:
    """Return the day by which the bureau has to act, if it has to."""
    if revision.state not in {State.DRAFT, State.CHECKING, State.RETURNED}:
        return None
    if revision.returned_at is not None:
        days = revision.findings.filter(deadline__isnull=False).exclude(
            status__in=["accepted", "closed"]
        )
        return days.order_by("deadline").values_list("deadline", flat=True).first()
    if revision.number > 1:
        return None
    year = ReportingYear.objects.filter(year=revision.case.year).first()
    return year.due_on if year else None


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
