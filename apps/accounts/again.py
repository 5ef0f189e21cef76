"""What was typed into a form that came too late is shown again, to be sent again.

The session had ended, or its secret had changed since the page was opened (somebody signed in in
another window). The browser's way back does not bring the fields back, since what officials see is
not stored by it; so this page does.
"""

from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

DESK = "/desk/"
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a form field
# Fields that nobody typed.
QUIET = frozenset(
    {
        *("version", "once", "seen_hash", "warned", "done", "again", "stay", "decision"),
        *("seen", "digest", "token", "query", "rows", "row", "next", "from", "only", "page"),
    }
)


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields that were sent, in order, without the token."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if isinstance(value, str) and name != TOKEN
    ]


def label_of(name: str) -> str:
    """Return what a field is called by whoever typed into it: as the models call it, where all that
    have it call it alike. No name of the machine's own is shown.
    """
    own = name.removeprefix("value-").removeprefix("constant-")
    labels = {
        str(field.verbose_name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name == own and model.__module__.startswith("apps.")
    }
    return labels.pop() if len(labels) == 1 else _("Field")


def is_own_form(request: HttpRequest) -> bool:
    """Say whether the browser vouches that a page of this site sent the form.

    Only then is what came without the right token offered to be sent again: a foreign page must
    not lay its own values before an official.
    """
    own = f"{request.scheme}://{request.get_host()}"
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return request.headers.get("Origin") == own and site == "same-origin"


def send_again(request: HttpRequest) -> HttpResponse:
    """Show what was typed, with a fresh token and the way to sign in."""
    fields = typed(request)
    shown = [
        (label_of(name), value)
        for name, value in fields
        if value.strip()
        and name not in QUIET
        and not name.startswith(("initial-", "seen-"))
        and not name.endswith(("-version", "-seen"))
    ]
    return render(
        request,
        "account/send_again.html",
        {
            "fields": fields,
            "shown": shown,
            "had_file": bool(request.FILES),
            "login": f"{settings.LOGIN_URL}?{urlencode({'next': DESK})}",
        },
        status=403,
    )


def signed_out(request: HttpRequest) -> HttpResponse:
    """Answer a form sent to the desk by somebody who is signed out: keep what he typed."""
    if typed(request):
        return send_again(request)
    # The address of a button answers no GET: come back to the page that the button stands on.
    page = request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    path = urlsplit(page).path
    target = path if own and path.startswith(DESK) else DESK
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': target})}")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without the right token. Django calls it (``CSRF_FAILURE_VIEW``)."""
    if request.path.startswith(DESK) and is_own_form(request) and typed(request):
        return send_again(request)
    return render(request, "403_csrf.html", status=403)
