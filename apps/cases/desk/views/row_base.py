"""What the pages of one row share: its name, its addresses, its values, the rules run again."""

import uuid
from typing import Any

from django.urls import reverse

from apps.cases.changes import field_changes
from apps.cases.desk import queries
from apps.cases.desk.page import ROWS_PER_PAGE
from apps.cases.desk.values import field_label, in_words
from apps.cases.desk.views.base import (
    DeskRequest,
    case_url,
)
from apps.cases.domain.findings import check_case
from apps.cases.errors import WorkflowError
from apps.cases.kinds import RecordKind
from apps.cases.models import Finding, Record, Revision


def title_of(kind: RecordKind, row: Any) -> str:
    """Return the row's name as its list prints it."""
    return str(getattr(row, kind.title_field))


def row_url(revision: Revision, kind: RecordKind, uid: uuid.UUID, name: str = "row") -> str:
    """Return the address of a row's page, or of what ``name`` does with it."""
    return reverse(f"desk:{name}", args=[revision.case_id, kind.code, uid])


def back_to(revision: Revision, kind: RecordKind, row: Record) -> str:
    """Return the address of the row in its list, on its page."""
    before = kind.model.objects.filter(revision=revision, position__lt=row.position).count()
    page_number = before // ROWS_PER_PAGE + 1
    return f"{case_url(revision)}?rows={kind.code}&page={page_number}#row-{row.uid}"


def recheck(request: DeskRequest, revision: Revision) -> list[Finding]:
    """Run the rules after a row was written. A case handed on meanwhile was checked with that."""
    try:
        return check_case(request.user, revision.pk)
    except WorkflowError:
        return []


def values_of(revision: Revision, kind: RecordKind, stored: Record) -> list[dict[str, Any]]:
    """Return the row's values, each with the published one where it differs."""
    base = revision.based_on
    former = None
    if base is not None:
        rows = kind.model.objects.filter(revision=base, uid=stored.uid)
        former = queries.with_relations(rows, kind).first()
    changed = {c.name: c for c in field_changes(kind, former, stored)} if former else {}
    return [
        {
            "name": name,
            "label": field_label(kind.model, name),
            "value": in_words(stored, name),
            "change": changed.get(name),
        }
        for name in kind.fields
    ]
