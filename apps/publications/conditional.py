"""The interface's ETag, and the answer to who has the rows already: without reading them again.

An ETag is the hash of an answer's bytes. Which one an address has is remembered for the edition
(``edition.py``) that was read before the answer was made; as long as that is valid, the answer is
the same. Another process, or a new version of the software, makes the answer once itself.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from apps.publications.edition import Memory, edition

# Some hundred bytes each.
MOST_KNOWN = 5_000
etags = Memory(MOST_KNOWN)
# What an answer without its body says of the one with it.
SENT = ("ETag", "Cache-Control", "Vary")


def conditional(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Decorate a view whose answer to an address and a language changes with the edition alone."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Read before the rows are: what comes meanwhile makes them newer than they are taken for.
        key = (edition(), _address(request))
        known: dict[str, str] | None = etags.get(key)
        if known is not None:
            same = get_conditional_response(request, etag=known["ETag"])
            if same is not None:
                for name, value in known.items():
                    same.headers[name] = value
                return same
        response = view(request, *args, **kwargs)
        render = getattr(response, "render", None)
        if callable(render):
            response = render()
        if response.status_code != 200 or not isinstance(response, HttpResponse):
            return response
        etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response.headers["ETag"] = etag
        patch_vary_headers(response, ["Accept-Encoding"])
        etags.put(key, {name: response[name] for name in SENT if response.has_header(name)})
        return get_conditional_response(request, etag=etag, response=response) or response

    return answered


def _address(request: HttpRequest) -> bytes:
    """Return what tells answers of one edition apart."""
    parts = (
        request.method,
        request.build_absolute_uri(),
        get_language(),
        request.headers.get("accept"),
    )
    return hashlib.sha256(repr(parts).encode()).digest()
