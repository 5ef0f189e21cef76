"""Evidence in a real browser: chosen in a form, dropped on a figure's line, refused, handed out."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.cases.models import Evidence, Revision
from tests import factories
from tests.browser.conftest import NewPage
from tests.cases.evidence import documents as made

pytestmark = pytest.mark.usefixtures("evidence_disk")
Check = Callable[[Page], None]
# What a file manager does when a file is let go over an element.
DROP = """([selector, name, data]) => {
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name));
  const place = document.querySelector(selector);
  for (const type of ["dragover", "drop"]) {
    place.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: carried }));
  }
}"""


@pytest.fixture
def draft() -> Revision:
    """Return a draft with one figure."""
    factories.indicator("rd-spending", name="研发经费支出")
    revision = factories.open_return(rows=0)
    factories.save_figure(revision, "rd-spending", "110.00")
    return factories.fresh(revision)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_file_is_attached_and_handed_out(
    new_page: NewPage, axe: Check, draft: Revision, tmp_path: Path, script: bool
) -> None:
    file = tmp_path / "认定文件.pdf"
    file.write_bytes(made.pdf())
    page = new_page(
        factories.filler_of(draft),
        locale="en-GB",
        viewport={"width": 390, "height": 900},
        java_script_enabled=script,
    )
    page.goto(f"/desk/returns/{draft.case_id}/1/")
    page.get_by_role("link", name="Evidence 0 研发经费支出").or_(
        page.get_by_role("link", name="Evidence 0")
    ).first.click()

    page.locator("[name=file]").set_input_files(file)
    page.get_by_label("What it shows").fill("第3页")
    page.get_by_role("button", name="Attach", exact=True).click()

    files = page.get_by_role("main")
    expect(files).to_contain_text("第3页")
    with page.expect_download() as waiting:
        files.get_by_role("link", name="认定文件.pdf", exact=True).click()
    assert waiting.value.suggested_filename == "认定文件.pdf"
    assert Path(waiting.value.path()).read_bytes() == made.pdf()
    if script:
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_file_is_dropped_on_a_line_and_a_refusal_is_said_there(
    new_page: NewPage, axe: Check, draft: Revision
) -> None:
    page = new_page(factories.filler_of(draft), locale="en-GB")
    page.goto(f"/desk/returns/{draft.case_id}/1/")
    place = page.locator("[data-evidence-drop]").first

    def drop(name: str, data: bytes) -> None:
        coded = base64.b64encode(data).decode()
        page.evaluate(DROP, ["[data-evidence-drop]", name, coded])

    drop("认定.pdf", made.pdf())
    expect(place.locator("[data-count]")).to_have_text("1", timeout=30_000)
    drop("花名册.xlsx", made.xlsx({"B2": made.ID_NUMBER}))

    expect(place.get_by_role("alert")).to_contain_text(
        "花名册.xlsx: The file holds personal data", timeout=30_000
    )
    expect(place.get_by_role("alert")).to_contain_text("cell Sheet!B2: an ID number")
    assert Evidence.objects.count() == 1
    axe(page)
