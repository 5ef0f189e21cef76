"""Pages of the API by key: the hundredth costs what the first does, and none repeats a row."""

import base64
import binascii
import json
import re
from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from apps.cases.kinds import PRINTED_ORDER

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.ASCII)
PAGE_SIZE = 100
LARGEST_PAGE = 1000
# The printed order of every listing (PRINTED_ORDER). A correction made meanwhile copies the row
# to a new key and keeps all three.
Key = tuple[int, int, str]


def encode(key: Key) -> str:
    """Return the place behind a row as one opaque word."""
    return base64.urlsafe_b64encode(json.dumps(list(key)).encode()).decode().rstrip("=")


def decode(cursor: str) -> Key:
    """Return the key in ``cursor``. Raises ``ValidationError`` for anything made up."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _bad_cursor() from error
    if not (
        isinstance(key, list)
        and len(key) == 3
        and type(key[1]) is int
        and 0 <= key[1] < 2**31
        and type(key[0]) is int
        and 0 <= key[0] < 2**63
        and isinstance(key[2], str)
        and _UUID.match(key[2])
    ):
        raise _bad_cursor()
    return (key[0], key[1], key[2])


def _bad_cursor() -> ValidationError:
    return ValidationError(
        {"cursor": [_("This cursor was not made by this interface. Follow “next” as it is given.")]}
    )


def behind(key: Key) -> TupleGreaterThan:
    """Return the condition of all rows behind ``key`` in printed order.

    One comparison of rows, which the index of the printed order answers at any depth alike; the
    same spelt out with OR does not.
    """
    return TupleGreaterThan(Tuple(*(F(name) for name in PRINTED_ORDER)), key)


class KeyPagination(BasePagination):
    """``{"results": [ … ], "next": url or null}``."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return the rows of one page; one more is read to know whether there is a next."""
        self.request = request
        self.size = self._size(request)
        if cursor := request.query_params.get("cursor"):
            queryset = queryset.filter(behind(decode(cursor)))
        rows = list(queryset[: self.size + 1])
        self.last = rows[self.size - 1] if len(rows) > self.size else None
        return rows[: self.size]

    def _size(self, request: Request) -> int:
        text = request.query_params.get("page_size") or str(PAGE_SIZE)
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text)):
            raise ValidationError(
                {"page_size": [_("A page has from 1 to %(most)s rows.") % {"most": LARGEST_PAGE}]}
            )
        return min(int(text), LARGEST_PAGE)

    def next_url(self) -> str | None:
        """Return the address of the next page, or None on the last."""
        if self.last is None:
            return None
        key = (self.last.list_place, self.last.position, str(self.last.uid))
        query = [
            (name, value)
            for name, values in self.request.query_params.lists()
            if name != "cursor"
            for value in values
        ]
        query.append(("cursor", encode(key)))
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode(query)}")

    def get_paginated_response(self, data: Any) -> Response:
        """Wrap the rows."""
        return Response({"results": data, "next": self.next_url()})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the wrapping."""
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {"type": "string", "format": "uri", "nullable": True},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the two parameters of a page."""
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "schema": {"type": "string"},
                "description": "Where the page begins; follow next rather than making one.",
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
            },
        ]
