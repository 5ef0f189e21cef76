"""Pages of the API by key: the hundredth costs what the first does, and none repeats a row."""

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from apps.publications import keys

PAGE_SIZE = 100
LARGEST_PAGE = 1000


def page_size(request: Request) -> int:
    """Return how many rows a page is to have. Raises ``ValidationError``."""
    text = request.query_params.get("page_size", str(PAGE_SIZE))
    if not (
        text.isascii() and text.isdecimal() and len(text) < 5 and 0 < int(text) <= LARGEST_PAGE
    ):
        raise ValidationError(
            {"page_size": [_("A page has from 1 to %(most)s rows.") % {"most": LARGEST_PAGE}]}
        )
    return int(text)


def next_url(request: Request, cursor: str | None) -> str | None:
    """Return the address of the next page, or None on the last."""
    if cursor is None:
        return None
    query = [
        (name, value)
        for name, values in request.query_params.lists()
        if name != "cursor"
        for value in values
    ]
    query.append(("cursor", cursor))
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")


class KeyPagination(BasePagination):
    """``{"results": [ … ], "next": url or null}``, in the order that ``sort`` names."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return the rows of one page; one more is read to know whether there is a next."""
        self.request = request
        self.sort = ",".join(request.query_params.getlist("sort"))
        self.keys = keys.sort_keys(view.kind, self.sort)
        size = page_size(request)
        if cursor := request.query_params.get("cursor"):
            place = keys.decode(cursor, self.sort, self.keys)
            queryset = queryset.filter(keys.behind(self.keys, place))
        rows = list(queryset.order_by(*keys.order_of(self.keys))[: size + 1])
        self.last = rows[size - 1] if len(rows) > size else None
        return rows[:size]

    def get_paginated_response(self, data: Any) -> Response:
        """Wrap the rows."""
        cursor = None
        if self.last is not None:
            cursor = keys.encode(self.sort, keys.key_of(self.last, self.keys))
        return Response({"results": data, "next": next_url(self.request, cursor)})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the wrapping."""
        return wrapped(schema)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the parameters of a page."""
        return page_parameters()


def wrapped(rows: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a page of ``rows``."""
    return {
        "type": "object",
        "required": ["results", "next"],
        "properties": {
            "results": rows,
            "next": {"type": "string", "format": "uri", "nullable": True},
        },
    }


def page_parameters() -> list[dict[str, Any]]:
    """Return the schema of the two parameters that every list has."""
    return [
        {
            "name": "cursor",
            "in": "query",
            "required": False,
            "schema": {"type": "string", "minLength": 1},
            "description": str(
                gettext_lazy("Where the page begins. Follow “next” as it is given.")
            ),
        },
        {
            "name": "page_size",
            "in": "query",
            "required": False,
            "schema": {
                "type": "integer",
                "minimum": 1,
                "maximum": LARGEST_PAGE,
                "default": PAGE_SIZE,
            },
            "description": str(gettext_lazy("How many rows a page has at most.")),
        },
    ]
