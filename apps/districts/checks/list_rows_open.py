"""Rows of the city's lists that the district has neither confirmed nor disputed."""

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Revision, Severity, State
from apps.districts.checks.reading import Reading, rule
from apps.districts.lists.standing import Line, Standing


@rule(
    _(
        "Each row of the city's lists of the year that belongs to the district is confirmed or disputed before the report, or it is said why not. A confirmation lapses when the city publishes the row anew with another content."
    ),
    Severity.EXPLAIN,
)
def list_rows_open(reading: Reading) -> Iterator[Problem]:
    lists = reading.lists
    lines = _known_at_the_handing_over(reading.revision, lists.waiting)
    if not lines:
        return
    waiting = len(lines)
    lapsed = sum(line.standing != Standing.OPEN for line in lines)
    yield Problem(
        "list_rows_open",
        Severity.EXPLAIN,
        _(
            "%(waiting)s of %(count)s rows of the city's lists are open; %(lapsed)s of them have lapsed because the city changed its list. Confirm or dispute them under “Lists”, or explain why not."
        )
        if lapsed
        else _(
            "%(waiting)s of %(count)s rows of the city's lists are open. Confirm or dispute them under “Lists”, or explain why not."
        ),
        {"waiting": waiting, "count": len(lists.lines), "lapsed": lapsed},
    )


def _known_at_the_handing_over(revision: Revision, lines: list[Line]) -> list[Line]:
    """Return those of ``lines`` that the filler could have settled.

    What the city publishes while the signatory reads does not send the return back. Two queries,
    and none while the return is being filled in.
    """
    if revision.state != State.CHECKING or not lines:
        return lines
    event = revision.events.filter(transition="hand_over").order_by("-from_version").first()
    if event is None:
        return lines
    late = set(
        Revision.objects.filter(
            pk__in={line.key.revision_id for line in lines if line.key is not None},
            published_at__gt=event.at,
        ).values_list("pk", flat=True)
    )
    return [line for line in lines if not _came_after(line, late, event.at)]


def _came_after(line: Line, late: set[int], moment: dt.datetime) -> bool:
    """Say whether a row came, changed or went after ``moment``."""
    if line.key is not None:
        return line.key.revision_id in late
    assert line.statement is not None
    read = line.statement.list_revision
    ended = read.superseded_at or read.withdrawn_at
    return ended is not None and ended > moment
