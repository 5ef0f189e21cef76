"""The browser tests' own machinery: pages open, sign-in reaches the server, axe sees faults."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from apps.accounts.models import User
from tests.browser.conftest import NewPage


def test_page_reaches_the_application(page: Page) -> None:
    answer = page.goto("/healthz")

    assert answer is not None
    assert answer.json() == {"status": "ok"}


def test_new_page_is_signed_in_as_the_given_user(new_page: NewPage) -> None:
    user = User.objects.create_user("wang", password="a password")

    signed_in = new_page(user)
    stranger = new_page()
    signed_in.goto("/accounts/password/change/")
    stranger.goto("/accounts/password/change/")

    assert "/accounts/login/" in stranger.url
    assert "/accounts/password/" in signed_in.url


def test_axe_reports_an_image_without_a_description(
    page: Page, axe: Callable[[Page], None]
) -> None:
    page.set_content(
        '<html lang="en"><title>t</title><main><h1>t</h1><img src="data:,"></main></html>'
    )

    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)
