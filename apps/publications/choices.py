"""Which columns of a listing are shown, and in which order its rows stand: the reader's choice.

Both stand in the address, so that a view can be shared: ``columns=title,grade`` and
``sort=-award_year,title``. What the table has no column for is left out, and an order that it
does not have is said (``Listing.passed_over``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import django_tables2 as tables
from django.contrib.postgres.fields import ArrayField
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.cases.kinds import RecordKind
from apps.cases.tables import NamesColumn

# So many columns may decide the order, one after the other.
MOST_SORTS = 3


@dataclass(frozen=True)
class Choice:
    """A column, or an order, that can be chosen."""

    value: str
    label: str
    selected: bool


def names_in(data: QueryDict, name: str) -> list[str]:
    """Return the names that ``name`` gives, repeated or joined by commas, each once."""
    found = [text.strip() for text in ",".join(data.getlist(name)).split(",")]
    return list(dict.fromkeys(text for text in found if text))


class Columns:
    """The columns of a kind's table, and those of its fields that the table leaves out."""

    def __init__(self, kind: RecordKind, data: QueryDict) -> None:
        """Read what is asked for."""
        self.usual = list(kind.table.base_columns)
        self.more = [name for name in kind.fields if name not in self.usual]
        first = self._first(kind)
        asked = [name for name in names_in(data, "columns") if name in {*self.usual, *self.more}]
        # The first column leads to the row: it is always there.
        self.chosen = list(dict.fromkeys([first, *asked])) if asked else []
        self.kind = kind
        sorts = names_in(data, "sort")
        known = {*self.usual, *self.chosen}
        self.sort = [name for name in sorts if name.removeprefix("-") in known][:MOST_SORTS]
        self.unknown_sort = [name for name in sorts if name.removeprefix("-") not in known]

    @staticmethod
    def _first(kind: RecordKind) -> str:
        meta = kind.table._meta
        return str(meta.fields[0]) if meta.fields else next(iter(kind.table.base_columns))

    @property
    def extra(self) -> list[tuple[str, tables.Column]]:
        """Return the chosen columns that the table does not have by itself."""
        return [(name, self._column(name)) for name in self.more if name in self.chosen]

    def _column(self, name: str) -> tables.Column:
        field = self.kind.model._meta.get_field(name)
        made = NamesColumn if isinstance(field, ArrayField) else tables.Column
        return made(verbose_name=self._label(name))

    def _label(self, name: str) -> str:
        own = self.kind.table.base_columns.get(name)
        if own is not None and own.verbose_name:
            return capfirst(str(own.verbose_name))
        return capfirst(str(self.kind.model._meta.get_field(name).verbose_name))  # type: ignore[union-attr]

    @property
    def address(self) -> str:
        """Return what the address says of the columns; blank where they are the usual ones."""
        usual = set(self.usual)
        return "" if set(self.chosen) in (set(), usual) else ",".join(self.chosen)

    def choices(self, shown: Iterable[str]) -> list[Choice]:
        """Return every column, the present ones ticked; the first is not to be chosen."""
        present = {*shown}
        first = self._first(self.kind)
        ordered = [name for name in self.kind.fields if name in self.usual]
        ordered += [name for name in self.usual if name not in ordered]
        return [
            Choice(name, self._label(name), name in present)
            for name in [*ordered, *self.more]
            if name != first
        ]

    @property
    def first(self) -> Choice:
        """Return the column that is always there."""
        name = self._first(self.kind)
        return Choice(name, self._label(name), True)

    def orders(self, orderable: Iterable[str]) -> list[list[Choice]]:
        """Return for each place of the order what may stand there."""
        offered = [
            (f"{sign}{name}", words % {"column": self._label(name)})
            for name in orderable
            for sign, words in (
                ("", _("%(column)s, ascending")),
                ("-", _("%(column)s, descending")),
            )
        ]
        places: list[list[Choice]] = []
        for place in range(MOST_SORTS):
            present = self.sort[place] if place < len(self.sort) else ""
            places.append([Choice(value, label, value == present) for value, label in offered])
        return places


def short_address(data: QueryDict, usual: Columns) -> str | None:
    """Return the query string without what says nothing; None where it is short already."""
    short = data.copy()
    for name, values in data.lists():
        kept = [value for value in values if value.strip()]
        if name in ("columns", "sort"):
            joined = usual.address if name == "columns" else ",".join(names_in(data, name))
            kept = [joined] if joined else []
        if kept:
            short.setlist(name, kept)
        else:
            del short[name]
    changed = [*short.lists()] != [*data.lists()]
    return short.urlencode(safe=",") if changed else None


def settled(table: Any) -> list[str]:
    """Return the names of the columns that a table shows."""
    return [str(column.name) for column in table.columns.itervisible()]
