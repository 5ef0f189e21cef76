"""Drawing the rows of a table: what django-tables2 declares, at a fraction of its cost a cell.

Columns, their order, their cells' attributes, ``render`` and the link of the first one are the
table's own. What is the same for every row is asked once a column and not once a cell.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from operator import attrgetter
from typing import Any
from urllib.parse import quote_plus, urlencode

import django_tables2 as tables
from django.db.models import Model
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django_tables2.rows import BoundRow
from django_tables2.utils import call_with_appropriate

from apps.cases.kinds import RecordKind
from apps.cases.tables import name_class
from apps.publications.facets import Facet
from apps.publications.marks import marked

Cell = Callable[[Any], str]
_MARKUP = re.compile("[&<>\"']").search


class LinkedNames:
    """Draws the names of organisations in a row with links to their pages.

    ``links`` are the organisations by row, field and place (``queries.links_of``).
    """

    def __init__(
        self,
        kind: RecordKind,
        links: Mapping[tuple[object, str, int], int],
        words: Sequence[str],
    ) -> None:
        """Draw rows of ``kind``, and mark ``words``."""
        self.links, self.words = links, words
        self.names = {*kind.mentions} | {
            field.name for field in kind.model._meta.get_fields() if hasattr(field, "base_field")
        }

    def __call__(self, record: Any, name: str) -> str | None:
        """Return the names in the field ``name``; None where there are none."""
        value = getattr(record, name)
        if not value:
            return None
        texts = value if isinstance(value, list) else [value]
        shown = []
        for place, text in enumerate(texts):
            pk = self.links.get((record.uid, name, place))
            said = marked(text, self.words)
            if pk is None:
                shown.append(f'<span class="{name_class(text)}">{said}</span>')
            else:
                url = reverse("publications:organisation", args=[pk])
                shown.append(f'<a class="{name_class(text)}" href="{url}">{said}</a>')
        return f"<span>{'、'.join(shown)}</span>"


def drawn_rows(
    table: tables.Table,
    records: Iterable[Any],
    links: LinkedNames | None = None,
    words: Sequence[str] = (),
) -> SafeString:
    """Return ``records`` as the rows of HTML that stand in the table's body.

    ``links`` may draw what stands in the cell of a field instead of its text; ``words`` are
    marked where they stand. Column by column: what is asked of a column is asked once.
    """
    shown = list(records)
    columns = [_column(table, column, shown, links, words) for column in table.columns]
    rows = (f'<tr role="row">{"".join(cells)}</tr>' for cells in zip(*columns, strict=True))
    # Every cell is escaped where it is made.
    return mark_safe("\n".join(rows))  # noqa: S308


@dataclass(frozen=True)
class Head:
    """The head of a column: what begins it, what it is called, and the order that it leads to."""

    start: str
    label: str
    order: str


def heads_of(table: tables.Table) -> list[Head]:
    """Return the heads of a table's columns; an order stands where one can be sorted by it."""
    heads = []
    for bound in table.columns:
        order = bound.order_by_alias
        sorted_so = ""
        if bound.is_ordered:
            way = "descending" if order.is_descending else "ascending"
            sorted_so = f' aria-sort="{way}"'
        attrs = bound.attrs["th"].as_html()
        heads.append(
            Head(
                f'\n  <th scope="col" role="columnheader" {attrs}{sorted_so}>',
                conditional_escape(bound.header),
                str(order.next) if bound.orderable else "",
            )
        )
    return heads


def drawn_head(heads: Iterable[Head], data: QueryDict, field: str = "sort") -> SafeString:
    """Return the heads of columns as HTML: the same as ``table.html`` writes.

    The head of one that can be sorted by is a link to the address ``data`` with its order.
    """
    parts = []
    address = dict(data.lists())
    # Where nothing is sorted yet, the order comes last.
    begun = "" if field in address else urlencode({**address, field: ""}, doseq=True)
    for head in heads:
        shown = head.label
        if head.order:
            query = (
                f"{begun}{quote_plus(head.order)}"
                if begun
                else urlencode({**address, field: head.order}, doseq=True)
            )
            shown = f'<a class="sort" href="?{escape(query)}">{shown}</a>'
        parts.append(f"{head.start}{shown}</th>")
    # Every piece is escaped where it is made.
    return mark_safe("".join(parts))  # noqa: S308


def drawn_facets(facets: Iterable[Facet]) -> SafeString:
    """Return the facets of a filter panel as HTML: the same as ``filter_panel.html`` writes."""
    parts = []
    for facet in facets:
        if not facet.options:
            continue
        name, label = escape(facet.name), escape(facet.label)
        kind = "radio" if facet.single else "checkbox"
        options = "".join(
            f'<label><input type="{kind}" id="facet-{name}-{place}" name="{name}"'
            f' value="{escape(option.value)}"{" checked" if option.selected else ""}>'
            f"<span>{escape(option.label)}</span>"
            + ("" if option.count is None else f' <span class="count">{option.count}</span>')
            + "</label>"
            for place, option in enumerate(facet.options, start=1)
        )
        parts.append(
            f'<details class="facet" data-facet="{name}" open><summary>{label}</summary>'
            f'<div class="facet-options" role="group" aria-label="{label}">{options}</div></details>'
        )
    # Every piece is escaped above.
    return mark_safe("".join(parts))  # noqa: S308


def _quick(text: str) -> str:
    """Return ``text`` escaped; most of it needs no change, and is looked at once."""
    return escape(text) if _MARKUP(text) else text


def _column(
    table: tables.Table,
    bound: Any,
    records: Sequence[Any],
    links: LinkedNames | None,
    words: Sequence[str],
) -> list[str]:
    """Return the cells of one column, a cell for each of ``records``."""
    attrs = bound.attrs["td"].as_html()
    start = f'<td role="cell" data-label="{escape(bound.header)}" {attrs}>'
    text = _text(table, bound, words)
    link, name = bound.link, bound.name
    if link is not None:
        # One link does not stand in another.
        url = link.url
        return [
            f'{start}<a href="{_quick(url(record))}">{text(record)}</a></td>' for record in records
        ]
    if links is not None and name in links.names:
        return [f"{start}{links(record, name) or text(record)}</td>" for record in records]
    return [f"{start}{text(record)}</td>" for record in records]


def _value(bound: Any) -> Callable[[Any], Any]:
    """Return the function that reads the column's value; a choice is told in words."""
    path = str(bound.accessor).split("__")
    model = bound._table._meta.model
    if len(path) == 1 and model is not None:
        field = next((f for f in model._meta.get_fields() if f.name == path[0]), None)
        if getattr(field, "choices", None):
            return lambda record: getattr(record, f"get_{path[0]}_display")()

    if len(path) == 1 and model is not None and hasattr(model, path[0]):
        return attrgetter(path[0])

    def read(record: Any) -> Any:
        for part in path:
            record = getattr(record, part, None)
            if record is None:
                return None
        return record

    return read


def _text(table: tables.Table, bound: Any, words: Sequence[str]) -> Cell:
    """Return the function that gives a cell's HTML."""
    column = bound.column
    value_of = _value(bound)
    empty: Sequence[Any] = column.empty_values
    default = conditional_escape(bound.default)
    own = getattr(table, f"render_{bound.name}", None)
    if own is None and type(column) is tables.Column:
        # What a dictionary calls its entries: rows share them, and each asks for the language.
        called: dict[int, str] = {}

        def plain(record: Any) -> str:
            value = value_of(record)
            if isinstance(value, str):
                if value in empty:
                    return default
                return marked(value, words) if words else _quick(value)
            if isinstance(value, Model):
                if id(value) not in called:
                    called[id(value)] = _quick(str(value))
                return called[id(value)]
            if value in empty:
                return default
            return _quick(str(value if isinstance(value, int) else localize(value)))

        return plain
    if own is None and isinstance(column, tables.TemplateColumn):
        # Such a column asks its row for much more than a value.
        return lambda record: conditional_escape(
            "" if value_of(record) is None else BoundRow(record, table).get_cell(bound.name)
        )
    render = own or column.render

    def rendered(record: Any) -> str:
        value = value_of(record)
        if value in empty:
            return default
        return conditional_escape(
            call_with_appropriate(
                render,
                {
                    "value": value,
                    "record": record,
                    "column": column,
                    "bound_column": bound,
                    "table": table,
                },
            )
        )

    return rendered
