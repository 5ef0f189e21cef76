"""The whole main job, each person in a browser of his own: from a figure to the public page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import Role
from apps.cases.models import Event, Revision, State
from tests import factories

Check = Callable[[Page], None]
NewPage = Callable[..., Page]


@pytest.fixture
def last_year() -> None:
    """Publish 北仑's return of 2023 with two figures; open 2024."""
    spending = factories.indicator("rd-spending", name="研发经费支出", precision=2)
    firms = factories.indicator("firms", name="有效高新技术企业", units=["家"])
    factories.published_case(
        "district-returns",
        [
            factories.figure_values(indicator=spending, value="104.20"),
            factories.figure_values(indicator=firms, value="670", unit="家"),
        ],
    )
    factories.reporting_year(2024)


def step(page: Page, name: str) -> None:
    """Take a step from the case's page: its button, then the button that confirms it."""
    page.get_by_role("link", name=name, exact=True).first.click()
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def test_figure_goes_from_the_filler_to_the_public_page(
    new_page: NewPage, axe: Check, last_year: None
) -> None:
    english = {"locale": "en-GB"}
    filler = new_page(factories.staff(Role.DISTRICT_FILLER), **english)
    signatory = new_page(factories.staff(Role.DISTRICT_SIGNATORY), **english)
    reviewer = new_page(factories.staff(Role.CITY_REVIEWER), **english)
    publisher = new_page(factories.staff(Role.CITY_PUBLISHER), **english)
    public = new_page(**english)

    # The filler begins the new year's return and enters a figure.
    filler.goto("/desk/")
    axe(filler)
    filler.get_by_role("button", name="Begin").or_(
        filler.get_by_role("link", name="Begin")
    ).first.click()
    if "/new/" in filler.url:
        axe(filler)
        filler.get_by_role("main").get_by_role("button", name="Begin").click()
    revision = Revision.objects.get(case__year=2024)
    filler.goto(f"/desk/returns/{revision.case_id}/")
    axe(filler)
    filler.get_by_role("link", name="Research spending").or_(
        filler.get_by_role("link", name="研发投入")
    ).first.click()
    axe(filler)
    spending = filler.locator("#figure-rd-spending")
    expect(spending).to_contain_text("104.20亿元")
    spending.get_by_role("textbox").first.press("Tab")
    filler.locator("#id_rd-spending-value").fill("118.60")
    filler.locator("#id_firms-value").fill("752")
    filler.get_by_role("button", name="Save and back to the sections").click()
    expect(filler.get_by_text("2 figures entered")).to_be_visible()
    axe(filler)
    filler.get_by_role("link", name="Findings and next step").click()
    axe(filler)
    step(filler, "Hand over for checking")

    # The signatory of the same bureau checks, signs and reports.
    signatory.goto("/desk/")
    axe(signatory)
    signatory.get_by_role("main").get_by_role("link", name="2024").first.click()
    axe(signatory)
    expect(signatory.get_by_role("main")).to_contain_text("118.60")
    signatory.get_by_role("link", name="Sign and report", exact=True).first.click()
    axe(signatory)
    signatory.get_by_role("checkbox").check()
    signatory.get_by_role("main").get_by_role("button", name="Sign and report").click()
    expect(signatory.get_by_role("heading", level=1)).to_contain_text("报送回执")
    axe(signatory)

    # The city accepts and approves; another person publishes.
    reviewer.goto("/desk/")
    axe(reviewer)
    reviewer.get_by_role("main").get_by_role("link", name="2024").first.click()
    axe(reviewer)
    step(reviewer, "Accept for review")
    reviewer.goto(f"/desk/cases/{revision.case_id}/")
    reviewer.get_by_role("link", name="Approve", exact=True).first.click()
    axe(reviewer)
    reviewer.get_by_role("main").get_by_role("button", name="Approve", exact=True).click()
    publisher.goto("/desk/")
    axe(publisher)
    publisher.goto(f"/desk/cases/{revision.case_id}/")
    axe(publisher)
    publisher.get_by_role("link", name="Publish", exact=True).first.click()
    axe(publisher)
    publisher.get_by_role("main").get_by_role("button", name="Publish", exact=True).click()
    expect(publisher.locator(".state-published").first).to_be_visible()

    # Anyone reads it, and follows it back.
    public.goto("/districts/beilun/2024/")
    axe(public)
    expect(public.get_by_role("main")).to_contain_text("118.60")
    expect(public.get_by_role("main")).to_contain_text("104.20")
    public.get_by_role("link", name="研发经费支出").or_(
        public.get_by_role("link", name="Indicator rd-spending")
    ).first.click()
    axe(public)
    public.goto(f"/indicators/{factories.records_of(factories.fresh(revision))[0].uid}/")
    axe(public)
    trace = public.get_by_role("main")
    for words in ("district filler", "district signatory", "city reviewer", "city publisher"):
        expect(trace).to_contain_text(words)
    for person in ("甬科",):
        expect(trace).not_to_contain_text(person)

    revision.refresh_from_db()
    assert revision.state == State.PUBLISHED
    assert list(
        Event.objects.filter(revision=revision).order_by("id").values_list("transition", flat=True)
    ) == ["open", "hand_over", "submit", "accept", "approve", "publish"]


def test_two_people_on_one_figure_lose_nothing_without_javascript(
    new_page: NewPage, last_year: None
) -> None:
    draft = factories.open_return(rows=0, year=2024)
    address = f"/desk/returns/{draft.case_id}/1/"
    plain = {"java_script_enabled": False}
    first = new_page(factories.staff(Role.DISTRICT_FILLER), **plain)
    second = new_page(factories.person(Role.DISTRICT_FILLER), **plain)
    for page in (first, second):
        page.goto(address)

    first.locator("#id_rd-spending-value").fill("118.60")
    first.locator("form[method=post] button[type=submit]:not([name])").last.click()
    first.wait_for_url(f"**{address}")
    second.locator("#id_rd-spending-value").fill("119.00")
    second.locator(".sticky-actions button").first.click()

    conflict = second.locator("fieldset.conflict")
    expect(conflict).to_contain_text("119.00亿元")
    expect(conflict).to_contain_text("118.60亿元")
    conflict.get_by_role("radio").first.check()
    second.locator(".sticky-actions button").first.click()
    expect(second.locator("fieldset.conflict")).to_have_count(0)
    figure = factories.records_of(factories.fresh(draft))[0]
    assert (str(figure.value), figure.version) == ("119.00", 2)


@pytest.mark.parametrize("width", [390, 1024, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_return_page_has_no_violation_at_any_width(
    new_page: NewPage, axe: Check, last_year: None, width: int, scheme: str
) -> None:
    draft = factories.open_return(rows=0, year=2024)
    page = new_page(
        factories.filler_of(draft), viewport={"width": width, "height": 900}, color_scheme=scheme
    )

    page.goto(f"/desk/returns/{draft.case_id}/")
    axe(page)
    page.goto(f"/desk/returns/{draft.case_id}/1/")
    axe(page)

    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_return_is_filled_without_javascript(new_page: NewPage, last_year: None) -> None:
    draft = factories.open_return(rows=0, year=2024)
    page = new_page(factories.filler_of(draft), java_script_enabled=False)

    page.goto(f"/desk/returns/{draft.case_id}/1/")
    page.locator("#id_rd-spending-value").fill("118.60")
    page.locator(".sticky-actions button").first.click()

    assert factories.records_of(factories.fresh(draft))[0].printed == "118.60亿元"
