"""Organisations by keyboard in an import; then joined at the desk, followed in public, undone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import Role
from apps.registry.domain import names_for
from apps.registry.models import OrganisationName
from tests import factories
from tests.browser.conftest import NewPage
from tests.intake.imports.support import sheet, taken

Check = Callable[[Page], None]

KNOWN = ("宁波市农业科学院", "宁波博威合金材料股份有限公司", "宁波天益医疗器械有限公司")
ROWS = (
    ("1", "科学技术进步奖一等奖", "杨梅保鲜与加工技术", "宁波市农业科学研究院", "张三、李四"),
    ("2", "科学技术进步奖二等奖", "合金带材技术", "宁波博威合金材料有限公司", "王五、赵六"),
    ("3", "科学技术进步奖三等奖", "血液透析技术", "宁波天益医疗器械集团有限公司", "钱七"),
    ("4", "科学技术进步奖三等奖", "茶叶采收技术", "宁波市农业科学研究院", "孙八"),
)


def owner(name: str) -> int:
    """Return the organisation of a printed name."""
    return OrganisationName.objects.get(name=name).organisation_id


def test_many_unsure_names_are_folded_and_opened_by_the_keys(new_page: NewPage) -> None:
    known = [f"宁波市{word}技术研究所" for word in ("海洋", "农业", "材料", "机械")]
    names_for(known)
    revision = factories.open_list("awards", 0)
    rows = [
        (str(at), "科学技术进步奖一等奖", f"{name}的关键技术", name.replace("所", "院"), "张三")
        for at, name in enumerate(known, start=1)
    ]
    intake = taken(revision, sheet(rows))
    page = new_page(
        factories.filler_of(revision), locale="en-GB", viewport={"width": 390, "height": 900}
    )
    page.goto(f"/desk/cases/{revision.case_id}/intake/{intake.pk}/")

    names = page.locator("[data-organisation]")
    expect(page.get_by_text("Say who they are: 4 names")).to_be_visible()
    expect(names.first).to_be_hidden()
    page.keyboard.press("n")
    expect(names.first).to_be_focused()
    page.keyboard.press("0")
    # Who has answered one goes on with the others.
    expect(names).to_have_count(3)
    expect(names.first).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_unsure_organisations_are_decided_by_keyboard_and_undone(
    new_page: NewPage, axe: Check, width: int
) -> None:
    names_for(KNOWN)
    revision = factories.open_list("awards", 0)
    intake = taken(revision, sheet(ROWS))
    page = new_page(
        factories.filler_of(revision), locale="en-GB", viewport={"width": width, "height": 900}
    )
    page.goto(f"/desk/cases/{revision.case_id}/intake/{intake.pk}/")
    expect(page.get_by_text("named in 2 rows")).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    names = page.locator("[data-organisation]")
    expect(names).to_have_count(3)
    page.keyboard.press("n")
    expect(names.first).to_be_focused()
    # Pressed twice by a heavy hand: the second does not decide the name below, unseen.
    page.keyboard.press("1")
    page.keyboard.press("1")
    expect(names).to_have_count(2)
    expect(names.first).to_be_focused()
    page.keyboard.press("0")
    expect(names).to_have_count(1)
    expect(names.first).to_be_focused()
    page.keyboard.press("l")
    expect(names).to_have_count(0)
    expect(page.get_by_text("No organisation is unsure any more.")).to_be_visible()
    axe(page)

    page.get_by_role("link", name="Undo 宁波市农业科学研究院").click()
    expect(page.get_by_text("1 name moves: 宁波市农业科学研究院")).to_be_visible()
    page.get_by_label("Reason").fill("看错了")
    page.get_by_role("button", name="Undo the decision").click()
    expect(names).to_have_count(1)
    page.keyboard.press("n")
    expect(names.first).to_be_focused()
    page.keyboard.press("1")
    expect(names).to_have_count(0)

    page.get_by_role("link", name="What would be stored?").click()
    expect(page.get_by_text("1 organisation is undecided.")).to_be_visible()
    page.get_by_role("button", name="Store 4 rows").click()
    expect(page.get_by_text("4 rows stored.")).to_be_visible()
    assert owner("宁波市农业科学研究院") == owner(KNOWN[0])
    assert owner("宁波博威合金材料有限公司") != owner(KNOWN[1])
    assert owner("宁波天益医疗器械集团有限公司") != owner(KNOWN[2])


def test_joined_at_the_desk_followed_in_public_and_undone(new_page: NewPage, axe: Check) -> None:
    factories.published_case(
        "awards",
        [
            factories.award_values(1, organisations=["宁波市农业科学院"]),
            factories.award_values(2, organisations=["宁波市农科院"]),
        ],
    )
    kept, other = owner("宁波市农业科学院"), owner("宁波市农科院")
    page = new_page(factories.staff(Role.CITY_EDITOR), locale="en-GB")
    page.goto(f"/desk/organisations/{kept}/")
    axe(page)
    page.get_by_label("Name, pinyin or credit code").fill("农科院")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Join 宁波市农科院").click()
    axe(page)
    expect(page.get_by_text("Rows linked anew: 1 published, 0 not.")).to_be_visible()
    page.get_by_label("Reason").fill("同一家单位")
    page.get_by_role("button", name="Join them").click()
    expect(page.get_by_text("宁波市农科院 was joined to 宁波市农业科学院.")).to_be_visible()

    page.goto(f"/organisations/{other}/")
    expect(page).to_have_url(
        f"{page.url.split('/organisations')[0]}/organisations/{kept}/?joined={other}"
    )
    expect(page.get_by_text("You were led here from 宁波市农科院")).to_be_visible()
    axe(page)

    page.goto(f"/desk/organisations/{kept}/")
    page.get_by_role("link", name="Undo joined 宁波市农业科学院").click()
    page.get_by_label("Reason").fill("两家单位")
    page.get_by_role("button", name="Undo the decision").click()
    expect(page.get_by_text("The decision was undone.")).to_be_visible()
    page.goto(f"/organisations/{other}/")
    expect(page.get_by_role("heading", level=1, name="宁波市农科院")).to_be_visible()
