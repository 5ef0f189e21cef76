"""Pages of the API by key: the hundredth costs what the first does, and none repeats a row."""

import base64
import binascii
import json
import re
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.ASCII)
PAGE_SIZE = 100
LARGEST_PAGE = 1000
# The printed order of every listing (RecordKind.public_rows); only the year runs backwards.
# The row's permanent id stands last: a correction made meanwhile copies the row to a new key.
Key = tuple[int, int, int, int, str]


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
        and len(key) == 5
        and all(type(item) is int and abs(item) < 2**63 for item in key[:4])
        and isinstance(key[4], str)
        and _UUID.match(key[4])
    ):
        raise _bad_cursor()
    return (key[0], key[1], key[2], key[3], key[4])


def _bad_cursor() -> ValidationError:
    return ValidationError(
        {"cursor": [_("This cursor was not made by this interface. Follow “next” as it is given.")]}
    )


def behind(key: Key) -> Q:
    """Return the condition of all rows behind ``key`` in printed order."""
    year, case, position, pk, uid = key
    return ~Q(uid=uid) & (
        Q(revision__case__year__lt=year)
        | Q(revision__case__year=year, revision__case_id__gt=case)
        | Q(revision__case__year=year, revision__case_id=case, position__gt=position)
        | Q(revision__case__year=year, revision__case_id=case, position=position, id__gt=pk)
    )


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
        revision = self.last.revision
        key = (
            revision.case.year,
            revision.case_id,
            self.last.position,
            self.last.pk,
            str(self.last.uid),
        )
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
