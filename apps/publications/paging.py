"""Pages of a listing: numbered as far as skipping rows is quick, by their place behind that.

To skip rows takes the longer the more there are, so numbers end with ``MOST_NUMBERED`` rows.
Behind it a page is named by the row it follows or precedes (``?after=<id>``), which the index of
the printed order answers at any depth alike; the last page is read from the end.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from apps.cases.kinds import PRINTED_ORDER
from apps.publications.answers import BadQuery

# Rows on numbered pages.
MOST_NUMBERED = 10_000
LAST = "last"
# The names of pages in an address; one is enough.
PLACES = ("page", "after", "before")
# Numbers shown beside the present one, on each side.
BESIDE = 2


@dataclass(frozen=True)
class PageLink:
    """A link to a page; without an address it is the present one, or a gap without a label."""

    label: str
    url: str = ""
    rel: str = ""
    is_current: bool = False


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


def _behind(row: Any) -> TupleGreaterThan:
    return TupleGreaterThan(Tuple(*map(F, PRINTED_ORDER)), _key(row))


def _before(row: Any) -> TupleLessThan:
    return TupleLessThan(Tuple(*map(F, PRINTED_ORDER)), _key(row))


def _key(row: Any) -> tuple[Any, ...]:
    """Return the place of a row in printed order: one comparison of rows, not a chain of ORs."""
    return tuple(getattr(row, name) for name in PRINTED_ORDER)


class Place:
    """Which page of a listing an address names.

    Raises ``BadQuery`` for what is no page. ``size`` rows stand on a page.
    """

    def __init__(self, data: QueryDict, size: int | None = None) -> None:
        """Read ``page``, ``after`` and ``before``."""
        self.size = size or settings.TABLE_ROWS_PER_PAGE
        self.after = _row_named(data.get("after"), "after")
        self.before = _row_named(data.get("before"), "before")
        text = (data.get("page") or "").strip()
        self.is_last = text == LAST
        self.number = 1 if self.is_last else page_number(text)
        self.is_numbered = self.after is None and self.before is None and not self.is_last

    def numbered_instead(self, total: int, *, is_capped: bool) -> bool:
        """Go to the last number where it is the last page; say whether the page is numbered."""
        if self.is_last and total <= MOST_NUMBERED and not is_capped:
            self.is_numbered = True
            self.number = max(1, -(-total // self.size))
        return self.is_numbered

    def cut(
        self, rows: QuerySet[Any], every: QuerySet[Any], total: int | None
    ) -> tuple[list[Any], bool, bool]:
        """Return the rows of the page, and whether there are some before it and behind it.

        ``every`` are the public rows without filters, ``total`` the number of ``rows`` where it
        is known. One query for the rows; one more
        for the row that the address names. Raises ``Http404`` where that is not public now.
        """
        if self.is_last:
            left = total % self.size or self.size if total is not None else self.size
            found = list(rows.reverse()[: left + 1])
            return found[:left][::-1], len(found) > left, False
        named = every.filter(uid=self.after or self.before).select_related(None)
        row = named.defer(None).only(*PRINTED_ORDER).first()
        if row is None:
            raise Http404
        if self.after is not None:
            found = list(rows.filter(_behind(row))[: self.size + 1])
            return found[: self.size], True, len(found) > self.size
        found = list(rows.filter(_before(row)).reverse()[: self.size + 1])
        return found[: self.size][::-1], len(found) > self.size, True


def _row_named(text: str | None, name: str) -> uuid.UUID | None:
    text = (text or "").strip()
    if not text:
        return None
    try:
        return uuid.UUID(text) if len(text) == 36 and text.isascii() else _refuse(name)
    except ValueError as error:
        raise _no_row(name) from error


def _refuse(name: str) -> uuid.UUID:
    raise _no_row(name)


def _no_row(name: str) -> BadQuery:
    return BadQuery(
        _("“%(name)s” takes the permanent id of a row. Begin again with the first page.")
        % {"name": name}
    )


def numbers(number: int, last: int) -> list[int | None]:
    """Return the page numbers that are shown around ``number``; None stands for a gap."""
    shown = {1, last, *range(max(1, number - BESIDE), min(last, number + BESIDE) + 1)}
    line: list[int | None] = []
    for one in sorted(shown):
        if line and one - (line[-1] or 0) > 1:
            line.append(None)
        line.append(one)
    return line


def links(listing: Any) -> list[PageLink]:
    """Return the links to the pages of a listing: numbers, and what lies behind them."""
    place, records = listing.place, listing.records
    last = max(1, -(-min(listing.total, MOST_NUMBERED) // place.size))
    if last == 1 and place.is_numbered and not listing.has_unnumbered:
        return []
    made: list[PageLink] = []
    if place.is_numbered:
        number = place.number
        if number > 1:
            made.append(PageLink(_("Previous"), listing.page_url("page", number - 1), rel="prev"))
        for one in numbers(number, last):
            if one is None:
                made.append(PageLink(""))
            elif one == number:
                made.append(PageLink(str(one), is_current=True))
            else:
                made.append(PageLink(str(one), listing.page_url("page", one)))
    else:
        if listing.has_former and records:
            url = (
                listing.page_url("before", records[0].uid)
                if listing.is_printed_order
                else listing.page_url("page", last)
            )
            made.append(PageLink(_("Previous"), url, rel="prev"))
        made.append(PageLink("1", listing.page_url("page", 1)))
        made.append(PageLink(_("Last page") if place.is_last else "…", is_current=True))
    if place.is_numbered and place.number < last:
        made.append(PageLink(_("Next"), listing.page_url("page", place.number + 1), rel="next"))
    elif (
        listing.is_printed_order
        and records
        and (listing.has_further or (place.is_numbered and listing.has_unnumbered))
    ):
        made.append(PageLink(_("Next"), listing.page_url("after", records[-1].uid), rel="next"))
    if listing.has_unnumbered and not place.is_last:
        made.append(PageLink(_("Last page"), listing.page_url("page", LAST)))
    return made
