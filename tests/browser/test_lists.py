"""The city's lists in a return: from the district's confirmation to the city's corrected list."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import Role
from apps.cases.models import State
from apps.districts.lists.models import ClaimAnswer, ListStatement
from tests import factories
from tests.cases.evidence import documents
from tests.districts.lists import support

Check = Callable[[Page], None]
NewPage = Callable[..., Page]
ENGLISH = {"locale": "en-GB"}


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    """Return a document on disk."""
    path = tmp_path / "认定文件.pdf"
    path.write_bytes(documents.pdf("认定文件"))
    return path


def press(page: Page, role: str, name: str | re.Pattern[str]) -> None:
    """Go to a button or link and press Enter."""
    target = page.get_by_role("main").get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    target.focus()
    page.keyboard.press("Enter")


def test_district_settles_its_lists_by_keyboard_and_the_city_takes_a_claim_over(
    new_page: NewPage, axe: Check, proof: Path
) -> None:
    listed = support.roster(3)
    draft = factories.open_return()
    page = new_page(factories.filler_of(draft), **ENGLISH)
    page.goto(f"/desk/returns/{draft.case_id}/")
    main = page.get_by_role("main")
    expect(main).to_contain_text("3 of 3 rows open")
    axe(page)

    # All at once, and back again.
    press(page, "link", "roster entries")
    press(page, "button", "Confirm all 3 open rows shown")
    expect(main).to_contain_text("You have just confirmed 3 rows.")
    press(page, "button", "Undo")
    expect(page.locator("body")).to_contain_text("3 rows are open again.")

    # One is disputed, with a file; a missing one is added; the others are confirmed.
    press(page, "link", "Dispute 宁波精密1有限公司")
    name = page.get_by_label("Organisation")
    name.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("宁波精密壹有限公司")
    page.get_by_label("Why").focus()
    page.keyboard.type("认定文件写明的是另一名称。")
    page.get_by_label("Document that proves it").set_input_files(proof)
    axe(page)
    press(page, "button", "Save")
    press(page, "link", "Add a missing row")
    press(page, "link", re.compile(listed.case.subject))
    page.get_by_label("Organisation").focus()
    page.keyboard.type("宁波新材料科技有限公司")
    page.get_by_label("Why").focus()
    page.keyboard.type("市经信局文件附件第3页。")
    page.get_by_label("Document that proves it").set_input_files(proof)
    press(page, "button", "Save")
    press(page, "button", "Confirm all 2 open rows shown")
    expect(main).to_contain_text("You have just confirmed 2 rows.")
    page.goto(f"/desk/returns/{draft.case_id}/lists/?show=all")
    expect(main).to_contain_text("宁波精密壹有限公司")
    axe(page)

    # The signatory reads it and signs.
    revision = factories.take("hand_over", factories.fresh(draft))
    page = new_page(factories.staff(Role.DISTRICT_SIGNATORY), **ENGLISH)
    page.goto(f"/desk/cases/{draft.case_id}/{revision.number}/submit/")
    main = page.get_by_role("main")
    expect(main).to_contain_text("confirmed 2、disputed 1、missing from the list 1")
    expect(main).to_contain_text("宁波精密壹有限公司")
    axe(page)
    page.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    press(page, "button", "Sign and report")
    expect(page.get_by_role("heading", level=1)).to_contain_text("报送回执")

    # The reviewer sees it beside the city's row and hands it on.
    factories.take("accept", factories.fresh(revision))
    page = new_page(factories.staff(Role.CITY_REVIEWER), **ENGLISH)
    page.goto(f"/desk/cases/{draft.case_id}/review/?show=all&rows=list-statements")
    expect(page.get_by_role("main")).to_contain_text("not answered yet")
    axe(page)
    press(page, "link", "Answer the claim")
    expect(page.get_by_role("main")).to_contain_text("What the district says")
    axe(page)
    press(page, "button", "Hand on to the editors")
    expect(page.get_by_role("main")).to_contain_text("handed on to the editors of the list")

    # The editor takes it over into the correction, and the row leads back.
    correction = factories.successor_of(listed)
    page = new_page(factories.staff(Role.CITY_EDITOR), **ENGLISH)
    page.goto("/desk/returns/claims/")
    axe(page)
    press(page, "link", _title())
    press(page, "button", "Take over into the correction")
    expect(page.get_by_role("main")).to_contain_text("taken over into a correction of the list")
    press(page, "link", "The row in the list")
    expect(page.get_by_role("main")).to_contain_text("Claimed by Beilun District")
    axe(page)

    # Once the corrected list is published, the district reads that it was heard.
    factories.advance(correction, State.PUBLISHED)
    page = new_page(factories.filler_of(draft), **ENGLISH)
    page.goto(f"/desk/returns/{draft.case_id}/lists/?show=all")
    expect(page.get_by_role("main")).to_contain_text("the city has changed the list accordingly")


def _title() -> str:
    """Return the title of the claim that was handed on."""
    answered = ClaimAnswer.objects.get().statement_uid
    return ListStatement.objects.filter(uid=answered).values_list("title", flat=True)[0]


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_pages_of_the_lists_have_no_violation_at_any_width(
    new_page: NewPage, axe: Check, width: int
) -> None:
    listed = support.roster(3)
    draft = factories.open_return()
    support.dispute(draft, {"rank": 9})
    support.add(draft, listed)
    key = support.lists_of(draft).lines[0].key
    assert key is not None
    page = new_page(
        factories.filler_of(draft),
        viewport={"width": width, "height": 900},
        color_scheme="dark" if width == 1024 else "light",
    )
    base = f"/desk/returns/{draft.case_id}/lists/"
    for url in (
        base,
        f"{base}?show=all",
        f"{base}add/",
        f"{base}add/{listed.case_id}/",
        f"{base}{key.kind}/{key.uid}/",
    ):
        page.goto(url)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), url
