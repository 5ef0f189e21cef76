"""Reading what is published from streaming replicas of the database, where settings name any.

Only the public pages and the public API are read there, and only by readers without an account:
who signs in sees his own writes at once, from the primary. A page reads one snapshot of one
replica: a release, which is one transaction, is on it whole or not at all, however many queries
the page makes. A replica that does not answer is left alone for a while; its page, and those that
come meanwhile, are read from another one or from the primary.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import InterfaceError, OperationalError, connections, transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

# What anyone may read without an account.
PUBLIC_NAMESPACES = {"publications", "api"}
# How long a replica that failed is not asked again.
REST_SECONDS = 30.0

_reading: ContextVar[str | None] = ContextVar("reading", default=None)


def replica_aliases() -> list[str]:
    """Return the names of the replicas in the settings."""
    return [alias for alias in settings.DATABASES if alias.startswith("replica")]


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    """Send the reads inside to ``alias``."""
    token = _reading.set(alias)
    try:
        yield
    finally:
        _reading.reset(token)


class ReplicaRouter:
    """Django's database router: reads go where the page reads, writes to the primary."""

    def db_for_read(self, model: type, **hints: Any) -> str | None:
        """Return the replica that this page reads, if it does."""
        return _reading.get()

    def db_for_write(self, model: type, **hints: Any) -> str:
        """Return the primary."""
        return "default"

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Return that rows of a replica are rows of the primary."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Return that only the primary is migrated: replicas follow it."""
        return db == "default"


class ReadFromReplica:
    """Middleware, the last one: let public pages be read from a replica."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Read which replicas there are. Raises ``MiddlewareNotUsed`` where there is none."""
        self.get_response = get_response
        self.aliases = replica_aliases()
        self.resting: dict[str, float] = {}
        if not self.aliases:
            raise MiddlewareNotUsed

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; ``process_view`` does the work."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Iterable[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Return the page as a replica tells it, or nothing where the primary is to be asked."""
        if not self._is_public(request):
            return None
        awake = [a for a in self.aliases if self.resting.get(a, 0.0) <= time.monotonic()]
        for alias in random.sample(awake, len(awake)):
            try:
                return _read(alias, view, request, args, kwargs)
            except (OperationalError, InterfaceError):
                self.resting[alias] = time.monotonic() + REST_SECONDS
                connections[alias].close()
        return None

    def _is_public(self, request: HttpRequest) -> bool:
        return (
            request.method in {"GET", "HEAD"}
            and request.resolver_match is not None
            and not PUBLIC_NAMESPACES.isdisjoint(request.resolver_match.namespaces)
            and settings.SESSION_COOKIE_NAME not in request.COOKIES
        )


def _read(
    alias: str, view: Any, request: HttpRequest, args: Iterable[Any], kwargs: dict[str, Any]
) -> HttpResponseBase:
    """Return what ``view`` answers from one snapshot of ``alias``."""
    with reading_from(alias), transaction.atomic(using=alias):
        response: HttpResponseBase = view(request, *args, **kwargs)
        render = getattr(response, "render", None)
        if callable(render):
            response = render()
    if isinstance(response, StreamingHttpResponse):
        # Its rows are read while it is sent, long after the view: they have a snapshot of their
        # own. A replica lost on the way breaks the file off, as a lost primary would.
        parts: Any = response.streaming_content
        response.streaming_content = _streamed(alias, iter(parts))
    return response


def _streamed(alias: str, parts: Iterator[bytes]) -> Iterator[bytes]:
    """Yield ``parts``, each made while reading from ``alias``."""
    with transaction.atomic(using=alias):
        while True:
            # Not around the yield: whoever sends the part has nothing to do with the replica.
            with reading_from(alias):
                part = next(parts, None)
            if part is None:
                return
            yield part
