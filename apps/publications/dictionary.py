"""The public dictionary of indicators: every version, what it changed, and for which years it holds."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from apps.cases.spreadsheets import csv_text
from apps.registry.dictionary import Held, held_versions
from apps.registry.models import DEFINED, Indicator, IndicatorVersion

COLUMNS = (
    "code",
    "from_year",
    "until_year",
    *DEFINED,
    "section",
    "section_en",
    "asked_of",
    "aliases",
    "is_break",
    "changed",
    "reason",
)


@dataclass(frozen=True)
class Entry:
    """An indicator with all its versions, newest first."""

    indicator: Indicator
    versions: Sequence[Held]

    def rows(self) -> Iterable[dict[str, Any]]:
        """Yield a row for each version, the oldest first. A blank year is an open end."""
        former: IndicatorVersion | None = None
        for held in reversed(self.versions):
            version = held.version
            changed = [
                name
                for name in DEFINED
                if former is not None and getattr(former, name) != getattr(version, name)
            ]
            yield {
                "code": self.indicator.code,
                "from_year": version.from_year or None,
                "until_year": held.until,
                **{name: getattr(version, name) for name in DEFINED},
                "section": self.indicator.section,
                "section_en": self.indicator.section_en,
                "asked_of": self.indicator.asked_of,
                "aliases": self.indicator.aliases,
                "is_break": version.is_break,
                "changed": changed,
                "reason": version.reason,
            }
            former = version


@dataclass(frozen=True)
class Shown:
    """An indicator as the list shows it: with the version of one year."""

    indicator: Indicator
    held: Held
    versions: int


def shown_in(entry: Entry, year: int | None) -> Shown:
    """Return an entry with its version of a report year, or its newest."""
    held = next(
        (held for held in entry.versions if year is None or held.version.from_year <= year),
        entry.versions[-1],
    )
    return Shown(entry.indicator, held, len(entry.versions))


def entry_of(indicator: Indicator) -> Entry:
    """Return an indicator with its versions. One query."""
    return Entry(indicator, held_versions(list(indicator.versions.all())))


def entries() -> list[Entry]:
    """Return the whole dictionary in the order of the form. Two queries."""
    versions = Prefetch("versions", IndicatorVersion.objects.order_by("from_year"))
    return [entry_of(indicator) for indicator in Indicator.objects.prefetch_related(versions)]


def as_csv(shown: Iterable[Entry]) -> str:
    """Return every version as CSV."""
    rows = ([_cell(row[name]) for name in COLUMNS] for entry in shown for row in entry.rows())
    return csv_text(COLUMNS, rows)


def as_json(shown: Iterable[Entry]) -> str:
    """Return every version as JSON, as lists are answered everywhere."""
    rows = [row for entry in shown for row in entry.rows()]
    return json.dumps({"results": rows, "next": None}, ensure_ascii=False, indent=1)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
