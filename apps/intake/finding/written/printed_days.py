"""Days printed on the pages of a PDF: a line that begins with no day is the rest of the one before."""

import re
from collections.abc import Sequence

from apps.intake.finding.written.dated import HEADER, Day, Heads, day_of, names_events
from apps.intake.finding.written.passage import Found, table_of_rows, title_above
from apps.intake.grid import Mark, Paragraph

LEAST = 3
MOSTLY = 0.8
BROKEN = Mark(1, "line-break")
END = re.compile(r"[。！？!?；;.][”』」）)]?$")


def by_printed_days(run: list[Paragraph]) -> Found | None:
    """The days of a document, from the first line that begins with one, or its month, to the end."""
    days: list[Day] = []
    heads = Heads()
    start = len(run)
    for at, line in enumerate(run):
        if heads.takes(line.text):
            start = min(start, at)
            continue
        said, rest = day_of(line.text)
        day, marks = heads.whole(said)
        if day:
            start = min(start, at)
            days.append(Day(line, day, rest, marks))
        elif days:
            days[-1].text += line.text
            days[-1].marks = (*days[-1].marks, BROKEN)
        else:
            start = len(run)
    whole = _with_breaks([each for each in days if each.text])
    if len(whole) < LEAST:
        return None
    title, near = title_above(run[:start])
    is_sure = names_events(title, *near[:2])
    if not is_sure and len(run) - start > 2 * len(days):
        return None  # Prose, in which some lines happen to begin with a day.
    rows = [(each.line, (each.day, each.text), each.marks) for each in whole]
    return Found(start, len(run), table_of_rows(run[:start], HEADER, rows, is_sure))


def _with_breaks(days: Sequence[Day]) -> list[Day]:
    """The days; where nearly all end as sentences do, one that does not is marked with the next.

    The line of the next may have been broken right before a day that belongs to the sentence.
    """
    ends = [END.search(each.text) is not None for each in days]
    if sum(ends) >= len(days) * MOSTLY:
        for at, does_end in enumerate(ends):
            if not does_end:
                for each in days[at : at + 2]:
                    each.marks = (*each.marks, BROKEN)
    return list(days)
