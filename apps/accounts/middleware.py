"""What happens between a signed-in person and a page: time-out, second factor, first password."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from apps.accounts import again
from apps.accounts.models import User

# Marks in a session, made at sign-in (receivers.py): no page has to ask the database again.
MUST_CHANGE = "must_change_password"
MUST_ADD_FACTOR = "must_add_factor"
OFFICIAL = ("/desk/", "/admin/")
ALWAYS_OPEN = ("/accounts/", "/i18n/", "/static/")

GetResponse = Callable[[HttpRequest], HttpResponse]


class IdleTimeout:
    """Sign a person out after ``SESSION_COOKIE_AGE`` idle seconds.

    The session is written again once a minute at most, not at every request: one write a minute
    instead of three statements a page, and the time-out is right to the minute.
    """

    def __init__(self, get_response: GetResponse) -> None:
        """Take the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note that the person is there; keep what he sees out of shared caches."""
        signed_in = request.user.is_authenticated
        # A page that asks by itself what is new is not a person who is there.
        is_attended = "X-Unattended" not in request.headers
        if signed_in and is_attended and time.time() - request.session.get("seen", 0) > 60:
            request.session["seen"] = int(time.time())
        response = self.get_response(request)
        if signed_in and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return _answer_signed_out(request, response)


def _answer_signed_out(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Turn a redirect to the sign-in page into what loses nothing, and what htmx can show.

    A reload goes to the sign-in page and comes back to the page shown, not to the fragment.
    Something typed stays where it is, and the page says what to do.
    """
    to_login = response.status_code == 302 and response.headers["Location"].startswith(
        settings.LOGIN_URL
    )
    htmx = getattr(request, "htmx", None)
    if to_login and request.method == "POST" and request.path.startswith(again.DESK):
        # Sent by htmx, the form is sent once more as a page (tools.js): there it keeps what was typed.
        return HttpResponse(status=403) if htmx else again.signed_out(request)
    if not to_login or not htmx:
        return response
    shown = htmx.current_url_abs_path or "/"
    login = f"{settings.LOGIN_URL}?{urlencode({'next': shown})}"
    if request.method == "GET":
        return HttpResponseClientRedirect(login)
    answer = render(request, "account/signed_out.html", {"login": login}, status=409)
    answer["HX-Retarget"] = "#messages"
    answer["HX-Reswap"] = "innerHTML"
    return answer


class SetUpFirst:
    """Let nobody work before his second factor is set up and his first password is his own.

    Until then he is the public: ``/desk/`` and ``/admin/`` lead to the page where it is done, and
    everything else sees him as signed out.
    """

    def __init__(self, get_response: GetResponse) -> None:
        """Take the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to what is missing."""
        user = request.user
        if not isinstance(user, User) or request.path.startswith(ALWAYS_OPEN):
            return self.get_response(request)
        if request.session.get(MUST_CHANGE):
            missing = reverse("account_change_password")
            reason = _("Your password was chosen for you. Choose your own to go on.")
        elif request.session.get(MUST_ADD_FACTOR):
            missing = reverse("mfa_index")
            reason = _("Your role needs a second factor. Set up one of these to go on.")
        else:
            return self.get_response(request)
        if not request.path.startswith(OFFICIAL):
            request.user = AnonymousUser()
            return self.get_response(request)
        messages.warning(request, reason)
        target = f"{missing}?{urlencode({'next': request.get_full_path()})}"
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(target)
        return HttpResponseRedirect(target)
