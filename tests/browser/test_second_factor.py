"""Signing in, the second factor and the administration site in a real browser, under our policy."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect
from pytest_django import Settings

from apps.accounts.models import Bureau, User
from tests.browser.conftest import NewPage

PASSWORD = "Spring tide 2023"


def person(username: str, role: str) -> User:
    """Return an account of ``role`` in the city bureau."""
    bureau, _ = Bureau.objects.get_or_create(
        slug="city", name="市科技局", name_en="City Bureau", kind="city"
    )
    user = User(username=username, full_name="王五", bureau=bureau, roles=[role])
    user.set_password(PASSWORD)
    user.save()
    return user


def watch(page: Page) -> list[str]:
    """Return a list that fills with what the browser refuses because of our policy."""
    refused: list[str] = []
    page.on(
        "console",
        lambda message: (
            refused.append(f"{page.url}: {message.text}")
            if "Content Security Policy" in message.text
            else None
        ),
    )
    return refused


def sign_in(page: Page, username: str) -> None:
    page.goto("/accounts/login/")
    page.locator("#id_login").fill(username)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()


def test_authenticator_app_is_set_up_and_asked_for(
    new_page: NewPage, axe: Callable[[Page], None], settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    person("city-editor", "city_editor")
    page = new_page()
    refused = watch(page)
    page.goto("/accounts/login/")
    axe(page)
    sign_in(page, "city-editor")
    page.wait_for_url("**/accounts/2fa/?next=%2Fdesk%2F")
    axe(page)
    page.locator('a[href="/accounts/2fa/totp/activate/"]').click()
    axe(page)
    square = page.locator('img[src^="data:image/svg"]')
    assert square.evaluate("image => image.naturalWidth") > 0
    secret = page.locator("#authenticator_secret").input_value()

    def code(steps: int = 0) -> str:
        return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))

    page.locator("#id_code").fill(code())
    page.locator("main form button[type=submit]").click()
    expect(page.locator("#recovery_codes li")).to_have_count(10)
    axe(page)
    page.locator("details.menu summary").first.click()
    page.locator("details.menu form[action='/accounts/logout/'] button").first.click()
    sign_in(page, "city-editor")
    axe(page)
    page.locator("#id_code").fill(code(1))
    page.locator("main button[type=submit]:not([form])").first.click()
    page.wait_for_url("**/desk/")

    assert refused == []


def test_security_key_is_added_and_signs_in(new_page: NewPage) -> None:
    person("city-reviewer", "city_reviewer")
    page = new_page()
    refused = watch(page)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "usb",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    sign_in(page, "city-reviewer")
    page.goto("/accounts/2fa/webauthn/add/")
    page.locator("#id_name").fill("钥匙")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/")
    assert Authenticator.objects.filter(type="webauthn").count() == 1

    page.context.clear_cookies()
    sign_in(page, "city-reviewer")
    page.locator("#mfa_webauthn_authenticate").click()
    page.wait_for_url("**/desk/")

    assert refused == []


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/accounts/user/",
        "/admin/accounts/user/add/",
        "/admin/registry/calendarday/add/",
        "/admin/registry/organisationname/add/",
    ],
)
def test_administration_works_under_the_policy(
    new_page: NewPage, settings: Settings, path: str
) -> None:
    page = new_page(person("admin", "administrator"))
    refused = watch(page)

    answer = page.goto(path)

    assert answer is not None
    assert answer.status == 200
    page.wait_for_load_state("networkidle")
    assert refused == []
