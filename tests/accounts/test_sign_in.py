"""Signing in and out, the lock, the idle time-out."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.adapters import AccountAdapter
from apps.accounts.addresses import client_address
from apps.accounts.models import EventKind, Role, SecurityEvent, User

from .conftest import PASSWORD, MakeUser, SignIn


def errors_in(response: Any) -> list[str]:
    return list(response.context["form"].non_field_errors())


def test_sign_in_leads_to_the_desk(sign_in: SignIn, filler: User, client: Client) -> None:
    response = sign_in("district-filler")

    assert (response.status_code, response["Location"]) == (302, "/desk/")
    assert client.session["_auth_user_id"] == str(filler.pk)


def test_sign_in_returns_to_where_one_was(sign_in: SignIn, filler: User) -> None:
    response = sign_in("district-filler", next="/desk/cases/7/")

    assert response["Location"] == "/desk/cases/7/"


def test_sign_in_does_not_lead_to_another_site(sign_in: SignIn, filler: User) -> None:
    response = sign_in("district-filler", next="https://example.org/")

    assert response["Location"] == "/desk/"


def test_wrong_password_unknown_and_closed_account_get_the_same_answer(
    sign_in: SignIn, filler: User, make_user: MakeUser
) -> None:
    make_user(username="gone", is_active=False)

    wrong = sign_in("district-filler", "wrong")
    unknown = sign_in("nobody", "wrong")
    closed = sign_in("gone")

    assert wrong.status_code == unknown.status_code == closed.status_code == 200
    assert errors_in(wrong) == errors_in(unknown) == errors_in(closed)
    assert len(errors_in(wrong)) == 1


@pytest.mark.parametrize("username", ["district-filler", "nobody"])
def test_fifth_failure_locks_the_account_from_everywhere(
    sign_in: SignIn, filler: User, username: str
) -> None:
    for last in range(1, 5):
        assert sign_in(username, "wrong", REMOTE_ADDR=f"10.0.0.{last}").status_code == 200

    fifth = sign_in(username, "wrong", REMOTE_ADDR="10.0.0.5")
    right = sign_in(username, PASSWORD, REMOTE_ADDR="10.0.0.6")

    assert (fifth.status_code, right.status_code) == (429, 429)
    assert "account/locked.html" in [template.name for template in right.templates]
    assert right.context["minutes"] == 30


def test_fifth_failure_locks_the_address_for_everyone(
    sign_in: SignIn, filler: User, make_user: MakeUser
) -> None:
    make_user(Role.CITY_EDITOR)
    for number in range(5):
        sign_in(f"guess-{number}", "wrong", REMOTE_ADDR="10.0.0.9")

    from_there = sign_in("city-editor", REMOTE_ADDR="10.0.0.9")
    from_elsewhere = sign_in("city-editor", REMOTE_ADDR="10.0.0.8")

    assert (from_there.status_code, from_elsewhere.status_code) == (429, 302)


def test_lock_ends_after_half_an_hour_though_tried_again(sign_in: SignIn, filler: User) -> None:
    for _ in range(5):
        sign_in("district-filler", "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=29))
    assert sign_in("district-filler").status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))

    assert sign_in("district-filler").status_code == 302


def test_success_forgets_failures_of_this_account_only(
    sign_in: SignIn, filler: User, make_user: MakeUser, client: Client
) -> None:
    make_user(Role.CITY_EDITOR)
    for _ in range(2):
        sign_in("district-filler", "wrong")
        sign_in("city-editor", "wrong")

    sign_in("district-filler")

    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["city-editor"]


def test_sign_out_takes_a_post(client: Client, filler: User, sign_in: SignIn) -> None:
    sign_in("district-filler")

    page = client.get("/accounts/logout/")
    assert (page.status_code, "_auth_user_id" in client.session) == (200, True)
    response = client.post("/accounts/logout/")

    assert response["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_nobody_can_sign_up_or_reset_a_password_by_mail(client: Client, db: None) -> None:
    for path in ("signup", "password/reset", "email", "login/code"):
        assert client.get(f"/accounts/{path}/").status_code == 404


def test_session_ends_after_half_an_hour_idle(
    client: Client, filler: User, sign_in: SignIn
) -> None:
    sign_in("district-filler")
    assert client.get("/accounts/events/").status_code == 200
    session = Session.objects.get()
    left = session.expire_date - timezone.now()
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)

    Session.objects.update(expire_date=timezone.now())
    response = client.get("/accounts/events/?kind=signed_in")

    assert response["Location"] == "/accounts/login/?next=/accounts/events/%3Fkind%3Dsigned_in"


def test_session_is_prolonged_by_work_once_a_minute(
    client: Client, filler: User, sign_in: SignIn
) -> None:
    sign_in("district-filler")
    client.get("/accounts/events/")
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=5))

    client.get("/accounts/events/")
    unchanged = Session.objects.get().expire_date
    session = client.session
    session["seen"] = session["seen"] - 61
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=5))
    client.get("/accounts/events/")

    assert unchanged < timezone.now() + timedelta(minutes=6)
    assert Session.objects.get().expire_date > timezone.now() + timedelta(minutes=29)


def test_session_cookie_ends_with_the_browser(
    client: Client, filler: User, sign_in: SignIn
) -> None:
    cookie = sign_in("district-filler").cookies["sessionid"]

    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")


def test_htmx_reload_after_time_out_leads_to_sign_in_and_back(client: Client, db: None) -> None:
    response = client.get(
        "/accounts/events/",
        HTTP_HX_REQUEST="true",
        HTTP_HX_CURRENT_URL="http://testserver/desk/cases/7/?tab=2",
    )

    assert response["HX-Redirect"] == "/accounts/login/?next=%2Fdesk%2Fcases%2F7%2F%3Ftab%3D2"


def test_htmx_save_after_time_out_keeps_the_page_and_says_so(client: Client, db: None) -> None:
    response = client.post(
        "/accounts/password/change/",
        HTTP_HX_REQUEST="true",
        HTTP_HX_CURRENT_URL="http://testserver/desk/",
    )

    assert (response.status_code, response["HX-Retarget"]) == (409, "#messages")
    assert "/accounts/login/?next=%2Fdesk%2F" in response.content.decode()


def test_closing_an_account_signs_out_at_once(
    client: Client, filler: User, sign_in: SignIn
) -> None:
    sign_in("district-filler")

    filler.is_active = False
    filler.save()

    assert client.get("/accounts/events/").status_code == 302


def test_closed_account_has_a_page(client: Client, db: None) -> None:
    assert client.get("/accounts/inactive/").status_code == 200


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "9.9.9.9", "10.0.0.1"),
        (1, "9.9.9.9, 8.8.8.8", "8.8.8.8"),
        (2, "9.9.9.9, 8.8.8.8", "9.9.9.9"),
        (3, "9.9.9.9, 8.8.8.8", "10.0.0.1"),
        (1, "not an address", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_client_address_trusts_only_our_proxies(
    settings: Settings, proxies: int, forwarded: str, expected: str
) -> None:
    settings.PROXY_COUNT = proxies
    request = SimpleNamespace(META={"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded})

    assert client_address(request) == expected  # type: ignore[arg-type]


def test_client_address_of_a_socket_is_unknown(settings: Settings) -> None:
    assert client_address(SimpleNamespace(META={"REMOTE_ADDR": ""})) is None  # type: ignore[arg-type]


def test_pages_of_a_signed_in_person_are_not_kept(
    client: Client, filler: User, sign_in: SignIn
) -> None:
    sign_in("district-filler")

    assert client.get("/accounts/events/")["Cache-Control"] == "private, no-store"


def test_headers_of_a_page(client: Client, db: None) -> None:
    response = client.get("/accounts/login/")
    policy = dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))

    assert policy == {
        "default-src": "'self'",
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"


def test_failed_sign_in_is_logged_with_name_and_address(sign_in: SignIn, db: None) -> None:
    sign_in("nobody", "wrong", REMOTE_ADDR="10.1.2.3", HTTP_USER_AGENT="Browser 7")

    event = SecurityEvent.objects.get()
    assert (event.kind, event.outcome) == (EventKind.SIGN_IN_FAILED, "failed")
    assert (event.actor, event.actor_name) == (None, "nobody")
    assert (event.address, event.agent) == ("10.1.2.3", "Browser 7")


def test_too_many_requests_get_a_page_that_says_what_to_do(
    sign_in: SignIn, db: None, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip", "login_failed": None}
    sign_in("nobody", "wrong")

    response = sign_in("nobody", "wrong")

    assert response.status_code == 429
    assert "account/too_many.html" in [template.name for template in response.templates]


def test_sign_up_is_closed_whoever_asks() -> None:
    assert not AccountAdapter().is_open_for_signup(HttpRequest())
