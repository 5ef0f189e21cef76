"""A listing: what was asked for, read once, shown as page, export, chips and facets."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote, urlencode

from django.core.validators import EMPTY_VALUES
from django.db.models import QuerySet
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.cases.filters import AnyOfFilter
from apps.cases.kinds import PRINTED_ORDER, RecordKind, record_kind_of
from apps.cases.models import Record, Release, Revision
from apps.publications import paging
from apps.publications.answers import BadQuery
from apps.publications.asking import passed_over
from apps.publications.choices import Choice, Columns, settled, short_address
from apps.publications.citing import Citation, citations, first_release, moment_of, newest_release
from apps.publications.drawing import LinkedNames, drawn_facets, drawn_head, drawn_rows, heads_of
from apps.publications.edition import remembered
from apps.publications.facets import Chip, Facet, facet_of
from apps.publications.moments import MomentForm, day_of, end_of, moment_form, words_of
from apps.publications.paging import PageLink, paginate
from apps.publications.queries import (
    completed,
    dictionary,
    links_of,
    public_rows,
    readable_revisions,
)
from apps.publications.searching import MOST_COUNTED, are_common, capped_counts, in_order, nearest
from apps.publications.tallies import Counts, counted, cube, live

# What an address says beside filters and places.
_VIEW = ("columns", "sort", "as_of", "_export")
# A table of more columns scrolls sideways in its own frame.
MOST_NARROW = 5


def record_url(record: Record) -> str:
    """Return the path of a row's permanent page."""
    # Below its listing's path, as ``urls.py`` says; asked once for each row of each page.
    return f"{get_script_prefix()}{record_kind_of(type(record)).path}{record.uid}/"


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
        self.filterset = kind.filterset(
            data, queryset=public_rows(kind, self.as_of, written_out=True)
        )
        self.filterset.read_entries = dictionary
        form = self.filterset.form
        if not form.is_valid():
            raise BadQuery(_bad_values(form))
        self.columns = Columns(kind, data)
        self.place = paging.Place(data)
        self.table = kind.table(
            data=self.filterset.qs,
            order_by=self.columns.sort,
            row_url=row_url,
            extra_columns=self.columns.extra,
        )
        self.rows: QuerySet[Any] = _with_last_word(self.table.data.data)
        self.table.data.data = self.rows

    @property
    def sort(self) -> str:
        """Return the sort that is in force, as the query string names it."""
        return ",".join(self.columns.sort)

    @cached_property
    def passed_over(self) -> list[str]:
        """Return a sentence for what the address asks and this list does not know."""
        names = {*self.filterset.filters, *_VIEW, *paging.PLACES}
        found = passed_over(self.data, names)
        if self.columns.unknown_sort:
            words = {"names": ", ".join(self.columns.unknown_sort)}
            found.append(_("No column “%(names)s” is shown; nothing was sorted by it.") % words)
        return found

    # As which files it can be taken.
    forms = ("csv", "xlsx", "json", "zip")

    @property
    def is_printed_order(self) -> bool:
        """Say whether the rows stand as they are printed."""
        return not self.columns.sort

    @cached_property
    def short_url(self) -> str | None:
        """Return the address without what says nothing; None where it is short already."""
        short = short_address(self.data, self.columns)
        return None if short is None else f"{self.path}?{short}" if short else self.path

    def paginate(self) -> None:
        """Cut the table to the page asked for, and leave out columns that would say nothing.

        Raises ``BadQuery`` or ``Http404``.
        """
        self._paginate()
        if self.columns.chosen:
            for name in self.columns.usual:
                if name not in self.columns.chosen:
                    self.table.columns.hide(name)
            fit(self.table)
            return
        if not self._facet("report_year").options:
            self.table.columns.hide("report_year")
        hide_blank(self.table, self.records)
        fit(self.table)

    @cached_property
    def column_choices(self) -> list[Choice]:
        """Return the columns that can be chosen, the present ones ticked."""
        return self.columns.choices(settled(self.table))

    @cached_property
    def orders(self) -> list[list[Choice]]:
        """Return for each place of the order what may stand there."""
        shown = [column.name for column in self.table.columns.itervisible() if column.orderable]
        return self.columns.orders(shown)

    @cached_property
    def drawn_choices(self) -> SafeString:
        """Return the choice of columns and order as HTML: the same for every page of a view."""
        shown = tuple(settled(self.table))
        key = ("choices", self.kind.code, get_language(), self.columns.address, self.sort, shown)
        template = "publications/_view.html"
        return remembered(key, lambda: render_to_string(template, {"listing": self}))

    @property
    def kept_values(self) -> list[tuple[str, str]]:
        """Return what the address says beside columns, order and page."""
        leave = {"columns", "sort", "_export", *paging.PLACES}
        return [(k, v) for k, vs in self.data.lists() if k not in leave for v in vs if v.strip()]

    @cached_property
    def citations(self) -> list[Citation]:
        """Return how to cite the list: as it stands with the newest release, or as asked for."""
        release = newest_release()
        if release is None:
            return []
        pairs = [pair for pair in self._kept if self.day is not None or pair[0] != "as_of"]
        if self.day is None:
            pairs.append(("as_of", moment_of(release)))
        # The address stands last, and is all that pages of a kind differ in.
        every = remembered(
            ("cited", self.kind.code),
            lambda: citations(lambda: capfirst(str(self.kind.label_plural)), release, ""),
        )
        address = self._address(*pairs)
        return [replace(one, text=f"{one.text}{address}") for one in every]

    @cached_property
    def nearest(self) -> list[str]:
        """Return what is printed and comes nearest to words that nothing holds. One query."""
        return nearest(self.words, [self.kind]) if self.words and not self.total else []

    @property
    def began(self) -> Release | None:
        """Return the first release, where the day that is asked for lies before it."""
        if self.as_of is None or (first := first_release()) is None:
            return None
        return first if self.as_of < first.published_at else None

    @property
    def is_filtered(self) -> bool:
        """Say whether any filter is active."""
        return bool(self.chips)

    @property
    def clear_url(self) -> str:
        """Return the address without filters; blank where there are none."""
        return self.path if self.is_filtered else ""

    @cached_property
    def drawn_fields(self) -> SafeString:
        """Return the fields of the panel as HTML: one without a value is always the same."""
        facets = self.filterset.facet_names
        plain = [name for name in self.filterset.filters if name not in facets]
        parts = []
        for name in [*sorted(plain, key=lambda name: name != "q"), "as_of"]:
            draw = partial(self._drawn_field, name)
            key = ("field", self.kind.code, name, get_language())
            parts.append(draw() if self.data.get(name) else remembered(key, draw))
        # Each is a template's own.
        return mark_safe("".join(parts))  # noqa: S308

    def _drawn_field(self, name: str) -> SafeString:
        form = moment_form(self.data) if name == "as_of" else self.filterset.form
        values = {"field": form[name], "required_mark": False}
        return render_to_string("components/field.html", values)

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
        if not self.words:
            return False
        if are_common(self.filterset.queryset.model, self.words):
            walked = self._filtered(self.filterset.filters, indexed=False)
            if capped_counts([(walked, "")])[0] > MOST_COUNTED:
                return True
        if self._has_facets:
            return capped_counts([(self.filterset.qs, "")])[0] > MOST_COUNTED
        return self._live[0] > MOST_COUNTED

    @cached_property
    def _has_facets(self) -> bool:
        """Say whether any facet narrows the list."""
        return any(
            self.filterset.form.cleaned_data.get(name) for name in self.filterset.facet_names
        )

    @cached_property
    def _live(self) -> Counts:
        """Return what is counted of the rows themselves; of a mere search no more than is told."""
        most = MOST_COUNTED + 1 if self.words and not self._has_facets else None
        return live(self.filterset, self._filtered(self._others), most)

    @cached_property
    def words(self) -> list[str]:
        """Return the words that are searched."""
        return list(self.filterset.words)

    @cached_property
    def _counted(self) -> Counts:
        """Return the number of rows, and the facets' values with theirs. One query."""
        if self._others and not self.is_capped:
            return self._live
        asked = tuple((name, *sorted(self._asked(name))) for name in self.filterset.facet_names)
        total, found = remembered(("counted", self.kind.code, self.as_of, asked), self._from_cube)
        # With a search: which values there are, without numbers. What it leaves is not counted out.
        return MOST_COUNTED if self.is_capped else total, found

    def _from_cube(self) -> Counts:
        readable = Revision.objects.public() if self.as_of is None else readable_revisions()
        combinations = remembered(
            ("cube", self.kind.code, self.as_of),
            lambda: cube(self.kind, self.as_of, readable),
        )
        return counted(self.filterset, combinations)

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
        """Return the rows of the page as HTML: hits marked, organisations with their pages."""
        links = {}
        shown = set(settled(self.table)) - {self.columns.first.value}
        if shown & set(self.kind.mentions):
            links = links_of(self.records)
        return drawn_rows(
            self.table, self.records, LinkedNames(self.kind, links, self.words), self.words
        )

    def _paginate(self) -> None:
        if self.is_capped:
            self.rows = self._filtered(self.filterset.filters, indexed=False).order_by(
                *self.rows.query.order_by
            )
        self.has_former = self.has_further = False
        total = None if self.is_capped else self.total
        if self.place.numbered_instead(self.total, is_capped=self.is_capped):
            self.table.data.data = _light(self.rows)
            paginate(self.table, str(self.place.number), self.place.size, total=self.total)
            self._keep([row.record for row in self.table.page.object_list])
            return
        if not (self.is_printed_order or self.place.is_last):
            raise BadQuery(
                _("A page by its row goes with the printed order only. Take the sort away.")
            )
        found, self.has_former, self.has_further = self.place.cut(
            _light(self.rows), self.filterset.queryset, total
        )
        paginate(self.table, None, self.place.size, total=len(found))
        self._keep(found)

    def _keep(self, records: list[Record]) -> None:
        self.records = completed(self.kind, records, self.as_of)
        self.table.page.object_list = self.table.rows.__class__(
            data=self.records, table=self.table, pinned_data=None
        )

    @property
    def has_unnumbered(self) -> bool:
        """Say whether there are rows behind the numbered pages."""
        return self.is_capped or self.total > paging.MOST_NUMBERED

    @cached_property
    def pages(self) -> list[PageLink]:
        """Return the links to other pages, in order; none where there is one page."""
        return paging.links(self)

    def page_url(self, name: str, value: object) -> str:
        """Return the address of another page of this listing."""
        return self._address(*self._kept, *([] if value == 1 else [(name, str(value))]))

    def _address(self, *pairs: tuple[str, str]) -> str:
        query = urlencode(pairs, safe=",:", quote_via=quote)
        return f"{self.path}?{query}" if query else self.path

    @cached_property
    def _kept(self) -> list[tuple[str, str]]:
        """Return what the address says beside the page, in its order."""
        leave = {"_export", *paging.PLACES}
        return [(k, v) for k, vs in self.data.lists() if k not in leave for v in vs]

    @property
    def downloads(self) -> list[tuple[str, str]]:
        """Return as which files the list can be taken, and where."""
        words = {"xlsx": "Excel"}
        return [
            (words.get(form, form.upper()), f"?{urlencode([*self._kept, ('_export', form)])}")
            for form in self.forms
        ]

    @cached_property
    def drawn_head(self) -> SafeString:
        """Return the heads of the columns as HTML, each with the address that sorts by it."""
        shown = tuple(settled(self.table))
        key = ("heads", self.kind.code, get_language(), self.columns.address, self.sort, shown)
        return drawn_head(remembered(key, lambda: heads_of(self.table)), self.data)

    def _labels(self, name: str) -> dict[str, str]:
        """Return what the values of a facet are called."""
        own = self.filterset.filters[name]
        values = {value for value, _count in self.counts.get(name, [])} | {*self._asked(name)}
        if not values or not isinstance(own, AnyOfFilter):
            return {}
        key = ("labels", self.kind.code, name, get_language(), frozenset(values))
        return remembered(key, lambda: own.labels(values))

    @cached_property
    def facets(self) -> list[Facet]:
        """Return the facets with their values: most rows first; years newest, grades highest first."""
        return [self._facet(name) for name in self.filterset.facet_names]

    def _facet(self, name: str) -> Facet:
        return facet_of(
            name,
            self.filterset.filters[name],
            self.counts.get(name, []),
            set(self._asked(name)),
            self._labels(name),
            is_capped=self.is_capped,
        )

    @cached_property
    def drawn_facets(self) -> SafeString:
        """Return the facets as HTML: without a search the same for every page of a choice."""
        if self._others and not self.is_capped:
            return drawn_facets(self.facets)
        asked = tuple((name, *self._asked(name)) for name in self.filterset.facet_names)
        key = ("facets", self.kind.code, self.as_of, get_language(), self.is_capped, asked)
        return remembered(key, lambda: drawn_facets(self.facets))

    @cached_property
    def chips(self) -> list[Chip]:
        """Return the active filters."""
        chips = []
        for name, own in self.filterset.filters.items():
            asked = self._asked(name)
            labels = self._labels(name) if asked and name in self.filterset.facet_names else {}
            for value in asked:
                chips.append(
                    Chip(str(own.label), labels.get(value, value), self._without(name, value))
                )
        if self.day is not None:
            chips.append(
                Chip(
                    str(MomentForm.base_fields["as_of"].label),
                    words_of(self.day),
                    self._without("as_of"),
                )
            )
        return chips

    def _without(self, name: str, value: str | None = None) -> str:
        kept = [(k, v) for k, v in self._kept if k != name or value not in (None, v)]
        return self._address(*kept)


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


def _light(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return ``rows`` without what they share, which ``completed`` gives them."""
    return rows.select_related(None).defer(None).defer("sounds")


def fit(table: Any) -> Any:
    """Return ``table``, in a frame of its own where it may be wider than the page."""
    if len(list(table.columns.itervisible())) > MOST_NARROW:
        table.attrs = {**table.attrs, "wrap": "wide"}
    return table


def hide_blank(table: Any, rows: Sequence[Record]) -> None:
    """Hide the columns in which no row has anything, but for those that the rows stand by."""
    for column in list(table.columns.iterall()):
        if rows and not column.is_ordered and all(_is_blank(row, column) for row in rows):
            table.columns.hide(column.name)


def _is_blank(row: Record, column: Any) -> bool:
    """Say whether a cell would be empty. A column that makes its own text never is."""
    if column.column.empty_values == ():
        return False
    return column.accessor.resolve(row, quiet=True) in (None, "", [])
