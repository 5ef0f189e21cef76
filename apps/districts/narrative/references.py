"""References in a narrative to figures of the same return. Format: ``docs/narrative.md``.

``{{rd-spending}}`` stands for the return's own figure of that indicator for the year,
``{{incubators@1f2e3d4c}}`` for another one (of a body, of a part of the year), told by the first
eight characters of its permanent id, and ``{{=32家}}`` for a number that its writer marked as no
figure. They are stored as typed and read as value, unit and qualifier: what a reference says
follows the figure while the return is written, and is frozen with it in its revision.
"""

import re
from collections.abc import Iterable

from apps.cases.models import Revision
from apps.districts.models import FigureStatus, IndicatorValue, NarrativeSection

TOKEN = re.compile(
    r"\{\{\s*(?:=(?P<literal>[^{}\n]{1,60}?)|(?P<code>[A-Za-z0-9][\w-]*)(?:@(?P<uid>[0-9a-f]{8}))?)\s*\}\}"
)
# Where a figure is put without a script, else at the end.
PLACE = "{{}}"


def holds_reference(text: str) -> bool:
    """Say whether ``text`` may hold a reference or a mark: nothing need be looked up where not."""
    return "{{" in text


def is_main(figure: IndicatorValue, year: int) -> bool:
    """Say whether a figure is what the return itself states for its year in the form's unit."""
    return (
        not figure.subject
        and figure.period == str(year)
        and figure.status == FigureStatus.ACTUAL
        and figure.unit == figure.defined.unit
    )


class References:
    """The figures that the narrative of one revision may refer to."""

    def __init__(self, rows: Iterable[IndicatorValue], year: int) -> None:
        """Take the figures of a revision in printed order, each with its indicator."""
        self.rows = list(rows)
        self._main: dict[str, IndicatorValue] = {}
        self._others: dict[tuple[str, str], IndicatorValue] = {}
        for row in self.rows:
            code = row.indicator.code
            if is_main(row, year):
                self._main.setdefault(code, row)
            self._others[code, str(row.uid)[:8]] = row

    @classmethod
    def of_revision(cls, revision: Revision) -> "References":
        """Return those of a stored revision. One query."""
        rows = IndicatorValue.objects.filter(revision=revision).select_related("indicator")
        return cls(rows.order_by("position", "id"), revision.case.year)

    def token(self, figure: IndicatorValue) -> str:
        """Return the reference to one of the figures."""
        code = figure.indicator.code
        if self._main.get(code) is figure:
            return f"{{{{{code}}}}}"
        return f"{{{{{code}@{str(figure.uid)[:8]}}}}}"

    def figure(self, token: "re.Match[str]") -> IndicatorValue | None:
        """Return the figure that a reference names, if the return states it."""
        code, uid = token["code"], token["uid"]
        return self._others.get((code, uid)) if uid else self._main.get(code)

    def _told(self, token: "re.Match[str]") -> str:
        if token["literal"] is not None:
            return token["literal"].strip()
        figure = self.figure(token)
        return figure.printed if figure is not None else token[0]

    def told(self, text: str) -> str:
        """Return ``text`` as it is read. What refers to nothing stays as it was typed."""
        return TOKEN.sub(self._told, text) if holds_reference(text) else text


def tell(sections: Iterable[NarrativeSection], references: References) -> None:
    """Give each section the text as it is read, without a query for each."""
    for section in sections:
        section.told = references.told(section.text)


def insert(text: str, token: str) -> str:
    """Return ``text`` with a reference in the place marked ``{{}}``, else at its end."""
    return text.replace(PLACE, token, 1) if PLACE in text else f"{text}{token}"


def mark(text: str, start: int, number: str) -> str:
    """Return ``text`` with the number at ``start`` marked as no figure.

    Raises ``ValueError`` where the number does not stand there any more.
    """
    if not number or text[start : start + len(number)] != number:
        raise ValueError(number)
    return f"{text[:start]}{{{{={number}}}}}{text[start + len(number) :]}"


def unmark(text: str, start: int, number: str) -> str:
    """Return ``text`` with the mark at ``start`` taken away again. Raises ``ValueError``."""
    token = TOKEN.match(text, start)
    if token is None or token["literal"] is None or token["literal"].strip() != number:
        raise ValueError(number)
    return f"{text[:start]}{number}{text[token.end() :]}"
