"""A return that saves itself, in real browsers: nothing typed is lost, whatever happens meanwhile."""

import contextlib
import datetime as dt
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from playwright.sync_api import Page, expect

from apps.accounts.models import Role, User
from apps.cases.models import Revision, State
from apps.districts.models import IndicatorValue
from tests import factories
from tests.browser.conftest import NewPage

Check = Callable[[Page], None]
SAVED = re.compile("saved|已保存|保存于")


@pytest.fixture
def draft() -> Revision:
    """Return an empty return of 2024 with two sections; last year's is published."""
    spending = factories.indicator("rd-spending", name="研发经费支出", order=1)
    firms = factories.indicator(
        "firms", name="有效高新技术企业", units=["家"], precision=0, order=2
    )
    factories.indicator("people", name="研发人员", units=["人"], precision=0, order=3)
    factories.indicator(
        "grants", name="科技经费", section="科技金融", section_en="Finance", order=4
    )
    factories.published_case(
        "district-returns",
        [
            factories.figure_values(indicator=spending, value=Decimal("104.20")),
            factories.figure_values(indicator=firms, value=Decimal(670), unit="家"),
        ],
    )
    return factories.open_return(rows=0, year=2024)


@pytest.fixture
def filler(draft: Revision) -> User:
    """Return the person who fills the return in."""
    return factories.filler_of(draft)


def address(draft: Revision, number: int | None = 1) -> str:
    """Return the address of a section, or of the list of sections."""
    return f"/desk/returns/{draft.case_id}/" + (f"{number}/" if number else "")


def state_of(page: Page, code: str):
    """Return what stands beside a field about its saving."""
    return page.locator(f"#figure-{code} [data-state]")


def stored(draft: Revision) -> dict[str, str]:
    """Return the figures of the return by code, as digits."""
    rows = IndicatorValue.objects.filter(revision=draft).select_related("indicator")
    return {row.indicator.code: f"{row.value:f}" if row.value is not None else "" for row in rows}


def value(page: Page, code: str):
    """Return the field of a figure's value."""
    return page.locator(f"#id_{code}-value")


def test_field_saves_itself_and_says_so(new_page: NewPage, draft: Revision, filler: User) -> None:
    page = new_page(filler, locale="en-GB")
    page.goto(address(draft))

    value(page, "rd-spending").fill("118.60")
    expect(state_of(page, "rd-spending")).to_have_text(re.compile(r"saved \d\d:\d\d"))
    value(page, "firms").press_sequentially("752")
    value(page, "firms").press("Tab")
    expect(state_of(page, "firms")).to_have_text(re.compile(r"saved \d\d:\d\d"))

    assert stored(draft) == {"rd-spending": "118.60", "firms": "752"}
    expect(page.locator("#figure-rd-spending [data-change]")).to_have_text("+13.8%")
    expect(page.locator("#save-state")).to_contain_text("All saved")
    # Twice changed, it is the third version of one figure.
    value(page, "rd-spending").fill("119")
    value(page, "rd-spending").press("Tab")
    expect(state_of(page, "rd-spending")).to_have_attribute("data-state", "saved")
    page.reload()
    expect(value(page, "rd-spending")).to_have_value("119")
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('yongke:'))") == []


def test_value_that_is_refused_stays_with_its_sentence(
    new_page: NewPage, axe: Check, draft: Revision, filler: User
) -> None:
    page = new_page(filler, locale="en-GB")
    page.goto(address(draft))

    value(page, "rd-spending").fill("viel")
    value(page, "rd-spending").press("Tab")

    line = page.locator("#figure-rd-spending")
    expect(line.locator(".field-error")).to_contain_text("This is not a number")
    expect(value(page, "rd-spending")).to_have_value("viel")
    axe(page)
    value(page, "rd-spending").fill("12")
    expect(state_of(page, "rd-spending")).to_have_attribute("data-state", "saved")
    expect(line.locator(".field-error")).to_have_count(0)


def test_rules_speak_soon_after_a_save(new_page: NewPage, draft: Revision, filler: User) -> None:
    page = new_page(filler, locale="en-GB")
    page.goto(address(draft))

    value(page, "rd-spending").fill("-5")

    expect(page.locator("#figure-rd-spending .finding-blocking")).to_contain_text("below nought")
    value(page, "rd-spending").fill("105")
    expect(page.locator("#figure-rd-spending .finding")).to_have_count(0)


def test_two_people_see_each_other_and_lose_nothing(
    new_page: NewPage, axe: Check, draft: Revision, filler: User
) -> None:
    colleague = factories.person(Role.DISTRICT_FILLER)
    first, second = new_page(filler, locale="en-GB"), new_page(colleague, locale="en-GB")
    for page in (first, second):
        page.goto(address(draft))

    # Who is where.
    value(first, "firms").focus()
    expect(second.locator("#return-people")).to_contain_text(str(filler))
    expect(second.locator("#figure-firms .here")).to_have_text(str(filler))
    # What one saves the other sees without reloading.
    value(first, "rd-spending").fill("118.60")
    expect(value(second, "rd-spending")).to_have_value("118.60")
    expect(state_of(second, "rd-spending")).to_contain_text(str(filler))
    # What one is typing the other does not overwrite: he is shown the choice.
    second.context.set_offline(True)
    value(second, "firms").fill("760")
    expect(state_of(second, "firms")).to_contain_text("waiting for the network")
    value(first, "firms").fill("752")
    expect(state_of(first, "firms")).to_have_attribute("data-state", "saved")
    second.context.set_offline(False)
    conflict = second.locator("#figure-firms .conflict")
    expect(conflict).to_contain_text("760家")
    expect(conflict).to_contain_text("752家")
    expect(conflict).to_contain_text(str(filler))
    expect(value(second, "firms")).to_have_value("760")
    axe(second)
    assert stored(draft)["firms"] == "752"
    conflict.get_by_role("button").first.click()
    expect(state_of(second, "firms")).to_have_attribute("data-state", "saved")
    expect(value(first, "firms")).to_have_value("760")

    assert stored(draft) == {"rd-spending": "118.60", "firms": "760"}


def test_theirs_may_be_taken(new_page: NewPage, draft: Revision, filler: User) -> None:
    page = new_page(filler, locale="en-GB")
    page.goto(address(draft))
    page.context.set_offline(True)
    value(page, "firms").fill("760")
    factories.save_figure(draft, "firms", "752", factories.person(Role.DISTRICT_FILLER))

    page.context.set_offline(False)
    page.locator("#figure-firms .conflict").get_by_role("button").last.click()

    expect(value(page, "firms")).to_have_value("752")
    page.reload()
    expect(value(page, "firms")).to_have_value("752")
    assert stored(draft) == {"firms": "752"}


def test_half_an_hour_without_network(new_page: NewPage, draft: Revision, filler: User) -> None:
    page = new_page(filler, locale="en-GB")
    page.clock.install()
    page.goto(address(draft))
    page.context.set_offline(True)

    value(page, "rd-spending").fill("118.60")
    page.clock.run_for(dt.timedelta(minutes=15).seconds * 1000)
    value(page, "firms").fill("752")
    page.clock.run_for(dt.timedelta(minutes=15).seconds * 1000)
    expect(page.locator("#return-outbox")).to_contain_text("No connection to the server")
    expect(page.locator("#return-outbox")).to_contain_text("2")
    assert stored(draft) == {}

    page.context.set_offline(False)
    page.clock.run_for(40_000)
    expect(page.locator("#return-outbox")).to_contain_text(re.compile(r"2, sent at \d\d:\d\d"))
    assert stored(draft) == {"rd-spending": "118.60", "firms": "752"}


def test_closed_tab_with_an_unsent_value(new_page: NewPage, draft: Revision, filler: User) -> None:
    page = new_page(filler, locale="en-GB")
    page.goto(address(draft))
    page.context.set_offline(True)
    value(page, "rd-spending").fill("118.60")
    expect(state_of(page, "rd-spending")).to_contain_text("waiting for the network")
    kept = page.evaluate("Object.values(localStorage).join()")
    page.close()
    assert "118.60" not in kept

    later = page.context.new_page()
    page.context.set_offline(False)
    later.goto(address(draft, None))

    expect(later.locator("#return-outbox")).to_contain_text("sent at")
    assert stored(draft) == {"rd-spending": "118.60"}
    later.goto(address(draft))
    expect(value(later, "rd-spending")).to_have_value("118.60")


def test_tab_closed_while_typing_sends_at_the_last_moment(
    new_page: NewPage, draft: Revision, filler: User
) -> None:
    page = new_page(filler)
    page.goto(address(draft))
    value(page, "rd-spending").press_sequentially("118.6")

    page.goto(address(draft, 2))
    page.goto(address(draft))

    expect(value(page, "rd-spending")).to_have_value("118.6")


def test_ended_session_is_told_before_anything_is_typed(
    new_page: NewPage, draft: Revision, filler: User
) -> None:
    page = new_page(filler, locale="en-GB")
    page.goto(address(draft))
    Session.objects.all().delete()

    banner = page.locator("#return-outbox")
    expect(banner).to_contain_text("Sign in to go on")
    expect(banner).not_to_contain_text("0")


def test_ended_session_keeps_and_sends_after_sign_in(
    new_page: NewPage, draft: Revision, filler: User
) -> None:
    filler.set_password("Yk-1-Winter-2024")
    filler.save()
    page = new_page(filler, locale="en-GB")
    page.goto(address(draft))
    Session.objects.all().delete()

    value(page, "rd-spending").fill("118.60")
    banner = page.locator("#return-outbox")
    expect(banner).to_contain_text("You are signed out")
    assert stored(draft) == {}
    with page.context.expect_page() as opened:
        banner.get_by_role("link").click()
    window = opened.value
    window.locator("[name=login]").fill(filler.username)
    window.locator("[name=password]").fill("Yk-1-Winter-2024")
    window.locator("main form button[type=submit]").first.click()
    window.wait_for_url("**/desk/**")

    expect(banner).to_contain_text("sent at")
    assert stored(draft) == {"rd-spending": "118.60"}


def test_values_of_one_person_are_not_sent_or_shown_by_another(
    new_page: NewPage, draft: Revision, filler: User
) -> None:
    colleague = factories.person(Role.DISTRICT_FILLER)
    page = new_page(filler, locale="en-GB")
    page.goto(address(draft))
    page.context.set_offline(True)
    value(page, "rd-spending").fill("118.60")
    expect(state_of(page, "rd-spending")).to_contain_text("waiting for the network")
    page.close()

    other = new_page(colleague)
    cookies = other.context.cookies()
    context = page.context
    context.add_cookies([{k: c[k] for k in ("name", "value", "domain", "path")} for c in cookies])
    context.set_offline(False)
    page = context.new_page()
    page.goto(address(draft))

    expect(value(page, "rd-spending")).to_have_value("")
    page.evaluate("returns.ask()")
    expect(page.locator("#return-outbox")).to_be_hidden()
    assert stored(draft) == {}


def test_page_of_one_person_sends_nothing_as_another(
    new_page: NewPage, draft: Revision, filler: User
) -> None:
    colleague = factories.person(Role.DISTRICT_FILLER)
    page = new_page(filler, locale="en-GB")
    page.goto(address(draft))
    cookies = new_page(colleague).context.cookies()
    page.context.add_cookies(
        [{k: c[k] for k in ("name", "value", "domain", "path")} for c in cookies]
    )

    value(page, "rd-spending").fill("118.60")

    expect(page.locator("#return-outbox")).to_contain_text("You are signed out")
    assert stored(draft) == {}


def test_return_handed_on_meanwhile_says_so_and_keeps_the_text(
    new_page: NewPage, axe: Check, draft: Revision, filler: User
) -> None:
    page = new_page(filler, locale="en-GB")
    page.goto(address(draft))
    factories.take("hand_over", draft)

    value(page, "rd-spending").fill("118.60")

    expect(page.locator("#figure-rd-spending .field-error")).to_contain_text("cannot be written")
    expect(page.locator("#return-closed")).to_be_visible()
    expect(value(page, "rd-spending")).to_have_value("118.60")
    axe(page)
    page.reload()
    expect(page.locator("#return-outbox")).to_contain_text("118.60")
    axe(page)
    page.locator("#return-outbox button").click()
    expect(page.locator("#return-outbox")).to_be_hidden()
    assert factories.fresh(draft).state == State.CHECKING


@contextmanager
def served(port: int) -> Iterator[None]:
    """Run a server of its own on the test's database, and end it with every connection it holds."""
    database = quote(connection.settings_dict["NAME"])
    url = re.sub(r"(://[^/]*/)[^?]*", rf"\g<1>{database}", os.environ["DATABASE_URL"])
    server = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}", "--noreload"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _try in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10).close()
                break
            time.sleep(0.1)
        yield
    finally:
        server.kill()
        server.wait()


def test_restarted_server_loses_nothing(new_page: NewPage, draft: Revision, filler: User) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    page = new_page(filler, locale="en-GB", base_url=f"http://localhost:{port}")
    with served(port):
        page.goto(address(draft))

    value(page, "rd-spending").fill("118.60")
    expect(page.locator("#return-outbox")).to_contain_text("No connection to the server")

    with served(port):
        expect(page.locator("#return-outbox")).to_contain_text("sent at", timeout=20_000)
    assert stored(draft) == {"rd-spending": "118.60"}


def paste(page: Page, code: str, text: str) -> None:
    """Paste a text into a field as the clipboard brings it."""
    value(page, code).focus()
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def test_column_is_pasted_looked_at_and_undone(
    new_page: NewPage, axe: Check, draft: Revision, filler: User
) -> None:
    factories.save_figure(draft, "firms", "700")
    page = new_page(filler, locale="en-GB")
    page.goto(address(draft))
    page.locator("details.panel summary").click()

    paste(page, "rd-spending", "超１１８.6\n7,520\n不适用\n99\n")
    dialog = page.locator("#paste-dialog")
    expect(dialog).to_be_visible()
    # In the middle of the page, not in its corner.
    box, width = dialog.bounding_box(), page.viewport_size["width"]
    assert abs(box["x"] + box["width"] / 2 - width / 2) < 12
    expect(dialog).to_contain_text("超118.60亿元")
    expect(dialog).to_contain_text("7520家")
    expect(dialog).to_contain_text("not applicable")
    expect(dialog).to_contain_text("1 row finds no line")
    axe(page)
    assert stored(draft) == {"firms": "700"}
    page.keyboard.press("Enter")
    for code in ("rd-spending", "firms", "people"):
        expect(state_of(page, code)).to_have_attribute("data-state", "saved")
    assert stored(draft) == {"rd-spending": "118.60", "firms": "7520", "people": ""}
    expect(page.locator("#id_rd-spending-qualifier")).to_have_value("超")

    page.keyboard.press("Control+z")
    expect(page.locator("#return-paste")).to_contain_text("3 fields are as they were")
    expect(value(page, "firms")).to_have_value("700")
    page.evaluate("returns.settled()")
    assert stored(draft) == {"rd-spending": "", "firms": "700", "people": ""}
    axe(page)


def test_one_cell_is_pasted_as_ever_and_without_a_connection_it_is_said(
    new_page: NewPage, draft: Revision, filler: User
) -> None:
    page = new_page(filler, locale="en-GB")
    page.goto(address(draft))

    paste(page, "rd-spending", "118.60\r\n")
    expect(page.locator("#paste-dialog")).to_be_hidden()
    page.context.set_offline(True)
    paste(page, "rd-spending", "1\n2\n")
    expect(page.locator("#return-paste")).to_contain_text("needs the connection")


def test_cancelled_paste_changes_nothing(new_page: NewPage, draft: Revision, filler: User) -> None:
    page = new_page(filler, locale="en-GB")
    page.goto(address(draft))

    paste(page, "rd-spending", "1\n2\n")
    expect(page.locator("#paste-dialog")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator("#paste-dialog")).to_be_hidden()
    expect(value(page, "rd-spending")).to_be_focused()
    assert stored(draft) == {}


def test_whole_return_is_filled_by_keyboard(
    new_page: NewPage, axe: Check, draft: Revision, filler: User
) -> None:
    page = new_page(filler, locale="en-GB")
    page.goto(address(draft, None))
    keys = page.keyboard

    def enter(place: str) -> None:
        with page.expect_navigation(url=f"**{place}"):
            keys.press("Enter")

    def tab_to(name: str) -> None:
        for _press in range(60):
            keys.press("Tab")
            if name in page.evaluate("document.activeElement.textContent.trim()"):
                return
        raise AssertionError(f"{name} is not reached by Tab")

    tab_to("Research spending")
    enter(address(draft))
    page.locator("#main").focus()
    for _press in range(20):
        keys.press("Tab")
        if page.evaluate("document.activeElement.id") == "id_rd-spending-value":
            break
    keys.type("118.60")
    keys.press("Enter")
    keys.type("752")
    keys.press("ArrowDown")
    # The fold with the lines that had no value last year.
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Tab")
    assert page.evaluate("document.activeElement.id") == "id_people-value"
    keys.type("3100")
    keys.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "id_firms-value"
    keys.press("ArrowDown")
    keys.press("Shift+Tab")
    keys.type("近")
    keys.press("Tab")
    keys.press("Control+s")
    expect(page.locator("#save-state")).to_contain_text("All saved")
    keys.press("Enter")
    expect(page.locator("#next-section")).to_be_focused()
    enter(f"{address(draft, 2)}#first")
    # A section that never had a figure is folded: its lines open with the first key.
    expect(value(page, "grants")).to_be_focused()
    keys.type("0.30")
    keys.press("Enter")
    expect(page.locator("[name=done]")).to_be_focused()
    enter(address(draft, None))
    assert stored(draft) == {
        "rd-spending": "118.60",
        "firms": "752",
        "people": "3100",
        "grants": "0.30",
    }
    assert IndicatorValue.objects.get(indicator__code="people").qualifier == "近"
    tab_to("Findings and next step")
    enter(f"/desk/cases/{draft.case_id}/")
    tab_to("Hand over for checking")
    enter("/hand_over/")
    page.locator("#main").focus()
    for _press in range(10):
        keys.press("Tab")
        if page.evaluate("document.activeElement.matches('button[type=submit]')"):
            break
    keys.press("Enter")
    expect(page.locator(".state-checking").first).to_be_visible()


@pytest.mark.parametrize("width", [390, 1024, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violation_empty_filled_faulty_or_locked(
    new_page: NewPage, axe: Check, draft: Revision, filler: User, width: int, scheme: str
) -> None:
    factories.indicator("bulletin", source="quoted")
    page = new_page(
        filler, locale="en-GB", viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page.goto(address(draft))
    page.locator("details:has([name='bulletin-quoted_from']) > summary").click()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    value(page, "bulletin").fill("12.50")
    page.locator("[name='bulletin-quoted_from']").fill("市统计局公报")
    page.locator("[name='bulletin-quoted_on']").fill("2024-03-12")
    value(page, "rd-spending").fill("-1")
    expect(page.locator("#figure-rd-spending .finding-blocking")).to_be_visible()
    value(page, "firms").fill("viel")
    value(page, "firms").press("Tab")
    expect(page.locator("#figure-firms .field-error")).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    value(page, "rd-spending").fill("118.60")
    value(page, "firms").fill("752")
    value(page, "firms").press("Tab")
    expect(page.locator("#save-state")).to_contain_text("All saved")
    axe(page)
    saved = IndicatorValue.objects.get(indicator__code="bulletin")
    assert (saved.quoted_from, str(saved.quoted_on)) == ("市统计局公报", "2024-03-12")
    draft = factories.take("hand_over", draft)
    page.reload()
    expect(page.locator("#figure-bulletin")).to_contain_text("市统计局公报, 2024-03-12")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
