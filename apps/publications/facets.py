"""What the filter panel of a listing shows: the values of each facet, and the active filters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.cases.filters import AnyOfFilter

# More values than this in one facet are no choice; the search field finds the rest.
MOST_OPTIONS = 60
# Grades and levels stand in their own order, not in that of their numbers.
_RANK = {
    word: place
    for place, word in enumerate(
        ["特等奖", "一等奖", "二等奖", "三等奖", "国家级", "省级", "市级", "区级", "县级"]
    )
}


@dataclass(frozen=True)
class Option:
    """One value of a facet."""

    value: str
    label: str
    count: int | None
    selected: bool


@dataclass(frozen=True)
class Facet:
    """A filter whose values are shown with the number of rows each would leave."""

    name: str
    label: str
    options: list[Option]
    single: bool


@dataclass(frozen=True)
class Chip:
    """An active filter, and the address of the page without it."""

    label: str
    value: str
    url: str


def facet_of(
    name: str,
    own: Any,
    found: Sequence[tuple[str, int]],
    asked: set[str],
    labels: dict[str, str],
    *,
    is_capped: bool,
) -> Facet:
    """Return a facet: most rows first; years newest, grades highest first.

    ``found`` are its values with their numbers of rows, ``asked`` those of the address.
    """
    if found and all(value.isdecimal() and len(value) == 4 for value, _count in found):
        found = sorted(found, reverse=True)
    elif found and all(value in _RANK for value, _count in found):
        found = sorted(found, key=lambda item: _RANK[item[0]])
    options = [
        Option(
            value,
            labels.get(value, value),
            None if is_capped else count,
            bool(asked & {value, labels.get(value, value)}),
        )
        for value, count in found
    ]
    shown = options[:MOST_OPTIONS]
    shown += [option for option in options[MOST_OPTIONS:] if option.selected]
    known = {option.value for option in options} | {option.label for option in options}
    shown += [Option(v, labels.get(v, v), 0, True) for v in sorted(asked - known)]
    single = not isinstance(own, AnyOfFilter)
    if single and shown:
        shown.insert(0, Option("", _("All"), None, not asked))
    # One year is no choice.
    if name == "report_year" and len(shown) < 2 and not asked:
        shown = []
    return Facet(name, str(own.label), shown, single)
