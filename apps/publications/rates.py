"""How often one address may ask the interface: counted in the database, for all processes alike.

One row an address, in a table without a log (it is worth nothing after a minute): one short write
a request, none once the limit is reached. The count is kept by the primary, wherever the rows are
read; where it cannot be written, the reader is served uncounted.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from apps.accounts.addresses import client_address
from apps.cases.domain.requests import sender_of
from apps.publications.models import Reader

WINDOW = 60
_COUNT = """
INSERT INTO publications_reader AS reader (sender, minute, asked)
VALUES (%s, floor(extract(epoch FROM clock_timestamp()) / 60), 1)
ON CONFLICT (sender) DO UPDATE SET
    minute = EXCLUDED.minute,
    asked = CASE WHEN reader.minute = EXCLUDED.minute THEN reader.asked + 1 ELSE 1 END
WHERE reader.minute <> EXCLUDED.minute OR reader.asked < %s
RETURNING asked
"""
_LEFT = "SELECT 60 - floor(extract(epoch FROM clock_timestamp()))::bigint %% 60"


@dataclass(frozen=True)
class Account:
    """What one address has left: requests until the end of the minute, and its seconds."""

    limit: int
    left: int
    seconds: int
    allowed: bool


def network_of(address: str) -> str:
    """Return the address that is counted: of IPv6 the network that one household is given."""
    if ip_address(address).version == 4:
        return address
    return str(ip_network(f"{address}/64", strict=False).network_address)


def _reader(address: str) -> uuid.UUID:
    """Return by what an address is counted: half of its keyed hash."""
    return uuid.UUID(sender_of(network_of(address))[:32])


def counted(address: str | None) -> Account | None:
    """Count a request from ``address``; None where nothing is counted."""
    limit = settings.API_PER_MINUTE
    if not limit or address is None:
        return None
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                f"WITH counted AS ({_COUNT}) SELECT (SELECT asked FROM counted), ({_LEFT})",  # noqa: S608
                [_reader(address), limit],
            )
            asked, seconds = cursor.fetchone()
    except (OperationalError, InterfaceError):
        return None
    left = limit - asked if asked is not None else 0
    return Account(limit, left, int(seconds), asked is not None)


def forget_readers() -> int:
    """Delete the counts of minutes that are over; return how many."""
    return Reader.objects.extra(
        where=["minute < floor(extract(epoch FROM clock_timestamp()) / 60) - 1"]
    ).delete()[0]


def rated(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Decorate a view of the interface: refuse beyond the limit, and say what is left of it.

    The fields are those of the IETF draft "RateLimit header fields for HTTP".
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        account = None
        if request.method in {"GET", "HEAD"}:
            account = counted(client_address(request))
        if account is not None and not account.allowed:
            response: HttpResponseBase = JsonResponse(
                {
                    "detail": _(
                        "This address has asked %(limit)s times within a minute. Ask again in %(seconds)s seconds, or take a whole list as a file."
                    )
                    % {"limit": account.limit, "seconds": account.seconds}
                },
                status=429,
            )
            response["Retry-After"] = str(account.seconds)
        else:
            response = view(request, *args, **kwargs)
            # Here, since a 304 takes the place of the rendered answer, without its fields.
            render = getattr(response, "render", None)
            if callable(render):
                response = render()
        if account is not None:
            response["RateLimit-Policy"] = f'"address";q={account.limit};w={WINDOW}'
            response["RateLimit"] = f'"address";r={account.left};t={account.seconds}'
        return response

    # Django marks a view of the REST framework so; the mark belongs to the outermost.
    answered.csrf_exempt = True  # type: ignore[attr-defined]
    return answered
