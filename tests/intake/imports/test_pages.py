"""The pages of an import: hand in, wait, review, compare, accept, undo; who may, how many queries."""

import datetime as dt
import re
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from apps.accounts.models import Role, User
from apps.awards.models import Award
from apps.cases.domain import long_changes
from apps.cases.domain.records import remove_record
from apps.cases.errors import Refused
from apps.cases.kinds import record_kinds
from apps.cases.models import Revision
from apps.intake.forms import ImportForm
from apps.intake.imports import accepting, review
from apps.intake.imports.comparing import compare
from apps.intake.imports.starting import take_in
from apps.intake.imports.undoing import undo
from apps.intake.models import Import, ImportRow, ImportState, ImportTable, Layout
from apps.intake.tasks import MOST_ATTEMPTS, pick_up_imports, read_import, store_import
from apps.registry.domain import names_for
from tests import factories
from tests.intake.imports.support import ROWS, accepted, draft, lines, sheet, taken

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_factor(settings):
    """Let everyone in with his password: second factors have tests of their own."""
    settings.REQUIRE_SECOND_FACTOR = False
    settings.LANGUAGE_CODE = "en"


def client_of(person: User) -> Client:
    """Return a browser in which a person is signed in."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def filler(revision: Revision) -> Client:
    """Return the browser of the person who fills the case."""
    return client_of(factories.filler_of(revision))


def at(intake: Import, rest: str = "") -> str:
    """Return an address of an import."""
    return f"/desk/cases/{intake.revision.case_id}/intake/{intake.pk}/{rest}"


def test_uploaded_file_is_queued_and_the_page_shows_its_progress():
    revision = draft()
    client = filler(revision)
    address = f"/desk/cases/{revision.case_id}/intake/"

    answer = client.post(address, {"file": SimpleUploadedFile("名单.xlsx", sheet())})

    intake = Import.objects.get()
    assert answer["Location"] == at(intake)
    assert "Waiting for its turn" in client.get(at(intake)).content.decode()
    Import.objects.update(state=ImportState.READING, rows_read=1, rows_total=3)
    assert 'value="1"' in client.get(at(intake)).content.decode()
    assert "名单.xlsx" in client.get(address).content.decode()


def test_waiting_page_becomes_the_review_by_itself():
    intake = taken(draft())

    answer = filler(intake.revision).get(at(intake), headers={"HX-Request": "true"})

    assert answer["HX-Refresh"] == "true"


def test_pasted_html_goes_before_pasted_text():
    revision = draft()
    data = {"pasted": "a\tb", "pasted_html": "<table><tr><td>x</td></tr></table>"}

    filler(revision).post(f"/desk/cases/{revision.case_id}/intake/", data)

    assert bytes(Import.objects.get().source.content).startswith(b"<table>")


def test_nothing_handed_in_is_said():
    revision = draft()

    answer = filler(revision).post(f"/desk/cases/{revision.case_id}/intake/", {"pasted": " "})

    assert answer.status_code == 422
    assert "Choose a file, or paste a table." in answer.content.decode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"%PDF-1.4 nothing of use", "cut off"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04 no more than a beginning", "damaged"),
        ("只是一段文字，没有表格。".encode(), "no table"),
    ],
    ids=["pdf", "password", "truncated", "prose"],
)
def test_bad_file_is_refused_in_one_sentence_and_nothing_is_stored(data, sentence):
    intake = taken(draft(), data)

    text = filler(intake.revision).get(at(intake)).content.decode()

    assert intake.state == ImportState.FAILED
    assert sentence in text
    assert lines(intake) == []


def test_table_of_another_kind_is_shown_but_not_taken():
    header = ("序号", "企业名称", "所属区县", "证书编号")
    firms = [("1", "宁波甲科技有限公司", "鄞州区", "GR202333100001")] * 3
    intake = taken(draft(), sheet(firms, header, "2023年宁波市高新技术企业名单"))

    text = filler(intake.revision).get(at(intake)).content.decode()

    assert not intake.tables.get().is_taken
    assert "does not look like a list of this case" in text


def test_telephone_list_is_no_list_until_a_person_says_so():
    revision = factories.open_list("certifications", 0)
    data = "中心名称,联系电话\n宁波甲中心,0574-87600000\n宁波乙中心,0574-87600001\n".encode()
    intake = taken(revision, data, "通讯录.csv")
    client = filler(revision)

    text = client.get(at(intake)).content.decode()
    would = compare(intake)
    client.post(at(intake, "tables/1/"), {"take": "1"})

    assert "does not look like a list of this case" in text
    assert "Take it nevertheless" in text
    assert would.total == would.faulty == 0
    assert intake.tables.get().is_taken
    # Who says the kind himself is not asked.
    again = take_in(
        factories.filler_of(revision), revision, "b.csv", data + b"\n", "certifications"
    )
    read_import(import_id=again.pk)
    assert again.tables.get().is_taken


def test_review_shows_source_beside_result_with_every_doubt_and_its_reason():
    intake = taken(draft())

    text = filler(intake.revision).get(at(intake)).content.decode()

    assert 'data-for="people">王 五、赵六' in text
    assert "A blank inside a Chinese name was taken out." in text
    assert text.count("data-doubt") == 1


def test_filter_shows_doubtful_rows_only_and_those_set_aside():
    intake = taken(draft(), sheet([*ROWS, ("合计", "", "3项", "", "")]))
    client = filler(intake.revision)

    doubtful = client.get(at(intake, "?only=doubtful")).context["lines"]
    aside = client.get(at(intake, "?only=aside")).context["lines"]

    assert [line.row.line for line in doubtful] == [4]
    assert [(line.row.line, line.row.aside) for line in aside] == [(6, "total")]


@pytest.mark.parametrize("rows", [3, 120])
def test_review_takes_ten_queries_however_many_rows(rows, django_assert_max_num_queries):
    intake = taken(draft(), sheet([ROWS[1]] * rows))
    client = filler(intake.revision)
    client.get(at(intake))

    with django_assert_max_num_queries(11):
        answer = client.get(at(intake))

    assert len(answer.context["lines"]) == min(rows, 50)


def test_review_takes_as_many_queries_with_many_twins_and_organisations_as_with_few():
    def queries(count: int) -> int:
        titles = [f"海洋装备精密铸造关键技术第{n}号" for n in range(1, count + 1)]
        rows = [
            (str(n), "科学技术进步奖三等奖", title, f"宁波大学、宁波农业科学{n}院", "张三、李四")
            for n, title in enumerate(titles, 1)
        ]
        known = [
            factories.award_values(
                n,
                programme="浙江省科学技术奖",
                title=f"{title}及应用",
                organisations=["宁波大学"],
                people=["张三", "李四"],
            )
            for n, title in enumerate(titles, 1)
        ]
        factories.open_list("awards", known, subject=f"省奖{count}")
        names_for(f"宁波市农业科学{n}院" for n in range(1, count + 1))
        intake = taken(factories.open_list("awards", 0, subject=f"市奖{count}"), sheet(rows))
        assert len(intake.tables.get().twins) >= count
        assert intake.names.count() >= count
        client = filler(intake.revision)
        client.get(at(intake))
        with CaptureQueriesContext(connection) as captured:
            page = client.get(at(intake)).content.decode()
        assert "looks like a row of another list" in page or "look like rows" in page
        return len(captured)

    assert queries(2) == queries(30)


def test_row_is_settled_edited_set_aside_and_put_back_by_htmx():
    intake = taken(draft())
    client, line = filler(intake.revision), lines(intake)[1]
    address, htmx = at(intake, f"rows/{line.pk}/"), {"HX-Request": "true"}

    settled = client.post(address, {"settle": "people"}, headers=htmx).content.decode()
    form = client.get(address, headers=htmx).content.decode()
    typed = client.post(address, {"value-title": "新题"}, headers=htmx).content.decode()
    aside = client.post(address, {"aside": "1"}, headers=htmx).content.decode()
    back = client.post(address, {"back": "1"}, headers=htmx).content.decode()

    assert "Nothing is to be settled." in settled
    assert 'name="value-title"' in form
    assert "新题" in typed
    assert "2 rows to store." in aside
    assert "3 rows to store." in back
    assert client.get(f"{address}?shown=1").status_code == 200


def test_row_works_without_script():
    intake = taken(draft())
    client, line = filler(intake.revision), lines(intake)[1]
    address = at(intake, f"rows/{line.pk}/")

    page = client.get(address)
    answer = client.post(address, {"settle-all": "1", "page": "1"})

    assert page.status_code == 200
    assert answer["Location"] == f"{at(intake)}?table=1&only=&page=1#row-{line.pk}"
    assert client.get(at(intake, "rows/999999/")).status_code == 404


def test_refused_change_is_said_in_the_row():
    intake = taken(draft())
    client, line = filler(intake.revision), lines(intake)[0]
    accepted(intake)
    address = at(intake, f"rows/{line.pk}/")

    by_htmx = client.post(address, {"aside": "1"}, headers={"HX-Request": "true"})
    client.post(address, {"aside": "1"})

    assert "cannot be changed here" in by_htmx.content.decode()
    assert lines(intake)[0].aside == ""


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_value_typed_over_one_changed_meanwhile_stays_beside_it(headers):
    intake = taken(draft())
    client, line = filler(intake.revision), lines(intake)[0]
    address = at(intake, f"rows/{line.pk}/")
    title, people = line.result["title"], "\n".join(line.result["people"])
    seen = {"seen-title": title, "seen-people": people}
    review.edit(factories.filler_of(intake.revision), intake.pk, line.pk, {"title": "他人改题"})

    stale = client.post(address, {**seen, "value-title": "我的题"}, headers=headers)
    shown = stale.content.decode()
    kept = lines(intake)[0]
    # What was left as it had been seen is left as it is; only what was typed is changed.
    other = {**seen, "value-title": title, "value-people": f"{people}\n新人"}
    client.post(address, other, headers=headers)

    assert "Somebody changed this row since you opened it" in shown
    assert 'value="我的题"' in shown
    assert 'name="seen-title" value="他人改题"' in shown
    assert "As it is now:" in shown
    assert re.search(r'name="value-title"[^>]*data-focus', shown)
    assert kept.result["title"] == "他人改题"
    assert lines(intake)[0].result["title"] == "他人改题"
    assert lines(intake)[0].result["people"][-1] == "新人"


def test_cursor_of_an_edited_line_goes_to_what_is_asked_for_else_to_the_first_doubt():
    intake = taken(draft())
    client, doubtful = filler(intake.revision), lines(intake)[1]
    address = at(intake, f"rows/{doubtful.pk}/")

    first = client.get(address).content.decode()
    named = client.get(f"{address}?field=title").content.decode()

    assert doubtful.open_doubts[0][0] == "people"
    assert re.search(r'name="value-people"[^>]*data-focus', first)
    assert re.search(r'name="value-title"[^>]*data-focus', named)
    assert first.count("data-focus") == named.count("data-focus") == 1


def test_edit_from_the_comparison_leads_back_to_it():
    intake = taken(draft(), sheet([("1", "一等奖", "", "宁波大学", "张三"), *ROWS]))
    client, line = filler(intake.revision), lines(intake)[0]
    asked = f"rows/{line.pk}/?from=compare"

    compared = client.get(at(intake, "compare/")).content.decode()
    form = client.get(at(intake, asked)).content.decode()
    answer = client.post(at(intake, f"rows/{line.pk}/"), {"from": "compare", "value-title": "补题"})

    assert at(intake, asked) in compared
    assert 'name="from" value="compare"' in form
    assert answer["Location"].startswith(at(intake, "compare/"))


def test_line_of_a_table_joined_over_sheets_pages_or_tables_says_which():
    half = "<table><tr><th>奖励类别</th><th>项目名称</th><th>主要完成单位</th><th>主要完成人员</th></tr>{}</table>"
    row = "<tr><td>一等奖</td><td>{}</td><td>{}</td><td>张三</td></tr>"
    data = "<h2>2022年度宁波市科学技术进步奖获奖项目名单</h2>".join(
        [
            "",
            half.format(row.format("甲技术", "宁波大学")),
            half.format(row.format("", "宁波工程学院")),
        ]
    )
    intake = taken(draft(), data.encode(), "名单.html")
    client = filler(intake.revision)

    review_page = client.get(at(intake)).content.decode()
    compared = client.get(at(intake, "compare/")).content.decode()

    assert "table 1, line 2" in review_page
    assert "table 2, line 2" in compared


def test_comparison_of_nothing_taken_does_not_say_that_all_is_stored():
    intake = taken(draft(), "姓名,工作单位,提名单位\n甲某,宁波大学,宁波大学\n".encode(), "人员.csv")

    text = filler(intake.revision).get(at(intake, "compare/")).content.decode()

    assert "No row was taken from this file." in text
    assert "stands in the case already" not in text


def test_comparison_says_once_what_all_rows_lack_and_where_to_say_it():
    intake = taken(draft(), sheet([(row[0], "", *row[2:]) for row in ROWS], title="名单"))
    client = filler(intake.revision)

    with CaptureQueriesContext(connection) as captured:
        text = client.get(at(intake, "compare/")).content.decode()

    assert text.count("Grade is missing in all 3 rows, and must not be.") == 1
    assert f"{at(intake)}?table=1#mapping" in text
    assert "What is wrong" not in text
    assert len(captured) <= 20


def test_many_unsure_names_are_folded_until_one_is_answered():
    names = [f"宁波市{word}技术研究所" for word in ("海洋", "农业", "材料", "机械")]
    names_for(names)
    rows = [
        (str(at), "科学技术进步奖一等奖", f"{name}的关键技术研究", name.replace("所", "院"), "张三")
        for at, name in enumerate(names, start=1)
    ]
    intake = taken(draft(), sheet(rows))
    client = filler(intake.revision)

    folded = client.get(at(intake)).content.decode()
    name = intake.names.order_by("-rows", "pk").first()
    answer = client.post(at(intake, f"organisations/{name.pk}/"), {"answer": "later"})
    back = client.get(answer["Location"]).content.decode()

    assert "<details><summary>Say who they are: 4 names</summary>" in folded
    assert answer["Location"] == f"{at(intake)}?names=open#organisations"
    assert "<details open><summary>Say who they are: 3 names</summary>" in back


def test_comparison_of_lines_that_were_all_set_aside_says_so():
    intake = taken(draft())
    person = factories.filler_of(intake.revision)
    for line in lines(intake):
        review.set_aside(person, intake.pk, line.pk)
    client = filler(intake.revision)

    text = client.get(at(intake, "compare/")).content.decode()

    assert "Every line of the table was set aside." in text


def test_undo_page_of_an_import_undone_says_by_whom_and_leads_back():
    intake = taken(draft())
    accepted(intake)
    client = filler(intake.revision)
    asked = client.get(at(intake, "undo/"))
    client.post(at(intake, "undo/"), {f["name"]: f["value"] for f in asked.context["hidden"]})

    answer = client.get(at(intake, "undo/"))
    text = answer.content.decode()

    done = intake.acceptances.get()
    moment = timezone.localtime(done.undone_at)
    assert answer.status_code == 409
    assert f"This import was undone by {done.undone_by}, {moment:%Y-%m-%d %H:%M}." in text
    assert f'href="{at(intake)}">Back to the review' in text
    assert f'href="/desk/cases/{intake.revision.case_id}/"' in text


def test_undo_page_of_a_reported_case_still_says_what_was_stored():
    intake = taken(draft())
    accepted(intake)
    factories.take("submit", intake.revision)

    answer = filler(intake.revision).get(at(intake, "undo/"))
    text = answer.content.decode()

    assert answer.status_code == 409
    assert "An import is undone while its case is a draft" in text
    assert "3 rows new, 0 changed" in text


@pytest.mark.parametrize(
    ("language", "pattern"),
    [
        ("en", r"Pasted table, Nov\. 24, 2026, 14\.05\.(txt|html)"),
        ("zh-hans", r".*2026年11月24日.*14.*05.*\.(txt|html)"),
    ],
)
@pytest.mark.parametrize("field", ["pasted", "pasted_html"])
def test_pasted_table_is_named_by_its_moment(language, pattern, field, monkeypatch):
    moment = dt.datetime(2026, 11, 24, 14, 5, tzinfo=timezone.get_default_timezone())
    monkeypatch.setattr(timezone, "now", lambda: moment)

    with override(language):
        form = ImportForm(
            {"pasted": "甲\t乙", field: "<table><tr><td>甲</td></tr></table>"}, kinds=[]
        )
        assert form.is_valid()
        name, _data = form.content

    assert re.fullmatch(pattern, name)
    assert name.endswith(".html") is (field == "pasted_html")
    assert not set(name) & set('/\\:*?"<>|')


@pytest.mark.parametrize("alike", ["", "title\0 missing", "title zzz", "nothing missing"])
def test_alike_of_nothing_there_is_is_refused(alike):
    intake = taken(draft())

    answer = filler(intake.revision).post(at(intake, "tables/1/"), {"alike": alike}, follow=True)

    assert "has no such field" in answer.content.decode()


def test_unseen_characters_are_taken_out_of_what_is_typed():
    intake = taken(draft())
    line = lines(intake)[0]

    filler(intake.revision).post(
        at(intake, f"rows/{line.pk}/"),
        {"value-title": "甲\0\x07题\u200b", "value-people": "张三\r\n李四"},
    )

    assert lines(intake)[0].result["title"] == "甲题"
    assert lines(intake)[0].result["people"] == ["张三", "李四"]


def test_field_without_a_doubt_is_not_settled():
    intake = taken(draft())
    client, line = filler(intake.revision), lines(intake)[1]

    client.post(at(intake, f"rows/{line.pk}/"), {"settle": "x" * 80})

    assert lines(intake)[1].settled == []
    assert not intake.edits.exists()


def test_last_change_is_undone_by_a_button():
    intake = taken(draft())
    client, line = filler(intake.revision), lines(intake)[1]
    review.settle(factories.filler_of(intake.revision), intake.pk, line.pk)

    answer = client.post(at(intake, "undo-edit/"))
    client.post(at(intake, "undo-edit/"))

    assert answer["Location"].endswith(f"#row-{line.pk}")
    assert lines(intake)[1].is_doubtful


def test_columns_are_corrected_read_again_and_remembered_for_the_layout():
    header = ("序号", "奖项类别", "甲", "乙", "完成人")
    revision = draft()
    intake = taken(revision, sheet(ROWS, header))
    client = filler(revision)
    named = ["", "award_category", "title", "organisations", "people"]

    # A table of no known kind: first what it is, then what its columns mean.
    client.post(at(intake, "tables/1/"), {"kind": "awards"})
    client.post(
        at(intake, "tables/1/"),
        {"kind": "awards", **{f"column-{n}": name for n, name in enumerate(named)}},
    )

    assert [line.result["title"] for line in lines(intake)] == [row[2] for row in ROWS]
    layout = Layout.objects.get()
    assert layout.made_by == factories.filler_of(revision)
    again = taken(revision, sheet(ROWS[:2], header))
    assert again.tables.get().is_remembered
    assert [line.result["title"] for line in lines(again)] == [row[2] for row in ROWS[:2]]
    assert "as remembered for this layout" in client.get(at(again)).content.decode()


def test_columns_of_a_table_without_a_known_header_are_remembered_by_its_first_line():
    odd = [("档次", "内容", "甲方", "乙方名单"), *(row[1:] for row in ROWS)]
    data = "\n".join("\t".join(row) for row in odd).encode()
    revision = draft()
    intake = taken(revision, data, "a.txt")
    client = filler(revision)
    named = ["award_category", "title", "organisations", "people"]
    client.post(at(intake, "tables/1/"), {"kind": "awards"})

    said = client.post(
        at(intake, "tables/1/"),
        {"kind": "awards", **{f"column-{n}": name for n, name in enumerate(named)}},
        follow=True,
    )

    assert "the next table that begins with the same line" in said.content.decode()
    again = taken(revision, data, "a.txt")
    assert again.tables.get().is_remembered
    assert [line.result["title"] for line in lines(again)][1:] == [row[2] for row in ROWS]


def test_number_of_a_column_beyond_all_measure_is_no_column():
    intake = taken(draft())

    answer = filler(intake.revision).post(
        at(intake, "tables/1/"),
        urlencode({"kind": "awards", f"column-{'9' * 5000}": "title"}),
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 302
    assert lines(intake)[0].result["title"] == ROWS[0][2]


def test_table_without_a_title_is_called_by_its_place_in_the_file():
    assert str(ImportTable(number=2)) == "table 2"


def test_doubts_of_another_table_are_a_link_away():
    plain = "<table><caption>2022年度宁波市科学技术奖名单</caption><tr><th>奖项类别</th><th>项目名称</th><th>完成单位</th><th>完成人</th></tr>"
    row = "<tr><td>科学技术进步奖一等奖</td><td>{}</td><td>宁波大学</td><td>{}</td></tr>"
    unsure = (
        "<table><tr><th>奖励类别</th><th>项目名称</th><th>主要完成单位</th><th>完成人</th></tr>"
    )
    page = (
        f"<p>一</p>{plain}{row.format('海洋装备精密铸造', '张三')}</table>"
        f"<p>二</p>{unsure}{row.format('石化装置安全监测', '李 四')}</table>"
    )
    intake = taken(draft(), page.encode(), "a.html")
    first, second = intake.tables.order_by("number")
    assert not first.rows.filter(is_doubtful=True).exists()

    shown = filler(intake.revision).get(at(intake)).content.decode()

    link = f"?table={second.number}&amp;only=doubtful&amp;left=1#lines"
    assert link in shown


def test_typed_values_stay_when_the_columns_are_read_again():
    intake = taken(draft())
    person = factories.filler_of(intake.revision)
    review.edit(person, intake.pk, lines(intake)[0].pk, {"title": "人手改正"})

    review.map_columns(person, intake.pk, 1, "awards", {4: ""}, {"award_year": "2021"})

    first = lines(intake)[0]
    assert (first.result["title"], first.result["award_year"]) == ("人手改正", "2021")
    assert "people" not in first.result


@pytest.mark.parametrize(
    ("kind", "columns"),
    [("policies", {}), ("awards", {0: "title", 1: "title"}), ("awards", {0: "sum"})],
    ids=["other-kind", "field-twice", "no-such-field"],
)
def test_wrong_mapping_is_refused(kind, columns):
    intake = taken(draft())

    with pytest.raises(Refused):
        review.map_columns(factories.filler_of(intake.revision), intake.pk, 1, kind, columns)


def test_candidate_is_set_aside_and_taken_again():
    intake = taken(draft())
    client = filler(intake.revision)

    client.post(at(intake, "tables/1/"), {"take": "0"})
    assert not intake.tables.get().is_taken
    client.post(at(intake, "tables/1/"), {"take": "1"})

    assert intake.tables.get().is_taken
    assert client.post(at(intake, "tables/9/"), {"take": "1"}).status_code == 404


def test_comparison_lists_every_fault_and_offers_no_button():
    intake = taken(draft(), sheet([("1", "一等奖", "", "宁波大学", "张三"), *ROWS]))

    text = filler(intake.revision).get(at(intake, "compare/")).content.decode()

    assert "Cannot be stored" in text
    assert "/accept/" not in text


def test_accept_stores_and_undo_takes_back():
    intake = taken(draft())
    client = filler(intake.revision)
    digest = client.get(at(intake, "compare/")).context["result"].digest

    client.post(at(intake, "accept/"), {"digest": digest})
    shown = client.get(at(intake)).content.decode()
    asked = client.get(at(intake, "undo/"))
    unseen = client.post(at(intake, "undo/"))
    assert unseen["Location"] == at(intake, "undo/")
    assert Award.objects.count() == 3
    client.post(at(intake, "undo/"), {f["name"]: f["value"] for f in asked.context["hidden"]})

    assert "3 rows new" in shown
    assert "3 rows that the import added" in asked.content.decode()
    assert not Award.objects.exists()


def test_rows_of_an_undone_import_are_not_offered_among_the_removed_rows():
    intake = taken(draft(1))
    person = factories.filler_of(intake.revision)
    (own,) = factories.records_of(intake.revision)
    remove_record(person, intake.revision.pk, record_kinds["awards"], own.uid)
    accepted(intake)
    undo(person, intake.pk)

    page = filler(intake.revision).get(f"/desk/cases/{intake.revision.case_id}/")

    # What she removed by herself is still there to be put back.
    assert [row["title"] for row in page.context["removed"]] == [own.title]


def test_accept_of_what_was_not_seen_shows_the_comparison_again():
    intake = taken(draft())

    answer = filler(intake.revision).post(at(intake, "accept/"), {"digest": "0"})

    assert answer.status_code == 409
    assert "has changed since you looked" in answer.content.decode()
    assert not Award.objects.exists()


def test_every_earlier_import_can_be_found_to_be_undone():
    intake = taken(draft())
    revision, person = intake.revision, factories.filler_of(intake.revision)
    for _number in range(20):
        take_in(person, revision, "b.csv", b"b", is_queued=False)
    page = f"/desk/cases/{revision.case_id}/intake/"

    first = filler(revision).get(page).content.decode()
    second = filler(revision).get(page, {"page": "2"}).content.decode()

    assert at(intake) not in first
    assert 'href="?page=2"' in first
    assert at(intake) in second


def test_digest_that_no_database_takes_is_refused_for_long_lists_too(monkeypatch):
    monkeypatch.setattr(accepting, "AT_ONCE", 2)
    monkeypatch.setattr(long_changes, "AT_ONCE", 2)
    waiting = taken(draft())
    client = filler(waiting.revision)

    assert client.post(at(waiting, "accept/"), {"digest": "\x00"}).status_code == 400

    accepted(waiting)
    assert client.post(at(waiting, "undo/"), {"digest": "\x00"}).status_code == 400
    assert Award.objects.count() == 3


def test_long_list_is_stored_by_the_task_queue(monkeypatch):
    monkeypatch.setattr(accepting, "AT_ONCE", 2)
    intake = taken(draft())
    client, person = filler(intake.revision), factories.filler_of(intake.revision)
    digest = client.get(at(intake, "compare/")).context["result"].digest

    client.post(at(intake, "accept/"), {"digest": digest})
    assert "being stored" in client.get(at(intake)).content.decode()
    state = store_import(import_id=intake.pk, user_id=person.pk, digest=digest)

    assert (state, Award.objects.count()) == (ImportState.ACCEPTED, 3)
    assert store_import(import_id=intake.pk, user_id=person.pk, digest=digest) == ""


def test_long_list_that_cannot_be_stored_goes_back_to_its_review(monkeypatch):
    monkeypatch.setattr(accepting, "AT_ONCE", 2)
    intake = taken(draft())
    client, person = filler(intake.revision), factories.filler_of(intake.revision)
    client.post(at(intake, "accept/"), {"digest": "0"})

    state = store_import(import_id=intake.pk, user_id=person.pk, digest="0")

    assert (state, Award.objects.count()) == (ImportState.READ, 0)
    assert "has changed since you looked" in client.get(at(intake)).content.decode()


def test_cancelled_while_waiting_is_not_read():
    intake = taken(draft())
    Import.objects.update(state=ImportState.WAITING)
    filler(intake.revision).post(at(intake, "cancel/"))

    assert read_import(import_id=intake.pk) == ""
    assert ImportRow.objects.count() == 0


def test_lost_worker_is_noticed_and_the_file_read_again_then_given_up(django_user_model):
    from django.utils import timezone

    intake = taken(draft())
    long_ago = timezone.now() - timezone.timedelta(hours=1)
    lost = Import.objects.filter(pk=intake.pk)
    lost.update(state=ImportState.READING, beat_at=long_ago, attempts=1)
    assert pick_up_imports(timestamp=0) == 1
    assert read_import(import_id=intake.pk) == ImportState.READ

    lost.update(state=ImportState.READING, beat_at=long_ago, attempts=MOST_ATTEMPTS)
    assert pick_up_imports(timestamp=0) == 1

    intake.refresh_from_db()
    assert intake.state == ImportState.FAILED
    assert "interrupted" in filler(intake.revision).get(at(intake)).content.decode()


def test_list_lost_while_it_was_stored_goes_back_to_its_review():
    from django.utils import timezone

    intake = taken(draft())
    long_ago = timezone.now() - timezone.timedelta(hours=1)
    Import.objects.update(state=ImportState.ACCEPTING, beat_at=long_ago)

    pick_up_imports(timestamp=0)

    text = filler(intake.revision).get(at(intake)).content.decode()
    assert "Storing was interrupted" in text


@pytest.mark.parametrize(
    "role", [Role.CITY_REVIEWER, Role.CITY_PUBLISHER, Role.AUDITOR, Role.DISTRICT_FILLER]
)
def test_nobody_else_sees_an_import(role):
    intake = taken(draft())
    client = client_of(factories.person(role))

    pages = ("", "compare/", "undo/", f"rows/{lines(intake)[0].pk}/")

    assert {client.get(at(intake, page)).status_code for page in pages} == {404}
    assert client.post(at(intake, "accept/")).status_code == 404


def test_person_is_notified_that_the_file_was_read_and_led_to_it():
    intake = taken(draft())
    client = filler(intake.revision)
    message = intake.started_by.notifications.get()

    shown = client.get("/desk/notifications/").content.decode()
    answer = client.post(f"/desk/notifications/{message.pk}/")

    assert "名单.xlsx was read and waits for your review." in shown
    assert answer["Location"] == at(intake)
    message.refresh_from_db()
    assert message.read_at is not None
    assert str(message) == message.sentence


def test_person_is_notified_that_the_file_could_not_be_read():
    intake = taken(draft(), b"\x89PNG\r\n\x1a\n\0\0\0\0")

    assert "could not be taken in" in intake.started_by.notifications.get().text
