"""Who may do what to which revision, with the reason a person can read."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import Role, User
from apps.cases.errors import Locked, NotAllowed
from apps.cases.kinds import Kind
from apps.cases.models import WRITABLE, Finding, FindingStatus, Revision
from apps.cases.reading import reading_of


def may_fill(actor: User, kind: Kind, bureau_id: int) -> bool:
    """Say whether ``actor`` fills cases of ``kind`` for that bureau."""
    return actor.bureau_id == bureau_id and actor.has_role(kind.filled_by)


def ensure_may_fill(actor: User, revision: Revision) -> None:
    """Raise ``NotAllowed`` unless ``actor`` fills this case, ``Locked`` unless it is open."""
    kind = revision.case.kind_spec
    if not may_fill(actor, kind, revision.case.bureau_id):
        raise NotAllowed(
            _("Only %(role)s of %(bureau)s may write in this case.")
            % {"role": Role(kind.filled_by).label, "bureau": revision.case.bureau}
        )
    if revision.state not in WRITABLE:
        raise Locked(
            _("This case is %(state)s and cannot be written. Ask for it to be sent back first.")
            % {"state": revision.get_state_display()}
        )


def is_open_item(finding: Finding) -> bool:
    """Say whether the city asked for this when it returned the case, and it is not settled.

    A rule's finding whose explanation the city refused is such an item until the city has the
    case again: also where the changed row satisfies the rule, so that it may be changed once more.
    """
    if finding.rule:
        return finding.deadline is not None
    return finding.raised_by_id is not None and bool(finding.deadline) and not finding.is_settled


def open_items(revision: Revision) -> list[Finding]:
    """Return what the city asked for when it returned the case, still to be answered or changed.

    What ``is_open_item`` says, asked of the database. One query; one more per kind of row where a
    refused explanation belongs to no row.
    """
    if reading := reading_of(revision):
        return with_added(revision, [f for f in reading.findings if is_open_item(f)])
    items = revision.findings.filter(deadline__isnull=False).filter(
        ~Q(rule="")
        | Q(raised_by__isnull=False) & ~Q(status__in=[FindingStatus.ACCEPTED, FindingStatus.CLOSED])
    )
    return with_added(revision, list(items))


def with_added(revision: Revision, items: list[Finding]) -> list[Finding]:
    """Return ``items``, those that ask for rows with the rows that were added for them.

    A figure that was missing has no row to be named; what was entered for it stays open.
    """
    asking = [item for item in items if item.rule and not item.record_kind]
    if not asking or revision.returned_at is None:
        return items
    added = frozenset(
        str(uid)
        for kind in revision.case.kind_spec.records
        for uid in kind.model.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
            revision_id=revision.pk, pgh_label="insert", updated_at__gt=revision.returned_at
        ).values_list("uid", flat=True)
    )
    for item in asking:
        item.added = added  # type: ignore[attr-defined]
    return items


def may_sign(actor: User, revision: Revision) -> bool:
    """Say whether ``actor`` checks and signs what this case's bureau reports."""
    return (
        revision.case.kind_spec.checked_in_bureau
        and actor.bureau_id == revision.case.bureau_id
        and actor.has_role(Role.DISTRICT_SIGNATORY)
    )


def bureau_items(revision: Revision) -> Sequence[Finding]:
    """Return what the bureau's own signatory asked for and is not settled. It opens no row.

    One query at most.
    """
    if (reading := reading_of(revision)) and revision.case.kind_spec.checked_in_bureau:
        return [
            found
            for found in reading.findings
            if found.raised_by is not None
            and found.raised_by.bureau_id == revision.case.bureau_id
            and found.deadline is None
            and not found.is_settled
        ]
    return list(bureau_asked(revision))


def bureau_asked(revision: Revision) -> QuerySet[Finding]:
    """Return what ``bureau_items`` finds, as a question that the database has not been asked yet."""
    if not revision.case.kind_spec.checked_in_bureau:
        return revision.findings.none()
    return revision.findings.filter(
        raised_by__bureau=revision.case.bureau_id, deadline__isnull=True
    ).exclude(status__in=[FindingStatus.ACCEPTED, FindingStatus.CLOSED])


def row_is_named(items: Iterable[Finding], record_kind: str, uid: object | None) -> bool:
    """Say whether one of ``items`` opens this row of a returned case. ``uid`` None: a new row."""
    return any(_names(item, record_kind, uid) for item in items)


def _names(item: Finding, record_kind: str, uid: object | None) -> bool:
    if item.record_kind:
        return item.record_kind == record_kind and (
            item.record_uid is None or str(item.record_uid) == str(uid)
        )
    if item.rule:
        # What a rule says of no row it says of rows that are not there.
        return uid is None or str(uid) in getattr(item, "added", ())
    return True


def ensure_row_is_open(revision: Revision, record_kind: str, uid: object | None) -> None:
    """Raise ``Locked`` where a returned case does not open this row. ``uid`` None: a new row."""
    ensure_rows_are_open(revision, record_kind, [uid])


def ensure_rows_are_open(
    revision: Revision, record_kind: str, uids: Iterable[object | None]
) -> None:
    """Raise ``Locked`` where a returned case does not open one of these rows.

    An item that names a row opens that row; one that names a kind opens its rows and lets rows be
    added; one that names nothing opens the whole case. A refused explanation that belongs to no
    row lets rows be added. None stands for a new row.
    """
    if revision.returned_at is None:
        return
    items = open_items(revision)
    if not all(row_is_named(items, record_kind, uid) for uid in uids):
        raise Locked(
            _("The case was returned for named items only, and this row is not one of them.")
        )


def lock_newest(case_id: int) -> int | None:
    """Hold a transition of the case's newest revision off as ``lock_shared``; return its number.

    None where there is no such case. One statement finds and locks it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM cases_revision WHERE case_id = %s ORDER BY number DESC LIMIT 1 FOR SHARE",
            [case_id],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def lock_shared(revision_id: int) -> None:
    """Hold a transition off until this transaction ends, without holding other savers off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_revision WHERE id = %s FOR SHARE", [revision_id])
