"""A table copied from a web page: pasted, settled by keyboard, accepted, undone, accepted again."""

import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from apps.awards.models import Award
from apps.cases.models import Revision
from apps.intake.imports.undoing import undo
from apps.intake.models import Import, ImportState
from tests import factories
from tests.browser.conftest import NewPage
from tests.intake.imports.support import ROWS, accepted, sheet, taken

Check = Callable[[Page], None]

# As a newspaper's page has it: merged category cells, padded names, a total below.
WEB_PAGE = """<html lang="zh"><body><h1>公告</h1>
<table id="list" border="1"><caption>2022年度宁波市科学技术奖获奖项目名单</caption>
<tr><th>奖项类别</th><th>项目名称</th><th>完成单位</th><th>完成人</th></tr>
<tr><td rowspan="2">科学技术进步奖一等奖</td><td>海洋装备精密铸造关键技术</td><td>宁波大学、宁波材料所</td><td>张 三、李四</td></tr>
<tr><td>石化装置安全监测技术</td><td>宁波工程学院</td><td>王 五、赵六</td></tr>
<tr><td>科学技术进步奖二等奖</td><td>杨梅保鲜 与加工技术</td><td>宁波市农科院</td><td>钱七</td></tr>
</table></body></html>"""


def copied(page: Page) -> None:
    """Select the table of a web page and copy it, as a person does."""
    page.set_content(WEB_PAGE)
    page.evaluate(
        """() => {
          const range = document.createRange();
          range.selectNode(document.getElementById("list"));
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }"""
    )
    page.keyboard.press("Control+C")


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_table_of_a_web_page_is_pasted_settled_accepted_undone_and_accepted_again(
    new_page: NewPage, axe: Check, run_tasks: Callable[[], None], width: int
) -> None:
    revision: Revision = factories.open_list("awards", 0)
    page = new_page(
        factories.filler_of(revision),
        locale="en-GB",
        viewport={"width": width, "height": 900},
        permissions=["clipboard-read", "clipboard-write"],
    )
    copied(page)
    page.goto(f"/desk/cases/{revision.case_id}/")
    page.get_by_role("link", name="Take in a table").click()
    axe(page)
    page.get_by_label("Or paste a table here").focus()
    page.keyboard.press("Control+V")
    expect(page.get_by_text("The table was recognised with its cells.")).to_be_visible()
    page.get_by_role("button", name="Read the table").click()

    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    axe(page)
    run_tasks()

    expect(page.get_by_text("3 rows are to be settled.")).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for left in (
        "2 rows are to be settled.",
        "1 row is to be settled.",
        "Nothing is to be settled.",
    ):
        page.keyboard.press("n")
        page.keyboard.press("Enter")
        expect(page.get_by_text(left)).to_be_visible()
    expect(page.get_by_role("link", name="What would be stored?")).to_be_focused()
    page.keyboard.press("u")
    expect(page.get_by_text("1 row is to be settled.")).to_be_visible()
    expect(page.locator("[data-doubt]:focus")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is to be settled.")).to_be_visible()
    assert not Award.objects.exists()

    page.get_by_role("link", name="What would be stored?").click()
    axe(page)
    page.get_by_role("button", name="Store 3 rows").click()
    expect(page.get_by_text("3 rows stored.")).to_be_visible()
    assert [row.people for row in factories.records_of(revision)] == [
        ["张三", "李四"],
        ["王五", "赵六"],
        ["钱七"],
    ]
    page.get_by_role("link", name="Undo this import").click()
    axe(page)
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("Undone: 3 rows removed, 0 as before.")).to_be_visible()
    assert not Award.objects.exists()

    page.get_by_role("link", name="What would be stored?").click()
    page.get_by_role("button", name="Store 3 rows").click()
    expect(page.get_by_text("3 rows stored.")).to_be_visible()
    assert [row.title for row in factories.records_of(revision)] == [
        "海洋装备精密铸造关键技术",
        "石化装置安全监测技术",
        "杨梅保鲜 与加工技术",
    ]


def test_enter_held_down_settles_one_doubt_and_e_opens_the_field_in_doubt(
    new_page: NewPage,
) -> None:
    revision: Revision = factories.open_list("awards", 0)
    padded = [(*row[:-1], "张 三、李 四") for row in ROWS[:2]]
    intake = taken(revision, sheet(padded))
    page = new_page(factories.filler_of(revision), locale="en-GB")
    page.goto(f"/desk/cases/{revision.case_id}/intake/{intake.pk}/")

    page.keyboard.press("n")
    page.keyboard.down("Enter")
    expect(page.get_by_text("1 row is to be settled.")).to_be_visible()
    expect(page.locator("[data-doubt]:focus")).to_have_count(1)
    page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    page.keyboard.press("e")
    field = page.locator("textarea[name=value-people]")
    expect(field).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type("\n王五")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("Nothing is to be settled.")).to_be_visible()
    assert intake.tables.get().rows.last().result["people"] == ["张三", "李四", "王五"]


def test_table_too_long_for_a_field_is_pasted_all_the_same(
    new_page: NewPage,
) -> None:
    revision: Revision = factories.open_list("awards", 0)
    page = new_page(factories.filler_of(revision), locale="en-GB")
    page.goto(f"/desk/cases/{revision.case_id}/intake/")
    row = f"一等奖\t甲{'题' * 2000}\t宁波大学\t张三"
    page.get_by_label("Or paste a table here").evaluate(
        "(area, text) => { area.value = text; }",
        "\n".join(["奖项类别\t项目名称\t完成单位\t完成人", *[row] * 900]),
    )

    page.get_by_role("button", name="Read the table").click()

    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    intake = Import.objects.get()
    assert re.fullmatch(r"Pasted table, .*\.txt", intake.name)
    assert len(bytes(intake.source.content).splitlines()) == 901


# Colours pass into one another: what a person sees is there when no animation runs any more.
SETTLED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
  () => Promise.all(document.getAnimations().map(each => each.finished)).then(done))))"""
UNCOVERED = """() => document.querySelectorAll(".sticky-actions").forEach(
    bar => { bar.style.position = "static"; })"""
"""The bar at the window's end lies over what one scrolls to; axe takes that for too small."""


def in_every_state(revision: Revision) -> dict[str, str]:
    """Imports of a draft list in every state there is: what is seen, and where."""
    base = f"/desk/cases/{revision.case_id}/intake/"
    made: dict[str, tuple[Import, str]] = {
        # The second row's people are padded: a doubt.
        "doubtful": (taken(revision), ""),
        "one row of it": (taken(revision), "?only=doubtful"),
        "refused": (taken(revision, b"%PDF-1.4 cut off", "附件.pdf"), ""),
        "ready": (taken(revision, sheet([ROWS[0], ROWS[2]])), ""),
        "compared": (taken(revision, sheet([ROWS[0]])), "compare/"),
        "reading": (taken(revision), ""),
        "waiting": (taken(revision), ""),
        "being stored": (taken(revision), ""),
        "cancelled": (taken(revision), ""),
        "set aside": (
            taken(revision, sheet([*ROWS, ("", "合计", "3项", "", "")])),
            "?only=aside",
        ),
    }
    for name, change in {
        "reading": {"state": ImportState.READING, "rows_read": 1, "rows_total": 3},
        "waiting": {"state": ImportState.WAITING},
        "being stored": {"state": ImportState.ACCEPTING},
        "cancelled": {"state": ImportState.CANCELLED},
    }.items():
        Import.objects.filter(pk=made[name][0].pk).update(**change)
    undone = taken(revision, sheet([ROWS[0]]))
    accepted(undone)
    undo(factories.filler_of(revision), undone.pk)
    stored = taken(revision, sheet([ROWS[2]]))
    accepted(stored)
    made |= {"undone": (undone, ""), "stored": (stored, ""), "to be undone": (stored, "undo/")}
    return {"begin": base} | {
        name: f"{base}{intake.pk}/{rest}" for name, (intake, rest) in made.items()
    }


# The words differ in length, the colours do not: the other language is looked at where it is narrow.
@pytest.mark.parametrize(
    ("locale", "looks"),
    [
        ("zh-CN", [(390, "light"), (1024, "light"), (1440, "light"), (1440, "dark")]),
        ("en-GB", [(390, "light")]),
    ],
    ids=["zh-CN", "en-GB"],
)
def test_import_has_no_violation_in_any_state_at_any_width_light_or_dark(
    new_page: NewPage, axe: Check, locale: str, looks: list[tuple[int, Literal["light", "dark"]]]
) -> None:
    revision: Revision = factories.open_list("awards", 0)
    page = new_page(factories.filler_of(revision), locale=locale, reduced_motion="reduce")

    for name, address in in_every_state(revision).items():
        answer = page.goto(address)
        assert answer is not None, name
        assert answer.ok, name
        for width, scheme in looks:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLED)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
            page.evaluate(UNCOVERED)
            axe(page)


def test_line_typed_while_the_session_ends_is_sent_again_after_signing_in(
    new_page: NewPage,
) -> None:
    revision: Revision = factories.open_list("awards", 0)
    filler = factories.filler_of(revision)
    intake = taken(revision, sheet(ROWS[:1]))
    page = new_page(filler, locale="en-GB")
    page.goto(f"/desk/cases/{revision.case_id}/intake/{intake.pk}/")
    page.locator("[data-edit]").first.click()
    # The form takes the focus once it stands; what is typed before that may go elsewhere.
    expect(page.locator("[data-edit-row] :focus")).to_be_visible()
    page.locator("[name=value-title]").fill("改过的题目")
    (session,) = (each for each in page.context.cookies() if each["name"] == "sessionid")
    page.context.clear_cookies(name=session["name"])

    page.get_by_role("button", name="Take over").click()

    expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
    expect(page.get_by_text("改过的题目")).to_be_visible()
    expect(page.get_by_text("seen-title")).to_have_count(0)
    page.context.add_cookies([session])  # type: ignore[list-item]
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("[data-review]").get_by_text("改过的题目")).to_be_visible()
    assert intake.tables.get().rows.get().result["title"] == "改过的题目"


def test_keys_lead_on_to_the_doubts_of_another_table(new_page: NewPage) -> None:
    revision: Revision = factories.open_list("awards", 0)
    head = "<tr><th>奖项类别</th><th>项目名称</th><th>{}</th><th>完成人</th></tr>"
    row = "<tr><td>科学技术进步奖一等奖</td><td>{}</td><td>宁波大学</td><td>{}</td></tr>"
    title = "<p>2022年度宁波市科学技术奖获奖名单</p>"
    file = (
        f"{title}<table>{head.format('完成单位')}{row.format('海洋装备精密铸造', '张三')}</table>"
        f"{title}<table>{head.format('主要完成单位')}{row.format('石化装置监测', '李 四')}</table>"
    )
    intake = taken(revision, file.encode(), "名单.html")
    page = new_page(factories.filler_of(revision), locale="en-GB")
    page.goto(f"/desk/cases/{revision.case_id}/intake/{intake.pk}/")
    expect(page.locator("[data-doubt]")).to_have_count(0)

    page.keyboard.press("n")
    expect(page.get_by_role("link", name="1 row is to be settled.")).to_be_focused()
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")

    expect(page.locator("[data-doubt]:focus")).to_have_count(1)
