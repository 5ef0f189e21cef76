"""The table and the pictures of completeness and timeliness, as plain values for the page."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from apps.accounts.models import Bureau
from apps.cases.deadlines import Deadlines
from apps.cases.duties import Duty, Tally, tally
from apps.cases.kinds import Kind

WORDS: dict[str, str | Promise] = {
    "on_time": gettext_lazy("on time"),
    "late": pgettext_lazy("of a report", "late"),
    "missing": pgettext_lazy("of a report", "missing"),
    "open": gettext_lazy("not due yet"),
    "none": gettext_lazy("not asked"),
}
# Said with a sign as well as with a colour.
SIGNS = {"on_time": "✓", "late": "!", "missing": "✕", "open": "…", "none": ""}


@dataclass(frozen=True)
class FormRow:
    """One form of the year, over all bureaus."""

    kind: Kind
    tally: Tally


@dataclass(frozen=True)
class Cell:
    """One form of one bureau."""

    bureau: Bureau
    kind: Kind
    tally: Tally

    @property
    def status(self) -> str:
        """Return how it stands: the worst of its reports."""
        return self.tally.worst

    @property
    def word(self) -> str | Promise:
        """Return the standing in words."""
        return WORDS[self.status]

    @property
    def sign(self) -> str:
        """Return the sign of the standing."""
        return SIGNS[self.status]


@dataclass(frozen=True)
class BureauRow:
    """One bureau: its forms in the order of the heads, and all together."""

    bureau: Bureau
    cells: list[Cell]
    tally: Tally


@dataclass(frozen=True)
class Matrix:
    """Bureaus by forms."""

    kinds: list[Kind]
    rows: list[BureauRow]


def _kinds(duties: Sequence[Duty]) -> list[Kind]:
    return list({duty.kind.code: duty.kind for duty in duties}.values())


def stats(total: Tally) -> list[dict[str, Any]]:
    """Return the year in six figures, as ``components/stats.html`` takes them."""
    return [
        {"label": _("Expected"), "value": total.expected},
        {"label": _("Reported"), "value": total.reported, "note": f"{total.share_reported} %"},
        {"label": _("On time"), "value": total.on_time, "note": f"{total.share_on_time} %"},
        {"label": pgettext("of reports", "Late"), "value": total.late},
        {"label": pgettext("of reports", "Missing"), "value": total.missing},
        {"label": pgettext("of reports", "Corrections"), "value": total.corrections},
    ]


def by_form(duties: Sequence[Duty], today: dt.date) -> list[FormRow]:
    """Return the standing of each form, in the order in which the kinds are declared."""
    return [
        FormRow(kind, tally([d for d in duties if d.kind is kind], today))
        for kind in _kinds(duties)
    ]


def matrix(duties: Sequence[Duty], today: dt.date) -> Matrix:
    """Return the standing of each bureau and form."""
    heads = _kinds(duties)
    bureaus = {duty.bureau.pk: duty.bureau for duty in duties}
    places: dict[tuple[int, str], list[Duty]] = {}
    for duty in duties:
        places.setdefault((duty.bureau.pk, duty.kind.code), []).append(duty)
    rows = []
    for bureau in sorted(bureaus.values(), key=lambda b: (b.order, b.slug)):
        cells = [
            Cell(bureau, kind, tally(places.get((bureau.pk, kind.code), []), today))
            for kind in heads
        ]
        own = [duty for duty in duties if duty.bureau.pk == bureau.pk]
        rows.append(BureauRow(bureau, cells, tally(own, today)))
    return Matrix(heads, rows)


# Pictures. All lengths are units of the drawing's own view box.
LABEL, CELL_WIDTH, CELL_HEIGHT, HEAD = 190, 96, 26, 34


def _short(text: object, length: int) -> str:
    words = str(text)
    return words if len(words) <= length else f"{words[: length - 1]}…"


def heat_map(duties: Sequence[Duty], today: dt.date) -> dict[str, Any]:
    """Return the drawing of bureaus by forms: a coloured field with its sign for each."""
    shown = matrix(duties, today)
    return {
        "width": LABEL + CELL_WIDTH * max(len(shown.kinds), 1),
        "height": HEAD + CELL_HEIGHT * max(len(shown.rows), 1),
        "heads": [
            {"x": LABEL + CELL_WIDTH * n + CELL_WIDTH // 2, "text": _short(kind.label, 12)}
            for n, kind in enumerate(shown.kinds)
        ],
        "rows": [
            {
                "y": HEAD + CELL_HEIGHT * number,
                "text_y": HEAD + CELL_HEIGHT * number + 17,
                "text": _short(row.bureau, 24),
                "cells": [
                    {
                        "x": LABEL + CELL_WIDTH * n,
                        "text_x": LABEL + CELL_WIDTH * n + CELL_WIDTH // 2 - 1,
                        "cell": cell,
                        "count": cell.tally.expected,
                    }
                    for n, cell in enumerate(row.cells)
                ],
            }
            for number, row in enumerate(shown.rows)
        ],
    }


@dataclass
class Lane:
    """One form in the timeline: when it was due, and when its first reports came."""

    kind: Kind
    y: int
    due_x: int
    due_on: dt.date
    dots: list[dict[str, Any]] = field(default_factory=list)

    @property
    def due_y(self) -> int:
        """Return where the line of the due day begins."""
        return self.y - 9

    @property
    def text_y(self) -> int:
        """Return the base line of the form's name."""
        return self.y + 4


WIDTH, LANE = 700, 34


def timeline(duties: Sequence[Duty], deadlines: Deadlines, today: dt.date) -> dict[str, Any] | None:
    """Return the drawing of first reports over time; None where nothing was reported yet.

    Reports of one day and form are one dot with their number.
    """
    reported = [duty for duty in duties if duty.reported_on]
    if not reported:
        return None
    days = [duty.reported_on for duty in reported if duty.reported_on]
    terms = [duty.term_ends for duty in duties]
    first, last = min(days + terms), max(days + terms)
    span = max((last - first).days, 1)

    def x(day: dt.date) -> int:
        return LABEL + 10 + (day - first).days * (WIDTH - 20) // span

    lanes = []
    for number, kind in enumerate(_kinds(duties)):
        own = [duty for duty in duties if duty.kind is kind]
        due = own[0].term_ends
        lane = Lane(kind, HEAD + LANE * number + LANE // 2, x(due), due)
        counts: dict[tuple[dt.date, str], int] = {}
        for duty in own:
            if duty.reported_on:
                place = (duty.reported_on, duty.status(today))
                counts[place] = counts.get(place, 0) + 1
        lane.dots = [
            {"x": x(day), "day": day, "status": status, "count": count, "r": min(4 + count, 11)}
            for (day, status), count in sorted(counts.items())
        ]
        lanes.append(lane)
    return {
        "width": LABEL + WIDTH,
        "height": HEAD + LANE * len(lanes) + 10,
        "bottom": HEAD + LANE * len(lanes),
        "lanes": lanes,
        "first": first,
        "last": last,
        "left": LABEL + 10,
        "right": LABEL + WIDTH - 10,
    }


def cells_urls(duties: Sequence[Duty]) -> list[dict[str, str]]:
    """Return the pages that show the completeness of single cells, for kinds that have one."""
    return [
        {
            "url": reverse(kind.cells_url),
            "label": _("Completeness by indicator: %(kind)s") % {"kind": kind.label},
        }
        for kind in _kinds(duties)
        if kind.cells_url
    ]
