"""Every public page as its readers get it: light, in any width, for keys, for axe, without motion."""

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect
from pytest_django import Settings

from tests import factories
from tests.browser.conftest import AXE_RULES, NewPage
from tests.publications.site import page_names, publish_site

MOST_BYTES = 100_000
# What a dark page may have wrong beside a light one.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# Rows of a page here, so that the list of the site goes over several.
ROWS = 10
WIDER = """() => {
    const root = document.documentElement;
    const found = root.scrollWidth > root.clientWidth
        ? [...document.querySelectorAll("main *, header *, footer *")]
            .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1
                && !one.closest(".table-wrap, pre, .visually-hidden"))
            .slice(0, 3).map((one) => `${one.tagName}.${one.className}`)
        : null;
    return found && `${root.scrollWidth} px: ${found}`;
}"""
MOVING = """() => [...document.querySelectorAll("*")].flatMap((one) => ["", "::before", "::after"].map(
    (part) => getComputedStyle(one, part || null))).filter((style) =>
        [style.animationDuration, style.transitionDuration].some((time) =>
            time.split(",").some((one) => parseFloat(one) * (one.includes("ms") ? 1 : 1000) > 1))
        || style.scrollBehavior === "smooth").length"""


@pytest.fixture
def pages(settings: Settings) -> dict[str, str]:
    """Publish a small site; return its pages by name."""
    settings.TABLE_ROWS_PER_PAGE = ROWS
    return publish_site()


def weight_of(page: Page, address: str, known: dict[str, int]) -> int:
    """Return the bytes of an answer as an installation sends it: compressed."""
    if address not in known:
        known[address] = len(gzip.compress(page.context.request.get(address).body(), 6))
    return known[address]


def violations(page: Page, rules: dict[str, Any]) -> list[str]:
    """Return what axe, which stands in the page already, finds by ``rules``."""
    found = page.evaluate("(rules) => axe.run(document, rules)", rules)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


# Colours change at once: axe reads none on its way from light to dark.
AT_ONCE = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, ::before, ::after { transition-property: none !important; }");
    document.adoptedStyleSheets = [sheet];
}"""


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_axe_finds_nothing_on_any_public_page(
    new_page: NewPage, pages: dict[str, str], width: int
) -> None:
    page = new_page(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    faults: dict[str, list[str]] = {}
    for name, path in pages.items():
        page.emulate_media(color_scheme="light")
        page.goto(path)
        page.evaluate(AT_ONCE)
        page.evaluate(AXE_SCRIPT)
        faults[name] = [f"light: {one}" for one in violations(page, AXE_RULES)]
        page.emulate_media(color_scheme="dark")
        faults[name] += [f"dark: {one}" for one in violations(page, COLOURS)]

    assert [f"{name}: {one}" for name, found in faults.items() for one in found] == []


def test_every_public_page_is_light_and_asks_no_other_host(
    new_page: NewPage, pages: dict[str, str]
) -> None:
    assert page_names() <= {name.split()[0] for name in pages}
    page = new_page()
    # Each page as one who comes from elsewhere gets it: nothing of it is there already.
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    known: dict[str, int] = {}
    faults = {}

    for name, path in pages.items():
        asked.clear()
        page.goto(path)
        origin = page.evaluate("location.origin")
        foreign = {one for one in asked if not one.startswith(f"{origin}/")}
        weight = sum(weight_of(page, one, known) for one in asked - foreign)
        if foreign or weight >= MOST_BYTES:
            faults[name] = (weight, foreign)

    assert faults == {}
    # The pages, and the files that they share.
    assert len(known) > len(pages) + 10


def test_nothing_moves_for_a_reader_who_wants_no_motion(
    new_page: NewPage, pages: dict[str, str]
) -> None:
    page = new_page()
    still, moving = {}, {}
    for name, path in pages.items():
        page.emulate_media(reduced_motion="no-preference")
        page.goto(path)
        moving[name] = page.evaluate(MOVING)
        page.emulate_media(reduced_motion="reduce")
        still[name] = page.evaluate(MOVING)

    assert all(moving.values())
    assert not any(still.values())


def test_no_public_page_scrolls_sideways_at_400_percent(
    new_page: NewPage, pages: dict[str, str]
) -> None:
    # 1280 px at 400 %; the longer words are the English ones.
    page = new_page(viewport={"width": 320, "height": 256})
    faults = {}
    for language in ("zh-hans", "en"):
        page.set_extra_http_headers({"Accept-Language": language})
        for name, path in pages.items():
            page.goto(path)
            if wide := page.evaluate(WIDER):
                faults[f"{name} {language}"] = wide

    assert faults == {}


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what ``selector`` names has the focus, as a reader without a mouse does."""
    for _press in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("(one) => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"no way by Tab to {selector} on {page.url}")


def test_reader_without_a_mouse_filters_sorts_turns_the_page_and_opens_a_row(
    new_page: NewPage, pages: dict[str, str]
) -> None:
    page = new_page()
    page.goto("/awards/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()

    tab_to(page, "[data-facet=award_year] input[value='2021']")
    page.keyboard.press("Space")
    expect(page.locator(".chips .chip")).to_contain_text("2021")
    expect(page.locator("[data-facet=award_year] input[value='2021']")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator(".chips .chip")).to_have_count(0)

    tab_to(page, "th a.sort[href*='sort=title']")
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=ascending]")).to_be_visible()

    tab_to(page, ".pagination a[rel=next]")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]page=2"))
    expect(page.locator(".pagination [aria-current=page]")).to_contain_text("2")

    tab_to(page, "tbody tr:first-child td a")
    title = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_search_box_suggests_while_one_types_and_keys_choose(
    new_page: NewPage, axe: Callable[[Page], None]
) -> None:
    factories.published_case("awards", 2)
    factories.published_case("laureates", 1)
    factories.published_case("policies", 1)
    factories.published_case("events", 1)
    page = new_page()
    page.goto("/")
    box = page.get_by_role("combobox")

    for typed, kind in (("王1", "获奖人员"), ("条例", "政策"), ("ｋｊｄｈ", "大事")):
        box.fill("")
        box.press_sequentially(typed)
        expect(page.get_by_role("option").first).to_contain_text(kind)
        expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".suggestions mark").first).to_have_text("科技大会")
    axe(page)

    box.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    box.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("科技大会1")


# Marks that close something: no line of Chinese begins with one.
BEGINS_WITH_A_MARK = """() => {
    const found = [];
    const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (const match of node.data.matchAll(/[、，。；：）》」”]/g)) {
            const range = document.createRange();
            range.setStart(node, match.index);
            range.setEnd(node, match.index + 1);
            const mark = range.getBoundingClientRect();
            const block = node.parentElement.closest("td, th, dd, dt, p, li, h1, h2, h3, label, summary");
            if (!mark.width || !block) continue;
            const style = getComputedStyle(block);
            const edge = block.getBoundingClientRect().left + parseFloat(style.paddingLeft);
            const first = document.createRange();
            first.selectNodeContents(block);
            const top = first.getClientRects()[0].top;
            if (mark.left < edge + 2 && mark.top > top + 4) {
                found.push(node.data.slice(Math.max(0, match.index - 12), match.index + 6)
                    + "|" + block.textContent.slice(0, 40));
            }
        }
    }
    return found;
}"""


def test_no_line_begins_with_a_mark_that_closes(new_page: NewPage) -> None:
    names = ["宁波江丰电子材料股份有限公司", "国网浙江省电力有限公司宁波供电公司", "宁波大学"]
    rows = [
        factories.award_values(
            number,
            organisations=[f"{'甬' * number}{name}" for name in names],
            people=["李一", "王二三", "欧阳四五", "张六", "陈七八", "赵九"],
        )
        for number in range(1, 13)
    ]
    released = factories.published_case("awards", rows)
    row = factories.records_of(released)[0]
    page = new_page(locale="zh-CN")
    for width in (320, 390, 480, 768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        for path in ("/awards/", f"/awards/{row.uid}/", "/search/?q=江丰"):
            page.goto(path)

            assert page.evaluate(BEGINS_WITH_A_MARK) == [], (width, path)
