"""The base of every kind's table."""

import copy
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, ClassVar

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_tables2.columns.base import LinkTransform

from apps.cases.models import Record

# A person's name, or an office's short one: it stays on one line. Print breaks the longer ones.
LONGEST_WHOLE = 8
# What stands in a cell of which nothing is known; on a card the line is left out.
NOTHING = mark_safe('<span class="nothing">—</span>')


def name_class(name: str) -> str:
    """Return the class of the element that holds ``name``."""
    return "name whole" if len(name) <= LONGEST_WHOLE else "name"


class NamesColumn(tables.Column):
    """Names in printed order, each a phrase of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Order by the first name: an award counts for its first organisation."""
        kwargs.setdefault("empty_values", (None, "", []))
        kwargs.setdefault("attrs", {"td": {"class": "names"}})
        super().__init__(*args, **kwargs)

    def render(self, value: list[str]) -> str:
        """Join the names as Chinese print does, in one element: a card's cell is a grid."""
        names = format_html_join(
            "、", '<span class="{}">{}</span>', ((name_class(name), name) for name in value)
        )
        return format_html("<span>{}</span>", names)

    def value(self, value: list[str], **kwargs: Any) -> str:
        """Return the names for an export."""
        return "|".join(value)


class _Columns(OrderedDict[str, Any]):
    """The columns of a class, which each table copies: what they hold is the same for all."""

    def __deepcopy__(self, memo: Any) -> "_Columns":
        """Return columns of a table's own; what it changes of them it puts in their place anew."""
        return _Columns((name, copy.copy(column)) for name, column in self.items())


class RecordTable(tables.Table):
    """A listing of rows of one kind. Its first column links to the row's page.

    ``row_url`` returns the address of a row's page; without it there is no link. The columns of
    ``short_words`` hold one short word a cell, which no line breaks.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let tables copy the columns without their depth."""
        super().__init_subclass__(**kwargs)
        cls.base_columns = _Columns(cls.base_columns)

    short_words: ClassVar[tuple[str, ...]] = ()

    report_year = tables.Column(
        verbose_name=_("Report"), accessor="revision__case__year", attrs={"td": {"class": "num"}}
    )

    def __init__(
        self, *args: Any, row_url: Callable[[Record], str] | None = None, **kwargs: Any
    ) -> None:
        """Link the first column to the row's page, and begin every head with a capital."""
        kwargs.setdefault("default", NOTHING)
        super().__init__(*args, **kwargs)
        for column in self.columns:
            if column.name in self.short_words:
                column.column.attrs = {"td": {"class": "nowrap"}}
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
