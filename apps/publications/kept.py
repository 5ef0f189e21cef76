"""Public pages that are kept and given out again, as long as their edition is valid.

Only for readers without an account: whoever brings a session is asked nothing here, and nothing
of his is kept. A page is kept whole, compressed as it was sent, by address, language, and whether
the reader takes it compressed. The edition is read for each request (``edition.py``), so a page
is given out for the last time before the release that changes it, in every process.
"""

import gzip
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from apps.publications.edition import Number, edition

logger = logging.getLogger(__name__)
# Longer addresses are nobody's bookmark.
LONGEST_ADDRESS = 600
# A message for one reader, shown once.
MESSAGES_COOKIE = "messages"


@dataclass(frozen=True)
class Page:
    """A page as it is sent: what stands in its head, its body, and the body's mark."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    etag: str

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the page; without its body where the reader has it already."""
        known = parse_etags(request.headers.get("if-none-match", ""))
        response = HttpResponse()
        if self.etag in known or f"W/{self.etag}" in known or known == ["*"]:
            response.status_code = 304
            sent = ("ETag", "Cache-Control", "Vary", "Content-Language")
            del response["Content-Type"]
            for name, value in self.headers:
                if name in sent:
                    response.headers[name] = value
            return response
        for name, value in self.headers:
            response.headers[name] = value
        response.content = self.body
        return response


class Store:
    """Pages up to so many bytes, the least used given away first. Safe between threads."""

    def __init__(self, most: int) -> None:
        """Keep ``most`` bytes at most."""
        self.most = most
        self.size = 0
        self.pages: OrderedDict[Any, Page] = OrderedDict()
        self.lock = Lock()

    def get(self, key: Any) -> Page | None:
        """Return the page that is kept under ``key``."""
        with self.lock:
            page = self.pages.get(key)
            if page is not None:
                self.pages.move_to_end(key)
            return page

    def put(self, key: Any, page: Page) -> None:
        """Keep a page."""
        with self.lock:
            former = self.pages.pop(key, None)
            self.size += _weight(page) - (_weight(former) if former else 0)
            self.pages[key] = page
            while self.size > self.most and self.pages:
                _key, gone = self.pages.popitem(last=False)
                self.size -= _weight(gone)


def _weight(page: Page) -> int:
    """Return about how many bytes of memory a kept page takes."""
    return len(page.body) + 2_000


class KeptPages:
    """Middleware, near the outside: give out a kept page, or keep the one that is made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the memory that the settings give. Raises ``MiddlewareNotUsed`` where it is none."""
        if not settings.KEPT_PAGES_MEGABYTES:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.store = Store(settings.KEPT_PAGES_MEGABYTES * 1_000_000)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer from the store where the page may be kept, stands there and is valid."""
        if not _is_for_anyone(request):
            return self.get_response(request)
        address = _address(request)
        try:
            number = edition("default")
        except DatabaseError:
            # A replica may still answer, or the page says what is wrong.
            return self.get_response(request)
        if page := self.store.get((number, address)):
            return page.answer(request)
        request.edition = number  # type: ignore[attr-defined]
        response = self.get_response(request)
        # The edition is that of the database the page was read from.
        made_for: Number | None = getattr(response, "edition", None)
        if made_for is None or not _may_be_kept(response):
            return response
        assert isinstance(response, HttpResponse)
        page = _page(response)
        self.store.put((made_for, address), page)
        return page.answer(request)


def _is_for_anyone(request: HttpRequest) -> bool:
    """Say whether the answer could be the same for every reader of the language."""
    return (
        request.method in {"GET", "HEAD"}
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and MESSAGES_COOKIE not in request.COOKIES
        and "HTTP_AUTHORIZATION" not in request.META
        and len(request.get_full_path()) <= LONGEST_ADDRESS
    )


def _address(request: HttpRequest) -> tuple[Any, ...]:
    """Return what tells pages of one edition apart."""
    return (
        request.scheme,
        request.get_host(),
        request.get_full_path(),
        translation.get_language_from_request(request),
        "gzip" in request.headers.get("accept-encoding", ""),
    )


def _may_be_kept(response: HttpResponseBase) -> bool:
    return response.status_code == 200 and not response.streaming and not response.cookies


def _page(response: HttpResponse) -> Page:
    """Return a finished answer as it is kept."""
    body = response.content
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if "Content-Encoding" in response.headers:
        # The length of what was compressed is hidden anew each time: two sendings differ.
        plain = hashlib.sha256(gzip.decompress(body)).hexdigest()[:32]
        etag = f'"{plain}-gz"'
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Cookie", "Accept-Language", "Accept-Encoding"])
    return Page(tuple(response.headers.items()), body, etag)
