"""A long list by keyboard and by block: edited, pasted, set and taken back, without duplicates."""

import os
from pathlib import Path

import pytest

from apps.accounts.models import Role
from apps.cases.domain import long_changes
from apps.cases.domain.records import save_record
from apps.cases.kinds import record_kinds
from tests import factories

ROSTER = record_kinds["roster-entries"]
WIDTHS = (390, 1024, 1440)


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def rows_of(revision):
    return ROSTER.model.objects.filter(revision=revision).order_by("position")


def open_list(new_page, rows=12, **options):
    factories.district("beilun")
    revision = factories.open_list("roster-entries", rows)
    page = new_page(factories.filler_of(revision), **options)
    page.goto(f"/desk/cases/{revision.case_id}/list/roster-entries/")
    return page, revision


def cell(page, number, field):
    return page.locator(f"#list-grid tbody tr:nth-child({number}) td[data-field={field}]")


def saved(page):
    page.wait_for_function(
        "() => document.getElementById('list-state').textContent.includes('已保存') "
        "|| document.getElementById('list-state').textContent.includes('saved')"
    )


def wait_for_version(page, number, version):
    page.wait_for_function(
        "([row, version]) => document.querySelector(`#list-grid tbody tr:nth-child(${row})`)"
        ".dataset.version === version",
        arg=[number, str(version)],
    )


def look(page, name):
    """Keep a picture where one is asked for."""
    if folder := os.environ.get("LIST_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_table_is_edited_by_keyboard_alone(new_page, axe):
    page, revision = open_list(new_page)
    cell(page, 1, "title").click()
    page.keyboard.press("Enter")
    page.keyboard.type("甲案")
    page.keyboard.press("Enter")
    # A letter begins at once; an input method needs the control first.
    page.keyboard.type("B")
    page.keyboard.press("Tab")
    page.keyboard.press("F2")
    page.keyboard.type("改名公司")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.dataset.field") == "title"
    for number in (1, 2):
        wait_for_version(page, number, 2)
    assert [row.title for row in rows_of(revision)[:3]] == ["甲案", "B", ""]
    assert rows_of(revision)[1].organisation == "宁波精密2有限公司"
    # What does not fit stays in sight, with its sentence, and is not stored.
    cell(page, 3, "year").click()
    page.keyboard.press("F2")
    page.keyboard.press("Control+a")
    page.keyboard.type("无")
    page.keyboard.press("Enter")
    page.locator(".cell-error").wait_for()
    # The last stored cell is taken back.
    page.keyboard.press("Control+z")
    page.wait_for_function(
        "() => document.querySelector('#list-grid tbody tr:nth-child(2)').dataset.version === '3'"
    )
    assert rows_of(revision)[1].title == ""
    axe(page)
    # A choice is made in the control of the entry form.
    cell(page, 4, "district").click()
    page.keyboard.press("Enter")
    page.locator("#list-grid select").select_option(label="北仑区")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => document.querySelector('#list-grid tbody tr:nth-child(4)').dataset.version === '2'"
    )
    assert str(rows_of(revision)[3].district.name) == "北仑区"


def test_two_values_are_shown_and_one_is_chosen(new_page):
    page, revision = open_list(new_page)
    row = rows_of(revision).first()
    colleague = factories.person(Role.CITY_EDITOR, full_name="周岚")
    save_record(colleague, revision.pk, ROSTER, {"title": "他案"}, uid=row.uid, version=1)
    cell(page, 1, "title").click()
    page.keyboard.press("Enter")
    page.keyboard.type("我案")
    page.keyboard.press("Enter")
    page.locator("#cell-choice[open]").wait_for()
    assert "周岚" in page.locator("#cell-choice").inner_text()
    page.locator("[data-choice=yours]").click()
    page.wait_for_function(
        "() => document.querySelector('#list-grid tbody tr').dataset.version === '3'"
    )
    assert rows_of(revision).first().title == "我案"


def test_typing_waits_for_the_connection(new_page):
    page, revision = open_list(new_page)
    page.context.set_offline(True)
    cell(page, 1, "title").click()
    page.keyboard.press("Enter")
    page.keyboard.type("离线")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.getElementById('list-state').textContent.length > 5")
    assert rows_of(revision).first().title == ""
    page.context.set_offline(False)
    page.wait_for_function(
        "() => document.querySelector('#list-grid tbody tr').dataset.version === '2'"
    )
    assert rows_of(revision).first().title == "离线"


PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def test_a_block_is_pasted_looked_at_stored_and_undone(new_page, axe):
    page, revision = open_list(new_page, 4)
    cell(page, 3, "title").click()
    with page.expect_navigation():
        page.evaluate(PASTE, "丙案\t宁波丙公司\r\n丁案\t宁波丁公司\r\n戊案\t\r\n")
    # The third row is new and lacks what each row needs: all of it is said, nothing is stored.
    assert page.locator(".error-summary li").count() >= 2
    look(page, "paste-faults")
    axe(page)
    page.locator("#block").fill("丙案\t宁波丙公司\n丁案\t宁波丁公司")
    with page.expect_navigation():
        page.locator("form:has(#block) button[type=submit]").click()
    look(page, "paste-preview")
    axe(page)
    assert rows_of(revision)[2].title == ""
    with page.expect_navigation():
        page.locator("form.confirm button[type=submit]").click()
    assert [r.organisation for r in rows_of(revision)[2:]] == ["宁波丙公司", "宁波丁公司"]
    with page.expect_navigation():
        page.locator(".alert a").click()
    look(page, "undo")
    axe(page)
    with page.expect_navigation():
        page.locator("form.confirm button[type=submit]").click()
    assert [r.title for r in rows_of(revision)] == [""] * 4


@pytest.mark.parametrize("width", WIDTHS)
def test_many_rows_are_set_and_taken_back(new_page, axe, width):
    page, revision = open_list(new_page, viewport={"width": width, "height": 900})
    axe(page)
    look(page, f"list-{width}")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
    boxes = page.locator("#list-grid td.select input")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    assert "4" in page.locator("[data-ticked]").inner_text()
    page.locator("#many-field").select_option("district")
    with page.expect_navigation():
        page.locator("#many button[value=set]").click()
    page.locator("#id_value").select_option(label="北仑区")
    with page.expect_navigation():
        page.locator("form.panel:not(.confirm) button[type=submit]").click()
    axe(page)
    look(page, f"many-{width}")
    assert page.evaluate(overflow) <= 0
    with page.expect_navigation():
        page.locator("form.confirm button[type=submit]").click()
    assert [row.district_id is not None for row in rows_of(revision)][:6] == [
        False,
        *[True] * 4,
        False,
    ]
    page.goto(f"/desk/cases/{revision.case_id}/list/roster-entries/operations/")
    axe(page)
    with page.expect_navigation():
        page.locator(".timeline a").click()
    with page.expect_navigation():
        page.locator("form.confirm button[type=submit]").click()
    assert {row.district_id for row in rows_of(revision)} == {None}


def test_ticked_rows_stay_ticked_from_page_to_page(new_page, axe):
    page, revision = open_list(new_page, 60)
    page.locator("#list-grid td.select input").nth(1).check()
    page.locator("[data-select-all]").check()
    page.locator("[data-select-all]").uncheck()
    page.locator("#list-grid td.select input").nth(2).check()
    with page.expect_navigation():
        page.locator(".pagination a[rel=next]").click()
    page.locator("#list-grid td.select input").first.check()
    assert page.locator("[data-ticked]").inner_text().count("2") == 1
    assert page.locator("[data-ticked]").inner_text().count("1") == 1
    axe(page)
    look(page, "ticked-elsewhere")
    page.locator("#many-field").select_option("district")
    with page.expect_navigation():
        page.locator("#many button[value=set]").click()
    page.locator("#id_value").select_option(label="北仑区")
    with page.expect_navigation():
        page.locator("form.panel:not(.confirm) button[type=submit]").click()
    with page.expect_navigation():
        page.locator("form.confirm button[type=submit]").click()
    assert [n for n, row in enumerate(rows_of(revision)) if row.district_id] == [2, 50]
    # For what is done nothing stays ticked.
    assert page.locator("#list-grid td.select input:checked").count() == 0
    page.locator("#list-grid td.select input").first.check()
    page.locator("[data-untick]").click()
    assert page.locator("#list-grid td.select input:checked").count() == 0
    assert page.locator("[data-untick]").is_hidden()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_long_change_is_waited_for_and_shows_its_end(
    new_page, axe, run_tasks, monkeypatch, width
):
    monkeypatch.setattr(long_changes, "AT_ONCE", 2)
    page, revision = open_list(new_page, 5, viewport={"width": width, "height": 900})
    page.locator("#many [data-all]").check()
    with page.expect_navigation():
        page.locator("#many button[value=remove]").click()
    with page.expect_navigation():
        page.locator("form.confirm button[type=submit]").click()
    page.locator("#progress progress").wait_for()
    axe(page)
    look(page, f"under-way-{width}")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
    run_tasks()
    # The page that waited shows the end by itself.
    page.locator("#progress").wait_for(state="detached")
    page.locator(".form-actions a.button.secondary").wait_for()
    axe(page)
    look(page, f"done-{width}")
    assert rows_of(revision).count() == 0


def test_values_are_counted_when_the_filter_is_opened(new_page, axe):
    page, revision = open_list(new_page, 3)
    assert page.locator("#list-values .facet").count() == 0
    page.locator(".list-filter > summary").click()
    year = page.locator("#list-values .facet", has=page.locator("input[name=year]"))
    year.locator("summary").click()
    assert year.locator(".count").inner_text() == "3"
    axe(page)
    look(page, "filter-open")
    year.locator("input").check()
    with page.expect_navigation():
        page.locator(".list-filter button[type=submit]").first.click()
    # Chosen values stand ticked; the others come with their numbers when asked for.
    assert page.locator("#list-values input").count() == 1
    assert page.locator("#list-values input[name=year]").is_checked()
    page.locator("#list-values > a").click()
    page.locator("#list-values input[name=roster]").wait_for(state="attached")
    assert page.locator("#list-values input[name=year]").is_checked()
    page.locator(".list-filter button[type=submit]").first.click()
    without = new_page(factories.filler_of(revision), java_script_enabled=False)
    without.goto(f"/desk/cases/{revision.case_id}/list/roster-entries/?q=1")
    without.locator("#list-values > a").click()
    assert without.locator("#list-values .count").count() >= 2


def test_a_duplicate_is_removed_beside_its_twin(new_page, axe):
    values = factories.roster_entry_values
    revision = factories.open_list(
        "roster-entries",
        [values(1), values(2, organisation="宁波精密1有限公同"), values(1, rank=9)],
    )
    page = new_page(factories.filler_of(revision))
    page.goto(f"/desk/cases/{revision.case_id}/list/roster-entries/duplicates/")
    axe(page)
    look(page, "duplicates")
    assert page.locator("table.beside").count() == 2
    with page.expect_navigation():
        page.locator("table.beside").first.locator("a.button").nth(1).click()
    with page.expect_navigation():
        page.locator("form.confirm button[type=submit]").click()
    assert page.locator("table.beside").count() == 1
    assert [row.rank for row in rows_of(revision)] == [1, 2]


def test_without_scripts_rows_are_still_chosen_and_changed(new_page):
    page, revision = open_list(new_page, java_script_enabled=False)
    page.locator("#list-grid td.select input").first.check()
    page.locator("#many-field").select_option("title")
    page.locator("#many button[value=set]").click()
    page.locator("#id_value").fill("甲案")
    page.locator("form.panel:not(.confirm) button[type=submit]").click()
    page.locator("form.confirm button[type=submit]").click()
    assert [row.title for row in rows_of(revision)][:2] == ["甲案", ""]
    page.locator("#list-grid td.num a").first.click()
    page.locator("#id_title").fill("乙案")
    page.locator("main form button[type=submit]").first.click()
    assert rows_of(revision).first().title == "乙案"
