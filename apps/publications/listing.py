"""A listing: what was asked for, read once, shown as page, export, chips and facets."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.paginator import EmptyPage, Page, Paginator
from django.core.validators import EMPTY_VALUES
from django.db.models import QuerySet
from django.forms import BoundField
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.cases.filters import AnyOfFilter
from apps.cases.kinds import PRINTED_ORDER, RecordKind
from apps.cases.models import Record, Revision
from apps.publications.answers import BadQuery
from apps.publications.drawing import drawn_rows
from apps.publications.moments import MomentForm, day_of, end_of
from apps.publications.queries import public_rows, readable_revisions
from apps.publications.searching import MOST_COUNTED, capped_counts, in_order
from apps.publications.tallies import counted, cube, live

# More values than this in one facet are no choice; the search field finds the rest.
MOST_OPTIONS = 60
# A table of more columns scrolls sideways in its own frame.
MOST_NARROW = 5
# Grades and levels stand in their own order, not in that of their numbers.
_RANK = {
    word: place
    for place, word in enumerate(
        ["特等奖", "一等奖", "二等奖", "三等奖", "国家级", "省级", "市级", "区级", "县级"]
    )
}
# Rows on numbered pages; who wants more filters, or takes the file.
MOST_NUMBERED = 10_000


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


@dataclass
class PanelForm:
    """The fields of the filter panel that are no facets."""

    visible_fields: list[BoundField] = field(default_factory=list)
    hidden_fields: list[BoundField] = field(default_factory=list)


def record_url(record: Record) -> str:
    """Return the path of a row's permanent page."""
    return reverse("publications:record", args=[record.record_kind.code, record.uid])


class Listing:
    """The public rows of one kind that a query string asks for.

    Raises ``BadQuery`` for a filter value, a day or an export that cannot be. Sort names that
    the table has no column for are passed over; every order ends with the printed one.
    """

    def __init__(
        self,
        kind: RecordKind,
        data: QueryDict,
        path: str,
        row_url: Callable[[Record], str] | None = record_url,
    ) -> None:
        """Read and check ``data``; no query is made yet."""
        self.kind = kind
        self.data = data
        self.path = path
        self.day = day_of(data)
        self.as_of: dt.datetime | None = end_of(self.day)
        self.filterset = kind.filterset(data, queryset=public_rows(kind, self.as_of))
        form = self.filterset.form
        if not form.is_valid():
            raise BadQuery(_bad_values(form))
        self.table = kind.table(data=self.filterset.qs, order_by=self._sort(), row_url=row_url)
        self.table.data.data = _with_last_word(self.table.data.data)

    def _sort(self) -> list[str]:
        names = ",".join(self.data.getlist("sort")).split(",")
        return [
            name
            for name in (text.strip() for text in names)
            if name.removeprefix("-") in self.kind.table.base_columns
        ]

    @property
    def rows(self) -> QuerySet[Any]:
        """Return the rows in the order that was asked for."""
        return self.table.data.data

    @property
    def sort(self) -> str:
        """Return the sort that is in force, as the query string names it."""
        return ",".join(self._sort())

    def paginate(self) -> None:
        """Cut the table to the page asked for, and leave out columns that would say nothing.

        Raises ``BadQuery`` or ``Http404``.
        """
        self._paginate()
        if not any(facet.options for facet in self.facets if facet.name == "report_year"):
            self.table.columns.hide("report_year")
        rows = [row.record for row in self.table.page.object_list]
        for column in list(self.table.columns.iterall()):
            if rows and not column.is_ordered and all(_is_blank(row, column) for row in rows):
                self.table.columns.hide(column.name)
        fit(self.table)

    @property
    def is_filtered(self) -> bool:
        """Say whether any filter is active."""
        return bool(self.chips)

    @property
    def clear_url(self) -> str:
        """Return the address without filters; blank where there are none."""
        return self.path if self.is_filtered else ""

    @property
    def form(self) -> PanelForm:
        """Return the fields of the panel: what is no facet, then the day."""
        filters = self.filterset.form
        plain = [name for name in filters.fields if name not in self.filterset.facet_names]
        panel = PanelForm([filters[name] for name in sorted(plain, key=lambda name: name != "q")])
        panel.visible_fields.append(MomentForm(self.data)["as_of"])
        return panel

    def _asked(self, name: str) -> list[str]:
        """Return the values of a filter as they stand in the address."""
        return [value for value in self.data.getlist(name) if value.strip()]

    @cached_property
    def _others(self) -> list[str]:
        """Return the filters that are asked for and are no facets: they count live."""
        asked = self.filterset.form.cleaned_data
        facets = self.filterset.facet_names
        return [
            name
            for name in self.filterset.filters
            if name not in facets and asked.get(name) not in EMPTY_VALUES
        ]

    @cached_property
    def is_capped(self) -> bool:
        """Say whether a search found more than is counted. One query where there is a search."""
        return bool(self.words) and capped_counts([(self.filterset.qs, "")])[0] > MOST_COUNTED

    @property
    def words(self) -> list[str]:
        """Return the words that are searched."""
        return list(self.filterset.words)

    @cached_property
    def _counted(self) -> tuple[int, dict[str, list[tuple[str, int]]]]:
        """Return the number of rows, and the facets' values with theirs. One query."""
        readable = Revision.objects.public() if self.as_of is None else readable_revisions()
        if self.is_capped:
            # Which values there are, without numbers: what the search leaves is not counted out.
            _total, found = counted(self.filterset, cube(self.kind, self.as_of, readable))
            return MOST_COUNTED, found
        if not self._others:
            return counted(self.filterset, cube(self.kind, self.as_of, readable))
        return counted(self.filterset, live(self.kind, self._filtered(self._others)))

    def _filtered(self, names: Iterable[str], *, indexed: bool = True) -> QuerySet[Any]:
        """Return the public rows that the filters ``names`` leave."""
        rows = self.filterset.queryset
        for name in names:
            if name == "q" and not indexed:
                rows = in_order(self.filterset, rows, self.words, MOST_COUNTED + 1)
            else:
                value = self.filterset.form.cleaned_data[name]
                rows = self.filterset.filters[name].filter(rows, value)
        return rows

    @property
    def total(self) -> int:
        """Return the number of rows, at most ``MOST_COUNTED`` where ``is_capped``."""
        return self._counted[0]

    @property
    def counts(self) -> dict[str, list[tuple[str, int]]]:
        """Return the facets' values with their counts."""
        return self._counted[1]

    @cached_property
    def drawn(self) -> SafeString:
        """Return the rows of the page as HTML."""
        return drawn_rows(self.table, self.records)

    @property
    def records(self) -> list[Record]:
        """Return the rows of the page."""
        return [row.record for row in self.table.page.object_list]

    def _paginate(self) -> None:
        if self.is_capped:
            self.table.data.data = self._filtered(self.filterset.filters, indexed=False).order_by(
                *self.rows.query.order_by
            )
        paginate(self.table, self.data.get("page"), total=self.total)

    @cached_property
    def _labels(self) -> dict[str, dict[str, str]]:
        """Return per facet what its values are called."""
        labels = {}
        for name in self.filterset.facet_names:
            values = {value for value, _count in self.counts.get(name, [])}
            values.update(self._asked(name))
            own = self.filterset.filters[name]
            labels[name] = own.labels(values) if values and isinstance(own, AnyOfFilter) else {}
        return labels

    @cached_property
    def facets(self) -> list[Facet]:
        """Return the facets with their values: most rows first; years newest, grades highest first."""
        return [self._facet(name) for name in self.filterset.facet_names]

    def _facet(self, name: str) -> Facet:
        own = self.filterset.filters[name]
        asked = set(self._asked(name))
        labels = self._labels[name]
        found = self.counts.get(name, [])
        if found and all(value.isdecimal() and len(value) == 4 for value, _count in found):
            found = sorted(found, reverse=True)
        elif found and all(value in _RANK for value, _count in found):
            found = sorted(found, key=lambda item: _RANK[item[0]])
        options = [
            Option(
                value,
                labels.get(value, value),
                None if self.is_capped else count,
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

    @cached_property
    def chips(self) -> list[Chip]:
        """Return the active filters."""
        chips = []
        for name, own in self.filterset.filters.items():
            labels = self._labels.get(name, {})
            for value in self._asked(name):
                chips.append(
                    Chip(str(own.label), labels.get(value, value), self._without(name, value))
                )
        if self.day is not None:
            chips.append(
                Chip(
                    str(MomentForm.base_fields["as_of"].label),
                    date_format(self.day, "Y-m-d"),
                    self._without("as_of"),
                )
            )
        return chips

    def _without(self, name: str, value: str | None = None) -> str:
        data = self.data.copy()
        kept = [item for item in data.getlist(name) if value is not None and item != value]
        data.setlist(name, kept)
        for other in ("page", "_export"):
            data.pop(other, None)
        query = data.urlencode()
        return f"{self.path}?{query}" if query else self.path


def _bad_values(form: Any) -> str:
    """Return one sentence per value that cannot be."""
    return " ".join(
        _("“%(field)s” cannot be read: %(error)s")
        % {"field": form.fields[name].label or name, "error": " ".join(errors)}
        for name, errors in form.errors.items()
    )


def _with_last_word(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return ``rows`` in an order without ties: the printed place speaks last."""
    order = [*rows.query.order_by]
    bare = {str(name).removeprefix("-") for name in order}
    order += [name for name in PRINTED_ORDER if name not in bare]
    return rows.order_by(*order)


def fit(table: Any) -> Any:
    """Return ``table``, in a frame of its own where it may be wider than the page."""
    if len(list(table.columns.itervisible())) > MOST_NARROW:
        table.attrs = {**table.attrs, "wrap": "wide"}
    return table


def _is_blank(row: Record, column: Any) -> bool:
    """Say whether a cell would be empty. A column that makes its own text never is."""
    if column.column.empty_values == ():
        return False
    return column.accessor.resolve(row, quiet=True) in (None, "", [])


def page_number(text: str | None) -> int:
    """Return the number of the page asked for. Raises ``BadQuery``."""
    text = (text or "1").strip() or "1"
    if not (text.isascii() and text.isdecimal() and int(text[:9]) > 0 and len(text) < 10):
        raise BadQuery(_("“page” takes a whole number from 1. Correct it in the address."))
    return int(text)


class CountedPaginator(Paginator):
    """Pages of rows whose number is known already, as far as pages are numbered."""

    def __init__(self, *args: Any, total: int, **kwargs: Any) -> None:
        """Take the number of rows."""
        super().__init__(*args, **kwargs)
        self.total = total

    @cached_property
    def count(self) -> int:
        """Return the number of rows on numbered pages: to skip more takes long."""
        return min(self.total, MOST_NUMBERED)


def paginate(
    table: Any, page: str | None, per_page: int | None = None, *, total: int | None = None
) -> None:
    """Cut ``table`` to a page. Raises ``BadQuery``, or ``Http404`` behind the last one.

    ``total`` is the number of rows where it is known; they are counted else.
    """
    number = page_number(page)
    known = {} if total is None else {"paginator_class": CountedPaginator, "total": total}
    try:
        table.paginate(page=number, per_page=per_page or settings.TABLE_ROWS_PER_PAGE, **known)
    except EmptyPage as error:
        raise Http404 from error


def page_of(rows: QuerySet[Any] | Sequence[Any], page: str | None, per_page: int = 50) -> Page:
    """Return a page of ``rows``. Raises as ``paginate``."""
    try:
        return Paginator(rows, per_page).page(page_number(page))
    except EmptyPage as error:
        raise Http404 from error
