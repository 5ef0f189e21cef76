"""What was said about a revision, with its threads and the rows it names."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    OuterRef,
)
from django.db.models.functions import JSONObject

from apps.accounts.models import User
from apps.cases.desk.queries.rows import with_relations
from apps.cases.kinds import record_kinds
from apps.cases.models import (
    SETTLED,
    Finding,
    Remark,
    Revision,
)


def _thread() -> ArraySubquery:
    """Return the remarks of each finding of a query, as an array."""
    return ArraySubquery(
        Remark.objects.filter(finding=OuterRef("pk"))
        .order_by("pk")
        .values(
            remark=JSONObject(
                status="status",
                text="text",
                at="at",
                full_name="author__full_name",
                username="author__username",
            )
        )
    )


def findings_of(revision: Revision) -> list[Finding]:
    """Return what was said about the revision, open matters first, each with its thread.

    One query: a thread comes along as ``thread``, an array of remarks.
    """
    findings = list(revision.findings.select_related("raised_by").annotate(thread=_thread()))
    for finding in findings:
        finding.revision = revision
    weight = {"blocking": 0, "explain": 1, "hint": 2}
    return sorted(findings, key=lambda f: (f.is_settled, weight[f.severity], f.pk))


def thread_of(finding: Finding) -> list[Remark]:
    """Return the remarks of a finding that ``findings_of`` read, else ask for them."""
    if not hasattr(finding, "thread"):
        return list(finding.remarks.select_related("author"))
    return [
        Remark(
            finding=finding,
            status=said["status"],
            text=said["text"],
            at=dt.datetime.fromisoformat(said["at"]),
            author=User(full_name=said["full_name"], username=said["username"]),
        )
        for said in finding.thread
    ]


def open_findings_of(revisions: Sequence[Revision]) -> list[Finding]:
    """Return what is open in any of ``revisions``, each with its thread. One query."""
    findings = (
        Finding.objects.filter(revision__in=[revision.pk for revision in revisions])
        .exclude(status__in=sorted(SETTLED))
        .select_related("raised_by")
        .annotate(thread=_thread())
    )
    weight = {"blocking": 0, "explain": 1, "hint": 2}
    return sorted(findings, key=lambda f: (weight[f.severity], f.pk))


def titles_of_findings(
    revisions: Sequence[Revision], findings: Sequence[Finding]
) -> dict[int, dict[tuple[str, str], str]]:
    """Return per revision the titles of the rows that its findings name.

    One query per kind of row, however many revisions.
    """
    titles: dict[int, dict[tuple[str, str], str]] = {}
    wanted: dict[str, set[tuple[int, uuid.UUID]]] = {}
    for finding in findings:
        if finding.record_uid is not None:
            place = (finding.revision_id, finding.record_uid)
            wanted.setdefault(finding.record_kind, set()).add(place)
    for code, places in wanted.items():
        kind = record_kinds[code]
        rows = kind.model.objects.filter(
            revision__in={pk for pk, _uid in places}, uid__in={uid for _pk, uid in places}
        )
        for row in with_relations(rows, kind):
            if (row.revision_id, row.uid) in places:
                title = str(getattr(row, kind.title_field))
                titles.setdefault(row.revision_id, {})[code, str(row.uid)] = title
    return titles
