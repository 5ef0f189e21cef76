"""Checking a receipt: who reported the content with a given hash, and when."""

import re

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from apps.accounts.models import User
from apps.cases.desk.queries import revisions_for
from apps.cases.models import Event, Revision
from apps.publications.answers import public_page
from apps.publications.queries import readable_revisions

_SHA256 = re.compile(r"[0-9a-f]{64}")


def reports_of(digest: str, user: object) -> list[tuple[Event, bool]]:
    """Return the reports of a content that ``user`` may know of, and whether he sees the case.

    Anyone may know of what is published; an official also of what is in his scope. Two queries.
    """
    scope = revisions_for(user) if isinstance(user, User) else Revision.objects.none()
    events = Event.objects.filter(transition="submit", content_hash=digest).select_related(
        "revision__case__bureau"
    )
    own = {event.pk for event in events.filter(revision__in=scope)}
    public = events.filter(revision__in=readable_revisions().values("pk"))
    known = events.filter(pk__in=own) | public
    return [(event, event.pk in own) for event in known.distinct().order_by("at", "pk")]


@public_page
def verify(request: HttpRequest) -> HttpResponseBase:
    """Say which report has the content hash that ``hash`` names.

    What is not published and not in the reader's scope is answered as what does not exist.
    """
    typed = request.GET.get("hash", "").strip()
    digest = re.sub(r"[\s:-]", "", typed).lower()
    is_hash = bool(_SHA256.fullmatch(digest))
    response = render(
        request,
        "publications/verify.html",
        {
            "typed": typed,
            "is_wrong": bool(typed) and not is_hash,
            "is_asked": is_hash,
            "digest": digest,
            "reports": reports_of(digest, request.user) if is_hash else [],
        },
        status=400 if typed and not is_hash else 200,
    )
    # Not the same for everyone.
    add_never_cache_headers(response)
    return response
