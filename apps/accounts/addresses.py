"""Where a request comes from, behind as many proxies as the installation says."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the client's address, or nothing where there is none (a unix socket, a command).

    ``X-Forwarded-For`` counts only as far as our own proxies wrote it: with ``PROXY_COUNT`` = n,
    the n-th address from the right. What stands further left is the client's own claim.
    """
    candidates = [request.META.get("REMOTE_ADDR", "")]
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if 0 < settings.PROXY_COUNT <= len(forwarded):
        candidates.insert(0, forwarded[-settings.PROXY_COUNT].strip())
    for candidate in candidates:
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return None
