"""Signing a return in the browser, and writing its narrative: by two persons at once."""

import datetime as dt
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pdfplumber
import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import Role
from apps.cases.models import Event, State
from apps.districts.models import NarrativeSection
from tests import factories

Check = Callable[[Page], None]
NewPage = Callable[..., Page]
ENGLISH = {"locale": "en-GB"}


def until_stored(page: Page, section: NarrativeSection, text: str) -> None:
    """Wait until a section has saved itself."""
    for _turn in range(120):
        if NarrativeSection.objects.get(pk=section.pk).text == text:
            return
        page.wait_for_timeout(250)
    pytest.fail(f"not stored: {text}")


def test_signatory_reads_is_shown_a_change_signs_and_downloads_the_receipt(
    new_page: NewPage, axe: Check
) -> None:
    revision = factories.case_in(State.CHECKING, "district-returns", rows=2)
    page = new_page(factories.staff(Role.DISTRICT_SIGNATORY), **ENGLISH)
    page.goto(f"/desk/cases/{revision.case_id}/")
    page.get_by_role("link", name="Sign and report", exact=True).first.click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("Not yet published")
    expect(main).to_contain_text("13.50亿元")
    axe(page)

    # Meanwhile another signatory sends it back, and a figure is changed.
    moved = factories.take("send_back", revision, factories.person(Role.DISTRICT_SIGNATORY))
    moved = factories.take("hand_over", factories.change_first_row(moved, value="99.25"))
    page.get_by_role("checkbox").check()
    main.get_by_role("button", name="Sign and report").click()

    changed = page.locator("#meanwhile")
    expect(changed).to_contain_text("13.50")
    expect(changed).to_contain_text("99.25")
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    axe(page)
    page.get_by_role("checkbox").check()
    main.get_by_role("button", name="Sign and report").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("报送回执")
    axe(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as PDF").click()
    event = Event.objects.get(revision=revision, transition="submit")
    content = Path(download.value.path()).read_bytes()
    with pdfplumber.open(BytesIO(content)) as pdf:
        words = "".join(pdf.pages[0].extract_text().split())
    assert event.content_hash in words
    assert event.actor_name in words
    page.goto(f"/verify/?hash={event.content_hash}")
    expect(page.get_by_role("main")).to_contain_text(event.actor_name)
    axe(page)
    assert factories.fresh(moved).state == State.SUBMITTED


@pytest.mark.parametrize("width", [390, 1024, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_signing_and_narrative_have_no_violation_at_any_width(
    new_page: NewPage, axe: Check, width: int, scheme: str
) -> None:
    draft = factories.open_return(rows=2)
    section = factories.records_of(draft, "narrative-sections")[0]
    page = new_page(
        factories.filler_of(draft), viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    address = f"/desk/returns/{draft.case_id}/narrative/{section.uid}/"
    for url in (address, f"{address}versions/", f"/desk/returns/{draft.case_id}/narrative/new/"):
        page.goto(url)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", [390, 1024, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_signing_page_has_no_violation_first_changed_faulty_or_signed(
    new_page: NewPage, axe: Check, width: int, scheme: str
) -> None:
    quoted = {"quoted_from": "市统计局公报", "quoted_on": dt.date(2024, 3, 12)}
    draft = factories.open_return(
        rows=[factories.figure_values(number, **quoted) for number in (1, 2)]
    )
    checking = factories.take("hand_over", draft)
    signatory = factories.doer("submit", checking)
    page = new_page(signatory, viewport={"width": width, "height": 900}, color_scheme=scheme)
    url = f"/desk/cases/{draft.case_id}/1/submit/"

    def look() -> None:
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.goto(url)
    expect(page.locator("#figures")).to_contain_text("市统计局公报，2024-03-12")
    look()
    # Without the tick it is refused, and said.
    page.locator("#sign button[type=submit]").click()
    expect(page.locator("#sign")).to_be_visible()
    look()
    # A second round tells what changed.
    factories.take("hand_over", factories.change_first_row(factories.take("send_back", checking)))
    page.goto(url)
    expect(page.locator("#changes")).to_be_visible()
    look()
    # Signed meanwhile, the page is locked.
    factories.take("submit", factories.fresh(draft))
    page.goto(url)
    look()


def test_narrative_is_written_by_keyboard_saves_itself_and_shows_both_texts(
    new_page: NewPage, axe: Check
) -> None:
    draft = factories.open_return(rows=2)
    section = factories.records_of(draft, "narrative-sections")[0]
    page = new_page(factories.filler_of(draft), **ENGLISH)
    page.goto(f"/desk/returns/{draft.case_id}/narrative/{section.uid}/")
    text = page.locator("#id_text")
    status = page.locator("[data-status]")

    # From the text to the figure, to its button, and back to the text: no mouse.
    text.fill("全年经费。")
    text.press("End")
    text.press("ArrowLeft")
    page.keyboard.press("Tab")
    expect(page.locator("#figure")).to_be_focused()
    page.locator("#figure").select_option("{{indicator-1}}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(text).to_have_value("全年经费{{indicator-1}}。")
    expect(text).to_be_focused()
    expect(page.locator("[data-count]")).to_have_text("8")
    until_stored(page, section, "全年经费{{indicator-1}}。")
    expect(status).to_contain_text("Saved")

    # A colleague saves; what is typed here stays, and one choice is asked for.
    other = new_page(factories.person(Role.DISTRICT_FILLER), java_script_enabled=False, **ENGLISH)
    other.goto(page.url)
    other.locator("#id_text").fill("同事写的。")
    other.get_by_role("button", name="Save", exact=True).click()
    page.locator("#id_text").fill("我写的。")
    conflict = page.locator("[data-conflict]")
    expect(conflict).to_contain_text("同事写的。")
    expect(text).to_have_value("我写的。")
    axe(page)
    conflict.get_by_role("button", name="Keep my text").click()
    until_stored(page, section, "我写的。")
    expect(status).to_contain_text("Saved")

    # Without a network what is typed stays, and is saved when the network is back.
    page.context.set_offline(True)
    text.fill("断网时写的。")
    expect(status).to_contain_text("No connection")
    page.context.set_offline(False)
    until_stored(page, section, "断网时写的。")
    expect(status).to_contain_text("Saved")
