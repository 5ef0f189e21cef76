"""What the page shows on which a case is signed and reported: all of it, and what is new in it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.canonical import AttachedFile
from apps.cases.changes import Diff, Side
from apps.cases.desk import queries
from apps.cases.desk.comparing import (
    CHANGES_SHOWN,
    Comparison,
    against_revision,
    as_it_stands,
)
from apps.cases.desk.shown_findings import place_words
from apps.cases.guards import worked_on
from apps.cases.kinds import kinds
from apps.cases.models import Event, Evidence, FindingStatus, Revision
from apps.cases.reading import Content, Reading, keep, read_content
from apps.cases.statements import statement_beside, statement_from
from apps.registry.domain import form_beside, form_from

# A round ends when the case leaves the person who signs: upwards, or back to the filler.
ROUND_ENDS = ("submit", "send_back", "return")
OPEN = frozenset({FindingStatus.OPEN, FindingStatus.REJECTED})


def beside(user: User) -> dict[str, Any]:
    """Return what ``read`` takes from the question that finds the revision, as annotations."""
    ended = Event.objects.filter(
        revision=OuterRef("pk"), transition__in=ROUND_ENDS, from_version__lt=OuterRef("version")
    ).order_by("-from_version")
    files = Evidence.objects.filter(revision=OuterRef("pk")).of_content().order_by("file_id", "id")
    # Only of these kinds is it asked whether who signs has worked on them.
    checked = (kind for kind in kinds.values() if kind.checked_in_bureau)
    rows = {row_kind.code: row_kind for kind in checked for row_kind in kind.records}
    return {
        "round_ended": Subquery(
            ended.values(json=JSONObject(transition="transition", at="at"))[:1]
        ),
        "statement_in_force": statement_beside(),
        "head_in_force": form_beside(OuterRef("case__kind"), OuterRef("case__year")),
        "was_worked_on": ExpressionWrapper(worked_on(user, rows.values()), BooleanField()),
        "content_files": ArraySubquery(
            files.values(
                json=JSONObject(
                    record_kind="record_kind",
                    record_uid="record_uid",
                    sha256="file_id",
                    size="file__size",
                    uid="uid",
                    name="name",
                )
            )
        ),
    }


def read(revision: Revision) -> Reading:
    """Read a revision, found with ``beside``, once for its page, and let the guards ask of that.

    Of a kind with a preview: a query per kind of row, one for the findings.
    """
    at = timezone.now()
    content = None
    if revision.case.kind_spec.preview is not None:
        files = [AttachedFile(**file) for file in revision.content_files]  # type: ignore[attr-defined]
        content = read_content(revision, files)
    reading = Reading(
        at,
        content,
        queries.findings_of(revision),
        revision.was_worked_on,  # type: ignore[attr-defined]
        statement_from(revision.statement_in_force),  # type: ignore[attr-defined]
        form_from(revision.head_in_force),  # type: ignore[attr-defined]
    )
    keep(revision, reading)
    return reading


def last_round(revision: Revision) -> Comparison | None:
    """Return what changed since the signatory last had the case; None in the first round.

    Of the first round of a correction it is what differs from what is published.
    """
    event = revision.round_ended  # type: ignore[attr-defined]
    if event is not None:
        title = (
            _("Changed since you sent it back")
            if event["transition"] == "send_back"
            else _("Changed since it was last reported")
        )
        return _since(revision, dt.datetime.fromisoformat(event["at"]), title, _("Before"))
    base = revision.based_on
    if base is None:
        return None
    found = against_revision(revision, base)
    return replace(found, rows=found.diff.rows(found.diff.entries[:CHANGES_SHOWN]))


def _since(revision: Revision, moment: dt.datetime, title: str, before_label: str) -> Comparison:
    """Return what was changed in ``revision`` itself after ``moment``, with its first rows."""
    diff = Diff(Side(revision, moment), as_it_stands(revision), moves=True)
    url = reverse("desk:changes", args=[revision.case_id, revision.number])
    rows = diff.rows(diff.entries[:CHANGES_SHOWN])
    return Comparison("", title, before_label, diff, rows, url)


def changed_meanwhile(revision: Revision, seen_at: dt.datetime | None) -> Comparison | None:
    """Return what was changed after the signing person was shown the case at ``seen_at``."""
    if seen_at is None:
        return None
    found = _since(revision, seen_at, _("Changed while you were reading"), _("As you saw it"))
    return found if found.rows else None


def page(
    user: User, revision: Revision, reading: Reading, findings: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Return what the signing page shows; ``findings`` are those of the page, with their threads."""
    kind = revision.case.kind_spec
    comparison = last_round(revision)
    content = reading.content
    return {
        "shown": kind.preview(content, reading.form_head) if kind.preview and content else None,
        "proofs": proofs_of(content) if content else [],
        "comparisons": [comparison] if comparison else [],
        "findings": [view for view in findings if view["status"] in OPEN],
        "explained": [view for view in findings if _was_explained(view)],
        "statement": reading.statement,
        "signed_at": timezone.localtime(),
        "asks": scope.may_sign(user, revision),
    }


def proofs_of(content: Content) -> list[tuple[str, list[AttachedFile]]]:
    """Return the files that are signed with the content, under the words for what they prove."""
    found: dict[tuple[str, str | None], list[AttachedFile]] = {}
    for file in content.files:
        found.setdefault((file.record_kind, file.record_uid), []).append(file)
    return [
        (content.titles[code, uid] if uid else _("The whole case"), files)
        for (code, uid), files in found.items()
        # Files of a removed row count no more than the row.
        if uid is None or (code, uid) in content.titles
    ]


def _was_explained(view: dict[str, Any]) -> bool:
    """Say whether somebody said why, and it is neither refused nor overtaken."""
    return view["status"] in {FindingStatus.EXPLAINED, FindingStatus.ACCEPTED}


def items_in_words(revision: Revision) -> str:
    """Return what the signatory asked for, a line each: the reason of sending the case back."""
    items = scope.bureau_items(revision)
    titles = queries.row_titles(revision, ((item.record_kind, item.record_uid) for item in items))
    return "\n".join(
        f"{number}. {place_words(revision, item, titles)}：{item}"
        for number, item in enumerate(items, start=1)
    )
