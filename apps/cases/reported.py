"""What was reported with a signature, read again: the rows as they were, and what was explained.

The rows come from their history, which nobody can change, as they stood at the moment of the
signature; that they are those is shown by their hash. What was explained is kept in the event,
since a rule says it anew with every change.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from apps.cases.canonical import file_of_content, foreign_keys
from apps.cases.kinds import RecordKind
from apps.cases.models import Event, Evidence, Finding, FindingStatus, Remark, Revision
from apps.cases.reading import Content

EXPLAINED = (FindingStatus.EXPLAINED, FindingStatus.ACCEPTED)


def content_at(revision: Revision, moment: dt.datetime) -> Content:
    """Return what a revision held at a moment. One query per kind of row, one for the files."""
    rows = {kind.code: _rows_at(revision, kind, moment) for kind in revision.case.kind_spec.records}
    files = (
        Evidence.objects.filter(
            Q(removed_at__isnull=True) | Q(removed_at__gt=moment),
            revision=revision,
            finding__isnull=True,
            added_at__lte=moment,
        )
        .select_related("file")
        .order_by("file_id", "id")
    )
    return Content(revision, rows, [file_of_content(file) for file in files])


def _rows_at(revision: Revision, kind: RecordKind, moment: dt.datetime) -> list[Any]:
    """Return the rows of one kind as they stood, as rows of their own model, not to be stored."""
    history = kind.model.pgh_event_model  # type: ignore[attr-defined]
    relations = {*foreign_keys(kind.model, kind.fields), *kind.select_related}
    # The last thing that happened to each row up to the moment (as ``changes.Side`` has it).
    kept = (
        history.objects.filter(
            Q(pgh_label="delete") | Q(updated_at__lte=moment),
            revision_id=revision.pk,
            pgh_created_at__lte=moment,
        )
        .order_by("uid", "-pgh_id")
        .distinct("uid")
    )
    if relations:
        kept = kept.select_related(*sorted(relations))
    own = {field.attname for field in kind.model._meta.concrete_fields}
    names = [f.attname for f in history._meta.concrete_fields if f.attname in own]
    direct = [name for name in relations if "__" not in name]
    rows = []
    for state in kept:
        if state.pgh_label == "delete":
            continue
        row = kind.model(**{name: getattr(state, name) for name in names})
        row.revision = revision
        for name in direct:
            setattr(row, name, getattr(state, name))
        rows.append(row)
    return sorted(rows, key=lambda row: (row.position, row.uid))


@dataclass(frozen=True)
class Explained:
    """A finding that was explained when the case was reported, in the reader's language."""

    where: str
    finding: str
    category: str
    text: str
    author: str


def explained_now(revision: Revision) -> list[dict[str, Any]]:
    """Return the explained findings of ``revision`` as its event keeps them. Two queries."""
    findings = list(revision.findings.filter(status__in=EXPLAINED).order_by("pk"))
    remarks = (
        Remark.objects.filter(finding__in=findings, status=FindingStatus.EXPLAINED)
        .select_related("author")
        .order_by("finding_id", "-id")
        .distinct("finding_id")
    )
    said = {remark.finding_id: remark for remark in remarks}
    return [
        {
            "record_kind": finding.record_kind,
            "record_uid": str(finding.record_uid) if finding.record_uid else None,
            "rule": finding.rule,
            "message": finding.message,
            "params": finding.params,
            "category": said[finding.pk].category,
            "text": said[finding.pk].text,
            "author": str(said[finding.pk].author),
        }
        for finding in findings
        if finding.pk in said
    ]


def explained_of(event: Event, titles: Mapping[tuple[str, str], str]) -> Iterable[Explained]:
    """Yield what was explained with a report; ``titles`` are those of the rows it held."""
    categories = dict(Remark._meta.get_field("category").choices or ())
    for kept in event.explained or ():
        finding = Finding(rule=kept["rule"], message=kept["message"], params=kept["params"])
        place = (kept["record_kind"], str(kept["record_uid"]))
        yield Explained(
            titles.get(place) or str(kept["params"].get("indicator", "")),
            str(finding),
            str(categories.get(kept["category"], "")),
            kept["text"],
            kept["author"],
        )
