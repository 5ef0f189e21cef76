"""A return filled in offline, in a real browser: download, fill in, upload, look, accept."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from apps.accounts.models import Role
from apps.cases.models import Revision
from tests import factories
from tests.browser.conftest import NewPage
from tests.districts.workbook.conftest import place

Check = Callable[[Page], None]


@pytest.fixture
def draft() -> Revision:
    """Return a draft of 2024 with two figures, last year published."""
    spending = factories.indicator("rd-spending", name="研发经费支出")
    factories.indicator("firms", name="有效高新技术企业", units=["家"], precision=0)
    factories.indicator("grants", name="科技经费", units=["万元"])
    factories.published_case(
        "district-returns", [factories.figure_values(indicator=spending, value="104.20")]
    )
    revision = factories.open_return(rows=0, year=2024)
    factories.save_figure(revision, "rd-spending", "110.00")
    return factories.fresh(revision)


def fill(source: Path, **values: object) -> Path:
    """Type values into a downloaded workbook and return it, saved."""
    book = load_workbook(source)
    for key, value in values.items():
        book.worksheets[0][place(book, key.replace("_", "-"))].value = value
    filled = source.with_name("filled.xlsx")
    book.save(filled)
    return filled


@pytest.mark.parametrize("width", [390, 1440])
def test_workbook_is_filled_in_offline_and_accepted(
    new_page: NewPage, axe: Check, draft: Revision, tmp_path: Path, width: int
) -> None:
    page = new_page(
        factories.filler_of(draft), locale="en-GB", viewport={"width": width, "height": 900}
    )
    page.goto(f"/desk/returns/{draft.case_id}/")
    page.get_by_role("link", name="Workbook", exact=True).click()
    axe(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the workbook").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    filled = fill(file, rd_spending=118.6, firms="１２", grants="viele")
    factories.save_figure(draft, "firms", "11", factories.person(Role.DISTRICT_FILLER))

    page.get_by_label("Filled workbook (.xlsx)").set_input_files(filled)
    page.get_by_role("button", name="Upload and compare").click()

    main = page.get_by_role("main")
    expect(main).to_contain_text("118.60亿元")
    expect(main).to_contain_text("This is not a number.")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the file with these cells marked").click()
    assert waiting.value.suggested_filename.startswith("filled-")
    main.get_by_role("radio").first.check()
    main.get_by_role("button", name="Accept 2 figures, leave the faulty ones").click()

    expect(page.get_by_text("2 figures saved.")).to_be_visible()
    figures = {row.indicator.code: row.printed for row in factories.records_of(draft)}
    assert figures == {"rd-spending": "118.60亿元", "firms": "12家"}


def test_refused_file_is_said_on_the_page(
    new_page: NewPage, axe: Check, draft: Revision, tmp_path: Path
) -> None:
    file = tmp_path / "renamed.xlsx"
    file.write_text("code,value\nfirms,12\n", encoding="utf-8")
    page = new_page(factories.filler_of(draft), locale="en-GB")
    page.goto(f"/desk/returns/{draft.case_id}/workbook/")

    page.get_by_label("Filled workbook (.xlsx)").set_input_files(file)
    page.get_by_role("button", name="Upload and compare").click()

    expect(page.get_by_role("main")).to_contain_text("This is a text file (CSV)")
    axe(page)
