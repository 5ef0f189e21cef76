"""Drawing the rows of a table: what django-tables2 declares, at a fraction of its cost a cell.

Columns, their order, their cells' attributes, ``render`` and the link of the first one are the
table's own. What is the same for every row is asked once a column and not once a cell.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlencode

import django_tables2 as tables
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
Links = Callable[[Any, str], str | None]


def linked_names(
    kind: RecordKind, links: Mapping[tuple[object, str, int], int], words: Sequence[str]
) -> Links:
    """Return what draws the names of organisations in a row with links to their pages.

    ``links`` are the organisations by row, field and place (``queries.links_of``).
    """
    names = {*kind.mentions} | {
        field.name for field in kind.model._meta.get_fields() if hasattr(field, "base_field")
    }

    def draw(record: Any, name: str) -> str | None:
        if name not in names:
            return None
        value = getattr(record, name)
        if not value:
            return None
        texts = value if isinstance(value, list) else [value]
        shown = []
        for place, text in enumerate(texts):
            pk = links.get((record.uid, name, place))
            said = marked(text, words)
            if pk is None:
                shown.append(f'<span class="{name_class(text)}">{said}</span>')
            else:
                url = reverse("publications:organisation", args=[pk])
                shown.append(f'<a class="{name_class(text)}" href="{url}">{said}</a>')
        return f"<span>{'、'.join(shown)}</span>"

    return draw


def drawn_rows(
    table: tables.Table,
    records: Iterable[Any],
    links: Links | None = None,
    words: Sequence[str] = (),
) -> SafeString:
    """Return ``records`` as the rows of HTML that stand in the table's body.

    ``links`` may return what stands in the cell of a field instead of its text; ``words`` are
    marked where they stand.
    """
    cells = [_cell(table, column, links, words) for column in table.columns]
    rows = (
        f'<tr role="row">{"".join([cell(record) for cell in cells])}</tr>' for record in records
    )
    # Every cell is escaped where it is made.
    return mark_safe("\n".join(rows))  # noqa: S308


def drawn_head(table: tables.Table, data: QueryDict) -> SafeString:
    """Return the heads of a table's columns as HTML: the same as ``table.html`` writes.

    The head of one that can be sorted by is a link to the address ``data`` with that order.
    """
    heads = []
    for bound in table.columns:
        order = bound.order_by_alias
        sorted_so = ""
        if bound.is_ordered:
            way = "descending" if order.is_descending else "ascending"
            sorted_so = f' aria-sort="{way}"'
        head: str = conditional_escape(bound.header)
        if bound.orderable:
            address = {**dict(data.lists()), table.prefixed_order_by_field: order.next}
            head = f'<a class="sort" href="?{escape(urlencode(address, doseq=True))}">{head}</a>'
        attrs = bound.attrs["th"].as_html()
        heads.append(f'\n  <th scope="col" role="columnheader" {attrs}{sorted_so}>{head}</th>')
    # Every piece is escaped above.
    return mark_safe("".join(heads))  # noqa: S308


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


def _cell(table: tables.Table, bound: Any, links: Links | None, words: Sequence[str]) -> Cell:
    """Return the function that draws one column's cell of a record."""
    attrs = bound.attrs["td"].as_html()
    start = f'<td role="cell" data-label="{escape(bound.header)}" {attrs}>'
    text = _text(table, bound, words)
    link = bound.link
    name = bound.name

    def draw(record: Any) -> str:
        # One link does not stand in another.
        shown = links(record, name) if links is not None and link is None else None
        if shown is None:
            shown = text(record)
        if link is not None:
            return f'{start}<a href="{escape(link.url(record))}">{shown}</a></td>'
        return f"{start}{shown}</td>"

    return draw


def _value(bound: Any) -> Callable[[Any], Any]:
    """Return the function that reads the column's value; a choice is told in words."""
    path = str(bound.accessor).split("__")
    model = bound._table._meta.model
    if len(path) == 1 and model is not None:
        field = next((f for f in model._meta.get_fields() if f.name == path[0]), None)
        if getattr(field, "choices", None):
            return lambda record: getattr(record, f"get_{path[0]}_display")()

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

        def plain(record: Any) -> str:
            value = value_of(record)
            if value in empty:
                return default
            if words and isinstance(value, str):
                return marked(value, words)
            return escape(str(value if isinstance(value, str | int) else localize(value)))

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
