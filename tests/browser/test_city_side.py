"""The city's side, each person in a browser of his own: return and answer, notice, release, its end."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import Role
from apps.cases.models import Event, Finding, Release, Revision, State
from apps.registry.models import NoticeRule
from tests import factories

Check = Callable[[Page], None]
NewPage = Callable[..., Page]
KIND = "district-returns"


class Desk:
    """One case and the browsers of those who work on it."""

    def __init__(self, new_page: NewPage, revision: Revision) -> None:
        self.case_id, self.number = revision.case_id, revision.number
        english = {"locale": "en-GB"}
        self.filler = new_page(factories.staff(Role.DISTRICT_FILLER), **english)
        self.signatory = new_page(factories.staff(Role.DISTRICT_SIGNATORY), **english)
        self.reviewer = new_page(factories.staff(Role.CITY_REVIEWER), **english)
        self.publisher = new_page(factories.staff(Role.CITY_PUBLISHER), **english)
        self.second = new_page(factories.person(Role.CITY_PUBLISHER), **english)
        self.public = new_page(**english)

    @property
    def revision(self) -> Revision:
        """Return the revision in work as it is now."""
        return Revision.objects.get(case_id=self.case_id, number=self.number)

    def step(self, page: Page, name: str, label: str, **fields: str) -> None:
        """Take a step on its page, as its form asks for it."""
        page.goto(f"/desk/cases/{self.case_id}/{self.number}/{name}/")
        for field, text in fields.items():
            page.locator(f"#id_{field}").fill(text)
        if name == "submit":
            page.get_by_role("checkbox").check()
        page.get_by_role("main").get_by_role("button", name=label, exact=True).click()
        expect(page.locator("#messages .alert-success")).to_be_visible()

    def hand_in(self) -> None:
        """Bring the case from the filler through the signatory to the reviewer."""
        self.step(self.filler, "hand_over", "Hand over for checking")
        self.step(self.signatory, "submit", "Sign and report")
        self.step(self.reviewer, "accept", "Accept for review")

    def enter(self, value: str) -> None:
        """Let the filler type the figure on the page of the return."""
        self.filler.goto(f"/desk/returns/{self.case_id}/1/")
        self.filler.locator("#id_rd-spending-value").fill(value)
        self.filler.locator("#id_rd-spending-value").press("Tab")
        state = self.filler.locator("#figure-rd-spending [data-state]")
        expect(state).to_have_attribute("data-state", "saved")

    def review(self, query: str = "") -> Page:
        """Open the reviewer's page."""
        self.reviewer.goto(f"/desk/cases/{self.case_id}/review/{query}")
        return self.reviewer

    def announce_and_end(self) -> None:
        """Put the case on notice and let the days of the notice pass."""
        self.step(self.publisher, "announce", "Put on public notice")

    def publish(self) -> None:
        """Publish from the preview, the notice being over."""
        factories.end_notice(self.revision)
        self.publisher.goto(f"/desk/cases/publish/?revision={self.revision.pk}")
        self.publisher.get_by_role("main").get_by_role("button", name="Publish").click()
        expect(self.publisher.locator("#messages .alert-success")).to_contain_text("release")


@pytest.fixture
def desk(new_page: NewPage) -> Any:
    """Publish 北仑's return of 2023, open that of 2024, and seat everyone."""
    spending = factories.indicator("rd-spending", name="研发经费支出", precision=2)
    factories.published_case(KIND, [factories.figure_values(indicator=spending, value="104.20")])
    for slug, value in (("haishu", "80.00"), ("jiangbei", "95.50"), ("zhenhai", "130.00")):
        bureau = factories.district(slug)
        row = factories.figure_values(
            1, bureau, indicator=spending, value=value, period="2024", scope="whole"
        )
        factories.case_in(State.SUBMITTED, KIND, [row], bureau=bureau, year=2024)
    NoticeRule.objects.create(kind=KIND, from_year=2024, working_days=5)
    return Desk(new_page, factories.open_return(rows=0, year=2024))


def remark(page: Page, text: str, deadline: str = "") -> None:
    """Write a remark on the first row of the review page, with a day for the return."""
    page.keyboard.press("n")
    page.keyboard.press("c")
    form = page.locator("[data-item] [data-remark] form").first
    form.locator("textarea").fill(text)
    if deadline:
        form.locator("[name=deadline]").fill(deadline)
    form.get_by_role("button", name="Note it").click()


def test_five_people_take_a_return_from_review_to_withdrawal(desk: Desk, axe: Check) -> None:
    desk.enter("118.60")
    desk.hand_in()

    # First round. The page shows value, last year, change and the others, for keys and for axe.
    page = desk.review()
    item = page.locator("#item-1")
    for words in ("118.60亿元", "104.20亿元", "+13.8%", "Rank 2 of 4"):
        expect(item).to_contain_text(words)
    axe(page)
    page.keyboard.press("?")
    expect(page.get_by_text("next row with something open")).to_be_visible()
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(item).to_be_focused()
    expect(page.locator("[data-review-status]")).to_have_text("Row 1 of 1")
    page.evaluate("document.activeElement.blur()")
    # A number in a remark is a figure dictated: the reviewer is asked to think again.
    remark(page, "应改为119.20亿元。", "2099-01-05")
    expect(page.get_by_role("main")).to_contain_text("The note holds a number.")
    page.locator("#id_message").fill("请按统计口径核对研发经费支出。")
    page.get_by_role("button", name="Note it").click()
    page.wait_for_url("**/review/**")
    expect(page.locator("#item-1")).to_contain_text("请按统计口径核对")
    desk.step(page, "return", "Return", reason="请按所列事项核对。")

    desk.enter("119.20")
    desk.hand_in()

    # Second round: the page opens at what the district changed; the item is closed, another goes out.
    page = desk.review()
    expect(page.locator("#item-1 .diff")).to_contain_text("118.60")
    expect(page.locator("#item-1 .diff ins")).to_contain_text("119.20")
    page.keyboard.press("o")
    page.locator("#item-1 .review-decide").get_by_role("button", name="Close").click()
    expect(page.locator("#item-1 .review-decide")).to_have_count(0)
    page.reload()
    remark(page, "请说明增长原因。", "2099-01-05")
    page.wait_for_url("**/review/**")
    desk.step(page, "return", "Return", reason="请补充说明。")

    asked = Finding.objects.get(revision=desk.revision, message="请说明增长原因。")
    desk.filler.goto(f"/desk/cases/{desk.case_id}/findings/{asked.pk}/")
    desk.filler.locator("#id_text").fill("新增两个省级研究院，研发投入随之增长。")
    desk.filler.get_by_role("button", name="Send the explanation").click()
    expect(desk.filler.locator("#messages .alert-success")).to_be_visible()
    desk.hand_in()
    page = desk.review("?show=open")
    expect(page.locator("#item-1")).to_contain_text("新增两个省级研究院")
    page.keyboard.press("o")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator("#messages .alert-success")).to_be_visible()
    page.get_by_role("button", name="I have seen all of this").click()
    expect(page.locator("#messages .alert-success")).to_contain_text("next time")
    desk.step(page, "approve", "Approve")

    # Notice, an objection that holds the release up, its settling, the release after a preview.
    desk.announce_and_end()
    public = desk.public
    public.goto(f"/notices/{desk.case_id}/")
    expect(public.get_by_role("main")).to_contain_text("119.20")
    expect(public.get_by_role("main")).to_contain_text("to the end of")
    expect(public.get_by_role("main")).not_to_contain_text("00:00")
    desk.publisher.goto(f"/desk/cases/{desk.case_id}/findings/new/")
    axe(desk.publisher)
    desk.publisher.locator("#id_message").fill("某企业来函称其研发经费重复计入。")
    desk.publisher.get_by_role("button", name="Note it").click()
    factories.end_notice(desk.revision)
    desk.publisher.goto(f"/desk/cases/publish/?revision={desk.revision.pk}")
    expect(desk.publisher.get_by_role("main")).to_contain_text("An objection")
    expect(desk.publisher.get_by_role("main").get_by_role("button", name="Publish")).to_have_count(
        0
    )
    objection = Finding.objects.get(revision=desk.revision, is_objection=True)
    desk.reviewer.goto(f"/desk/cases/{desk.case_id}/findings/{objection.pk}/")
    desk.reviewer.locator("#id_text").fill("已核实，不存在重复。")
    desk.reviewer.get_by_role("button", name="Close").click()
    desk.publisher.goto(f"/desk/cases/publish/?revision={desk.revision.pk}")
    expect(desk.publisher.locator(".preview")).to_contain_text("119.20")
    axe(desk.publisher)
    desk.publish()
    first = Release.objects.order_by("pk").last()
    assert first is not None
    public.goto(f"/releases/{first.number}/")
    expect(public.get_by_role("main")).to_contain_text(desk.revision.approved_hash)

    # The correction stands beside the former value, with its reason.
    desk.step(desk.publisher, "restate", "Open a correction", reason="核定后更正。")
    desk.number = 2
    desk.enter("119.80")
    desk.hand_in()
    page = desk.review()
    expect(page.locator("#item-1 .diff ins")).to_contain_text("119.80")
    desk.step(page, "approve", "Approve")
    desk.announce_and_end()
    desk.publish()
    public.goto(f"/cases/{desk.case_id}/2/")
    for words in ("119.20", "119.80", "核定后更正。"):
        expect(public.get_by_role("main")).to_contain_text(words)
    axe(public)

    # It takes two persons to withdraw; the page then says that it is gone, and why.
    desk.step(desk.publisher, "propose_withdrawal", "Propose withdrawal", reason="口径有误。")
    desk.step(desk.second, "withdraw", "Withdraw", reason="统计口径有误，予以撤销。")
    gone = public.goto(f"/cases/{desk.case_id}/2/")
    assert gone is not None
    assert gone.status == 410
    expect(public.get_by_role("main")).to_contain_text("统计口径有误，予以撤销。")

    people = Event.objects.filter(revision__case_id=desk.case_id).values_list("actor", flat=True)
    assert len(set(people)) == 5
    assert desk.revision.state == State.WITHDRAWN


def test_review_page_works_without_javascript(new_page: NewPage) -> None:
    revision = factories.reviewing_case(rows=3)
    page = new_page(factories.staff(Role.CITY_REVIEWER), java_script_enabled=False, locale="en-GB")

    page.goto(f"/desk/cases/{revision.case_id}/review/")
    page.locator("#item-1").get_by_role("link", name="Next row", exact=True).click()
    assert page.url.endswith("#item-2")
    page.locator("#item-2").get_by_text("Remark on this row").click()
    form = page.locator("#item-2 [data-remark] form")
    form.locator("textarea").fill("请核对完成单位。")
    form.get_by_role("button", name="Note it").click()

    assert "/review/" in page.url
    finding = Finding.objects.get(revision=revision)
    assert finding.record_uid == factories.records_of(revision)[1].uid


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_review_page_has_no_violation_at_any_width(
    new_page: NewPage, axe: Check, width: int, scheme: str
) -> None:
    revision = factories.reviewing_case(rows=2)
    page = new_page(
        factories.staff(Role.CITY_REVIEWER),
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
    )

    page.goto(f"/desk/cases/{revision.case_id}/review/")
    axe(page)

    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
