"""The queue by keyboard, its pages and the request for a correction without a script, with axe."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import Role
from apps.cases.models import CorrectionRequest
from tests import factories
from tests.browser.conftest import NewPage

Check = Callable[[Page], None]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [390, 1440])
def test_reviewer_accepts_by_keyboard_and_hands_over(
    new_page: NewPage, axe: Check, width: int
) -> None:
    reviewer = factories.person(Role.CITY_REVIEWER)
    colleague = factories.person(Role.CITY_REVIEWER)
    cases = [factories.submitted_case(subject=name) for name in ("第一份名单", "第二份名单")]
    page = new_page(reviewer, locale="en-GB", viewport={"width": width, "height": 900})

    page.goto("/desk/queue/?tab=unassigned")
    axe(page)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="第一份名单")).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("k")
    expect(page.get_by_role("link", name="第一份名单")).to_be_focused()
    page.get_by_role("button", name="Accept", exact=True).click()
    axe(page)
    page.get_by_role("button", name="Accept several cases").click()
    expect(page.get_by_text("2 cases are now in your review.")).to_be_visible()

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.get_by_role("button", name="Hand over", exact=True).click()
    page.locator("#id_colleague").select_option(label=str(colleague))
    page.get_by_label(re.compile("Note for the colleague")).fill("请接着审。")
    axe(page)
    page.get_by_role("button", name="Hand several cases over").click()
    expect(page.get_by_text("1 case was handed over.")).to_be_visible()
    assert sorted(str(factories.fresh(r).reviewer) for r in cases) == sorted(
        [str(reviewer), str(colleague)]
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_timeliness_and_completeness_are_accessible(
    new_page: NewPage, axe: Check, scheme: str
) -> None:
    factories.submitted_case("district-returns")
    factories.district("cixi")
    page = new_page(factories.staff(Role.CITY_REVIEWER), color_scheme=scheme, locale="en-GB")

    for path in ("/desk/timeliness/", "/desk/timeliness/reports/", "/desk/returns/completeness/"):
        page.goto(f"{path}?year=2023")
        axe(page)
    for path in ("/desk/extensions/", "/desk/reminders/", "/desk/requests/"):
        page.goto(path)
        axe(page)


def test_reader_asks_for_a_correction_without_a_script(new_page: NewPage, axe: Check) -> None:
    row = factories.records_of(factories.published_case())[0]
    page = new_page(java_script_enabled=False, locale="en-GB")

    page.goto(f"/awards/{row.uid}/")
    page.get_by_role("link", name="Request a correction").click()
    page.get_by_label(re.compile("What is wrong")).fill("等级应为二等奖，见公告第三页。")
    expect(page.locator("input[name=website]")).not_to_be_in_viewport()
    # A person needs a moment; the form says so to who does not.
    page.wait_for_timeout(4_200)
    page.get_by_role("button", name="Send the request").click()

    request = CorrectionRequest.objects.get()
    expect(page.get_by_role("heading", name=request.number)).to_be_visible()
    checked = new_page(locale="en-GB")
    checked.goto(f"/awards/{row.uid}/correction/")
    axe(checked)
    checked.goto(f"/corrections/{request.number}/")
    axe(checked)
