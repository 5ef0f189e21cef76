"""The real application in Debian's Chromium.

Playwright's own browser is not downloaded: the package drives the one the system brings. The
server is Django's live server in a thread of this process, on this worker's database; Playwright's
synchronous interface keeps an event loop in the test's thread, which is why Django is told below
that the ORM may be used there.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import User

CHROMIUM = os.environ.get("YONGKE_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# WCAG 2.2 AA and axe's own best practices.
AXE_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}

NewPage = Callable[..., Page]

# On a busy machine a page asks what is new up to half a minute apart; what is there is seen at once.
expect.set_options(timeout=35_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this directory ``browser`` and give it committed data.

    On CI one that fails is run once more, from the start, and the summary counts it as rerun: a
    machine that stands still for half a minute is no fault of the page. Failing twice fails.
    """
    here = Path(__file__).parent
    again = pytest.mark.flaky(reruns=1) if os.environ.get("CI") else None
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if again:
                item.add_marker(again)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Remember that the test failed, for the screenshots taken when its pages are closed."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


_FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return Chromium, one per worker. Its absence is a failure, never a skip."""
    if not Path(CHROMIUM).exists():
        pytest.fail(
            f"No browser at {CHROMIUM}. Run script/test as root, which installs Debian's chromium, "
            "or name another Chromium in YONGKE_CHROMIUM.",
            pytrace=False,
        )
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def new_page(
    browser: Browser,
    live_server: LiveServer,
    request: pytest.FixtureRequest,
) -> Iterator[NewPage]:
    """Return a function that opens a page: ``new_page()`` for the public, ``new_page(user)``.

    Each call is a browser of its own, with its own cookies; keyword arguments go to Playwright's
    ``new_context`` (``viewport``, ``java_script_enabled``, ``color_scheme`` …). Paths such as
    ``page.goto("/desk/")`` are taken from the live server. An error of a script in the page, or an
    answer of 500 and above, fails the test. A failing test leaves its pages in ``screenshots``.
    """
    opened: list[tuple[BrowserContext, Page]] = []
    errors: list[str] = []

    def open_page(user: User | None = None, **options: Any) -> Page:
        context = browser.new_context(
            **{"base_url": live_server.url, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
            | options
        )
        context.set_default_timeout(15_000)
        if user is not None:
            context.add_cookies([_session_cookie(user, live_server.url)])  # type: ignore[list-item]
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"script error on {page.url}: {error}"))
        page.on(
            "response",
            lambda answer: (
                errors.append(f"{answer.status} from {answer.url}")
                if answer.status >= 500
                else None
            ),
        )
        opened.append((context, page))
        return page

    yield open_page

    failed = request.node.stash.get(_FAILED, True) or errors
    for number, (context, page) in enumerate(opened, start=1):
        if failed and not page.is_closed():
            name = re.sub(r"\W+", "-", request.node.nodeid).strip("-")
            settings.SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=settings.SCREENSHOTS / f"{name}-{number}.png", full_page=True)
        context.close()
    _wait_for_answers()
    assert not errors, "\n".join(errors)


def _wait_for_answers(seconds: float = 10) -> None:
    """Return when no thread of the live server is in a transaction or a statement.

    A page asks by itself; what it asked last may still be answered while the tables are emptied.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state <> 'idle' AND backend_type = 'client backend'"
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """Return a page nobody is signed in to."""
    return new_page()


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Return a check that fails with every accessibility violation axe finds on the page."""

    def check(page: Page) -> None:
        results = Axe().run(page, options=AXE_RULES)
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"

    return check


def _session_cookie(user: User, url: str) -> dict[str, str]:
    """Return the cookie of a session in which ``user`` is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    morsel = client.cookies[settings.SESSION_COOKIE_NAME]
    return {"name": morsel.key, "value": morsel.value, "url": url}
