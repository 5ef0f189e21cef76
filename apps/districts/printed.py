"""A return as print has it: figures by section of the dictionary, each with the year before.

The public page of a district and the page on which its return is signed are made of this, so that
what is signed looks as it will be read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.cases.kinds import PrintedPart, PrintedRow
from apps.cases.reading import Content
from apps.districts.models import FigureStatus, IndicatorValue
from apps.registry.units import base_unit


@dataclass(frozen=True)
class Figure:
    """A figure with the one of the year before, where that measures the same of the same thing."""

    row: IndicatorValue
    url: str
    before: IndicatorValue | None
    # Where the signatory asks for a change of it; blank everywhere else.
    ask_url: str = ""
    # Its place among the other units, for the public page: rank, of how many, and their picture.
    standing: Any = None

    @property
    def is_broken(self) -> bool:
        """Say whether the indicator was defined otherwise in the year before."""
        year = self.row.year_of_report
        return (
            self.before is not None
            and year is not None
            and self.row.indicator.is_broken(year - 1, year)
        )

    @property
    def change(self) -> str:
        """Return the difference to the year before in per cent, signed; blank where none can be."""
        if self.before is None or self.row.value is None:
            return ""
        if self.row.qualifier or self.before.qualifier or self.row.unit == "%" or self.is_broken:
            return ""
        former = self.before.in_unit(self.row.unit)
        if former is None or not former.value:
            return ""
        return f"{(self.row.value / former.value - 1) * 100:+.1f} %"


@dataclass
class Section:
    """The figures of one section of the dictionary."""

    name: str
    figures: list[Figure] = field(default_factory=list)

    @property
    def has_standing(self) -> bool:
        """Say whether any of them can be placed among its peers."""
        return any(figure.standing for figure in self.figures)


def _series(row: IndicatorValue) -> tuple[Any, ...]:
    base = base_unit(row.unit)[1]
    return (row.indicator_id, base, row.reporting_unit_id, row.subject, row.scope)


def _of_year_before(
    rows: Sequence[IndicatorValue], year: int
) -> dict[tuple[Any, ...], IndicatorValue]:
    """Return the actual figures of the year before, as published newest. One query."""
    found = (
        IndicatorValue.objects.public()
        .filter(
            indicator__in={row.indicator_id for row in rows},
            reporting_unit__in={row.reporting_unit_id for row in rows},
            period=str(year - 1),
            status=FigureStatus.ACTUAL,
        )
        .select_related("indicator")
        .order_by("revision__case__year", "position", "id")
    )
    former: dict[tuple[Any, ...], IndicatorValue] = {}
    units = {(_series(row), row.unit) for row in rows}
    for row in found:
        series = _series(row)
        # Told in two units, the one that is told again.
        if series not in former or (series, row.unit) in units:
            former[series] = row
    return former


def sections_of(
    rows: Sequence[IndicatorValue],
    year: int,
    url: Callable[[IndicatorValue], str],
    *,
    ask_url: Callable[[IndicatorValue], str] | None = None,
    standing: Mapping[int, Any] | None = None,
) -> list[Section]:
    """Return ``rows`` by section of the dictionary, each with last year's figure. One query.

    ``standing`` tells by the figure's key where it stands among its peers.
    """
    former = _of_year_before(rows, year) if rows else {}
    sections: dict[str, Section] = {}
    for row in sorted(rows, key=lambda row: (row.indicator.order, row.position)):
        name = row.indicator.section_name
        is_actual = row.period == str(year) and row.status == FigureStatus.ACTUAL
        before = former.get(_series(row)) if is_actual else None
        sections.setdefault(name, Section(name)).figures.append(
            Figure(
                row,
                url(row),
                before,
                ask_url(row) if ask_url else "",
                (standing or {}).get(row.pk),
            )
        )
    return list(sections.values())


def receipt_parts(content: Content) -> list[PrintedPart]:
    """Return the figures of a report for its receipt, by section of the dictionary. No query."""
    rows = content.rows["indicator-values"]
    parts: dict[str, list[PrintedRow]] = {}
    for row in sorted(rows, key=lambda row: (row.indicator.order, row.position)):
        printed = PrintedRow(
            row.indicator.code, _named(row, content.revision.case.year), row.printed
        )
        parts.setdefault(str(row.indicator.section_name), []).append(printed)
    return [PrintedPart(heading, of_part) for heading, of_part in parts.items()]


def _named(row: IndicatorValue, year: int) -> str:
    """Return which figure it is, in words, with all that tells it from others of its indicator."""
    more = [row.subject]
    if row.period != str(year):
        more.append(row.period)
    if row.status != FigureStatus.ACTUAL:
        more.append(str(row.get_status_display()))
    if row.scope:
        more.append(str(row.get_scope_display()))
    if row.value is None:
        # Without a value nothing else says in what it would have been counted.
        more.append(row.unit)
    words = [str(row.defined), *filter(None, more)]
    return " · ".join(words)
