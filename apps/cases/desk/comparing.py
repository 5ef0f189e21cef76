"""What changed in a revision against another one, in words, for the pages of the desk."""

import datetime as dt
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.cases.changes import Diff, RowChange, Side
from apps.cases.models import (
    ENDED,
    Revision,
)
from apps.cases.reading import reading_of

# Of a long comparison, so many rows stand on the case's page; the rest has a page of its own.
CHANGES_SHOWN = 20


@dataclass(frozen=True)
class Comparison:
    """What changed against something, with the words that say against what."""

    # How the address of the page of changes names what is compared with.
    against: str
    title: str
    before_label: str
    diff: Diff
    rows: list[RowChange]
    url: str

    @property
    def more(self) -> int:
        """Return how many changed rows are not shown."""
        return self.diff.total - len(self.rows)


def comparisons(revision: Revision, rows: int = CHANGES_SHOWN) -> list[Comparison]:
    """Return what ``revision`` changes: against the published one, and since it was returned.

    Each with its first ``rows`` rows; the page of changes has them all.
    """
    found = []
    base = revision.based_on
    if base is not None:
        found.append(against_revision(revision, base))
    if revision.returned_at is not None and revision.state not in ENDED:
        found.append(since_return(revision, revision.returned_at))
    return [
        replace(comparison, rows=comparison.diff.rows(comparison.diff.entries[:rows]))
        for comparison in found
    ]


def comparison_of(revision: Revision) -> Comparison | None:
    """Return what stands first on the case's page: against the published one, else the return."""
    if revision.based_on is not None:
        return against_revision(revision, revision.based_on, moves=False)
    if revision.returned_at is not None and revision.state not in ENDED:
        return since_return(revision, revision.returned_at, moves=False)
    return None


def _comparison(
    against: str,
    title: str,
    before_label: str,
    before: Side,
    revision: Revision,
    *,
    moves: bool,
) -> Comparison:
    url = reverse("desk:changes", args=[revision.case_id, revision.number])
    return Comparison(
        against,
        title,
        before_label,
        Diff(before, as_it_stands(revision), moves=moves),
        [],
        f"{url}?against={against}",
    )


def as_it_stands(revision: Revision) -> Side:
    """Return the revision as it is now, made of the rows that were read already where they were."""
    reading = reading_of(revision)
    if reading is None or reading.content is None:
        return Side(revision)
    return Side(revision, read=reading.content.by_key)


def against_revision(revision: Revision, other: Revision, *, moves: bool = True) -> Comparison:
    """Return what ``revision`` changes against another of its case; its rows are not read yet."""
    return _comparison(
        str(other.number),
        _("Changed against revision %(number)s") % {"number": other.number},
        _("As published")
        if other.state in ENDED
        else _("Revision %(number)s") % {"number": other.number},
        Side(other),
        revision,
        moves=moves,
    )


def since_return(revision: Revision, moment: dt.datetime, *, moves: bool = True) -> Comparison:
    """Return what was changed in ``revision`` since it was returned; its rows are not read yet."""
    return _comparison(
        "returned",
        _("Changed since it was returned"),
        _("When returned"),
        Side(revision, moment),
        revision,
        moves=moves,
    )
