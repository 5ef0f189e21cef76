"""What the page shows on which a case is signed and reported: all of it, and what is new in it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.changes import Diff, Side
from apps.cases.desk.page import CHANGES_SHOWN, Comparison, against_revision, place_words
from apps.cases.desk.queries import row_titles
from apps.cases.models import FindingStatus, Revision
from apps.cases.statements import statement_for

# A round ends when the case leaves the person who signs: upwards, or back to the filler.
ROUND_ENDS = ("submit", "send_back", "return")
OPEN = frozenset({FindingStatus.OPEN, FindingStatus.REJECTED})


def last_round(revision: Revision) -> Comparison | None:
    """Return what changed since the signatory last had the case; None in the first round.

    Of the first round of a correction it is what differs from what is published.
    """
    event = (
        revision.events.filter(transition__in=ROUND_ENDS, from_version__lt=revision.version)
        .order_by("-from_version")
        .first()
    )
    if event is not None:
        title = (
            _("Changed since you sent it back")
            if event.transition == "send_back"
            else _("Changed since it was last reported")
        )
        return _since(revision, event.at, title, _("Before"))
    base = revision.based_on
    if base is None:
        return None
    found = against_revision(revision, base)
    return replace(found, rows=found.diff.rows(found.diff.entries[:CHANGES_SHOWN]))


def _since(revision: Revision, moment: dt.datetime, title: str, before_label: str) -> Comparison:
    """Return what was changed in ``revision`` itself after ``moment``, with its first rows."""
    diff = Diff(Side(revision, moment), Side(revision), moves=True)
    url = reverse("desk:changes", args=[revision.case_id, revision.number])
    rows = diff.rows(diff.entries[:CHANGES_SHOWN])
    return Comparison("", title, before_label, diff, rows, url)


def changed_meanwhile(revision: Revision, seen_at: dt.datetime | None) -> Comparison | None:
    """Return what was changed after the signing person was shown the case at ``seen_at``."""
    if seen_at is None:
        return None
    found = _since(revision, seen_at, _("Changed while you were reading"), _("As you saw it"))
    return found if found.rows else None


def page(user: User, revision: Revision, findings: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what the signing page shows; ``findings`` are those of the page, with their threads."""
    kind = revision.case.kind_spec
    statement = statement_for(revision.case)
    comparison = last_round(revision)
    return {
        "shown": kind.preview(revision) if kind.preview else None,
        "comparisons": [comparison] if comparison else [],
        "findings": [view for view in findings if view["status"] in OPEN],
        "explained": [view for view in findings if _was_explained(view)],
        "statement": statement,
        "signed_at": timezone.localtime(),
        "asks": scope.may_sign(user, revision),
    }


def _was_explained(view: dict[str, Any]) -> bool:
    """Say whether somebody said why, and it is neither refused nor overtaken."""
    return view["status"] in {FindingStatus.EXPLAINED, FindingStatus.ACCEPTED}


def items_in_words(revision: Revision) -> str:
    """Return what the signatory asked for, a line each: the reason of sending the case back."""
    items = list(scope.bureau_items(revision))
    titles = row_titles(revision, ((item.record_kind, item.record_uid) for item in items))
    return "\n".join(
        f"{number}. {place_words(revision, item, titles)}：{item}"
        for number, item in enumerate(items, start=1)
    )
