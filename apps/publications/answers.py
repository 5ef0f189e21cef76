"""What a public page answers when it cannot show what was asked for."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from apps.publications.edition import valid_edition
from apps.publications.limits import TooSlow, limited

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class PublicError(Exception):
    """Base of what a public page answers instead of its content."""


class BadQuery(PublicError):
    """The query string asks for something that cannot be. ``str()`` is a sentence with the cure."""


class Gone(PublicError):
    """What was public here has been withdrawn; ``reason`` says why."""

    def __init__(self, reason: str, number: str = "", at: dt.datetime | None = None) -> None:
        """Keep the reason, what it was, and when it was withdrawn."""
        super().__init__(reason)
        self.reason = reason
        self.number = number
        self.at = at


def kept(view: View[P]) -> View[P]:
    """Decorate a view, outside ``public_page``, whose page is the same for every reader.

    It may be kept and given out again while its edition is valid (``kept.py``). Not for a page
    that tells more than what is published, or different things to different people.
    """

    @wraps(view)
    def marked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        # Read before the page is: what comes meanwhile makes a page newer than it is taken for.
        known = getattr(request, "edition", None)
        with valid_edition(known, limit=settings.PUBLIC_SECONDS) as number:
            response = view(request, *args, **kwargs)
        response.edition = number  # type: ignore[attr-defined]
        return response

    return marked


def public_page(view: View[P]) -> View[P]:
    """Decorate a view of a public page: GET only, asked again before a stored copy is shown.

    ``BadQuery`` becomes a page with status 400 and its sentence, ``Gone`` the page with status
    410 and the reason, ``TooSlow`` the page with status 503 that says how to ask for less.
    """

    @require_safe
    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response: HttpResponseBase
        try:
            with limited():
                response = view(request, *args, **kwargs)
        except TooSlow:
            response = render(request, "publications/too_slow.html", status=503)
        except BadQuery as error:
            response = render(
                request, "publications/bad_query.html", {"reason": str(error)}, status=400
            )
        except Gone as error:
            response = render(
                request,
                "410.html",
                {"reason": error.reason, "number": error.number, "withdrawn_at": error.at},
                status=410,
            )
        if not response.has_header("Cache-Control"):
            # A withdrawal has to show at once, so a copy is never used unasked.
            patch_cache_control(response, no_cache=True)
        return response

    return answered
