"""Who may do what to which revision, with the reason a person can read."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import Role, User
from apps.cases.errors import Locked, NotAllowed
from apps.cases.kinds import Kind
from apps.cases.models import WRITABLE, Finding, FindingStatus, Revision


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
    """Say whether the city asked for this when it returned the case, and it is not settled."""
    return finding.raised_by_id is not None and bool(finding.deadline) and not finding.is_settled


def open_items(revision: Revision) -> list[Finding]:
    """Return what the city asked for when it returned the case, still to be answered or changed."""
    return list(
        revision.findings.filter(raised_by__isnull=False, deadline__isnull=False).exclude(
            status__in=[FindingStatus.ACCEPTED, FindingStatus.CLOSED]
        )
    )


def may_sign(actor: User, revision: Revision) -> bool:
    """Say whether ``actor`` checks and signs what this case's bureau reports."""
    return (
        revision.case.kind_spec.checked_in_bureau
        and actor.bureau_id == revision.case.bureau_id
        and actor.has_role(Role.DISTRICT_SIGNATORY)
    )


def bureau_items(revision: Revision) -> QuerySet[Finding]:
    """Return what the bureau's own signatory asked for and is not settled. It opens no row."""
    if not revision.case.kind_spec.checked_in_bureau:
        return revision.findings.none()
    return revision.findings.filter(
        raised_by__bureau=revision.case.bureau_id, deadline__isnull=True
    ).exclude(status__in=[FindingStatus.ACCEPTED, FindingStatus.CLOSED])


def row_is_named(items: Iterable[Finding], record_kind: str, uid: object | None) -> bool:
    """Say whether one of ``items`` opens this row of a returned case. ``uid`` None: a new row."""
    return any(
        not item.record_kind
        or (
            item.record_kind == record_kind
            and (item.record_uid is None or str(item.record_uid) == str(uid))
        )
        for item in items
    )


def ensure_row_is_open(revision: Revision, record_kind: str, uid: object | None) -> None:
    """Raise ``Locked`` where a returned case does not open this row. ``uid`` None: a new row."""
    ensure_rows_are_open(revision, record_kind, [uid])


def ensure_rows_are_open(
    revision: Revision, record_kind: str, uids: Iterable[object | None]
) -> None:
    """Raise ``Locked`` where a returned case does not open one of these rows.

    An item that names a row opens that row; one that names a kind opens its rows and lets rows be
    added; one that names nothing opens the whole case. None stands for a new row.
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
