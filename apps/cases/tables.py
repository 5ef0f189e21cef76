"""The base of every kind's table."""

from collections.abc import Callable
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_tables2.columns.base import LinkTransform

from apps.cases.models import Record


class NamesColumn(tables.Column):
    """Names in printed order, each a phrase of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Order by the first name: an award counts for its first organisation."""
        kwargs.setdefault("empty_values", (None, "", []))
        super().__init__(*args, **kwargs)

    def render(self, value: list[str]) -> str:
        """Join the names as Chinese print does, in one element: a card's cell is a grid."""
        names = format_html_join("、", '<span class="name">{}</span>', ((name,) for name in value))
        return format_html("<span>{}</span>", names)

    def value(self, value: list[str], **kwargs: Any) -> str:
        """Return the names for an export."""
        return "|".join(value)


class RecordTable(tables.Table):
    """A listing of rows of one kind. Its first column links to the row's page.

    ``row_url`` returns the address of a row's page; without it there is no link.
    """

    report_year = tables.Column(
        verbose_name=_("Report"), accessor="revision__case__year", attrs={"td": {"class": "num"}}
    )

    def __init__(
        self, *args: Any, row_url: Callable[[Record], str] | None = None, **kwargs: Any
    ) -> None:
        """Link the first column to the row's page, and begin every head with a capital."""
        super().__init__(*args, **kwargs)
        for column in self.columns:
            if column.column.verbose_name:
                column.column.verbose_name = capfirst(str(column.column.verbose_name))
        first = next(iter(self.columns), None)
        if first is not None:
            attrs = first.column.attrs
            cell = attrs.get("td", {})
            words = f"primary {cell.get('class', '')}".strip()
            first.column.attrs = {**attrs, "td": {**cell, "class": words}}
            if row_url is not None:
                first.link = LinkTransform(url=row_url)

    class Meta:
        template_name = "components/table.html"
        attrs = {"class": "table"}
        order_by_field = "sort"
        page_field = "page"
        sequence = ("...", "report_year")
